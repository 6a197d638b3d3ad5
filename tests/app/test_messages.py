"""The filter of the message log: typed, completed, wrong, hidden or dimmed, gone through, kept."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.widget import Widget
from textual.widgets import OptionList

from inspector.app.app import InspectorApp
from inspector.app.panes.messages import Messages
from inspector.app.screens.filters import FiltersScreen
from inspector.app.widgets.filter_field import FilterChoices, FilterField, FilterWrong
from inspector.app.widgets.log import MessageLog
from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from tests.app.stage import Stage, staged

WIDE, NARROW = (120, 40), (80, 24)


def recorded(calls: int = 30) -> Journal:
    """Calls of two tools, in turn; each third is not answered."""
    now = iter(range(100_000))
    journal = Journal.create(target={"argv": ["server"]}, clock=lambda: next(now) / 1000)
    for number in range(calls):
        params = {"name": ("echo", "get-sum")[number % 2], "arguments": {"city": "Oslo"}}
        journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(number, "tools/call", params))
        if number % 3:
            journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(number, {"content": []}))
    return journal


async def typed(stage: Stage, text: str) -> FilterField:
    """Put a text into the filter as if it were pasted."""
    field = stage.screen.query_one(FilterField)
    if not field.has_focus:
        await stage.press("3", "slash")
        await stage.until(lambda: field.has_focus)
    field.value = ""
    stage.app.post_message(Paste(text))
    await stage.until(lambda: field.value == text)
    await stage.settled()
    return field


def shown(stage: Stage) -> list[int]:
    """The rows of the log."""
    view = stage.screen.query_one(MessageLog)._view
    return [view[at] for at in range(len(view))]


def said(stage: Stage) -> list[str]:
    """What was notified of."""
    return [each.message for each in stage.app._notifications]


def stands(widget: Widget) -> bool:
    """Whether a widget is shown."""
    return bool(widget.display)


async def test_a_filter_is_completed_and_told_what_is_wrong_and_cleared() -> None:
    journal = recorded()
    async with staged(WIDE, journal=journal) as stage:
        await stage.settled()
        field = await typed(stage, "meth")
        choices, wrong = stage.screen.query_one(FilterChoices), stage.screen.query_one(FilterWrong)
        assert stands(choices)
        assert "method:" in choices.render().plain
        await stage.press("tab")
        assert field.value == "method:"
        assert stands(wrong)
        assert "^ method: has no value: expected" in " ".join(wrong.render().plain.split())
        assert stands(choices)
        assert "tools/call" in choices.render().plain
        await stage.press("down", "enter")
        assert field.value == "method:tools/call"
        assert field.has_focus
        assert not stands(choices)
        assert not stands(wrong)
        await stage.settled()
        assert len(shown(stage)) == len(journal)

        await typed(stage, "tool:echo kind:request")
        assert len(shown(stage)) == 15
        title = str(stage.screen.query_one(Messages).border_title)
        assert f"15 of {len(journal)}" in title
        await stage.press("space", "x", "colon", "left_parenthesis")  # what is before it stays
        assert stands(wrong)
        assert len(shown(stage)) == 15
        await stage.press("space", "b", "home", "right_parenthesis")  # the last good one stays
        assert stands(wrong)
        assert len(shown(stage)) == 15
        await typed(stage, "tool:echo kind:request (")
        caret = wrong.render().plain.index("^")
        assert wrong.region.x + caret == field.column(len(field.value))
        await stage.press("down", "escape")
        assert field.value
        assert not stands(choices)
        await stage.press("escape")
        assert not stands(field)
        assert not stands(wrong)
        assert len(shown(stage)) == len(journal)
        assert isinstance(stage.app.focused, MessageLog)


async def test_the_rest_is_dimmed_and_matches_are_gone_through() -> None:
    journal = recorded()
    async with staged(NARROW, journal=journal) as stage:
        await stage.settled()
        log = stage.screen.query_one(MessageLog)
        await stage.press("comma", "h")  # there is none yet
        assert log.following
        assert said(stage) == [
            "There is no filter to go by yet: / begins one.",
            "There is no filter yet: / begins one. From now on it dims what it does not mean.",
        ]
        await stage.press("h")
        await typed(stage, "status:pending tool:get-sum")
        await stage.press("enter")
        pending = shown(stage)
        assert len(pending) == 5
        await stage.press("h")
        await stage.settled()
        assert len(shown(stage)) == len(journal)
        assert log.looks.dim is not None
        assert [seq for seq in range(len(journal)) if not log.looks.dim(seq)] == pending
        assert "the rest dimmed" in str(stage.screen.query_one(Messages).border_title)
        await stage.press("home", "full_stop")
        assert log.cursor == pending[0]
        await stage.press("full_stop", "full_stop", "comma")
        assert log.cursor == pending[1]
        await stage.press("end", "comma")
        assert log.cursor == pending[-1]
        await stage.press("full_stop")
        assert log.cursor == pending[-1]
        assert said(stage)[-1] == "No match further below."
        await stage.press("1", "comma")  # from wherever it is pressed
        assert stage.app.focused is log
        await stage.press("end", "comma")
        await stage.press("h")
        assert shown(stage) == pending
        assert stage.screen.query_one(MessageLog).looks.dim is None
        await stage.press("escape")  # what was the filter is still gone through
        assert len(shown(stage)) == len(journal)
        await stage.press("home", "full_stop")
        assert log.cursor == pending[0]


async def test_a_recording_can_be_opened_with_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InspectorApp, "filter", "tool:echo kind:request")
    async with staged(NARROW, journal=recorded()) as stage:
        await stage.until(lambda: stage.screen.query_one(Messages).text == "tool:echo kind:request")
        await stage.settled()
        assert len(shown(stage)) == 15
        assert stands(stage.screen.query_one(FilterField))
        assert stage.screen.query_one(MessageLog).following


async def test_rows_that_go_move_nothing_under_the_cursor() -> None:
    journal = recorded(90)
    async with staged(WIDE, journal=journal) as stage:
        await typed(stage, "status:pending")
        await stage.press("enter", "home", *["down"] * 25)
        log = stage.screen.query_one(MessageLog)
        cursor, line = log.cursor, log._row - log.scroll_offset.y
        journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(0, {}))
        await stage.settled()
        assert len(shown(stage)) == 29
        assert (log.cursor, log._row - log.scroll_offset.y) == (cursor, line)
        journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(75, {}))
        await stage.settled()
        assert cursor not in shown(stage)
        assert log.cursor > cursor


async def test_without_a_filter_and_names_the_next_step_is_said() -> None:
    async with staged(NARROW, journal=recorded(2)) as stage:
        await stage.press("3", "F")
        await stage.until(lambda: isinstance(stage.app.screen, FiltersScreen))
        rows = stage.app.screen.query_one(OptionList)
        await stage.until(lambda: rows.option_count)
        assert "/ in the messages begins one" in str(rows.get_option_at_index(0).prompt)


async def test_a_filter_is_kept_taken_and_forgotten() -> None:
    journal = recorded()
    async with staged(WIDE, journal=journal) as stage:
        await typed(stage, "tool:echo kind:request")
        await stage.press("alt+l")
        screen = stage.app.screen
        assert isinstance(screen, FiltersScreen)
        await stage.press("left_parenthesis", "backspace")
        await stage.type("echoes")
        await stage.press("enter")
        rows = screen.query_one(OptionList)
        assert rows.has_focus
        assert rows.option_count == 1
        await stage.press("escape", "escape")
        assert len(shown(stage)) == len(journal)
        await stage.press("F", "enter")
        await stage.settled()
        assert stage.screen.query_one(Messages).text == "tool:echo kind:request"
        assert len(shown(stage)) == 15
        await stage.press("F", "delete")
        again = stage.app.screen
        assert isinstance(again, FiltersScreen)
        assert again._names == []
        assert "begins" not in str(again.query_one(OptionList).get_option_at_index(0).prompt)
