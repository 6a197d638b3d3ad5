"""`record` where there is no room for what it needs itself: the server runs all the same."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proxy.recording import line, script, started

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


@pytest.mark.parametrize("most", [8, 12, 16])
def test_few_descriptors(tmp_path: Path, most: int) -> None:
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    with started(line(tmp_path / "r.jsonl", ECHO), preexec_fn=few) as host:
        assert host.communicate(b"hello\n") == (b"hello\n", b"log\n")
        assert host.returncode == 3


@pytest.mark.parametrize("left", [0, 1, 2])
def test_no_more_processes(tmp_path: Path, left: int) -> None:
    argv = [sys.executable, "-P", "-c", NO_FORK, str(left), str(tmp_path / "r.jsonl"), *ECHO]
    with started(argv) as host:
        out, log = host.communicate(b"hello\n")
        assert (out, host.returncode) == (b"hello\n", 3)
        said = b"mcp-inspect: Not recorded: Resource temporarily unavailable\n"
        assert log in (b"log\n", said + b"log\n", b"log\n" + said)


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
