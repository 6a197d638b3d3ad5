"""`record` when something goes wrong: signals, recorders that die, disks that are full, and real hosts."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.wire.event import Direction
from tests.proxy.recording import (
    SERVERS,
    events,
    facts,
    finished,
    line,
    parts,
    script,
    started,
    stream,
    until,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record is for POSIX")

COUNTS = script("""
seen = []
def got(number, frame):
    os.write(1, b'got %d\\n' % number)
for each in (1, 2, 3, 10, 12, 15):
    signal.signal(each, got)
os.write(1, b'up\\n')
while data := os.read(0, 100):
    os.write(1, data)
""")


@pytest.mark.parametrize(
    ("number", "group"),
    [(1, True), (2, True), (15, True), (10, False), (15, False)],
    ids=["1-group", "2-group", "15-group", "10-alone", "15-alone"],
)
def test_a_signal_reaches_the_server_once(tmp_path: Path, number: int, group: bool) -> None:
    path = tmp_path / "r.jsonl"
    with started(line(path, COUNTS)) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stdout.readline() == b"up\n"
        until(lambda: len(parts(host.pid)) == 2)
        for _ in range(2):
            (os.killpg if group else os.kill)(host.pid, number)
            assert host.stdout.readline() == b"got %d\n" % number
        # What would come twice has come by the time that a third one, to us alone, has been asked about.
        os.kill(host.pid, 12)
        assert host.stdout.readline() == b"got 12\n"
        out, _ = host.communicate(b"more\n")
    assert (host.returncode, out) == (0, b"more\n")
    finished(path)


def test_a_signal_that_the_host_ignores_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with started(
        line(path, ["cat"]), preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ) as host:
        until(lambda: events(path))
        host.send_signal(signal.SIGHUP)
        assert host.communicate(b"on\n")[0] == b"on\n"
        assert host.returncode == 0


@pytest.mark.parametrize("group", [False, True], ids=["alone", "group"])
def test_sigkill_ends_the_server_and_loses_nothing(tmp_path: Path, group: bool) -> None:
    path = tmp_path / "r.jsonl"
    # Of a server in a session of its own the whole group would be killed, and the recorder is in none.
    program = script("signal.signal(15, signal.SIG_IGN)\nwhile data := os.read(0, 65536): os.write(1, data)")
    sent = b"".join(b'{"jsonrpc":"2.0","method":"n%d"}\n' % each for each in range(2000))
    with started(line(path, program)) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        until(lambda: events(path))
        host.stdin.write(sent)
        host.stdin.flush()
        got = b""
        while len(got) < len(sent):
            got += os.read(host.stdout.fileno(), 65536)
        server = next(
            each for each in parts(host.pid) if b"SIG_IGN" in Path(f"/proc/{each}/cmdline").read_bytes()
        )
        (os.killpg if group else os.kill)(host.pid, signal.SIGKILL)
        assert host.wait() == -9
        until(lambda: not Path(f"/proc/{server}").exists())
    journal = finished(path)
    assert stream(journal, Direction.C2S) == stream(journal, Direction.S2C) == sent
    assert "killed" in facts(journal, "closed")["reason"]


def recorders(path: Path) -> list[int]:
    """The process that writes the recording."""
    found = []
    for fds in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(os.readlink(each) == str(path) for each in fds.iterdir()):
                found.append(int(fds.parent.name))
        except OSError:
            continue
    return found


def test_a_recorder_that_is_killed_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with started(line(path, ["cat"])) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        (recorder,) = until(lambda: recorders(path))
        os.kill(recorder, signal.SIGKILL)
        for each in range(20):
            host.stdin.write(b"%d\n" % each)
            host.stdin.flush()
            assert host.stdout.readline() == b"%d\n" % each
        out, err = host.communicate(b"x" * 500_000)
    assert (host.returncode, out, err) == (0, b"x" * 500_000, b"")


def test_a_recorder_that_stands_still_delays_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    sent = (
        b'{"jsonrpc":"2.0","method":"x","params":{"a":"%s"}}\n' % (b"a" * 4000) * 600
    )  # more than the pipe between them holds
    with started(line(path, ["cat"])) as host:
        (recorder,) = until(lambda: recorders(path))
        os.kill(recorder, signal.SIGSTOP)
        out, err = host.communicate(sent)
        assert (host.returncode, out == sent, err) == (0, True, b"")
        os.kill(recorder, signal.SIGCONT)
    assert stream(finished(path), Direction.C2S) == sent


def test_a_full_disk_ends_the_recording_with_one_line_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    limit = 4096

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with started(line(path, ["cat"]), preexec_fn=little) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stderr is not None
        for each in range(200):
            host.stdin.write(b'{"jsonrpc":"2.0","method":"n%d"}\n' % each)
            host.stdin.flush()
            assert host.stdout.readline() == b'{"jsonrpc":"2.0","method":"n%d"}\n' % each
        assert re.search(rb"Recording stopped: .+ passes unrecorded$", host.stderr.readline().strip())
        out, err = host.communicate(b"last")
    assert (host.returncode, out, err) == (0, b"last", b"")
    assert 0 < path.stat().st_size <= limit
    assert path.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize("case", ["there", "no-folder", "link", "device"])
def test_a_path_that_cannot_be_written(tmp_path: Path, case: str) -> None:
    path, kept = tmp_path / "r.jsonl", tmp_path / "kept"
    kept.write_text("mine")
    if case == "there":
        path.write_text("mine")
    elif case == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif case == "device":
        path = Path("/dev/full")
    else:
        path = kept / "r.jsonl"
    with started(line(path, ["cat"])) as host:
        assert host.stdin is not None
        assert host.stderr is not None
        said = host.stderr.readline()
        out, err = host.communicate(b"on")
    assert said.startswith(b"mcp-inspect: Not recorded: ")
    assert (host.returncode, out, err) == (0, b"on", b"")
    assert kept.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_the_line_in_the_log_stands_between_the_servers_own(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.touch()
    program = script("os.write(2, b'half'); os.read(0, 1); os.write(2, b' line\\n'); os.read(0, 1)")
    with started(line(path, program)) as host:
        assert host.stdin is not None
        assert host.stderr is not None
        assert os.read(host.stderr.fileno(), 4) == b"half"
        until(lambda: len(parts(host.pid)) == 2)
        host.stdin.write(b".")
        host.stdin.flush()
        assert host.stderr.readline() == b" line\n"
        assert host.stderr.readline().startswith(b"mcp-inspect: Not recorded: ")
        host.communicate(b"")


async def test_the_mcp_client_through_it(tmp_path: Path) -> None:
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    path = tmp_path / "r.jsonl"
    command = line(path, [sys.executable, str(SERVERS / "mcp2_server.py"), "stdio"])
    with (tmp_path / "log").open("w") as log:
        transport = stdio_client(
            StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ)), errlog=log
        )
        async with Client(transport) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            said = await client.call_tool("echo", {"text": "hello"})
    assert "echo" in names
    assert "hello" in str(said.content)
    journal = finished(path)
    assert {tool["name"] for tool in journal.catalogue.tools} == names
    assert journal.in_flight == 0


async def test_the_fastmcp_client_through_it(tmp_path: Path) -> None:
    from fastmcp import Client
    from fastmcp.client.transports import StdioTransport

    path = tmp_path / "r.jsonl"
    command = line(path, [sys.executable, str(SERVERS / "polite.py")])
    transport = StdioTransport(command[0], command[1:], env=dict(os.environ), keep_alive=False)
    async with Client(transport) as client:
        names = {tool.name for tool in await client.list_tools()}
        said = await client.call_tool("echo", {"text": "hello"})
    assert "hello" in str(said.content)
    journal = finished(path)
    assert {tool["name"] for tool in journal.catalogue.tools} == names


def test_the_apps_own_verbs_through_it(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    server = line(path, [sys.executable, str(SERVERS / "polite.py")])
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "call", "echo", "text=hi", "--", *server],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"hi\n"), done.stderr
    assert facts(finished(path), "exited")["code"] == 0
