"""`record --control`: the host talks to its server, and who is attached holds, changes and answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from inspector.gate.control import control_path
from inspector.gate.remote import RemoteGate
from inspector.gate.rule import Rule, Verdict
from inspector.wire.event import Direction
from tests.proxy.recording import RECORD, events, facts, finished, script, started, steps, stream, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record is for POSIX")

CAT = ["cat"]


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("run")
    folder.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))


@contextmanager
def recorded(path: Path, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with started([*RECORD, "--control", "--record", str(path), "--", *command]) as host:
        yield host


async def test_faults_of_a_file(tmp_path: Path) -> None:
    path, rules = tmp_path / "r.jsonl", tmp_path / "rules.toml"
    rules.write_text('[[rule]]\ndo = "drop method:no"\n[[rule]]\ndo = "hold dir:c2s method:wait"\n', "utf-8")
    with started([*RECORD, "--faults", str(rules), "-o", str(path), "--", *CAT]) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        host.stdin.write(message("no") + message("wait") + message("yes"))
        host.stdin.flush()
        assert await to_thread.run_sync(host.stdout.readline) == message("yes")
        gate = RemoteGate(control_path(path))
        assert await gate.let_go_all() == 1
        assert await to_thread.run_sync(host.stdout.readline) == message("wait")
        await gate.close()
        assert (await to_thread.run_sync(host.communicate, b""))[0] == b""
    assert host.returncode == 0


def test_it_starts_without_the_command_line() -> None:
    code = (
        "import sys, inspector.proxy.controlled\n"
        "print(sorted({'typer', 'click', 'httpx', 'textual', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"


async def test_rules_that_are_none_start_nothing(tmp_path: Path) -> None:
    rules, made = tmp_path / "rules.toml", tmp_path / "made"
    rules.write_text('[[rule]]\ndo = "fly"\n', "utf-8")
    with started([*RECORD, "--faults", str(rules), "--", "touch", str(made)]) as host:
        out, err = await to_thread.run_sync(host.communicate)
    assert (host.returncode, out, made.exists()) == (2, b"", False)
    assert b"rules.toml, line 1: there is no action 'fly'" in err


def test_a_recording_that_cannot_be_made_and_a_disk_that_is_full_stop_nothing(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "r.jsonl"
    path.write_text("mine")
    with recorded(path, CAT) as host:
        out, err = host.communicate(message("yes"))
    assert (host.returncode, out, err.count(b"\n")) == (0, message("yes"), 1)
    assert err.startswith(b"mcp-inspect: Not recorded: ")
    assert path.read_text() == "mine"
    path.unlink()
    with started(
        [*RECORD, "--control", "--record", str(path), "--", *CAT],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
    ) as host:
        sent = b"".join(message(f"n{each}") for each in range(50))
        out, err = host.communicate(sent)
    assert (host.returncode, out, err.count(b"\n")) == (0, sent, 1)
    assert err.startswith(b"mcp-inspect: Recording stopped: ")
    assert 0 < path.stat().st_size <= 3000


async def test_without_a_socket_it_goes_on(tmp_path: Path) -> None:
    in_the_way = control_path(tmp_path / "r.jsonl")
    in_the_way.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    in_the_way.touch()
    with recorded(tmp_path / "r.jsonl", CAT) as host:
        out, err = await to_thread.run_sync(host.communicate, message("yes"))
    assert (host.returncode, out) == (0, message("yes"))
    assert b"No breakpoints from another process" in err
    assert stream(finished(tmp_path / "r.jsonl"), Direction.C2S) == message("yes")


def message(method: str, **more: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, **more}).encode() + b"\n"


def held(path: Path) -> list[dict[str, Any]]:
    return [
        each["client"]
        for each in events(path)
        if each["kind"] == "client" and each["client"]["what"] == "held"
    ]


async def until_async(happened: Any) -> Any:
    return await to_thread.run_sync(until, happened)


async def test_without_rules_it_is_as_without_it(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    sent = message("a") + b"rubbish\xff\n" + b'{"a":1,\r\n' + b"\n" + message("b") * 3000 + b"no end"
    program = script("""
while data := os.read(0, 65536):
    while data:
        data = data[os.write(1, data):]
