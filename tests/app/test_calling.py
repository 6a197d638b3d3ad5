"""Calls as the workbench shows them: legs, progress, cancelling, what comes late, several at once."""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.message import SelectedMessage
from inspector.app.widgets.json_editor import JsonEditor
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.status_line import StatusLine
from inspector.app.widgets.text_view import TextView
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.session.answers import accepted
from inspector.session.mrtr import ROUNDS
from inspector.session.owner import Options
from inspector.session.peer import Answer
from inspector.transport.target import StdioTarget
from tests.app.going import GoingServer, attended
from tests.app.stage import Stage, StagedServer, staged

WIDE, NARROW = (120, 40), (80, 24)
SERVERS = Path(__file__).parents[1] / "servers"


@asynccontextmanager
async def going(
    size: tuple[int, int] = WIDE, *, endless: bool = False, **options: Any
) -> AsyncIterator[tuple[Stage, GoingServer]]:
    server, ticks = GoingServer(endless=endless), itertools.count()
    journal = Journal.create(target=server.describe(), clock=lambda: next(ticks) / 10)
    async with staged(size, keeper=attended(server, journal, **options)) as stage:
        await stage.connected()
        yield stage, server


def status(stage: Stage) -> str:
    return str(stage.screen.query_one("#wb-status", Static).render())


def told(stage: Stage) -> list[str]:
    """The legs as they are shown."""
    sheets = stage.screen.query("#wb-legs").results(Sheet)
    return [entry.plain for sheet in sheets if sheet.display for entry in sheet.entries]


def progress(stage: Stage) -> str:
    shown = stage.screen.query_one("#wb-progress", Static)
    return str(shown.render()) if shown.display else ""


def result(stage: Stage) -> str:
    return stage.screen.query_one("#result-text", TextView).text


async def run(stage: Stage, name: str) -> None:
    await stage.press("1", "escape")
    await stage.open(name)
    await stage.press("f5")


async def answer(stage: Stage, key: str, reply: Answer) -> None:
    """Answer the question of this key when it waits."""
    assert stage.app.keeper is not None
    session = stage.app.keeper.session
    assert session is not None
    await stage.until(lambda: any(entry.key == key for entry in session.inbox.waiting))
    entry = next(entry for entry in session.inbox.waiting if entry.key == key)
    session.inbox.answer(entry, reply)


SAID = Answer({"role": "assistant", "model": "me", "content": {"type": "text", "text": "To the sea."}})


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_call_of_three_legs_reads_as_one(size: tuple[int, int]) -> None:
    async with going(size) as (stage, _):
        await run(stage, "trip")
        bench = stage.screen.workbench
        await stage.until(lambda: "waits for your answer (i)" in status(stage))
        assert len(told(stage)) == 1
        assert "waits for you: form, sampling" in told(stage)[0]
        await answer(stage, "where", SAID)
        await stage.until(lambda: "waits for you: form " in told(stage)[0] + " ")
        await answer(stage, "who", accepted({}, {"name": "Ada"}))
        await answer(stage, "again", accepted({}, {"name": "Bob"}))
        await stage.called()
        assert "✓ ok" in status(stage)
        assert "3 legs" in status(stage)
        first, second, third = told(stage)
        assert "form by you, sampling by you" in first
        assert "form by you" in second
        assert "✓ ok" in third
        assert (
            all("state 58 B" in line and "changed" not in line for line in (first, second)) or size == NARROW
        )
        assert result(stage) == "Have a good trip."
        sheet = stage.screen.query_one("#wb-legs", Sheet)
        sheet.focus()
        await stage.press("home", "enter")
        assert bench.run is not None
        assert stage.screen.query_one(MessageLog).cursor == bench.run.legs[0]
        await stage.press("l")
        assert stage.screen.query_one(MessageLog).cursor == bench.run.legs[2]
        assert outline(stage.app.journal, bench.run.legs[2]).note.startswith("leg 3 of id ")


async def test_nobody_answers_and_the_call_ends_there() -> None:
    async with going() as (stage, _):
        await run(stage, "trip")
        await stage.until(lambda: "waits for your answer" in status(stage))
        session = stage.app.keeper.session  # type: ignore[union-attr]
        assert session is not None
        for entry in session.inbox.waiting:
            session.inbox.decline(entry)
        await stage.called()
        assert "legs" in status(stage) or "✗" in status(stage)


