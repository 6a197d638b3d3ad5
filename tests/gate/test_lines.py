"""Lines over a Unix socket, whole and in pieces, until one side is gone."""

from __future__ import annotations

import errno
import socket
import sys

import anyio
import pytest

from inspector.gate import lines as module
from inspector.gate.lines import Gone, Lines, TooLong

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets in Python there")


def pair() -> tuple[Lines, Lines]:
    one, other = socket.socketpair()
    return Lines(one), Lines(other)


async def test_lines_arrive_as_they_were_sent():
    here, there = pair()
    big = b"x" * 3_000_000
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(here.send, big)  # more than a socket takes at once
            assert await there.line(4_000_000) == big
        await here.send(b"a")
        await here.send(b"")
        assert [await there.line(9), await there.line(9)] == [b"a", b""]
    here.close()
    with pytest.raises(Gone):
        await there.line(9)
    with pytest.raises(Gone):
        await there.send(b"x")
    there.close()


@pytest.mark.parametrize("raw", [b"x" * 20 + b"\n", b"x" * 20])
async def test_a_line_has_a_limit(raw: bytes):
    here, there = pair()
    here.socket.send(raw)
    with anyio.fail_after(20), pytest.raises(TooLong):
        await there.line(10)
    here.close()
    there.close()


async def test_what_is_closed_meanwhile_is_gone():
    here, there = pair()
    there.close()
    with pytest.raises(Gone):
        await there.line(9)
    here.close()


async def test_who_comes_while_there_are_no_more_files_is_let_in_later(monkeypatch: pytest.MonkeyPatch):
    class Short:
        """A listener that the system has nothing to give for at first."""

        def __init__(self) -> None:
            self.tries = 0
            self.one, self.other = socket.socketpair()

        def accept(self) -> tuple[socket.socket, None]:
            self.tries += 1
            if self.tries == 1:
                raise OSError(errno.EMFILE, "Too many open files")
            return self.one, None

    monkeypatch.setattr(module, "_PAUSE", 0)
    short = Short()
    lines = await module.accepted(short)  # type: ignore[arg-type]
    assert short.tries == 2
    lines.close()
    short.other.close()
