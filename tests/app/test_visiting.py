"""A session that is looked at while it is recorded: what its breakpoints hold is decided about from here."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
import pytest
from textual.widgets import Static

from inspector.app.panes.story import StoryPage
from inspector.gate.control import serve_control
from inspector.gate.gate import Gate
from inspector.gate.remote import of_writer
from inspector.gate.rule import Rule
from inspector.journal.journal import Journal
from inspector.wire.event import Kind
from tests.app.recordings import Writer
from tests.app.stage import staged
from tests.gate.acts import C2S, Scene, call

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets in Python there")


async def test_what_is_held_there_is_let_go_here(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("r")))
    path = tmp_path / "r.mcp.jsonl"
    writer = Writer(path)
    scene = Scene()
    scene.journal, scene.gate = writer.journal, Gate(writer.journal, [Rule.parse("hold method:tools/call")])
    assert of_writer(path) is None  # it has breakpoints, and lets nobody decide about them
    async with serve_control(scene.gate, path), anyio.create_task_group() as tasks:
        await scene.message(C2S, call(7), tasks)
        journal = Journal.open(path, whole=False)
        async with staged((120, 40), journal=journal) as stage:
            stage.app.connections.all[0].controls = of_writer(path)
            await stage.until(lambda: len(journal) == len(writer.journal))
            assert scene.gate.held
            await stage.press("alt+u")
            await stage.until(lambda: not scene.gate.held)
            await stage.until(lambda: len(journal) == len(writer.journal))
        tasks.cancel_scope.cancel()
    writer.close()
    assert of_writer(path) is None
    journal.close()


async def test_what_is_written_now_goes_on_and_says_why_nothing_is_held_there(tmp_path: Path) -> None:
    path = tmp_path / "r.mcp.jsonl"
    writer = Writer(path)
    writer.journal.append(Kind.MESSAGE, C2S, call(7))
    journal = Journal.open(path, whole=False)
    async with staged((120, 40), journal=journal) as stage:
        await stage.until(lambda: len(journal) == len(writer.journal))
        await stage.press("3", "end", "o")
        sheet = stage.screen.query_one(StoryPage).sheet
        await stage.until(lambda: any("… running" in entry.whole for entry in sheet.entries))
        await stage.press("B")
        head = stage.screen.query_one("#held-head", Static)
        await stage.until(lambda: "they need record --control, or wrap" in str(head.render()))
        writer.close()
        await stage.until(lambda: "a recording: what was held" in str(head.render()))
    journal.close()