async def test_the_rounds_are_capped_and_that_is_said() -> None:
    async with going(endless=True) as (stage, _):
        await run(stage, "trip")
        await stage.called()
        assert f"the {ROUNDS} rounds of answers are used up" in status(stage)
        assert "✗ wants input" in status(stage)
        assert len(told(stage)) == ROUNDS + 1


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_progress_is_shown_with_bar_rate_and_what_was_said(size: tuple[int, int]) -> None:
    async with going(size) as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: server.at_work)
        assert progress(stage) == ""
        await server.report(1)
        await stage.until(lambda: progress(stage))
        assert "%" not in progress(stage)
        for at in range(2, 6):
            await server.report(at, 10, f"step \x1b[31m{at}")
        await stage.until(lambda: "50 %" in progress(stage))
        assert "5 of 10" in progress(stage)
        assert "10/s" in progress(stage)
        assert "step ␛[31m4 · step ␛[31m5" in progress(stage)
        assert "times out in" in status(stage)
        await server.report(4, 10)
        await server.report(12, 10)
        await stage.until(lambda: "120 %" in progress(stage))
        assert "! more than its total" in progress(stage)
        await server.finish()
        await stage.called()
        assert progress(stage) == ""
        assert result(stage) == "done"


async def test_a_cancelled_call_keeps_its_late_result() -> None:
    async with going() as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: server.at_work)
        await server.report(3, 10)
        await stage.until(lambda: progress(stage))
        await stage.press("ctrl+g")
        await stage.called()
        assert "✗ cancelled after" in status(stage)
        assert "at 3 of 10" in status(stage)
        await stage.until(lambda: server.cancelled)
        await server.finish("too late")
        await stage.until(lambda: "late result" in status(stage))
        assert result(stage) == "too late"
        row = stage.screen.workbench.run.row  # type: ignore[union-attr]
        assert outline(stage.app.journal, row).note == "late: cancelled before"
        await stage.press("l")
        assert stage.screen.query_one(MessageLog).cursor == row
        await stage.settled()
        assert "late" in str(stage.screen.query_one(SelectedMessage).border_title)


async def test_calls_of_several_items_at_once() -> None:
    async with going() as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: server.at_work)
        await server.report(3, 10, "on its way")
        await run(stage, "fail")
        await stage.called()
        bench = stage.screen.workbench
        await stage.until(lambda: bench.border_subtitle == "1 other call runs")
        assert progress(stage) == ""
        await stage.press("1", "escape")
        await stage.open("work")
        assert bench.running
        await stage.until(lambda: "on its way" in progress(stage))
        await stage.press("1", "escape")
        await stage.open("echo")
        assert bench.run is None
        await server.finish()
        await stage.until(lambda: bench.border_subtitle is None or not str(bench.border_subtitle))
        await stage.press("1", "escape")
        await stage.open("work")
        assert "✓ ok" in status(stage)
        assert result(stage) == "done"
        await stage.press("1", "escape")
        await stage.open("fail")
        assert "✗ tool error" in status(stage)


async def test_a_call_is_given_more_time_by_key() -> None:
    async with going(timeout=10.0) as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: "times out in" in status(stage))
        assert "+ gives more" in status(stage)
        await stage.press("plus")
        call = stage.screen.workbench.call
        assert call is not None
        assert call.left > 30
        await stage.until(lambda: "times out in" not in status(stage))
        await stage.until(lambda: server.at_work)
        await server.finish()
        await stage.called()
        assert "✓ ok" in status(stage)


async def test_rows_about_a_call_lead_to_its_request() -> None:
    async with going() as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: server.at_work)
        await server.report(3, 10)
        await stage.until(lambda: progress(stage))
        await stage.press("ctrl+g")
        await stage.called()
        journal, log = stage.app.journal, stage.screen.query_one(MessageLog)
        request = stage.screen.workbench.run.row  # type: ignore[union-attr]
        await stage.press("3")
        for method, word in (
            ("notifications/progress", "progress of"),
            ("notifications/cancelled", "cancels"),
        ):
            row = journal.rows_with_method(method)[-1]
            assert log.go_to(row)
            await stage.settled()
            title = str(stage.screen.query_one(SelectedMessage).border_title)
            assert title.startswith(f"{row} {word} {request} · ")
            await stage.press("p")
            assert log.cursor == request


