"""The conversation of the selected row, its story, marks and landmarks, on the main screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspector.app.panes.message import SelectedMessage
from inspector.app.panes.messages import Messages
from inspector.app.panes.story import StoryPage
from inspector.app.widgets.log import MessageLog
from inspector.journal.journal import Journal
from inspector.journal.marks import Marks
from inspector.journal.noting import write_note
from inspector.wire.event import Direction, Kind
from tests.app.stage import Stage, staged
from tests.journal.conftest import Scribe
from tests.journal.test_legs import trip


def log_of(stage: Stage) -> MessageLog:
    return stage.screen.query_one(MessageLog)


def remark(stage: Stage) -> str:
    return str(stage.screen.query_one(SelectedMessage).query_one("#message-findings").render())


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A call of three legs, an error, and a line on stdout; on rows 0 to 15."""
    path, ticks = tmp_path / "one.mcp.jsonl", iter(range(1000))
    scribe = Scribe(path, lambda: next(ticks) / 4)
    trip(scribe)  # 0 to 13
    scribe.asks(9)
    scribe.fails(9)  # 15
    scribe.journal.append(Kind.STDOUT, Direction.S2C, b"listening on port 3000")
    scribe.journal.close()
    return path


async def test_a_recording(recording: Path) -> None:
    """Lit, told, marked, gone to: all in a recording that was opened, and kept in its file."""
    journal = Journal.open(recording)
    write_note(journal, "note", 4, "the policy said no")
    async with staged((120, 40), journal=journal) as stage:
        log = log_of(stage)
        stage.screen.action_pane(3)
        await stage.until(lambda: log.looks.marks)
        assert log.following
        assert not log.looks.lit

        # From a row of the call all others of it are lit.
        log.go_to(7)
        await stage.settled()
        assert log.looks.lit == {1, 2, 3, 4, 5, 6, 7, 8, 10, 11}
        log.go_to(0)
        await stage.settled()
        assert not log.looks.lit

        # The story, and from its lines to their rows.
        log.go_to(7)
        await stage.press("o")
        await stage.settled()
        page = stage.screen.query_one(StoryPage)
        assert (page.root, page.border_title) == (1, "Story · tools/call trip · 2.50 s")
        told = [entry.plain for entry in page.sheet.entries]
        assert [text for text in told if text.startswith("Leg")] == ["Leg 1", "Leg 2", "Leg 3"]
        assert any("¶" in entry.plain and entry.whole.endswith("said no") for entry in page.sheet.entries)
        await stage.press("end", "home", "down", "enter")
        await stage.settled()
        assert (log.cursor, log.has_focus) == (2, True)
        assert stage.screen.desk.page == "story"

        # It tells of what is selected next; o puts the workbench back.
        log.go_to(14)
        await stage.settled()
        assert page.root == 14
        await stage.press("2", "o")
        assert stage.screen.desk.page == ""

        # Marks and notes.
        await stage.press("3", "home", "down", "asterisk")
        await stage.settled()
        assert log.looks.marks == {1: "*", 4: "¶"}
        assert "* marked" in remark(stage)
        await stage.press("N", *"slow", "enter")
        await stage.settled()
        assert (log.looks.marks, "¶ slow" in remark(stage)) == ({1: "¶", 4: "¶"}, True)
        await stage.press("right_curly_bracket")
        assert log.cursor == 4
        assert "the policy said no" in remark(stage)
        await stage.press("right_curly_bracket")
        assert log.cursor == 4  # there is none further
        await stage.press("left_curly_bracket")
        assert log.cursor == 1

        # Errors, findings, stray output.
        await stage.press("e")
        assert log.cursor == 15
        await stage.press("e")
        assert log.cursor == 16
        await stage.press("e")
        assert log.cursor == 16
        await stage.press("E")
        assert log.cursor == 15
        says = [str(note.message) for note in stage.app._notifications]
        assert "No mark or note further below." in says
        assert "No error, finding or stray output further below." in says
    kept = Marks(again := Journal.open(recording))
    kept.advance(1)
    assert [(row, (mark := kept.of(row)) and mark.note) for row in kept.rows] == [
        (1, "slow"),
        (4, "the policy said no"),
    ]
    again.close()


async def test_what_cannot_be_kept_is_said(recording: Path) -> None:
    os.chmod(recording, 0o400)
    async with staged((80, 24), journal=Journal.open(recording)) as stage:
        stage.screen.action_pane(3)
        await stage.press("home", "asterisk")
        await stage.settled()
        (note,) = stage.app._notifications
        assert "it is read-only" in str(note.message)
        assert not log_of(stage).looks.marks


async def test_a_call_that_runs() -> None:
    """The story of the call in the workbench, while it runs and when it has ended."""
    async with staged((120, 40)) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.press("h", "i", "f5")
        await stage.called()
        stage.screen.workbench.result.focus_something()
        await stage.press("o")
        await stage.settled()
        page = stage.screen.query_one(StoryPage)
        run = stage.screen.workbench.run
        assert run is not None
        assert page.root == run.row
        told = [entry.plain for entry in page.sheet.entries]
        assert "request tools/call echo" in told[0]
        assert "✓ response" in told[1]
        await stage.press("o")
        await stage.settled()
        assert stage.screen.desk.page == ""
        await stage.press("asterisk")
        await stage.settled()
        assert log_of(stage).looks.marks == {run.row: "*"}


async def test_only_the_conversation_and_back(recording: Path) -> None:
    """By the filter of the log, which is as it was before; the cursor stays on its row."""
    async with staged((120, 40), journal=Journal.open(recording)) as stage:
        log, messages = log_of(stage), stage.screen.query_one(Messages)
        stage.screen.action_pane(3)
        await stage.press("up", "up")  # the request of the error
        assert log.cursor == 14
        await stage.press("b")
        await stage.until(lambda: len(log._view) == 2)
        assert (messages.field.value, log.cursor, log.has_focus) == ("about:14", 14, True)
        await stage.press("b")
        await stage.until(lambda: len(log._view) == 17)
        assert (messages.field.value, log.cursor, messages.field.display) == ("", 14, False)

        messages.filter_by("kind:client")
        await stage.settled()
        await stage.press("home", "down", "b")
        await stage.until(lambda: len(log._view) == 10)
        assert (messages.field.value, log.cursor) == ("about:1", 3)
        await stage.press("e")  # hidden
        await stage.settled()
        (note,) = stage.app._notifications
        assert "2 are hidden by the filter" in str(note.message)
        await stage.press("b")
        await stage.until(lambda: messages.field.value == "kind:client")


async def test_a_mark_on_the_last_row_keeps_the_cursor_there(recording: Path) -> None:
    """Its own note is a row, which a log that follows would go on to."""
    async with staged((80, 24), journal=Journal.open(recording)) as stage:
        log = log_of(stage)
        await stage.press("3", "asterisk")
        await stage.settled()
        assert (log.cursor, log.following, log.looks.marks) == (16, False, {16: "*"})
        await stage.press("asterisk")
        await stage.settled()
        assert (log.cursor, log.looks.marks, len(stage.app.journal)) == (16, {}, 19)
