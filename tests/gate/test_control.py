"""Breakpoints decided about from another process: the socket, who may use it, and what if they go."""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from inspector.errors import ConnectionFailed, UsageError
from inspector.gate import control as module
from inspector.gate.control import control_path, is_ours, serve_control
from inspector.gate.lines import Gone, connected
from inspector.gate.remote import RemoteGate
from inspector.gate.rule import Rule, Verdict
from inspector.wire.event import Event
from tests.gate.acts import C2S, Scene, call, settled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets in Python there")


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("r")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(path))
    return path


@asynccontextmanager
async def attached(scene: Scene, recording: Path) -> AsyncIterator[RemoteGate]:
    with anyio.fail_after(20):
        async with serve_control(scene.gate, recording):
            remote = RemoteGate.of(recording)
            assert remote is not None
            yield remote
            await remote.close()


async def until_gone(scene: Scene) -> None:
    """Wait until nothing is held and no rule is in force."""
    seen = anyio.Event()

    def look(event: Event) -> None:
        if not scene.gate.held and not scene.gate.rules:
            seen.set()

    forget = scene.journal.add_listener(look)
    if scene.gate.held or scene.gate.rules:
        await seen.wait()
    forget()


async def test_another_process_sets_rules_and_decides(tmp_path: Path):
    scene = Scene()
    went: list[Event] = []
    scene.gate.outlets[C2S] = went.append
    async with attached(scene, tmp_path / "a.jsonl") as remote, anyio.create_task_group() as tasks:
        await remote.set_rules([Rule.parse("hold"), Rule.parse("drop", on=False)])
        assert [each.text for each in scene.fold().rules] == ["hold", "drop"]
        held = await scene.message(C2S, call(1), tasks)
        second = await scene.message(C2S, call(2), tasks)
        await remote.release(held.seq, Verdict("changed", b"\xff else"))
        await settled()
        assert scene.bodies == [b"\xff else"]
        with pytest.raises(UsageError, match="is not held"):
            await remote.release(held.seq, Verdict("dropped"))
        with pytest.raises(UsageError, match="cannot be delayed"):
            await remote.release(second.seq, Verdict("delayed", seconds=-1))
        assert await remote.let_go_all() == 1
        await remote.inject(C2S, call(9))
        assert went[0].body == call(9)
    assert scene.bodies[1] == call(2)


async def test_who_leaves_lets_everything_go(tmp_path: Path):
    scene = Scene()
    async with attached(scene, tmp_path / "a.jsonl") as remote, anyio.create_task_group() as tasks:
        await remote.set_rules([Rule.parse("hold")])
        await scene.message(C2S, call(1), tasks)
        assert scene.bodies == []
        await remote.close()
        await until_gone(scene)
    assert scene.bodies == [call(1)]
    past = scene.fold().past
    assert [(each.verdict, each.who, each.why) for each in past] == [  # nobody has done it by hand
        ("let-go", "", "nobody is attached any more")
    ]


async def test_the_socket_is_private_and_goes_with_the_process(tmp_path: Path, runtime: Path):
    scene, recording = Scene(), tmp_path / "a.jsonl"
    async with serve_control(scene.gate, recording) as path:
        assert path == control_path(recording)
        assert path.parent.parent == runtime
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.lstat().st_mode) == 0o700
        assert is_ours(path)
        with pytest.raises(UsageError, match="Another process serves"):
            async with serve_control(scene.gate, recording):
                pass
        remote = RemoteGate.of(recording)
        assert remote is not None
    assert not path.exists()
    assert RemoteGate.of(recording) is None
    with pytest.raises(ConnectionFailed, match="does not answer"):
        await remote.let_go_all()


async def test_who_was_started_with_few_variables_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scene, recording = Scene(), tmp_path / "a.jsonl"
    with monkeypatch.context() as host:
        host.delenv("XDG_RUNTIME_DIR")
        host.setattr("tempfile.tempdir", "/tmp")
        async with serve_control(scene.gate, recording):
            host.undo()
            remote = RemoteGate.of(recording)
            assert remote is not None
            assert await remote.let_go_all() == 0
            await remote.close()


