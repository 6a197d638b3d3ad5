"""The journal: every event in the order it happened, kept in a recording and folded as it grows.

In memory an event is a row of numbers; its bytes stay in the recording and are parsed when someone looks
(`inspector.journal.rows`). The journal decides nothing and talks to nobody. One thread appends and
reads; another process may read the file meanwhile.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from inspector.journal.catalogue import Catalogue
from inspector.journal.columns import FLAWED, NO_METHOD, made, pack
from inspector.journal.index import CANCELLED, OUTCOMES, Index
from inspector.journal.legs import Legs
from inspector.journal.line import BODY_KINDS, envelope_id, outcome_of, recorded, write
from inspector.journal.pairing import Status
from inspector.journal.reader import Reader, Skipped
from inspector.journal.recording import Header, create_store
from inspector.journal.redaction import Redaction, configured_redaction
from inspector.journal.rows import Rows
from inspector.journal.store import Store
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.jsonrpc import Frame, classify

_NO_DATA: Mapping[str, Any] = {}


class Journal(Rows):
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
        self._index = index or Index()
        super().__init__(store, self._index.columns)
        self.header = header
        self.path = path
        self.keep_secrets = keep_secrets
        self._redaction = redaction
        self._reader = reader
        self._more = reader is not None  # whether the file is known to hold more than was read
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
        name: str = "",
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
            name: What who records it calls the server; empty for nothing.
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
        extra: dict[str, Any] = {"name": redaction.text(name) if redaction else name} if name else {}
        if redaction is not None:
            target, extra = redaction.target(target), {**extra, **redaction.header()}
        header = Header.new(target, mode, extra, started)
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
        crossed = body, facts, frame
        words, whole = _merged(frame, faults), len(body) if size is None else size
        if self._redaction is not None and kind is not Kind.NOTE:
            body, facts, frame = self._left(self._redaction, kind, *crossed)
        if kind is not Kind.MESSAGE:
            by = ""
        event = self._written(t, kind, direction, body, facts, exchange, words, whole, frame, by, of)
        if not by or of is None:
            self._fold(event)
        elif event.frame is not None:
            self._index.named(event.seq, envelope_id(event.frame.id))
        for listener in tuple(self._listeners.values()):
            listener(event)
        if self._redaction is None:
            return event
        return replace(event, body=crossed[0], data=crossed[1], frame=crossed[2])  # the connection goes on

    def _written(
        self,
        t: float,
        kind: Kind,
        direction: Direction,
        body: bytes,
        facts: Mapping[str, Any],
        exchange: int | None,
        words: tuple[str, ...],
        whole: int,
        frame: Frame | None,
        by: str,
        of: int | None,
    ) -> Event:
        """Make a row and a line of what is to be recorded."""
        row, conn, number, text = len(self._columns), self._conn, exchange or 0, None
        if facts or kind not in BODY_KINDS:
            text, facts = recorded(facts)
        line = write(row, t, kind, direction, conn, number, whole, words, body, text, frame, by, of)
        self._columns.add(
            self._store.end,
            t,
            pack(kind, direction, frame.shape if frame else 0) | (FLAWED if words else 0) | made(by, of),
            self._columns.number_of(frame.method) if frame else NO_METHOD,
            conn,
            number,
            whole,
        )
        self._store.append(line)
        made_of = of if by else None
        return Event(row, t, kind, direction, conn, body, facts, frame, exchange, words, whole, by, made_of)

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
    def in_flight(self) -> int:
        """Requests of the present connection that no reply has come to."""
        return self._index.pairing.in_flight


def _merged(frame: Frame | None, faults: tuple[str, ...]) -> tuple[str, ...]:
    if frame is None or not frame.faults:
        return faults
    return tuple(dict.fromkeys((*frame.faults, *faults))) if faults else frame.faults
