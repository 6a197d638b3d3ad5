"""`record` as a host starts it: a process with three pipes, and what its recording holds in the end."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind

RECORD = (sys.executable, "-P", "-m", "inspector", "record")
SERVERS = Path(__file__).parent.parent / "servers"
PATIENCE = 100.0
"""Seconds. The recorder gives way to all others (`inspector.proxy.forward`): on a busy machine it is late."""
ENDS = ("exited", "failed", "closed")


def script(text: str) -> list[str]:
    """A server that is these lines of Python, with `os`, `sys`, `signal` and `time` at hand."""
    return [sys.executable, "-c", f"import os, sys, signal, time\n{text}"]


def line(path: Path, command: list[str]) -> list[str]:
    return [*RECORD, "--record", str(path), "--", *command]


@contextlib.contextmanager
def started(argv: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program with three pipes, in a group of its own that is gone afterwards."""
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    host = subprocess.Popen(argv, start_new_session=True, **options)
    try:
        yield host
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(host.pid, 9)
        for pipe in (host.stdin, host.stdout, host.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        host.wait()


def until(happened: Callable[[], Any]) -> Any:
    """What `happened` gives as soon as that is true."""
    end = time.monotonic() + PATIENCE
    while not (found := happened()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
    return found


def events(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a recording, without its header; none while there is no file."""
    try:
        lines = path.read_bytes().split(b"\n")[1:-1]
    except FileNotFoundError:
        return []
    return [json.loads(each) for each in lines]


def steps(path: Path) -> list[str]:
    return [each[each["kind"]]["what"] for each in events(path) if each["kind"] in ("process", "client")]


def finished(path: Path) -> Journal:
    """The recording, when the one who writes it has let go of it."""
    until(lambda: set(ENDS) & set(steps(path)))
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
    return Journal.open(path)


def facts(journal: Journal, what: str) -> dict[str, Any]:
    """Those of the one step of this name."""
    found = [event.data for event in every(journal) if event.data.get("what") == what]
    assert len(found) == 1, found
    return dict(found[0])


def every(journal: Journal) -> list[Any]:
    return [journal.event(row) for row in range(len(journal))]


def stream(journal: Journal, direction: Direction, *, stderr: bool = False) -> bytes:
    """The bytes of one stream, put together from its lines."""
    kinds = (Kind.STDERR,) if stderr else (Kind.MESSAGE, Kind.STDOUT)
    whole = b""
    for event in every(journal):
        if event.kind in kinds and event.direction is direction:
            piece = (
                {"no-newline", "line-too-long"} & set(event.faults)
                if stderr
                else {"no-newline"} & set(event.faults)
            )
            whole += event.body + (b"" if piece else b"\n")
    return whole


def parts(pid: int) -> list[int]:
    """The processes that `pid` has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
