"""Lines of a pipe, one when it is wanted, whatever stands in them."""

from __future__ import annotations

import os
import threading

import anyio

from inspector.cli.shell import reader
from inspector.cli.shell.reader import Given, Reader


async def lines(data: bytes) -> list[Given]:
    """What `data` is read as, from a pipe that is written to beside."""
    read, write = os.pipe()

    def feed() -> None:
        with os.fdopen(write, "wb") as file:
            file.write(data)

    threading.Thread(target=feed).start()
    found = []
    try:
        source = Reader(read)
        while (given := await source.next()) is not None:
            found.append(given)
    finally:
        os.close(read)
    return found


async def test_lines_are_counted_and_the_last_needs_no_end() -> None:
    assert await lines(b"\xef\xbb\xbfone\r\n\ntwo") == [Given(1, "one"), Given(2, ""), Given(3, "two")]
    assert await lines(b"") == []
    assert await lines(b"\n") == [Given(1, "")]


async def test_what_is_not_utf8_is_told_and_the_next_line_is_read() -> None:
    bad, good = await lines(b"call echo text=\xff\xfe\nping\n")
    assert bad.text == "call echo text=\ufffd\ufffd"
    assert bad.fault == "The line is not UTF-8: byte 16 of it"
    assert good == Given(2, "ping")


async def test_a_line_that_is_too_long_is_not_run() -> None:
    long, short = await lines(b"x" * (reader.LONGEST + 100_000) + b"\nping")
    assert "longer than 16 MiB" in long.fault
    assert len(long.text) == 200
    assert short == Given(2, "ping")


async def test_many_lines_arrive_in_order() -> None:
    found = await lines(b"".join(b"line %d\n" % number for number in range(50_000)))
    assert [given.text for given in found[::10_000]] == [
        f"line {number}" for number in range(0, 50_000, 10_000)
    ]
    assert found[-1].number == 50_000


async def test_waiting_can_be_given_up_and_nothing_is_lost() -> None:
    read, write = os.pipe()
    source = Reader(read)
    try:
        with anyio.move_on_after(0.01) as scope:
            await source.next()
        assert scope.cancelled_caught
        os.write(write, b"ping\n")
        assert await source.next() == Given(1, "ping")
    finally:
        os.close(write)
    assert await source.next() is None
    os.close(read)