os.write(2, b'half a line')
os._exit(3)
""")
    with recorded(path, program) as host:
        out, err = await to_thread.run_sync(host.communicate, sent)
    assert (host.returncode, out == sent, err) == (3, True, b"half a line")
    journal = finished(path)
    assert stream(journal, Direction.C2S) == stream(journal, Direction.S2C) == sent
    assert facts(journal, "exited")["code"] == 3
    assert not control_path(path).exists()


async def test_hold_change_answer_and_drop(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with recorded(path, CAT) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        await until_async(lambda: "started" in steps(path))
        assert control_path(path).stat().st_mode & 0o777 == 0o600
        gate = RemoteGate(control_path(path))
        await gate.set_rules([Rule("dir:c2s method:hold*")])
        for name in ("hold1", "free", "hold2", "hold3", "hold4"):
            host.stdin.write(message(name, id=name))
            host.stdin.flush()
        assert await to_thread.run_sync(host.stdout.readline) == message("free", id="free")
        await until_async(lambda: len(held(path)) == 4)
        rows = [each["row"] for each in held(path)]
        await gate.release(rows[0], Verdict("changed", b'{"jsonrpc":"2.0","method":"other"}'))
        assert b"other" in await to_thread.run_sync(host.stdout.readline)
        await gate.release(rows[1], Verdict("dropped"))
        await gate.release(
            rows[2], Verdict("answered", b'{"jsonrpc":"2.0","id":"hold3","result":{"made":1}}')
        )
        assert b"made" in await to_thread.run_sync(host.stdout.readline)
        await gate.inject(Direction.C2S, message("injected").rstrip())
        assert await to_thread.run_sync(host.stdout.readline) == message("injected")
        assert await gate.let_go_all() == 1
        assert await to_thread.run_sync(host.stdout.readline) == message("hold4", id="hold4")
        await gate.close()
        assert (await to_thread.run_sync(host.communicate, b""))[0] == b""
    assert host.returncode == 0
    made = {event["by"] for event in events(path) if "by" in event}
    assert made == {"hand"}


async def test_the_end_of_the_host_lets_go_of_all(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with recorded(path, CAT) as host:
        assert host.stdin is not None
        await until_async(lambda: "started" in steps(path))
        gate = RemoteGate(control_path(path))
        await gate.set_rules([Rule("dir:c2s")])
        host.stdin.write(message("last"))
        host.stdin.flush()
        await until_async(lambda: held(path))
        out, _ = await to_thread.run_sync(host.communicate, b"")
        await gate.close()
    assert (host.returncode, out) == (0, message("last"))


async def test_signals_and_commands_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with recorded(path, script("os.write(1, b'up\\n'); signal.pause()")) as host:
        assert host.stdout is not None
        assert await to_thread.run_sync(host.stdout.readline) == b"up\n"
        host.terminate()
        assert await to_thread.run_sync(host.wait) == -15
    none = tmp_path / "none.jsonl"
    with recorded(none, ["no-such-command"]) as host:
        _, err = await to_thread.run_sync(host.communicate)
    assert host.returncode == 127
    assert b"no-such-command" in err
    assert "failed" in steps(none)
    (tmp_path / "text").touch(mode=0o600)
    with recorded(tmp_path / "text.jsonl", [str(tmp_path / "text")]) as host:
        await to_thread.run_sync(host.communicate)
    assert host.returncode == 126


async def test_a_host_that_does_not_read_the_log_gets_its_answers(tmp_path: Path) -> None:
    program = script("""
import threading
def log():
    while True:
        os.write(2, b'x' * 65536)
threading.Thread(target=log, daemon=True).start()
while data := os.read(0, 65536):
    time.sleep(0.05)
    os.write(1, data)
os._exit(3)
""")
    with recorded(tmp_path / "r.jsonl", program) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        for _ in range(3):
            host.stdin.write(message("yes"))
            host.stdin.flush()
            assert await to_thread.run_sync(host.stdout.readline) == message("yes")


async def test_a_host_that_reads_no_more_ends_a_server_that_writes(tmp_path: Path) -> None:
    program = ["yes", "x" * 4000]
    with recorded(tmp_path / "r.jsonl", program) as host:
        assert host.stdout is not None
        assert await to_thread.run_sync(host.stdout.readline)
        host.stdout.close()
        assert await to_thread.run_sync(host.wait) == -13
    said = [each for each in events(tmp_path / "r.jsonl") if "reads no more" in str(each)]
    assert len(said) == 1


async def test_one_file_for_both_keeps_their_order(tmp_path: Path) -> None:
    program = script("""