async def test_ten_thousand_reports_are_one_line() -> None:
    async with going() as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: server.at_work)
        for at in range(10_000):
            await server.report(at + 1, 20_000, f"step {at + 1}")
        await stage.until(lambda: "50 %" in progress(stage))
        assert stage.screen.workbench.run.progress.notices == 10_000  # type: ignore[union-attr]
        assert "step 10000" in progress(stage)
        await server.finish()
        await stage.called()
        assert "✓ ok" in status(stage)


async def test_what_comes_after_a_time_out_is_kept_too() -> None:
    async with going() as (stage, server):
        keeper = stage.app.keeper
        assert keeper is not None
        session = keeper.session
        assert session is not None
        session.options = replace(session.options, timeout=0.05)  # the lists have come without it
        await run(stage, "work")
        await stage.called()
        assert "✗ timed out after" in status(stage)
        await stage.until(lambda: server.at_work)
        await server.finish("too late")
        await stage.until(lambda: "late result" in status(stage))
        assert result(stage) == "too late"


@asynccontextmanager
async def real(script: str) -> AsyncIterator[Stage]:
    target = StdioTarget((sys.executable, str(SERVERS / script), "stdio"))
    options = Options(probe_timeout=60).attended()
    keeper = ConnectionKeeper(target, Journal.create(target=target.describe()), options)
    async with staged(WIDE, keeper=keeper) as stage:
        await stage.connected()
        yield stage


async def test_a_real_server_that_asks_twice_makes_a_call_of_three_legs() -> None:
    async with real("asks_back.py") as stage:
        await run(stage, "twice")
        await answer(stage, "__main__:first", accepted({}, {"word": "hello"}))
        await answer(stage, "__main__:second", accepted({}, {"word": "world"}))
        await stage.called()
        assert "3 legs" in status(stage)
        assert [line.count("form by you") for line in told(stage)] == [1, 1, 0]
        assert result(stage) == "hello world"
        assert not any("changed" in line for line in told(stage))


async def test_the_progress_of_a_real_server_and_its_cancelling() -> None:
    async with real("mcp2_server.py") as stage:
        await stage.press("1", "escape")
        await stage.open("slow")
        await stage.press("ctrl+t")
        stage.screen.query_one(JsonEditor).set_value({"n": 1000, "wait": 0.05})
        await stage.press("f5")
        await stage.until(lambda: "of 1,000" in progress(stage))
        await stage.until(lambda: "/s" in progress(stage))
        assert "step " in progress(stage)
        await stage.press("ctrl+g")
        await stage.called()
        assert "✗ cancelled after" in status(stage)
        assert "of 1,000" in status(stage)


async def test_while_text_is_typed_the_way_to_the_inbox_says_so_and_back_is_not_into_the_field() -> None:
    server: Any = StagedServer()
    options = Options(probe_timeout=60).attended()
    keeper = ConnectionKeeper(server, Journal.create(target=server.describe()), options)
    async with staged(WIDE, keeper=keeper) as stage:
        await stage.connected()
        await stage.open("book")
        await stage.type("Rome")
        await stage.press("enter")
        await stage.until(lambda: "waits for your answer (esc i)" in status(stage))
        assert stage.screen.query_one(StatusLine).standing.asked == "1 asked (esc i)"
        assert not stage.app._notifications  # the workbench says it already
        await stage.press("alt+i")
        await stage.until(lambda: stage.screen.desk.page == "inbox")
        await stage.until(lambda: stage.screen.query_one(StatusLine).standing.asked == "1 asked")
        await stage.press("i")
        await stage.until(lambda: not stage.screen.desk.page)
        assert stage.app.focused is stage.screen.query_one("#wb-go")
        assert "waits for your answer (i)" in status(stage)
        await stage.press("ctrl+g")
        await stage.called()
        assert stage.screen.workbench.arguments.given() == {"city": "Rome"}
        await stage.press("i", "escape", "p")
        assert stage.screen.workbench.arguments.given() == {"city": "Rome"}
