"""R and C on the screen: a message again as it was, in its form, as text and many times; and any bytes."""

from __future__ import annotations

from typing import Any

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.again import AgainPage
from inspector.app.panes.composer import Composer
from inspector.app.resending import sent_row
from inspector.app.screens.ask import AskLine, Question
from inspector.app.widgets.log import MessageLog
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.wire.versions import V4
from tests.app.stage import Stage, StagedServer, staged
from tests.app.test_connections import connect
from tests.session.conftest import result, scripted


def lines(page: AgainPage) -> str:
    return "\n".join(entry.whole for entry in page.sheet.entries)


async def choose(stage: Stage, key: str) -> None:
    """Open a line of the page."""
    stage.screen.query_one(AgainPage).sheet.go_to(key)
    await stage.press("enter")


async def page_of_call(stage: Stage) -> AgainPage:
    """Call add, select the reply, press R."""
    await stage.connected()
    session = stage.app.keeper and stage.app.keeper.session
    assert session
    await session.call("tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}})
    await stage.settled()
    journal = stage.app.journal
    row = journal.rows_with_method("tools/call")[-1]
    assert sent_row(journal, journal.peer(row)) == row
    stage.screen.action_pane(3)
    stage.screen.query_one(MessageLog).go_to(journal.peer(row))
    await stage.press("R")
    return stage.screen.query_one(AgainPage)


async def test_a_message_is_sent_again() -> None:
    async with staged((120, 40)) as stage:
        page = await page_of_call(stage)
        journal = stage.app.journal
        row = journal.rows_with_method("tools/call")[-1]
        assert page.row == row
        assert page.sheet.has_focus
        text = lines(page)
        for part in ("Send it", "Edit in the form", "Edit as text", "Repeat", "● id", "progress token"):
            assert part in text
        await choose(stage, "keep:id")
        assert "○ id" in lines(page)
        await choose(stage, "keep:id")

        entry = next(entry for entry in page.sheet.entries if entry.key == "text")
        await choose(stage, "send")
        await stage.until(lambda: "✓ ok" in lines(page))
        sent = journal.rows_with_method("tools/call")[-1]
        assert journal.event(sent).body.decode() == entry.copy  # what was shown
        assert journal.event(journal.peer(sent)).frame.result["structuredContent"] == {"sum": 3}  # type: ignore[union-attr]
        told = next(
            each for each in range(sent, len(journal)) if journal.data(each).get("what") == "sent-again"
        )
        assert sent_row(journal, told) == sent

        await choose(stage, "repeat")
        await stage.until(lambda: isinstance(stage.app.screen, AskLine))
        await stage.press("enter")
        repeating = page.repeating
        await stage.until(lambda: page.repeating is not None and page.repeating.tally.done == 100)
        await stage.until(lambda: "100 of 100 · 4 at once" in lines(page))
        repeating = page.repeating
        assert repeating is not None
        assert repeating.tally.kinds.keys() == {"ok"}
        assert "always the same result" in lines(page)
        assert len(journal.rows_with_method("tools/call")) == 102

        await choose(stage, "form")
        bench = stage.screen.workbench
        await stage.until(lambda: bench.item is not None and bench.arguments.value == {"a": 1, "b": 2})
        assert stage.screen.desk.page == ""


async def test_a_repetition_is_stopped_and_text_goes_to_the_composer() -> None:
    async with staged((120, 40)) as stage:
        page = await page_of_call(stage)
        await choose(stage, "repeat")
        await stage.until(lambda: isinstance(stage.app.screen, AskLine))
        await stage.press(*["backspace"] * 7)
        await stage.type("100000 2")
        asks = stage.app.screen
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, AskLine) and stage.app.screen is not asks)
        await stage.press("end", "backspace")  # what was wrong is still there
        await stage.type("x 2 @ 30")
        await stage.press("enter")
        await stage.until(lambda: page.repeating is not None and page.repeating.tally.done > 1)
        await stage.until(lambda: "ctrl+g stops" in lines(page))
        await stage.press("ctrl+g")
        await stage.until(lambda: page.repeating is not None and not page.repeating.running)
        await stage.until(lambda: "stopped by you" in lines(page))

        await choose(stage, "raw")
        await stage.until(lambda: stage.screen.desk.page == "composer")
        composer = stage.screen.query_one(Composer)
        await stage.until(lambda: composer.area.has_focus)
        assert b'"method":"tools/call"' in composer.raw
        composer.area.load_text(r'{"odd":  "\x41"}')
        await stage.press("f2", "f5")
        journal = stage.app.journal
        await stage.until(lambda: composer.rows)
        assert journal.event(composer.rows[0]).body == b'{"odd":  "A"}'
        for template in (b"ping", b"NAME"):
            await stage.press("f3")
            assert template in composer.raw
        await stage.type("hi")
        assert composer.raw == b"hi"  # what is typed stands in the template's place
        await stage.press("escape")
        assert stage.screen.desk.page == ""


