"""What the tests of the diagnosis share: an attempt that is told instead of made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from inspector.journal.journal import Journal
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Kind

TARGET = StdioTarget((sys.executable, "-m", "server"))

Tell: TypeAlias = Callable[..., Journal]


@pytest.fixture
def tell() -> Iterator[Tell]:
    """A journal of one attempt: what a server wrote on stderr and stdout, and how it ended, if it did."""
    made: list[Journal] = []

    def make(stderr: str = "", stdout: str = "", exit: int | None = 1, **steps: Any) -> Journal:
        journal = Journal.create()
        made.append(journal)
        journal.append(Kind.CLIENT, data={"what": "connecting", "protocol": "auto"})
        journal.append(Kind.PROCESS, data={"what": "started", "pid": 1})
        for kind, text in ((Kind.STDERR, stderr), (Kind.STDOUT, stdout)):
            for line in text.encode("utf-8", "surrogatepass").split(b"\n") if text else ():
                journal.append(kind, Direction.S2C, line)
        for what, data in steps.items():
            journal.append(Kind.PROCESS, data={"what": what.replace("_", "-"), **data})
        if exit is not None:
            ended = {"code": exit, "signal": None, "rung": "none"}
            journal.append(Kind.PROCESS, data={"what": "exited", **ended})
        return journal

    yield make
    for journal in made:
        journal.close()
