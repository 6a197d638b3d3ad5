"""The page of log messages, driven by keys."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from inspector.app.panes.logs import LogsPage
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import notification
from tests.app.stage import Stage, staged
from tests.app.teller import TellingServer

LINES = (
    {"level": "info", "logger": "a", "data": "first words"},
    {"level": "error", "logger": "b", "data": {"second": "words"}},
    {"level": "debug", "data": "third\nline"},
)


async def opened(stage: Stage) -> LogsPage:
    await stage.until(lambda: stage.app.keeper is None or stage.app.journal.catalogue.complete["tools"])
    await stage.press("g")
    await stage.until(lambda: stage.screen.query(LogsPage))
    await stage.settled()
    return stage.screen.query_one(LogsPage)


async def said(stage: Stage) -> None:
    keeper = stage.app.keeper
    assert keeper is not None
    assert keeper.session is not None
    await keeper.session.call("tools/call", {"name": "say"})
    await stage.settled()


def says(page: LogsPage) -> str:
    return str(page.query_one("#logs-says").render())


def line(page: LogsPage, name: str) -> TabLine:
    return page.query_one(f"#logs-{name}", TabLine)


async def test_a_level_for_each_request() -> None:
    async with staged((120, 40), TellingServer(lines=LINES)) as stage:
        page = await opened(stage)
        assert line(page, "asked").active == "off"
        assert "must send none" in says(page)
        await stage.press("right", "right")
        await stage.until(lambda: line(page, "asked").active == "info")
        assert "with each request from now on" in says(page)
        assert page.levels is not None
        assert page.levels.level == "info"
        await said(stage)
        assert page.list.cursor == len(stage.app.journal) - 2, "following"
        await stage.press("left", "left")
        await stage.until(lambda: page.levels is not None and page.levels.level is None)


async def test_a_level_of_the_session_and_one_that_is_refused() -> None:
    async with staged((80, 24), TellingServer(modern=False)) as stage:
        page = await opened(stage)
        assert line(page, "asked").active == "unset"
        assert "the server decides" in says(page)
        await stage.press("left")
        assert line(page, "asked").active == "unset", "nothing is left of it"
        await stage.press("right")
        await stage.until(lambda: "✗ not for you" in says(page))
        assert line(page, "asked").active == "unset", "as it is in force"
        line(page, "asked").focus()
        await stage.press("left")
        await stage.until(lambda: page.levels is not None and page.levels.level == "emergency")
        await stage.settled()
        assert "unset" not in line(page, "asked").choices
        assert "for the whole session" in says(page)


async def test_a_server_that_does_not_declare_logging() -> None:
    async with staged((80, 24), TellingServer(modern=False, logs=False, lines=LINES)) as stage:
        page = await opened(stage)
        assert "does not declare logging" in says(page)
        await said(stage)
        await stage.press("space")
        await stage.settled()
        assert "caps-undeclared-used" in stage.app.export_screenshot()


async def test_what_is_shown_is_another_thing_than_what_is_asked() -> None:
    async with staged((120, 40), TellingServer(lines=LINES)) as stage:
        page = await opened(stage)
        await said(stage)
        rows = page.list.cursor - 2, page.list.cursor - 1, page.list.cursor
        await stage.press(*["full_stop"] * 4)
        assert (line(page, "least").active, page.list.cursor) == ("error", rows[1])
        assert "1 of 3" in str(page.border_title)
        await stage.press("comma")
        assert line(page, "least").active == "warning"
        line(page, "least").action_step(-3)
        await stage.pilot.pause()
        await stage.press("slash")
        await stage.until(lambda: page.field.has_focus)
        await stage.type("words first")
        await stage.settled()
        assert page.list.cursor == rows[0]
        page.field.value = "time:x"
        await stage.until(lambda: page.field.wrong.display)
        assert page.list.cursor == rows[0]
        page.field.value = '$.params.level == "error"'
        await stage.until(lambda: page.list.cursor == rows[1])
        assert not page.field.wrong.display
        await stage.press("enter")
        assert page.list.has_focus
        await stage.press("escape")
        await stage.settled()
        assert "of 3" not in str(page.border_title)


async def test_ways_out_of_it_and_copying() -> None:
    async with staged((120, 40), TellingServer(lines=LINES)) as stage:
        page = await opened(stage)
        await said(stage)
        row = page.list.cursor
        assert page.selected_text() == "third\nline"
        await stage.press("y")
        assert stage.app.clipboard == "third\nline"
        await stage.press("enter")
        log = stage.screen.traffic.query_one("#log")
        assert log.has_focus
        assert log.cursor == row  # type: ignore[attr-defined]
        await stage.press("2", "p")
        assert log.cursor == row - 3  # type: ignore[attr-defined]
        await stage.press("2", "up", "f")
        assert page.list.following
        await stage.press("home")
        assert not page.list.following
        assert "paused" in str(page.border_title)


async def test_stderr_between_them() -> None:
    async with staged((120, 40), TellingServer(lines=LINES)) as stage:
        page = await opened(stage)
        await said(stage)
        stage.app.journal.append(Kind.STDERR, body=b"\x1b[31mTraceback\n")
        await stage.settled()
        before = page.list.cursor
        await stage.press("e")
        await stage.settled()
        assert page.list.cursor == before + 2
        assert page.selected_text() == "␛[31mTraceback"


async def test_a_recording() -> None:
    journal = Journal.create(target={"argv": ["x"]})
    journal.append(
        Kind.MESSAGE, Direction.S2C, notification("notifications/message", {"level": "info", "data": "old"})
    )
    async with staged((80, 24), journal=journal) as stage:
        page = await opened(stage)
        assert "a recording: no level was asked for" in says(page)
        assert page.list.cursor == 0
        await stage.press("right")
        await stage.until(lambda: any("nothing is sent" in note.message for note in stage.app._notifications))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_empty_page_and_no_match(size: tuple[int, int]) -> None:
    async with staged(size, TellingServer(lines=LINES[:1])) as stage:
        page = await opened(stage)
        assert "sent no log" in stage.app.export_screenshot().replace("&#160;", " ")
        await stage.press("space", "enter", "p", "up", "pageup", "y")
        await said(stage)
        page.query_one(Input).value = "nothing holds this"
        await stage.settled()
        await stage.press("space", "down")
        assert "matches what is shown" in stage.app.export_screenshot().replace("&#160;", " ")