async def test_a_socket_of_one_who_died_is_taken_away(tmp_path: Path):
    scene, recording = Scene(), tmp_path / "a.jsonl"
    path = control_path(recording)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with attached(scene, recording) as remote:
        assert await remote.let_go_all() == 0


async def test_what_is_in_the_way_is_not_taken_away(tmp_path: Path):
    scene, recording = Scene(), tmp_path / "a.jsonl"
    path = control_path(recording)
    path.parent.mkdir(mode=0o700)
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="no socket of yours"):
        async with serve_control(scene.gate, recording):
            pass
    assert path.is_symlink()
    assert RemoteGate.of(recording) is None


async def test_a_directory_that_others_can_change_is_refused(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
):
    os.chmod(runtime, 0o777)
    monkeypatch.setattr(module, "control_path", lambda recording: runtime / "mine" / "a.sock")
    with pytest.raises(UsageError, match="not a directory of yours"):
        async with serve_control(Scene().gate, tmp_path / "a.jsonl"):
            pass
    os.chmod(runtime, 0o700)
    async with serve_control(Scene().gate, tmp_path / "a.jsonl") as path:
        assert is_ours(path)
        os.chmod(path.parent, 0o755)
        assert not is_ours(path)


async def test_another_user_is_not_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scene = Scene()
    async with attached(scene, tmp_path / "a.jsonl") as remote:
        with monkeypatch.context() as patch:
            patch.setattr(module, "_is_same_user", lambda stream: False)
            with pytest.raises(ConnectionFailed):
                await remote.let_go_all()
        assert await remote.let_go_all() == 0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"do":"dance"}',
        b'{"do":"rules","rules":[5]}',
        b'{"do":"rules","rules":[{"text":"holt"}]}',
        b'{"do":"release","row":1}',
        b'{"do":"release","row":1,"verdict":"truncated"}',
        b'{"do":"release","row":1,"verdict":"changed","body":"?"}',
        b'{"do":"release","row":1,"verdict":"delayed","seconds":"x"}',
        b'{"do":"release","row":1,"verdict":"delayed","seconds":1' + b"0" * 400 + b"}",
        b'{"do":"inject","dir":"up"}',
        b"[" * 100_000,
        b"1" * 5_000,
    ],
)
async def test_any_line_gets_an_answer(tmp_path: Path, line: bytes):
    scene, recording = Scene(), tmp_path / "a.jsonl"
    with anyio.fail_after(20):
        async with serve_control(scene.gate, recording) as path:
            lines = await connected(path)
            await lines.send(line)
            assert (await lines.line(5_000)).startswith(b'{"error": "')
            await lines.send(b'{"do":"let-go"}')
            assert await lines.line(5_000) == b'{"ok": 0}'
            lines.close()


async def test_a_line_without_an_end_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LONGEST", 1000)
    scene = Scene()
    with anyio.fail_after(20):
        async with serve_control(scene.gate, tmp_path / "a.jsonl") as path:
            lines = await connected(path)
            await lines.send(b"x" * 2000)
            assert b"longer than 1,000 bytes" in await lines.line(5_000)
            with pytest.raises(Gone):
                await lines.line(5_000)
            lines.close()


def test_the_path_is_made_of_the_recordings_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "b").symlink_to(tmp_path)
    assert control_path(tmp_path / "a.jsonl") == control_path(tmp_path / "b" / "a.jsonl")
    assert control_path(tmp_path / "a.jsonl") != control_path(tmp_path / "c.jsonl")
    assert len(os.fsencode(control_path(tmp_path / "x").name)) == 29
    near = control_path(tmp_path / "x")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("far" * 40)))
    assert control_path(tmp_path / "x").name == near.name
    assert len(os.fsencode(control_path(tmp_path / "x"))) <= 103, (
        "an address of a Unix socket has no more room"
    )


async def test_without_unix_sockets_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "available", lambda: False)
    with pytest.raises(UsageError, match="need Unix sockets"):
        async with serve_control(Scene().gate, tmp_path / "a.jsonl"):
            pass
