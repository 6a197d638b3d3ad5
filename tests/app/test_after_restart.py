"""A server that is edited while the app shows it: what is told of each restart, and the page about it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual.widgets import Static

from inspector.app import watching as module
from inspector.app.after_restart import request_of
from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.restart import RestartPage
from inspector.app.screens.compare import CompareScreen
from inspector.app.watching import Watching, why
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget
from inspector.wire.versions import V4
from tests.app.stage import Stage, staged
from tests.app.travelled import Written, journey
from tests.servers.edited import tool, write


def notices(stage: Stage) -> list[str]:
    return [str(each.message) for each in stage.app._notifications]


def lines(stage: Stage) -> str:
    return "\n".join(entry.whole for entry in stage.screen.query_one(RestartPage).sheet.entries)


async def test_a_server_that_is_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.05)
    monkeypatch.setattr(module, "pause", lambda times, now: 0.0)
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "server.py"
    write(script, [tool("a"), tool("b")])
    target = StdioTarget((sys.executable, str(script)))
    keeper = ConnectionKeeper(target, Journal.create(target=target.describe()), Options(protocol=V4))
    keeper.watching = Watching(keeper, [tmp_path], calls=True)
    async with staged((120, 40), keeper=keeper) as stage:
        await stage.until(lambda: keeper.listed)
        await stage.open("a")
        await stage.press("f5")
        await stage.called()
        await stage.press("1")
        focused = stage.app.focused

        write(script, [tool("a", description="new"), tool("c")], answer="two")
        await stage.until(lambda: any("Tools: 1 new, 1 changed, 1 gone." in each for each in notices(stage)))
        assert any(each.startswith("Restarted: server.py changed.") for each in notices(stage))
        await stage.until(
            lambda: any("a was called again: another result." in each for each in notices(stage))
        )
        await stage.called()
        assert "two" in str(stage.screen.workbench.run and stage.screen.workbench.run.ending)
        assert stage.app.focused is focused

        await stage.press("D")
        await stage.until(lambda: "line differs" in lines(stage))
        assert "~ a  description" in lines(stage)
        assert "server.py changed" in str(stage.screen.query_one("#restart-head", Static).render())
        page = stage.screen.query_one(RestartPage)
        page.sheet.go_to("call")
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, CompareScreen))
        await stage.press("escape")

        script.write_text("import sys; sys.exit(3)", "utf-8")
        await stage.until(lambda: any("the server does not start" in each for each in notices(stage)))
        destructive = {"destructiveHint": True, "readOnlyHint": False}
        write(script, [tool("a", annotations=destructive), tool("c")], answer="two")
        await stage.until(lambda: any("is destructive: it is not called" in each for each in notices(stage)))
        if not stage.screen.desk.page:  # the diagnosis took its place
            await stage.press("D")
        await stage.until(lambda: "annotations" in lines(stage))


async def test_a_recording_and_what_was_never_restarted() -> None:
    journal, _ = journey()
    async with staged((120, 40), journal=journal) as stage:
        await stage.press("D")
        await stage.until(lambda: "~ forecast" in lines(stage))
        assert "connection 2 against 1" in str(stage.screen.query_one("#restart-head", Static).render())
    w = Written()
    w.begin({"tools": {}}, "1")
    async with staged((80, 24), journal=w.journal) as stage:
        await stage.press("D")
        await stage.until(lambda: "There was no restart yet." in lines(stage))
        w.begin({"tools": {}}, "1")
        await stage.settled()
        assert "There was no restart yet." in lines(stage)  # the one before listed nothing


def test_words_and_requests() -> None:
    assert why(()) == ""
    assert why(("a.py", "b")) == "a.py, b changed"
    assert why(("a", "b", "c", "d")) == "a, b, c and 1 more changed"
    w = Written()
    row = w.asks("tools/call", name="a", arguments={"x": 1}, _meta={"progressToken": 1}, task={})
    assert request_of(w.journal, row) == ("tools/call", {"name": "a", "arguments": {"x": 1}})
    assert request_of(w.journal, -1) == ("", {})
