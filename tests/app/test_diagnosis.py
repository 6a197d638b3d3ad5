"""A report as entries, and where it is shown."""

from __future__ import annotations

from pathlib import Path

import anyio

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.desk import Desk
from inspector.app.panes.diagnosis import report_entries
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.sheet import Sheet
from inspector.doctor.report import Check, Report
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget
from tests.app.recorded import REPORTS
from tests.app.stage import staged


def test_cause_and_next_step_come_first_and_can_be_copied() -> None:
    entries = report_entries(REPORTS["stdio"][1])
    assert (
        entries[0].plain == "✗ The server wants the environment variable OPENWEATHER_TOKEN, and it is not set"
    )
    assert entries[1].copy == "mcp-inspect -e OPENWEATHER_TOKEN=… -- uvx weather-mcp"
    failed = next(entry for entry in entries if entry.key == "check-exit")
    assert failed.unfolded
    assert "KeyError" in failed.whole


def test_a_check_leads_to_its_row_only_where_the_log_has_it() -> None:
    report = REPORTS["http"][1]
    assert {entry.link for entry in report_entries(report)} == {None, 2}
    assert {entry.link for entry in report_entries(report, rows=False)} == {None}


def test_nothing_wrong_is_said_and_nothing_reaches_the_terminal() -> None:
    evil = "\x1b[31m[bold]"
    check = Check(name="x", title=evil, state="ok", says=evil, evidence=(evil,))
    shown = "".join(
        entry.whole for entry in report_entries(Report(target="t", transport="stdio", checks=(check,)))
    )
    assert shown.startswith("✓ Nothing is wrong")
    assert "\x1b" not in shown


async def test_a_failed_connection_is_examined_by_itself_and_looked_at_closer_by_key() -> None:
    for size in ((80, 24), (120, 40)):
        journal = Journal.create()
        keeper = ConnectionKeeper(StdioTarget(("no-such-command-anywhere",)), journal, Options())
        async with staged(size, keeper=keeper) as stage:
            desk = stage.screen.query_one(Desk)
            await stage.until(lambda: desk.diagnosis)  # noqa: B023 - awaited in this very turn
            await stage.settled()
            assert isinstance(stage.app.focused, Sheet)
            assert "no-such-command-anywhere" in desk.sheet.entries[0].plain
            rows = len(journal)
            await stage.press("d")
            await stage.until(lambda: keeper.closer and not keeper.diagnosing)  # noqa: B023
            await stage.settled()
            assert len(journal) == rows, "a closer look leaves the log alone"
            assert "no-such-command-anywhere" in desk.sheet.entries[0].plain
            assert keeper.state == "failed"


async def test_a_check_leads_to_the_log(tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import sys; print('last words', file=sys.stderr); sys.exit(3)")
    keeper = ConnectionKeeper(StdioTarget(("python3", str(script))), Journal.create(), Options())
    async with staged((120, 40), keeper=keeper) as stage:
        desk = stage.screen.query_one(Desk)
        await stage.until(lambda: desk.diagnosis)
        await stage.settled()
        linked = next(entry for entry in desk.sheet.entries if entry.link is not None)
        desk.sheet.focus()
        desk.sheet.go_to(linked.key)
        await stage.press("enter")
        await stage.settled()
        log = stage.screen.query_one(MessageLog)
        assert stage.app.focused is log
        assert log.cursor == linked.link


DIES = """
import json, os, sys
ANSWERS = {
    "initialize": {
        "protocolVersion": "2025-11-25",
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "dies", "version": "1"},
    },
    "tools/list": {"tools": [{"name": "weather", "inputSchema": {"type": "object"}}]},
}
for line in sys.stdin:
    message = json.loads(line)
    if message.get("method") == "tools/call":
        sys.stderr.write("KeyError: 'OPENWEATHER_TOKEN'\\n")
        sys.stderr.flush()
        os._exit(3)
    if "id" in message:
        found = ANSWERS.get(message["method"])
        said = {"result": found} if found else {"error": {"code": -32601, "message": "no"}}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **said}), flush=True)
"""


async def test_a_server_that_dies_at_work_is_diagnosed_and_the_work_stays_where_it_is(tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text(DIES)
    target = StdioTarget(("python3", str(script)))
    keeper = ConnectionKeeper(
        target, Journal.create(target=target.describe()), Options(protocol="2025-11-25")
    )
    async with staged((120, 40), keeper=keeper) as stage:
        await stage.until(lambda: keeper.journal.catalogue.complete.get("tools"))
        await stage.settled()
        await stage.open("weather")
        await stage.press("f5")
        await stage.until(lambda: keeper.state == "closed")
        await stage.settled()
        desk = stage.screen.query_one(Desk)
        assert not desk.diagnosis, "the call and its form are not taken away"
        (note,) = stage.app._notifications
        assert "OPENWEATHER_TOKEN" in note.message
        assert "exited with code 3" in note.message
        stage.app.set_focus(None)
        await stage.press("d")
        await stage.settled()
        assert desk.diagnosis
        assert not keeper.diagnosing, "it was made already"
        assert "OPENWEATHER_TOKEN" in desk.sheet.entries[0].plain


async def test_a_server_that_dies_while_nobody_works_shows_its_diagnosis(tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text(DIES)
    target = StdioTarget(("python3", str(script)))
    keeper = ConnectionKeeper(
        target, Journal.create(target=target.describe()), Options(protocol="2025-11-25")
    )
    async with staged((120, 40), keeper=keeper) as stage:
        await stage.until(lambda: keeper.journal.catalogue.complete.get("tools"))
        await stage.settled()
        session = keeper.session
        assert session is not None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(session.call, "tools/call", {"name": "weather", "arguments": {}})
            await stage.until(lambda: keeper.state == "closed")
            await stage.settled()
            assert stage.screen.query_one(Desk).diagnosis
            assert stage.screen.focused is stage.screen.query_one("#capability-list"), "no focus is stolen"
            tasks.cancel_scope.cancel()
