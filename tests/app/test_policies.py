"""The dialog of policies."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Input, Static

from inspector.app.screens.policies import PoliciesScreen, read_answers, word_of
from inspector.app.widgets.tab_line import TabLine
from inspector.errors import UsageError
from inspector.session.answers import Answers, Policies, Script


class Host(App[None]):
    """Holds the dialog, and what it gave."""

    def __init__(self, policies: Policies) -> None:
        super().__init__()
        self.policies = policies
        self.given: list[Policies | None] = []

    def on_mount(self) -> None:
        self.push_screen(PoliciesScreen(self.policies), self.given.append)


def says(app: Host) -> str:
    return str(app.screen.query_one("#policy-says", Static).render())


async def test_left_and_right_choose() -> None:
    app = Host(Policies.every("ask"))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen.query_one("#policy-other", TabLine).active == "decline"
        await pilot.press("left", "down", "right", "right")
        await pilot.click("#policy-yes")
        await pilot.pause()
    assert app.given == [Policies(roots="ignore", sampling="decline", form="ask", url="ask", other="decline")]


async def test_escape_leaves_all_as_it_is() -> None:
    app = Host(Policies())
    async with app.run_test() as pilot:
        await pilot.press("right", "escape")
        await pilot.pause()
    assert app.given == [None]


async def test_a_script_needs_answers(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text('{"roots": ["."], "sampling": "Yes.", "elicitation": "decline"}')
    app = Host(Policies.every("ask"))
    async with app.run_test() as pilot:
        await pilot.press("right")
        assert "No answers are loaded" in says(app)
        await pilot.click("#policy-yes")
        assert "no answers are loaded" in says(app)
        field = app.screen.query_one(Input)
        field.value = str(tmp_path)
        await pilot.press("enter")
        assert "cannot be read" in says(app)
        field.value = str(file)
        await pilot.press("enter")
        assert "Loaded" in says(app)
        while app.screen.query_one("#policy-yes").has_class("-active"):  # clicked a moment ago: takes no key
            await pilot.pause(0.01)
        await pilot.press("enter")
        await pilot.pause()
    (given,) = app.given
    assert given is not None
    assert [word_of(getattr(given, name)) for name in ("roots", "sampling", "form", "url", "other")] == [
        "script",
        "script",
        "script",
        "script",
        "decline",
    ]
    assert isinstance(given.roots, Script)
    assert given.roots.otherwise == "ask"


async def test_answers_that_are_loaded_already_serve_other_kinds() -> None:
    script = Script(Answers({"sampling": "Yes."}), "ask")
    app = Host(Policies(roots="ask", sampling=script, form="ask", url="ask", other="ask"))
    async with app.run_test() as pilot:
        await pilot.press("right")
        await pilot.click("#policy-yes")
        await pilot.pause()
    assert app.given == [Policies(roots=script, sampling=script, form="ask", url="ask", other="ask")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"nothing": 1}',
        '{"elicitation": "perhaps"}',
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_files_that_hold_no_answers(tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "answers.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError):
        read_answers(str(file))
