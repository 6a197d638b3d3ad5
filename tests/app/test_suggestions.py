"""The list under a text field: when it is asked for, what it shows, which keys it takes."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from inspector.app.items import Item
from inspector.app.widgets import suggestions
from inspector.app.widgets.form_fields import TextField
from inspector.app.widgets.form_lines import lines_of
from inspector.app.widgets.suggestions import Found, Suggestions
from inspector.forms.draft import draft_of
from inspector.forms.plan import plan

PROMPT = Item("prompts", {"name": "p", "arguments": [{"name": "a"}, {"name": "b"}]})
HOSTILE = "a\x1b[31m\u202eb[/]"


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        planned = plan(PROMPT.schema)
        lines = [line for line in lines_of(planned, draft_of(planned, {}), {}) if line.path]
        self.fields = [TextField(line) for line in lines[:2]]
        self.suggestions = Suggestions(PROMPT, lambda: {"b": "else", "a": "own", "n": 1})
        self.wanted: list[Suggestions.Wanted] = []
        self.submitted = 0

    def compose(self) -> ComposeResult:
        yield from self.fields
        yield self.suggestions

    def on_mount(self) -> None:
        self.fields[0].focus()
        self.suggestions.follow(self.fields[0])

    def on_input_changed(self) -> None:
        self.suggestions.typed()

    def on_input_submitted(self) -> None:
        self.submitted += 1

    def on_suggestions_wanted(self, event: Suggestions.Wanted) -> None:
        self.wanted.append(event)


def is_open(app: Host) -> bool:
    return app.suggestions.is_open


async def typed(app: Host, pilot: Pilot[None], *keys: str) -> Suggestions.Wanted:
    """Type, and wait until completion is wanted."""
    before = len(app.wanted)
    await pilot.press(*keys)
    while len(app.wanted) == before:
        await pilot.pause(0.01)
    return app.wanted[-1]


async def test_it_is_wanted_a_moment_after_the_last_key_with_what_the_others_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suggestions, "AFTER", 2.0)  # no machine takes that long from key to key
    app = Host()
    async with app.run_test() as pilot:
        wanted = await typed(app, pilot, "x", "y")
        assert (wanted.name, wanted.typed, wanted.given) == ("a", "xy", {"b": "else"})
        assert wanted.item == PROMPT
        assert len(app.wanted) == 1
        assert not is_open(app)


@pytest.mark.parametrize(
    ("keys", "value", "submitted"),
    [
        (["tab"], "xa", 0),
        (["down", "enter"], "xa", 0),
        (["down", "down", "down", "up", "enter"], "xa", 0),
        (["down", "down", "enter"], "xb", 0),
        (["down", "up", "enter"], "x", 1),
        (["enter"], "x", 1),
        (["escape", "enter"], "x", 1),
    ],
)
async def test_keys(keys: list[str], value: str, submitted: int) -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.suggestions.offer(await typed(app, pilot, "x"), Found(("xa", "xb")))
        await pilot.pause()
        assert is_open(app)
        await pilot.press(*keys)
        assert (app.fields[0].value, app.submitted) == (value, submitted)
        assert not is_open(app)


async def test_what_comes_too_late_is_not_shown() -> None:
    app = Host()
    async with app.run_test() as pilot:
        early = await typed(app, pilot, "x")
        late = await typed(app, pilot, "y")
        app.suggestions.offer(early, Found(("xa",)))
        assert not is_open(app)
        app.suggestions.offer(late, Found(("xya",)))
        assert is_open(app)
        await pilot.press("escape")
        app.suggestions.offer(late, Found(("xya",)))
        assert not is_open(app)
        app.suggestions.offer(await typed(app, pilot, "z"), Found(("xyz",)))
        assert not is_open(app), "it is what stands there"


async def test_another_field_is_completed_when_it_has_the_focus() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.suggestions.offer(await typed(app, pilot, "x"), Found(("xa",)))
        app.fields[1].focus()
        app.suggestions.follow(app.fields[1])
        await pilot.pause()
        assert not is_open(app)
        wanted = await typed(app, pilot, "ctrl+@")
        assert (wanted.name, wanted.typed) == ("b", "")
        assert app.fields[0].helper is None


async def test_hostile_values_are_shown_safe_and_taken_whole() -> None:
    app = Host()
    async with app.run_test(size=(30, 10)) as pilot:
        values = (HOSTILE, "y" * 5000, "two\nlines")
        app.suggestions.offer(await typed(app, pilot, "x"), Found(values, 340))
        await pilot.pause()
        shown = app.suggestions.render().plain
        assert not set(shown) & {"\x1b", "\u202e"}
        assert "3 of 340" in shown
        assert len(shown.splitlines()) == 4
        assert max(map(len, shown.splitlines())) <= 62
        await pilot.press("tab")
        assert app.fields[0].value == HOSTILE


async def test_a_click_takes_a_value_and_many_scroll() -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = Found(tuple(f"x{n}" for n in range(100)), more=True)
        app.suggestions.offer(await typed(app, pilot, "x"), found)
        await pilot.pause()
        await pilot.press(*["down"] * 12)
        assert "x11" in app.suggestions.render().plain
        assert "100, and more" in app.suggestions.render().plain
        await pilot.click(Suggestions, offset=(2, 0))
        assert app.fields[0].value == "x4"
        assert app.fields[0].has_focus


async def test_why_there_is_nothing_is_told() -> None:
    app = Host()
    async with app.run_test() as pilot:
        wanted = await typed(app, pilot, "x")
        app.suggestions.tell(wanted, "no completion: \x1berror")
        await pilot.pause()
        assert "! no completion: ␛error" in app.suggestions.render().plain
        await pilot.press("enter")
        assert app.submitted == 1
        assert not is_open(app)


def test_counts() -> None:
    counts: list[tuple[dict[str, Any], str]] = [
        ({}, ""), ({"total": 2}, ""), ({"total": 12000}, "2 of 12,000"), ({"more": True}, "2, and more"),
    ]  # fmt: skip
    for more, says in counts:
        assert Found(("a", "b"), **more).count == says
