"""Reading the lines of a recording into an index: prefixes only, no body is parsed.

A million lines must open in seconds, so one function here is written for speed: it works on the groups
of one regular expression and leaves every unusual line to `_slow`. Batches are parsed, as only they can
say what is in them; they are rare.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.journal.columns import FLAWED, UNLISTED_METHOD, pack
from inspector.journal.index import Index
from inspector.journal.line import PREFIX, Prefix, read_object, read_prefix
from inspector.journal.payload import read_payload
from inspector.journal.store import Store
from inspector.wire.event import KINDS_BY_WORD, SHAPES_BY_WORD, Kind, Shape
from inspector.wire.jsonrpc import classify

MOST_SKIPPED = 1000

_DIRECTIONS = {None: 0, b"c2s": 1, b"s2c": 2}
_KINDS = {word.encode(): int(kind) for word, kind in KINDS_BY_WORD.items()}
_SHAPES: dict[bytes | None, int] = {
    None: 0,
    **{word.encode(): int(shape) for word, shape in SHAPES_BY_WORD.items()},
}
_PAIRED = frozenset({int(Shape.REQUEST), int(Shape.RESPONSE), int(Shape.ERROR)})
_STEPS = frozenset({int(Kind.HTTP), int(Kind.PROCESS), int(Kind.CLIENT)})
_QUIET_STEPS = frozenset({b"request", b"response", b"body"})
_BATCH = int(Shape.BATCH)


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
        offset: Where the next line starts.
        skipped: What was passed over, at most the first thousand.
        cut: The line at the end that is not complete (yet).
    """

    def __init__(self, store: Store, index: Index, start: int) -> None:
        self._store = store
        self._index = index
        self.offset = start
        self.skipped: list[Skipped] = []
        self.cut: Skipped | None = None
        self._methods: dict[bytes | None, int] = {None: 0, b"null": UNLISTED_METHOD}
        self._flags: dict[tuple[bytes, bytes | None, bytes | None], int] = {}

    def read(self) -> None:
        """Index every line that is complete."""
        self.cut = None
        with self._store.stream(self.offset) as file:
            for line in file:
                if line[-2:] != b"}\n" and not line.endswith(b"\n") and read_object(line) is None:
                    self.cut = Skipped(self.offset, len(line), "the line is cut short")
                    return
                if not self._fast(line):
                    self._slow(line)
                self.offset += len(line)

    def _fast(self, line: bytes) -> bool:
        found = PREFIX.match(line)
        if found is None:
            return False
        seq, t, kind, way, conn, shape, method, id, hashed, exchange, size, faults, outcome, _, what = (
            found.groups()
        )
        flags = self._flags.get((kind, way, shape))
        if flags is None:
            if kind not in _KINDS or shape not in _SHAPES:
                return False
            flags = self._flags[kind, way, shape] = pack(_KINDS[kind], _DIRECTIONS[way], _SHAPES[shape])
        number = self._methods.get(method)
        if number is None:
            return False  # the first time that this method is seen
        kind_number, shape_number = flags & 15, flags >> 6 & 7
        if (
            shape_number == _BATCH
            or (kind_number in _STEPS and what is None)
            or (id is not None and b"\\" in id)
        ):
            return False
        row = self._index.columns.add(
            self.offset,
            float(t),
            flags if faults is None else flags | FLAWED,
            number,
            int(conn) if conn else 0,
            int(exchange) if exchange else 0,
            int(size) if size else 0,
        )
        if shape_number in _PAIRED:
            own_id = id.decode() if id is not None else "sha256:" + hashed.decode() if hashed else None
            self._index.message(
                row,
                flags >> 4 & 3,
                shape_number,
                own_id,
                int(seq),
                int(exchange) if exchange else 0,
                outcome is not None,
            )
        elif kind_number in _STEPS and what not in _QUIET_STEPS:
            self._step(row, line)
        return True

    def _step(self, row: int, line: bytes) -> None:
        prefix = read_prefix(line)
        if prefix is not None:
            data = read_payload(line.rstrip(b"\r\n"), prefix)[1]
            what = data.get("what")
            if isinstance(what, str):
                kind = KINDS_BY_WORD.get(prefix.kind, Kind.OTHER)
                self._index.step(row, kind, what, prefix.exchange, data.get("request"))

    def _slow(self, line: bytes) -> None:
        prefix = read_prefix(line)
        if prefix is None:
            if line.strip() and len(self.skipped) < MOST_SKIPPED:
                self.skipped.append(Skipped(self.offset, len(line), "the line is no event"))
            return
        index = self._index
        kind = KINDS_BY_WORD.get(prefix.kind, Kind.OTHER)
        number = self._number(line, prefix)
        flags = pack(kind, prefix.direction, prefix.shape)
        row = index.columns.add(
            self.offset,
            prefix.t,
            flags | FLAWED if prefix.faults else flags,
            number,
            prefix.conn,
            prefix.exchange,
            prefix.size,
        )
        if prefix.shape is Shape.BATCH:
            body = read_payload(line.rstrip(b"\r\n"), prefix)[0]
            index.batch(row, prefix.direction, classify(body).items, prefix.seq, prefix.exchange)
        elif prefix.shape in _PAIRED:
            index.message(
                row, prefix.direction, prefix.shape, prefix.id, prefix.seq, prefix.exchange, prefix.tool_error
            )
        elif kind in _STEPS:
            self._step(row, line)

    def _number(self, line: bytes, prefix: Prefix) -> int:
        if prefix.long_method:
            return UNLISTED_METHOD
        number = self._index.columns.number_of(prefix.method)
        found = PREFIX.match(line)
        if found is not None and number != UNLISTED_METHOD:
            self._methods[found.group(7)] = number
        return number
