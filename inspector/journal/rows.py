"""The rows of a journal, to read: what is known of each at once, and what stands in its line.

The first is a look into an array (`inspector.journal.columns`) and costs the same for any row; the second
reads the line in the recording and parses it. Nothing here writes, pairs or folds: that is the journal's
(`inspector.journal.journal`), which is a `Rows` that grows.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from typing import Any

from inspector.journal.columns import ASIDE, DIRECTIONS, FLAWED, KINDS, MADE, SHAPES, UNLISTED_METHOD, Columns
from inspector.journal.line import BODY_KINDS
from inspector.journal.pairing import Status
from inspector.journal.payload import Glance, read_head, read_payload
from inspector.journal.prefix import USUAL, Prefix, read_prefix
from inspector.journal.store import Store
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.jsonrpc import classify

STATUSES = tuple(Status)
_NO_DATA: Mapping[str, Any] = {}
_AHEAD = 64 * 1024
_ENVELOPE_ROOM = 1536  # no envelope that this program writes is longer
_TOLD = (b'"kind":"message"', b'"kind":"stderr"', b'"kind":"stdout"')
_AS_IT_IS = re.compile(rb'"[ !#-\[\]-~]*+"')
"""A text in which nothing is escaped, nor had to be."""


class Rows:
    """Events by their number, from 0.

    Args:
        store: The bytes of the recording.
        columns: What is known of each row; whoever adds a row there adds it here.
    """

    def __init__(self, store: Store, columns: Columns) -> None:
        self._store = store
        self._columns = columns
        self._ahead, self._ahead_at = b"", 0
        self._next = -1  # where the row ends that was read last

    @property
    def memory(self) -> int:
        """Bytes that the rows take."""
        return self._columns.nbytes()

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def offsets(self) -> array[int]:
        """Where each event's line starts in the recording. To read only."""
        return self._columns.offset

    @property
    def columns(self) -> Columns:
        """What is known of each row without reading it. To read only, for folds over a million rows."""
        return self._columns

    # Columns, O(1)

    def time(self, seq: int) -> float:
        """Seconds since the journal's start."""
        return self._columns.time[seq]

    def kind(self, seq: int) -> Kind:
        return KINDS[self._columns.flags[seq] & 15]

    def direction(self, seq: int) -> Direction:
        return DIRECTIONS[self._columns.flags[seq] >> 4 & 3]

    def shape(self, seq: int) -> Shape:
        return SHAPES[self._columns.flags[seq] >> 6 & 7]

    def method(self, seq: int) -> str | None:
        """The method of a request or notification; read from the message where it is very long."""
        number = self._columns.method[seq]
        if number != UNLISTED_METHOD:
            return self._columns.name_of(number)
        frame = self.event(seq).frame
        return frame.method if frame else None

    def size(self, seq: int) -> int:
        """Bytes on the wire."""
        return self._columns.size(seq)

    def conn(self, seq: int) -> int:
        return self._columns.conn[seq]

    def exchange(self, seq: int) -> int | None:
        return self._columns.exchange[seq] or None

    def rows_of_exchange(self, number: int) -> list[int]:
        """The rows of one HTTP exchange, in order."""
        column, found, at = self._columns.exchange, list[int](), 0
        while True:
            try:
                at = column.index(number, at)
            except ValueError:
                return found
            found.append(at)
            at += 1

    def flawed(self, seq: int) -> bool:
        """Whether there is a finding: a fault of its own, or one of pairing."""
        return bool(self._columns.flags[seq] & FLAWED)

    def made(self, seq: int) -> bool:
        """Whether a breakpoint put this message on the wire and not its sender; `event` tells by whom."""
        return bool(self._columns.flags[seq] & MADE)

    def aside(self, seq: int) -> bool:
        """Whether it went on in the place of another row, or beside it: it is no call, and no answer."""
        return bool(self._columns.flags[seq] & ASIDE)

    def of(self, seq: int) -> int:
        """The row that it went on in the place of, or beside; -1 where there is none."""
        if not self.aside(seq):
            return -1
        prefix = self._line(seq)[1]
        row = prefix.of if prefix is not None else None
        return row if row is not None and row < seq else -1

    def peer(self, seq: int) -> int:
        """Row of the other half of the pair, -1 where there is none."""
        return self._columns.peer[seq]

    def status(self, seq: int) -> Status:
        return STATUSES[self._columns.status(seq)]

    def latency(self, seq: int) -> float | None:
        """Seconds between request and reply, of either; `None` while there is no reply."""
        peer = self.peer(seq)
        return None if peer < 0 else round(abs(self._columns.time[peer] - self._columns.time[seq]), 6)

    def rows_with_method(self, method: str) -> array[int]:
        """The rows of all requests and notifications of `method`."""
        column = self._columns.method
        number = self._columns.known_number(method)
        if number is not None:
            return array("I", [row for row, each in enumerate(column) if each == number])
        unlisted = (row for row, each in enumerate(column) if each == UNLISTED_METHOD)
        return array("I", [row for row in unlisted if self.method(row) == method])

    # Reading back

    def span(self, seq: int) -> tuple[int, int]:
        """Where the event's line stands in the recording: start and, at the latest, end."""
        offsets = self._columns.offset
        following = offsets[seq + 1] if seq + 1 < len(offsets) else self._store.end
        return offsets[seq], following

    def raw(self, start: int, end: int) -> bytes:
        """Bytes of the recording."""
        return self._store.read(start, end)

    def _read(self, start: int, end: int) -> bytes:
        """Bytes of the recording; where rows are read in order, those of many at once. They never change."""
        at = start - self._ahead_at
        if at >= 0 and end - self._ahead_at <= len(self._ahead):
            return self._ahead[at : end - self._ahead_at]
        in_order = start == self._next or 0 <= at <= len(self._ahead)
        self._next = end
        if not in_order or end - start > _AHEAD:
            return self._store.read(start, end)
        self._ahead_at, self._ahead = start, self._store.read(start, start + _AHEAD)
        return self._ahead[: end - start]

    def _line(self, seq: int) -> tuple[bytes, Prefix | None]:
        start, end = self.span(seq)
        line = self._read(start, end).split(b"\n", 1)[0].removesuffix(b"\r")
        return line, read_prefix(line)

    def event(self, seq: int) -> Event:
        """The event as it was appended."""
        line, prefix = self._line(seq)
        body, data = read_payload(line, prefix) if prefix else (b"", _NO_DATA)
        kind = self.kind(seq)
        return Event(
            seq,
            self.time(seq),
            kind,
            self.direction(seq),
            self.conn(seq),
            body,
            data,
            classify(body) if kind is Kind.MESSAGE else None,
            self.exchange(seq),
            prefix.faults if prefix else (),
            self.size(seq),
            prefix.by if prefix else "",
            prefix.of if prefix else None,
        )

    def body(self, seq: int) -> bytes:
        """The exact bytes."""
        line, prefix = self._line(seq)
        return read_payload(line, prefix)[0] if prefix else b""

    def data(self, seq: int) -> Mapping[str, Any]:
        """The facts."""
        line, prefix = self._line(seq)
        return read_payload(line, prefix)[1] if prefix else _NO_DATA

    def head(self, seq: int, limit: int = 4096) -> bytes:
        """The first bytes of the body, at most `limit`, at a cost that does not grow with its size."""
        return self.glance(seq, limit).head

    def glance(self, seq: int, limit: int = 4096) -> Glance:
        """Id, faults, data and the first bytes of the body, in one reading of the line's start."""
        start, end = self.span(seq)
        if end - start > limit * 2 + _ENVELOPE_ROOM and self.kind(seq) in BODY_KINDS:
            line = self._store.read(start, start + limit * 2 + _ENVELOPE_ROOM).split(b"\n", 1)[0]
            prefix = read_prefix(line)
            head = read_head(line, prefix, limit) if prefix else None
            if prefix is not None and head is not None:
                return Glance(prefix.id, prefix.faults, head, _NO_DATA, prefix.by, prefix.of)
        line = self._read(start, end).split(b"\n", 1)[0].removesuffix(b"\r")
        usual = USUAL.match(line)
        if (
            usual is not None and line.endswith(b"}") and usual[3].startswith(_TOLD)
        ):  # most of most recordings
            at, id = usual.end(), usual[4]
            if line.endswith(b'"message":', 0, at) and len(line) - at - 1 == int(usual[6] or -1):
                return Glance(
                    id.decode() if id else None, (), line[at : min(at + limit, len(line) - 1)], _NO_DATA
                )
            if line.endswith(b'"text":', 0, at) and _AS_IT_IS.fullmatch(line, at, len(line) - 1):
                body = line[at + 1 : min(at + 1 + limit, len(line) - 2)]
                return Glance(id.decode() if id else None, (), body, _NO_DATA)
        prefix = read_prefix(line)
        if prefix is None:
            return Glance(None, (), b"", _NO_DATA)
        body, data = read_payload(line, prefix)
        return Glance(prefix.id, prefix.faults, body[:limit], data, prefix.by, prefix.of)