import array, fcntl, termios
os.write(1, b'x' * 99999 + b'\\n')
left = array.array('i', [1])
while left[0]:  # what is written to two pipes has no order before the first is read
    time.sleep(0.01)
    fcntl.ioctl(1, termios.FIONREAD, left)
os.write(2, b'log\\n')
""")
    argv = [*RECORD, "--control", "--record", str(tmp_path / "r.jsonl"), "--", *program]
    with started(argv, stderr=subprocess.STDOUT) as host:
        out, _ = await to_thread.run_sync(host.communicate, b"")
    assert out == b"x" * 99999 + b"\nlog\n"


async def test_a_host_that_does_not_read_yet_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = script("os.write(1, b'x' * 400_000 + b'\\nlast'); os.write(2, b'log'); os._exit(5)")
    with recorded(path, program) as host:
        assert await to_thread.run_sync(host.wait) == 5
        assert not control_path(path).exists()
        out, err = await to_thread.run_sync(host.communicate, b"")
    assert (out, err) == (b"x" * 400_000 + b"\nlast", b"log")
    assert stream(finished(path), Direction.S2C) == out


async def test_one_pipe_for_both_that_is_full_stops_neither(tmp_path: Path) -> None:
    program = script("""
piece = b'x' * 65535 + b'\\n'
for _ in range(40):
    for fd in (2, 1):
        os.write(fd, piece)
""")
    argv = [*RECORD, "--control", "--record", str(tmp_path / "r.jsonl"), "--", *program]
    with started(argv, stderr=subprocess.STDOUT) as host:
        assert (await to_thread.run_sync(host.communicate, b""))[0].count(b"\n") == 80


async def test_a_file_is_what_the_host_says(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(message("yes") * 5000)
    argv = [*RECORD, "--control", "--record", str(tmp_path / "r.jsonl"), "--", *CAT]
    with (tmp_path / "in").open("rb") as file, started(argv, stdin=file) as host:
        out, _ = await to_thread.run_sync(host.communicate)
    assert out == message("yes") * 5000


async def test_a_terminal_that_hangs_up_is_an_end(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    argv = [*RECORD, "--control", "--record", str(tmp_path / "r.jsonl"), "--", "cat"]
    with started(argv, stdin=theirs) as host:
        os.close(theirs)
        os.write(ours, b"hello\n")
        assert host.stdout is not None
        assert await to_thread.run_sync(host.stdout.readline) == b"hello\n"
        os.close(ours)
        assert await to_thread.run_sync(host.wait) == 0


async def test_pipes_that_wait_for_nobody(tmp_path: Path) -> None:
    (reads, gives), (takes, writes) = os.pipe(), os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    argv = [*RECORD, "--control", "--record", str(tmp_path / "r.jsonl"), "--", "cat"]
    with started(argv, stdin=reads, stdout=writes) as host:
        os.close(reads)
        os.close(writes)
        until(lambda: "started" in steps(tmp_path / "r.jsonl"))
        sent = message("yes") * 3000
        with os.fdopen(gives, "wb") as to:
            to.write(sent)
        with os.fdopen(takes, "rb") as of:
            assert await to_thread.run_sync(of.read) == sent
        assert await to_thread.run_sync(host.wait) == 0


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_standard_file_that_is_closed_stays_it(tmp_path: Path, number: int) -> None:
    path = tmp_path / "r.jsonl"
    program = script("os.write(1, b'out\\n'); os.write(2, b'log\\n'); sys.exit(3)")
    with started(
        [*RECORD, "--control", "--record", str(path), "--", *program], preexec_fn=lambda: os.close(number)
    ) as host:
        out, log = await to_thread.run_sync(host.communicate, b"")
    assert (host.returncode, out, log) == (
        3,
        b"" if number == 1 else b"out\n",
        b"" if number == 2 else b"log\n",
    )
    journal = finished(path)
    assert stream(journal, Direction.C2S) == b""
