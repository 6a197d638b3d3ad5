"""A report as entries, and where it is shown."""

from __future__ import annotations

from pathlib import Path

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
