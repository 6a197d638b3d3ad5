"""The journal: every event in the order it happened, kept in a recording and folded as it grows.

In memory an event is a row of numbers (`inspector.journal.columns`); its bytes stay in the recording and
are parsed when someone looks. The journal decides nothing and talks to nobody. One thread appends and
reads; another process may read the file meanwhile.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from inspector.journal.catalogue import Catalogue
from inspector.journal.columns import (
    ASIDE,
    DIRECTIONS,
    FLAWED,
    KINDS,
    MADE,
    NO_METHOD,
    SHAPES,
    UNLISTED_METHOD,
    Columns,
    made,
    pack,
)
from inspector.journal.index import CANCELLED, OUTCOMES, Index
from inspector.journal.legs import Legs
from inspector.journal.line import (
    BODY_KINDS,
    Prefix,
    envelope_id,
    outcome_of,
    read_prefix,
    recorded,
    write,
)
from inspector.journal.pairing import Status
from inspector.journal.payload import Glance, read_head, read_payload
from inspector.journal.reader import Reader, Skipped
from inspector.journal.recording import Header, create_store
from inspector.journal.redaction import Redaction, configured_redaction
from inspector.journal.store import Store
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.jsonrpc import Frame, classify

STATUSES = tuple(Status)
_NO_DATA: Mapping[str, Any] = {}
_ENVELOPE_ROOM = 1536  # no envelope that this program writes is longer


class Journal:
    """Append-only.

    Attributes:
        header: The recording's first line.
        path: The recording; `None` where it lives in memory.
        catalogue: What the server offers, as far as seen.
        keep_secrets: Whether the tap should leave secrets as they are.
    """

    def __init__(
        self,
        store: Store,
        header: Header,
        path: Path | None,
        *,
        reader: Reader | None = None,
        index: Index | None = None,
        keep_secrets: bool = False,
        redaction: Redaction | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.header = header
        self.path = path
        self.keep_secrets = keep_secrets
        self._store = store
        self._redaction = redaction
        self._reader = reader
        self._more = reader is not None  # whether the file is known to hold more than was read
        self._index = index or Index()
        self._columns = self._index.columns
        self._catalogue = Catalogue()
        self._folded = 0  # landmarks that the catalogue has seen
        self._conn = 0
        self._last_exchange = 0
        self._clock = clock
        self._start = clock()
        self._listeners: dict[int, Callable[[Event], None]] = {}
        self._next_listener = 0

    @classmethod
    def create(
        cls,
        path: Path | None = None,
        *,
        target: Mapping[str, Any] = _NO_DATA,
        mode: str = "client",
        keep_secrets: bool = False,
        redaction: Redaction | None = None,
        clock: Callable[[], float] = time.monotonic,
        started: datetime | None = None,
    ) -> Journal:
        """A new journal. Without a path it lives in memory, and in an unlinked temporary file when it grows.

        Args:
            path: The recording to make, readable by its owner only.
            target: What the header says of the server.
            mode: `client` or `proxy`.
            keep_secrets: Leave secrets as they are (the tap asks; here the user's own rules are kept).
            redaction: The user's rules; for a recording those of the configuration, where `None`.
            clock: Seconds, monotonic.
            started: When its time began, aware; now if `None`.

        Raises:
            UsageError: The file exists already or cannot be made, or the rules cannot be read.
        """
        if redaction is None and path is not None:
            redaction = configured_redaction()  # before there is a file that must not be written
        store = Store() if path is None else create_store(path)
        header = Header.new(redaction.target(target) if redaction else target, mode)
        if redaction is not None:
            header = replace(header, extra=redaction.header())
        if started is not None:
            header = replace(header, started=started)
        store.append(header.line())
        return cls(store, header, path, keep_secrets=keep_secrets, redaction=redaction, clock=clock)

    @classmethod
    def open(cls, path: Path, *, whole: bool = True) -> Journal:
        """A recording to read. Opening one starts nothing and dials nobody.

        Args:
            path: The recording.
            whole: Read all of it at once; else `read_on` reads it little by little.

        Raises:
            UsageError: One sentence why it cannot be read.
        """
        from inspector.journal.migrate import open_current  # pulls in what only opening needs

        store, header, start = open_current(path)
        index = Index()
        reader = Reader(store, index, start)
        journal = cls(store, header, path, reader=reader, index=index)
        if whole:
            journal.read_on()
        return journal

    # Growing

    def append(
        self,
        kind: Kind,
        direction: Direction = Direction.NONE,
        body: bytes = b"",
        *,
        data: Mapping[str, Any] | None = None,
        exchange: int | None = None,
        faults: tuple[str, ...] = (),
        size: int | None = None,
        frame: Frame | None = None,
        by: str = "",
        of: int | None = None,
    ) -> Event:
        """Write an event down, fold it, tell the listeners. It is in the file before this returns.

        Args:
            kind: What sort of thing happened.
            direction: Which way it went.
            body: The exact bytes, without the line's final LF.
            data: The facts of the other kinds; `data["what"]` names the step.
            exchange: Number of the HTTP exchange, from 1.
            faults: What is wrong with it, beside what the frame's own faults say.
            size: Bytes on the wire, where `body` is only their head.
            frame: `classify(body)` where that was done already.
            by: `hand` or `rule`: a breakpoint puts this message on the wire, and its sender did not.
            of: The row that it goes on in the place of, or beside. It pairs with nothing then.

        Returns:
            The event as it crossed the wire. Where the user's rules of redaction leave something out, the
            journal writes, folds and tells its listeners what is left.

        Raises:
            RuntimeError: This journal was opened, not created.
        """
        if self._reader is not None:
            raise RuntimeError("a journal that was opened cannot grow by append")
        t = round(self._clock() - self._start, 6)
        facts = data or _NO_DATA
        if kind is Kind.CLIENT and facts.get("what") == "connecting":
            self._conn += 1
        if kind is not Kind.MESSAGE:
            frame = None
        elif frame is None:
            frame = classify(body)
        words = _merged(frame, faults)
        whole = len(body) if size is None else size
        crossed = body, facts, frame
        if self._redaction is not None and kind is not Kind.NOTE:
            body, facts, frame = self._left(self._redaction, kind, *crossed)
        exchange_number = exchange or 0
        row = len(self._columns)
        text = None
        if facts or kind not in BODY_KINDS:
            text, facts = recorded(facts)
        if kind is not Kind.MESSAGE:
            by = ""
        line = write(
            row, t, kind, direction, self._conn, exchange_number, whole, words, body, text, frame, by, of
        )
        self._columns.add(
            self._store.end,
            t,
            pack(kind, direction, frame.shape if frame else 0) | (FLAWED if words else 0) | made(by, of),
            self._columns.number_of(frame.method) if frame else NO_METHOD,
            self._conn,
            exchange_number,
            whole,
        )
        self._store.append(line)
        event = Event(
            row,
            t,
            kind,
            direction,
            self._conn,
            body,
            facts,
            frame,
            exchange,
            words,
            whole,
            by,
            of if by else None,
        )
        if not by or of is None:
            self._fold(event)
        for listener in tuple(self._listeners.values()):
            listener(event)
        if self._redaction is None:
            return event
        return replace(event, body=crossed[0], data=crossed[1], frame=crossed[2])  # the connection goes on

    @staticmethod
    def _left(
        redaction: Redaction, kind: Kind, body: bytes, facts: Mapping[str, Any], frame: Frame | None
    ) -> tuple[bytes, Mapping[str, Any], Frame | None]:
        """What the user's rules leave to be written down."""
        left = redaction.body(body, message=kind is Kind.MESSAGE)
        if frame is not None and left != body:
            frame = classify(left)
        return left, redaction.facts(facts) if facts else facts, frame

    def new_exchange(self) -> int:
        """A number for an HTTP exchange that begins; no other of this journal has it, on no connection."""
        self._last_exchange += 1
        return self._last_exchange

    def _fold(self, event: Event) -> None:
        index, frame, exchange = self._index, event.frame, event.exchange or 0
        if frame is not None:
            if frame.method == CANCELLED and frame.shape is Shape.NOTIFICATION:
                index.notice(event.direction, frame)
            elif frame.shape is Shape.BATCH:
                index.batch(event.seq, event.direction, frame.items, event.seq, exchange)
            else:
                index.message(
                    event.seq,
                    event.direction,
                    frame.shape,
                    envelope_id(frame.id),
                    event.seq,
                    exchange,
                    OUTCOMES.get(outcome_of(frame), Status.OK),
                )
        elif event.kind in (Kind.HTTP, Kind.PROCESS, Kind.CLIENT):
            index.step(event.seq, event.kind, event.what, exchange, event.data)
        if len(index.landmarks) > self._folded:
            self._folded += 1
            self._catalogue.see(event)

    def follow(self) -> int:
        """Read what another process has appended since, and return how many events that were."""
        before = len(self)
        self.read_on()
        return len(self) - before

    def read_on(self, seconds: float = math.inf, *, rows: int | None = None) -> bool:
        """Read more of an opened recording, for about `seconds`.

        Args:
            seconds: How long it may take; some milliseconds more where lines are long.
            rows: Stop where the journal has so many rows.

        Returns:
            Whether there is more to read.
        """
        if self._reader is None:
            return False
        before = len(self)
        self._store.grown()
        more = self._more = self._reader.read(seconds, rows)
        if self._listeners:
            for seq in range(before, len(self)):
                event = self.event(seq)
                for listener in tuple(self._listeners.values()):
                    listener(event)
        return more

    def add_listener(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call `callback` with each new event, at once and in order; it must be quick.

        Returns:
            What takes it off again.
        """
        number = self._next_listener = self._next_listener + 1
        self._listeners[number] = callback
        return lambda: self._listeners.pop(number, None) and None

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    # What is known of the whole

    @property
    def trouble(self) -> str:
        """One sentence why recording stopped; empty while all is well."""
        return self._store.trouble

    @property
    def skipped(self) -> list[Skipped]:
        """What of an opened recording is no event."""
        if self._reader is None:
            return []
        return self._reader.skipped + ([self._reader.cut] if self._reader.cut else [])

    @property
    def whole(self) -> Journal:
        """All of the recording, where this is a part of it (`inspector.journal.played`); else itself."""
        return self

    def reader_before(self, row: int) -> tuple[Store, Reader]:
        """The bytes, and another reader of them, which stands somewhere before `row`; for `played`."""
        if self._reader is not None:
            return self._store, self._reader.before(row)
        return self._store, Reader(self._store, Index(), self._columns.offset[0] if len(self) else 0)

    def lines(self) -> BinaryIO:
        """A reader of the recording's lines from the first event on; the caller closes it.

        Raises:
            RuntimeError: This journal was created.
        """
        if self._reader is None:
            raise RuntimeError("a journal that grows by append has no lines to copy")
        return self._store.stream(self._reader.start)

    @property
    def reached(self) -> int:
        """How many bytes of an opened recording are known to be there."""
        return self._store.end

    @property
    def known(self) -> float:
        """How much of an opened recording is read, 0 to 1."""
        if self._reader is None or not self._more:
            return 1.0
        return min(1.0, self._reader.offset / max(1, self._store.end))

    @property
    def catalogue(self) -> Catalogue:
        """What the server offers, as far as seen."""
        landmarks = self._index.landmarks
        while self._folded < len(landmarks):
            self._folded += 1
            self._catalogue.see(self.event(landmarks[self._folded - 1]))
        return self._catalogue

    @property
    def landmarks(self) -> list[int]:
        """The rows that the catalogue is folded from, in order."""
        return list(self._index.landmarks)

    @property
    def legs(self) -> Legs:
        """Which requests are one call. To read only."""
        return self._index.legs

    @property
    def opened(self) -> bool:
        """Whether it was opened and not created: it grows by `follow` alone."""
        return self._reader is not None

    @property
    def offsets(self) -> array[int]:
        """Where each event's line starts in the recording. To read only."""
        return self._columns.offset

    @property
    def columns(self) -> Columns:
        """What is known of each row without reading it. To read only, for folds over a million rows."""
        return self._columns

    @property
    def in_flight(self) -> int:
        """Requests of the present connection that no reply has come to."""
        return self._index.pairing.in_flight

    @property
    def memory(self) -> int:
        """Bytes that the rows take."""
        return self._columns.nbytes()

    def __len__(self) -> int:
        return len(self._columns)

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

    def _line(self, seq: int) -> tuple[bytes, Prefix | None]:
        start, end = self.span(seq)
        line = self._store.read(start, end).split(b"\n", 1)[0].removesuffix(b"\r")
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
        line, prefix = self._line(seq)
        if prefix is None:
            return Glance(None, (), b"", _NO_DATA)
        body, data = read_payload(line, prefix)
        return Glance(prefix.id, prefix.faults, body[:limit], data, prefix.by, prefix.of)


def _merged(frame: Frame | None, faults: tuple[str, ...]) -> tuple[str, ...]:
    if frame is None or not frame.faults:
        return faults
    return tuple(dict.fromkeys((*frame.faults, *faults))) if faults else frame.faults
