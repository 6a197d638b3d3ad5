"""A recording on stdout: its rows as text, or its lines as they stand there, at full speed.

Both go through the file once, a block at a time. Rows are printed as soon as nothing later can change what
they say; lines are copied in runs, without a look at each where all of a run is what this program writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from inspector.cli.output import print_json, print_text, say
from inspector.journal.columns import SHAPE_AT, STATUS_AT
from inspector.journal.pairing import Status
from inspector.journal.prefix import read_object, read_prefix
from inspector.journal.reader import LONGEST
from inspector.wire.event import KINDS_BY_WORD, SHAPES_BY_WORD, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.journal.filter import Filter
    from inspector.journal.journal import Journal
    from inspector.journal.outline import Row

_BATCH = 1000
_STEP = 0.05  # seconds of looking between two prints
_BLOCK = 1 << 20
_ASKING = frozenset({Shape.REQUEST, Shape.BATCH})
_SETTLED = frozenset({Status.OK, Status.ERROR, Status.TOOL_ERROR, Status.ASKS_BACK})

_WORD = rb'"[ !#-\[\]-~]*+"'
_RUN = re.compile(
    rb'(?:\{"seq":\d{1,15},"t":\d{1,12}(?:\.\d{1,12})?,"kind":"(?:'
    + b"|".join(word.encode() for word in KINDS_BY_WORD)
    + rb')"(?:,"dir":"(?:c2s|s2c)")?(?:,"conn":\d{1,9})?(?:,"shape":"(?:'
    + b"|".join(word.encode() for word in SHAPES_BY_WORD if word)
    + rb')")?(?:,"method":'
    + _WORD
    + rb')?(?:,"id":(?:\d{1,15}|'
    + _WORD
    + rb'))?(?:,"exchange":\d{1,9})?(?:,"size":\d{1,18})?'
    rb',"(?:message|text|base64|data|http|sse|process|client|auth|note|other)":[^\r\n]*+\n)++'
)
"""Lines that are events for certain. What else may be one is looked at by itself."""


def print_rows(journal: Journal, filter: Filter) -> None:
    """One row for each event that the filter means; with none, while the recording is still being read."""
    from inspector.journal.outline import outline

    for rows in _as_read(journal) if filter.everything else _found(journal, filter):
        print_text(*(_row(outline(journal, seq)) for seq in rows))


def _as_read(journal: Journal) -> Iterator[Sequence[int]]:
    """All rows, some at a time, each when all is known that it tells."""
    printed, more = 0, True
    while more:
        more = journal.read_on(_STEP)
        until = len(journal)
        while printed < until:
            end = min(until, printed + _BATCH)
            if more:
                end = _settled(journal, printed, end)
            if end == printed:
                break
            yield range(printed, end)
            printed = end


def _settled(journal: Journal, first: int, last: int) -> int:
    """The first of these rows of which later ones may tell something; `last` where there is none."""
    flags = journal.columns.flags
    for row in range(first, last):
        word = flags[row]
        if word >> SHAPE_AT & 7 in _ASKING and word >> STATUS_AT & 15 not in _SETTLED:
            return row
    return last


def _found(journal: Journal, filter: Filter) -> Iterator[Sequence[int]]:
    """The rows that a filter means, some at a time, as they are found.

    A recording is whole: no row that was found goes again.
    """
    from inspector.journal.view import View

    journal.read_on()
    view = View(journal, filter)
    more, taken = True, 0
    while more:
        more = view.advance(_STEP)
        if more and not view.in_order:
            continue
        while taken < len(view):
            until = min(len(view), taken + _BATCH)
            yield [view[at] for at in range(taken, until)]
            taken = until


def _row(row: Row) -> str:
    """One event as a line; what it has nothing to say about takes no room at its end."""
    id = f"id {row.id}" if row.id else ""
    flaw = "[!]" if row.flawed else ""
    said = "  ".join(filter(None, (row.target, id, row.status, row.latency, row.size, row.note, flaw)))
    return f"{row.seq:6d} {row.time:9.3f} {row.arrow} {row.kind:<12} {row.what:<26} {said}".rstrip()


def print_found(journal: Journal, filter: Filter) -> None:
    """The lines of the events that a filter means, as they stand in the file."""
    for rows in _found(journal, filter):
        print_json(
            b"\n".join(journal.raw(*journal.span(seq)).split(b"\n", 1)[0].rstrip(b"\r") for seq in rows)
        )


def print_lines(file: BinaryIO) -> None:
    """The lines of all events as they stand in a file, which is at the first of them; what else is left out.

    It says so of what is no event.
    """
    offset, begun, size = file.tell(), list[bytes](), 0  # of a line that goes on: its parts, its bytes
    while block := file.read(_BLOCK):
        end = block.find(b"\n") + 1 if size else 0
        if size:
            part = block[:end] if end else block
            size += len(part)
            if size <= LONGEST:
                begun.append(part)
            else:
                begun = []
            if not end:
                continue
            if begun:
                _copy(b"".join(begun), offset)
            else:
                _say(size, offset, "the line is too long")
            offset, size = offset + size, 0
        last = max(end, block.rfind(b"\n") + 1)
        if last > end:
            _copy(block[end:last], offset)
        offset += last - end
        begun, size = [block[last:]], len(block) - last
    rest = b"".join(begun)
    if size and (not rest or read_object(rest) is None):
        _say(size, offset, "the line is cut short")
    elif rest and read_prefix(rest) is not None:
        print_json(rest.rstrip(b"\r"))


def _copy(block: bytes, offset: int) -> None:
    """Whole lines of a file, which begin there at `offset`."""
    at, out = 0, list[bytes]()
    while at < len(block):
        run = _RUN.match(block, at)
        if run is not None:
            out.append(block[at : run.end()])
            at = run.end()
            continue
        end = block.index(b"\n", at) + 1
        line = block[at:end]
        if read_prefix(line) is not None:
            out.append(line.rstrip(b"\r\n") + b"\n")
        elif line.strip():
            _say(len(line), offset + at, "the line is no event")
        at = end
    if out:
        print_json(b"".join(out)[:-1])


def say_skipped(journal: Journal) -> None:
    """What of the file is no event, so that nobody takes the rest for the whole."""
    for skipped in journal.skipped:
        _say(skipped.size, skipped.offset, skipped.says)


def _say(size: int, offset: int, says: str) -> None:
    say(f"mcp-inspect: {size} bytes at byte {offset} are left out, because {says}.")
