"""`record` where there is no room for what it needs itself: the server runs all the same."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proxy.recording import RECORD, line, script, started

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record is for POSIX")

ECHO = script("os.write(1, os.read(0, 100)); os.write(2, b'log\\n'); sys.exit(3)")
NO_FORK = """
import errno, os, sys
real, left = os.fork, int(sys.argv[1])
def fork():
    global left
    left -= 1
    if left < 0:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    return real()
os.fork = fork
from inspector.proxy.record import record
record(sys.argv[3:], sys.argv[2])
"""
NO_CHILD = """
import asyncio, errno, sys
async def exec(*_, **__):
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
asyncio.SelectorEventLoop.subprocess_exec = exec
from inspector.proxy.record import record
record(sys.argv[2:], sys.argv[1], control=True)
"""


@pytest.mark.parametrize("most", [8, 12, 16, 20])
@pytest.mark.parametrize("options", [[], ["--control"]], ids=["plain", "control"])
def test_few_descriptors(tmp_path: Path, options: list[str], most: int) -> None:
    """With few of them it records without breakpoints, with fewer not at all, and says so."""

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    argv = [*RECORD, *options, "-o", str(tmp_path / "r.jsonl"), "--", *ECHO]
    with started(argv, preexec_fn=few) as host:
        out, log = host.communicate(b"hello\n")
    said = log.decode().splitlines()
    said.remove("log")  # the recorder, where it has come to run, speaks when it can
    assert (out, host.returncode) == (b"hello\n", 3)
    assert all(each.startswith(("mcp-inspect: No breakpoints: ", "mcp-inspect: Not rec")) for each in said)
    assert ("mcp-inspect: No breakpoints: Too many open files" in said) == bool(options)
    if most < 12:
        assert "mcp-inspect: Not recorded: Too many open files" in said


@pytest.mark.parametrize("left", [0, 1, 2])
def test_no_more_processes(tmp_path: Path, left: int) -> None:
    argv = [sys.executable, "-P", "-c", NO_FORK, str(left), str(tmp_path / "r.jsonl"), *ECHO]
    with started(argv) as host:
        out, log = host.communicate(b"hello\n")
        assert (out, host.returncode) == (b"hello\n", 3)
        said = b"mcp-inspect: Not recorded: Resource temporarily unavailable\n"
        assert log in (b"log\n", said + b"log\n", b"log\n" + said)


def test_no_room_for_the_server_beside_its_recorder(tmp_path: Path) -> None:
    argv = [sys.executable, "-P", "-c", NO_CHILD, str(tmp_path / "r.jsonl")]
    with started([*argv, *ECHO]) as host:
        out, log = host.communicate(b"hello\n")
    said = b"mcp-inspect: Not recorded: Resource temporarily unavailable\n"
    assert (out, log, host.returncode) == (b"hello\n", said + b"log\n", 3)
    with started([*argv[:-1], str(tmp_path / "none.jsonl"), "/"]) as host:
        host.communicate(b"hello\n")
        assert host.returncode == 126


def test_a_host_that_reads_no_errors_gets_the_code_of_a_command_that_is_none(tmp_path: Path) -> None:
    with started(line(tmp_path / "r.jsonl", ["no-such-command"]), stderr=subprocess.PIPE) as host:
        assert host.stderr is not None
        host.stderr.close()
        host.stderr = None
        host.communicate()
        assert host.returncode == 127


def test_one_pipe_for_both_ends_when_the_server_lets_go_of_both(tmp_path: Path) -> None:
    server = script("os.close(1); os.close(2); os.read(0, 100); sys.exit(3)")
    with started(line(tmp_path / "r.jsonl", server), stderr=subprocess.STDOUT) as host:
        assert host.stdout is not None
        assert host.stdout.read() == b""
        host.communicate(b"bye\n")
        assert host.returncode == 3