async def test_a_recording_sends_nothing() -> None:
    async with staged((120, 40)) as stage:
        await page_of_call(stage)
        journal: Journal = stage.app.journal
        async with staged((80, 24), journal=journal) as other:
            other.screen.action_pane(3)
            other.screen.query_one(MessageLog).go_to(journal.rows_with_method("tools/call")[-1])
            count = len(journal)
            await other.press("R")
            page = other.screen.query_one(AgainPage)
            assert "not connected" in lines(page)
            await choose(other, "send")
            await other.press("escape", "C", "f5")
            assert len(journal) == count


async def test_what_says_that_it_is_destructive_is_asked_about_once() -> None:
    tool = {"name": "wipe", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": True}}
    server: Any = scripted(
        tools_list=lambda message: [result(message, {"tools": [tool]})],
        tools_call=lambda message: [result(message, {"content": []})],
    )
    journal = Journal.create()
    keeper = ConnectionKeeper(server, journal, Options(protocol=V4))
    server.title = "wiper"
    async with staged((80, 24), keeper=keeper) as stage:
        await stage.until(lambda: keeper.listed)
        session = keeper.session
        assert session
        await session.call("tools/call", {"name": "wipe"})
        await stage.settled()
        stage.screen.action_pane(3)
        stage.screen.query_one(MessageLog).go_to(journal.rows_with_method("tools/call")[-1])
        await stage.press("R")
        for answer, sent in (("n", 1), ("y", 2)):
            await choose(stage, "send")
            await stage.until(lambda: isinstance(stage.app.screen, Question))
            await stage.press(answer)
            await session.call("ping")
            assert len(journal.rows_with_method("tools/call")) == sent
        await choose(stage, "send")
        await stage.until(lambda: len(journal.rows_with_method("tools/call")) == 3)


async def test_over_another_connection() -> None:
    async with staged((120, 40), opens=connect) as stage:
        page = await page_of_call(stage)
        first, journal = stage.screen, stage.app.journal
        assert "Over another" not in lines(page)
        assert await stage.app.open_target(StagedServer())  # type: ignore[arg-type]
        other = stage.app.connections.all[1]
        await stage.until(lambda: all(other.journal.catalogue.complete.values()))
        await stage.press("ctrl+pageup")
        await stage.until(lambda: stage.app.screen is first and "Over another" in lines(page))
        count = len(journal)
        page.sheet.focus()
        await choose(stage, "over")
        await choose(stage, "send")
        await stage.until(lambda: "of the other connection  ✓ ok" in lines(page))
        assert len(journal) == count
        sent = other.journal.rows_with_method("tools/call")[-1]
        told = [other.journal.data(row) for row in range(sent, len(other.journal))]
        assert [data.get("where") for data in told if data.get("what") == "sent-again"] == [
            "in another session"
        ]
        # Where the own connection is gone, and no other was chosen, it goes nowhere by itself.
        page._over = None
        keeper = stage.app.keeper
        assert keeper is not None
        assert keeper.session is not None
        keeper.session.close()
        await stage.until(lambda: "Send it  not connected" in lines(page))
        assert "Over another" in lines(page)
