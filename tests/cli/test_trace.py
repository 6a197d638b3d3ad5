"""One line an event, with the exact text made safe."""

from __future__ import annotations

import pytest

from inspector.cli.paint import Paint
from inspector.cli.trace import trace_line, tracer
from inspector.wire.event import Direction, Event, Kind


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Event(0, 0.0121, Kind.MESSAGE, Direction.C2S, body=b'{"id":1}', size=8),
            '    0.012 → {"id":1}',
        ),
        (
            Event(
                1, 61.5, Kind.MESSAGE, Direction.S2C, body=b'{"a":"\x1b\xff"}', size=9, faults=("bad-utf8",)
            ),
            '   61.500 ← {"a":"␛\ufffd"}  [bad-utf8]',
        ),
        (
            Event(2, 0.0, Kind.STDERR, Direction.S2C, body="[/]x \u202e".encode(), size=8),
            "    0.000 ← stderr: [/]x ‹U+202E›",
        ),
        (
            Event(3, 0.0, Kind.STDOUT, Direction.S2C, body=b"abc", size=9000),
            "    0.000 ← stdout: abc (the first 3 of 9000 bytes)",
        ),
        (
            Event(4, 1.0, Kind.PROCESS, data={"what": "exited", "code": 3, "signal": None, "rung": "none"}),
            "    1.000 · process exited code=3 rung=none",
        ),
        (
            Event(
                5,
                1.0,
                Kind.HTTP,
                Direction.S2C,
                exchange=2,
                data={
                    "what": "response",
                    "status": 200,
                    "headers": [["a", "b\x1b"]],
                    "phases": {"wait": 0.25},
                },
            ),
            "    1.000 ← http #2 response status=200 headers=[a: b␛] phases={wait: 0.250}",
        ),
    ],
)
def test_lines(event: Event, line: str) -> None:
    assert trace_line(event) == line


def test_on_a_terminal_the_wire_stands_out() -> None:
    event = Event(0, 1.0, Kind.MESSAGE, Direction.C2S, body=b"{}", size=2)
    assert trace_line(event, Paint(True)) == "\x1b[2m    1.000\x1b[0m \x1b[1m→\x1b[0m {}"
    closed = Event(1, 1.0, Kind.CLIENT, data={"what": "closed", "target": {"cwd": None, "a": "b"}})
    assert trace_line(closed, Paint(True)) == "\x1b[2m    1.000 · client closed target={a: b}\x1b[0m"


def test_the_trace_ends_where_nobody_reads_it() -> None:
    tried: list[str] = []

    def write(line: str) -> None:
        tried.append(line)
        raise BrokenPipeError

    trace = tracer(write)
    trace(Event(0, 0.0, Kind.CLIENT, data={"what": "closed"}))
    trace(Event(1, 0.0, Kind.CLIENT, data={"what": "closed"}))
    assert len(tried) == 1
