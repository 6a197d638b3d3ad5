"""A server is restarted when its files have changed and come to rest."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import anyio
import pytest

from inspector.app import watching as module
from inspector.app.keeper import ConnectionKeeper
from inspector.app.watching import OFTEN, PAUSE, WITHIN, Watching, matters, pause
from inspector.journal.journal import Journal
from inspector.journal.restarts import RESTARTING
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.versions import V4
from tests.servers.edited import tool, write


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.05)
    monkeypatch.setattr(module, "HEAD_START", 0.0)
    monkeypatch.setattr(module, "RETRIES", (0.0, 0.0))


async def until(happened: Callable[[], object]) -> None:
    with anyio.fail_after(60):
        # Without a rest what is waited for would have only the other half of a processor.
        while not happened():  # noqa: ASYNC110
            await anyio.sleep(0.01)


@asynccontextmanager
async def watched(
    target: Target, *paths: Path, record: Path | None = None
) -> AsyncIterator[ConnectionKeeper]:
    keeper = ConnectionKeeper(target, Journal.create(record), Options(protocol=V4))
    keeper.watching = Watching(keeper, paths)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await keeper.watching.ready.wait()
        try:
            yield keeper
        finally:
            keeper.stop()


def restarted(keeper: ConnectionKeeper) -> list[Any]:
    rows = (keeper.journal.event(seq) for seq in range(len(keeper.journal)))
    return [event.data["paths"] for event in rows if event.what == RESTARTING]


def names(keeper: ConnectionKeeper) -> list[str]:
    return [tool["name"] for tool in keeper.journal.catalogue.tools]


async def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "server.py"
    write(script, [tool("a")])
    monkeypatch.chdir(tmp_path)
    target, record = StdioTarget((sys.executable, str(script))), tmp_path / "own.mcp.jsonl"
    async with watched(target, tmp_path, record=record) as keeper:
        await until(lambda: keeper.listed)
        assert names(keeper) == ["a"]
        (tmp_path / "__pycache__").mkdir()
        (tmp_path / "__pycache__" / "server.pyc").touch()
        (tmp_path / "server.py~").touch()
        script.write_text("half a lin", "utf-8")
        write(script, [tool("a"), tool("b")])
        await until(lambda: keeper.listed and names(keeper) == ["a", "b"])
        assert keeper.watching is not None
        count = keeper.watching.restarts
        assert count >= 1
        assert restarted(keeper) == [["server.py"]] * count
        latest = keeper.watching.latest
        assert latest is not None
        # What was written twice may be told of twice: then the next restart begins just now.
        await until(lambda: keeper.journal.catalogue.conn > latest.conn)
        assert keeper.journal.catalogue.conn == latest.conn + 1
        script.write_text("import sys; sys.exit(3)", "utf-8")
        await until(lambda: keeper.state in ("failed", "closed"))
        write(script, [tool("c")])  # what did not start is started anew all the same
        await until(lambda: keeper.listed and names(keeper) == ["c"])


async def test_a_file_that_another_takes_the_place_of(tmp_path: Path) -> None:
    script, beside = tmp_path / "server.py", tmp_path / "other.py"
    write(script, [tool("a")])
    async with watched(StdioTarget((sys.executable, str(script))), script) as keeper:
        await until(lambda: keeper.listed)
        write(beside, [tool("b")])  # nobody watches it
        os.replace(beside, script)
        await until(lambda: keeper.listed and names(keeper) == ["b"])
        script.unlink()
        write(script, [tool("c")])
        await until(lambda: keeper.listed and names(keeper) == ["c"])
        assert all(paths == [str(script)] for paths in restarted(keeper))


async def test_over_http_it_is_reached_again(tmp_path: Path) -> None:
    """Nobody is there: it is tried once, and then as often as is said."""
    (tmp_path / "a").touch()
    async with watched(HttpTarget("http://127.0.0.1:9/mcp"), tmp_path) as keeper:
        await until(lambda: keeper.state == "failed")
        (tmp_path / "a").write_text("x", "utf-8")
        await until(lambda: keeper.journal.catalogue.conn >= 4 and keeper.state == "failed")
        assert len(restarted(keeper)) >= 1


async def test_what_cannot_be_watched_is_said(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    write(script, [tool("a")])
    keeper = ConnectionKeeper(StdioTarget((sys.executable, str(script))), Journal.create(), Options())
    gone = tmp_path / "gone"
    gone.mkdir()
    watching = Watching(keeper, [gone])
    gone.rmdir()
    with anyio.fail_after(20):
        await watching.run()
    (event,) = (keeper.journal.event(seq) for seq in range(len(keeper.journal)))
    assert (event.what, str(event.data["says"])[:29]) == ("warning", "Nothing is watched any more: ")


def test_what_matters() -> None:
    root = PurePosixPath("/home/me/node_modules/server")
    for name in ("server.py", "src/data.json", "Makefile", "src/.env", "tmp/x.py"):
        assert matters(root / name, root), name
    for name in (
        ".git/index",
        "src/__pycache__/a.cpython-311.pyc",
        "a.pyc",
        ".venv/lib/x.py",
        "web/node_modules/x/index.js",
        "server.py~",
        ".server.py.swp",
        "4913",
        "#server.py#",
        ".#server.py",
        "server.py___jb_tmp___",
        "x.tmp",
    ):
        assert not matters(root / name, root), name
    assert not matters(PurePosixPath("/elsewhere/server.py"), root)


def test_restarts_that_follow_each_other_wait() -> None:
    assert pause([], 100.0) == 0.0
    assert pause([99.0] * (OFTEN - 1), 100.0) == 0.0
    assert pause([99.0] * OFTEN, 100.0) == PAUSE
    assert pause([99.0] * OFTEN, 100.0 + WITHIN) == 0.0
