"""Reading the lines of a recording into an index: prefixes only, no body is parsed.

A million lines must open in seconds, so one function here is written for speed: it works on the groups
of one regular expression and leaves every unusual line to `_slow`. Batches are parsed, as only they can
say what is in them; they are rare.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from inspector.journal.checkpoint import EVERY, Checkpoint, keep, restored
from inspector.journal.columns import ASIDE, FLAWED, UNLISTED_METHOD, made, pack
from inspector.journal.index import CANCELLED, OUTCOMES, Index
from inspector.journal.legs import LEG_STEPS
from inspector.journal.pairing import Status
from inspector.journal.payload import read_payload
from inspector.journal.prefix import PREFIX, USUAL, Prefix, read_object, read_prefix
from inspector.journal.store import Store
from inspector.wire.event import KINDS_BY_WORD, SHAPES_BY_WORD, Direction, Kind, Shape
from inspector.wire.jsonrpc import classify

MOST_SKIPPED = 1000
BLOCK = 256 * 1024
"""Bytes that are read at once: a few milliseconds of indexing."""
LONGEST = 256 * 1024 * 1024
"""Bytes of a line that is read; no transport takes messages of a quarter of that."""

_DIRECTIONS = {None: Direction.NONE, b"c2s": Direction.C2S, b"s2c": Direction.S2C}
_KINDS = {word.encode(): kind for word, kind in KINDS_BY_WORD.items()}
_SHAPES: dict[bytes | None, Shape] = {
    None: Shape.NONE,
    **{word.encode(): shape for word, shape in SHAPES_BY_WORD.items() if word},
}
_PAIRED = frozenset({Shape.REQUEST, Shape.RESPONSE, Shape.ERROR})
_STEPS = frozenset({Kind.HTTP, Kind.PROCESS, Kind.CLIENT})
_QUIET_STEPS = frozenset({b"request", b"response", b"body"})
_NAMES_A_REQUEST = frozenset({b"timed-out", b"cancelled", *(word.encode() for word in LEG_STEPS)})
_OUTCOMES = {word.encode(): status for word, status in OUTCOMES.items()}
_OK = Status.OK
_MOST_RULES = 4096
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ELSEWHERE: Mapping[str, Any] = MappingProxyType({"answers_on": True})

Words = tuple[bytes, bytes | None, bytes | None, bytes | None]
"""Kind, direction, shape and step as they stand in a line."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with lines that begin with the same words.

    Attributes:
        flags: For the columns.
        step: The step that pairing and catalogue must know, `None` for none.
    """

    flags: int
    kind: Kind
    direction: Direction
    shape: Shape
    paired: bool
    step: str | None


Head = tuple[int, int, int, Rule | None]
"""Of lines that begin alike: flags, numbers of method and connection, and the rule where they are paired."""


def _rule(words: Words) -> Rule | None:
    """`None` where a line must be read with more care."""
    kind, shape = _KINDS.get(words[0]), _SHAPES.get(words[2])
    what = words[3]
    if kind is None or shape is None or shape is Shape.BATCH:
        return None
    if kind in _STEPS and (what is None or what in _NAMES_A_REQUEST):
        return None
    direction = _DIRECTIONS[words[1]]
    step = what.decode() if kind in _STEPS and what is not None and what not in _QUIET_STEPS else None
    return Rule(pack(kind, direction, shape), kind, direction, shape, shape in _PAIRED, step)


def _within(block: bytes, lines: int) -> int:
    """Where so many lines of a block end, or the last that is whole."""
    end = 0
    for _ in range(lines):
        found = block.find(b"\n", end)
        if found < 0:
            break
        end = found + 1
    return end


@dataclass(frozen=True, slots=True)
class Skipped:
    """Bytes of a recording that are no event.

    Attributes:
        offset: Where they start in the file.
        size: How many they are.
        says: What is wrong with them, one clause.
    """

    offset: int
    size: int
    says: str


class Reader:
    """Reads on from where it stopped.

    Attributes:
        index: What is filled.
        start: Where the first line starts.
        offset: Where the next line starts.
        skipped: What was passed over, at most the first thousand.
        cut: The line at the end that is not complete (yet).
        points: How the index stood at some rows, in order.
    """

    def __init__(self, store: Store, index: Index, start: int) -> None:
        self._store = store
        self.start = start
        self.index = index
        self.offset = start
        self.skipped: list[Skipped] = []
        self.cut: Skipped | None = None
        self.points: list[Checkpoint] = []
        self._next_point = EVERY
        self._sought = start  # how far the end of the line at `offset` was looked for
        self._methods: dict[bytes | None, int] = {None: 0, b"null": UNLISTED_METHOD}
        self._rules: dict[Words, Rule | None] = {}
        self._heads: dict[bytes | tuple[bytes, bytes] | None, Head] = {}

    def read(self, seconds: float = math.inf, rows: int | None = None) -> bool:
        """Index lines that are complete, for about `seconds` (at least one block of them).

        Args:
            seconds: How long it may take.
            rows: Stop where the journal has so many rows.

        Returns:
            Whether there is more to read, by the size of the file that was seen last.
        """
        deadline = time.monotonic() + seconds
        store, self.cut = self._store, None
        while self.offset < store.end and (rows is None or len(self.index.columns) < rows):
            block = store.read(self.offset, self.offset + BLOCK)
            end = block.rfind(b"\n") + 1  # what follows the last LF is read again with the next block
            if not end:
                if not block or not self._long():  # the file is shorter than it was, or its end is reached
                    return False
            else:
                self._take(block, end if rows is None else _within(block, rows - len(self.index.columns)))
            if len(self.index.columns) >= self._next_point:
                self._keep_point()
            if time.monotonic() >= deadline:
                break
        return self.offset < store.end

    def _keep_point(self) -> None:
        rows = len(self.index.columns)
        self._next_point = rows + EVERY
        point = keep(self.index, self.offset, len(self.skipped))
        if point is not None:
            self.points.append(point)

    def before(self, row: int) -> Reader:
        """Another reader of the same bytes, at the last checkpoint before `row` or at the beginning.

        Its index is as that of this one was there.
        """
        at = bisect_left(self.points, row, key=lambda point: point.row) - 1
        if at < 0:
            return Reader(self._store, Index(), self.start)
        point = self.points[at]
        reader = Reader(self._store, restored(self.index, point), point.offset)
        reader.skipped = self.skipped[: point.skipped]
        return reader

    def _long(self) -> bool:
        """Go past a line that is longer than a block, or the last; false where it is not complete."""
        store, start = self._store, self.offset
        at, end = max(start, self._sought), -1
        while end < 0 and (block := store.read(at, at + BLOCK)):
            found = block.find(b"\n")
            at, end = at + len(block), at + found if found >= 0 else -1
        self._sought = at
        size = (end if end >= 0 else at) - start
        if size > LONGEST:
            if end < 0:
                self.cut = Skipped(start, size, "the line is cut short")
                return False
            self._skip(start, size, "the line is too long")
            self.offset = end + 1
            return True
        line = store.read(start, start + size)
        if end < 0 and read_object(line) is None:
            self.cut = Skipped(start, size, "the line is cut short")
            return False
        self._line(line)
        if end < 0:
            self.offset = start + size  # no LF yet: if one comes, it ends a line of nothing
        return True

    def _take(self, block: bytes, stop: int) -> None:
        """Index the lines of a block, which begins at `offset`, up to `stop`, which is behind an LF."""
        match, find, index, heads = USUAL.match, block.find, self.index, self._heads
        message, add = index.message, index.columns.add
        base, at = self.offset, 0
        while at < stop:
            found = match(block, at)
            if found is None:
                name, end = None, find(b"\n", at)
            else:
                seq, t, head, id, exchange, size, what = found.groups()
                name, end = head if what is None else (head, what), find(b"\n", found.end())
            if name not in heads:
                self.offset = base + at
                told = self._line(block[at:end])
                if name is not None and told is not None and len(heads) < _MOST_RULES:
                    heads[name] = told
                at = end + 1
                continue
            flags, number, conn, paired = heads[name]
            within = int(exchange) if exchange else 0
            row = add(base + at, float(t), flags, number, conn, within, int(size) if size else 0)
            if paired is not None:
                own_id = id.decode() if id else None
                message(row, paired.direction, paired.shape, own_id, int(seq), within, _OK)
            at = end + 1
        self.offset = base + stop

    def _line(self, line: bytes) -> Head | None:
        """Index a line, which is given without its LF.

        Returns:
            What is known of others that begin alike; `None` where each must be read with care.
        """
        found = PREFIX.match(line)
        if found is None:
            self._slow(line)
            return None
        (
            seq,
            t,
            kind,
            way,
            conn,
            shape,
            method,
            id,
            hashed,
            exchange,
            size,
            faults,
            outcome,
            by,
            _,
            _,
            what,
        ) = found.groups()
        words = (kind, way, shape, None if kind == b"message" else what)
        rule = self._rules[words] if words in self._rules else self._new_rule(words)
        number = self._methods.get(method)
        plain = id is None or id.isdigit() or (id.isascii() and b"\\" not in id)
        if rule is None or number is None or by is not None or not plain:
            self._slow(line)
            return None
        within, connection = int(exchange) if exchange else 0, int(conn) if conn else 0
        flags = rule.flags if faults is None else rule.flags | FLAWED
        index = self.index
        row = index.columns.add(
            self.offset, float(t), flags, number, connection, within, int(size) if size else 0
        )
        if rule.paired:
            own_id = id.decode() if id else "sha256:" + hashed.decode() if hashed else None
            said = _OUTCOMES[outcome] if outcome else _OK
            index.message(row, rule.direction, rule.shape, own_id, int(seq), within, said)
        elif rule.step is not None:
            # The one fact that pairing must know. Inside a string its quotes would be escaped.
            elsewhere = rule.step == "end" and b'"answers_on":' in line
            index.step(row, rule.kind, rule.step, within, _ELSEWHERE if elsewhere else _NOTHING)
        self.offset += len(line) + 1
        return (rule.flags, number, connection, rule if rule.paired else None) if rule.step is None else None

    def _skip(self, offset: int, size: int, says: str) -> None:
        if len(self.skipped) < MOST_SKIPPED:
            self.skipped.append(Skipped(offset, size, says))

    def _new_rule(self, words: Words) -> Rule | None:
        rule = _rule(words)
        if len(self._rules) < _MOST_RULES:
            self._rules[words] = rule
        return rule

    def _step(self, row: int, line: bytes) -> None:
        prefix = read_prefix(line)
        if prefix is not None:
            data = read_payload(line.rstrip(b"\r\n"), prefix)[1]
            what = data.get("what")
            if isinstance(what, str):
                kind = KINDS_BY_WORD.get(prefix.kind, Kind.OTHER)
                self.index.step(row, kind, what, prefix.exchange, data)

    def _slow(self, line: bytes) -> None:
        offset, self.offset = self.offset, self.offset + len(line) + 1
        prefix = read_prefix(line)
        if prefix is None:
            if line.strip():
                self._skip(offset, len(line) + 1, "the line is no event")
            return
        index = self.index
        kind = KINDS_BY_WORD.get(prefix.kind, Kind.OTHER)
        number = self._number(line, prefix)
        flags = pack(kind, prefix.direction, prefix.shape)
        if kind is Kind.MESSAGE:
            flags |= made(prefix.by, prefix.of)
        row = index.columns.add(
            offset,
            prefix.t,
            flags | FLAWED if prefix.faults else flags,
            number,
            prefix.conn,
            prefix.exchange,
            prefix.size,
        )
        if flags & ASIDE:
            index.named(row, prefix.id)
            return
        if prefix.shape is Shape.BATCH:
            body = read_payload(line.rstrip(b"\r\n"), prefix)[0]
            index.batch(row, prefix.direction, classify(body).items, prefix.seq, prefix.exchange)
        elif prefix.method == CANCELLED and prefix.shape is Shape.NOTIFICATION:
            index.notice(prefix.direction, classify(read_payload(line.rstrip(b"\r\n"), prefix)[0]))
        elif prefix.shape in _PAIRED:
            said = OUTCOMES.get(prefix.outcome, Status.OK)
            index.message(row, prefix.direction, prefix.shape, prefix.id, prefix.seq, prefix.exchange, said)
        elif kind in _STEPS:
            self._step(row, line)

    def _number(self, line: bytes, prefix: Prefix) -> int:
        if prefix.long_method:
            return UNLISTED_METHOD
        number = self.index.columns.number_of(prefix.method)
        found = PREFIX.match(line)
        if found is not None and number != UNLISTED_METHOD and prefix.method != CANCELLED:
            self._methods[found.group(7)] = number
        return number
