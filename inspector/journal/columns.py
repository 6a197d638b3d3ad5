"""The journal in memory: one array a property, 40 bytes an event, and no object per event.

Everything here is O(1) to read. What is longer than a number stays in the recording.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable

from inspector.wire.event import Direction, Kind, Shape

KINDS = tuple(Kind)
DIRECTIONS = tuple(Direction)
SHAPES = tuple(Shape)

# One 16-bit word an event: kind 0-3, direction 4-5, shape 6-8, status 9-12, flawed 13, made 14, aside 15.
DIRECTION_AT, SHAPE_AT, STATUS_AT = 4, 6, 9
FLAWED = 1 << 13
MADE = 1 << 14
"""A message that a breakpoint put on the wire and not its sender: by hand or by a rule."""
ASIDE = 1 << 15
"""Such a one that goes on in the place of another row, or beside it: it pairs with nothing."""
_STATUS_MASK = 15 << STATUS_AT

NO_METHOD = 0
UNLISTED_METHOD = 1
"""A method too long, or one too many, to be kept as a number: it stands in the message."""
MOST_METHODS = 4096
LONGEST_METHOD = 128

NO_ID = 0
ODD_ID = 0xFFFFFFFE
"""An id that JSON may spell in several ways, or whose letters may: it stands in the line."""

_LARGE = 0xFFFFFFFF


def pack(kind: int, direction: int, shape: int) -> int:
    """The flags of an event that has no status yet and no flaw."""
    return kind | direction << DIRECTION_AT | shape << SHAPE_AT


def made(by: str, of: int | None) -> int:
    """The flags that tell who made a message, if it was not its sender."""
    return 0 if not by else MADE if of is None else MADE | ASIDE


def id_key(id: str) -> int:
    """The number under which an id is found again: never that of no id, or of an odd one.

    Ids that differ in capital letters alone have one number, and so have `7`, `"7"` and `7.0`.

    Args:
        id: JSON text, as the envelope has it. The number holds in this process only.
    """
    if not id.isdigit():  # as most are
        if not id.isascii() or "\\" in id:
            return ODD_ID
        id = id.strip('"').removesuffix(".0").lower()
    return hash(id) & _LARGE | 1


def rows_with(column: array[int], numbers: Iterable[int], first: int, last: int) -> list[int]:
    """The rows from `first` to before `last` in whose column one of some numbers stands, in order."""
    each, size = column[first:last].tobytes(), column.itemsize
    found: list[int] = []
    for number in set(numbers):
        sought = array(column.typecode, [number]).tobytes()
        at = each.find(sought)
        while at >= 0:
            if at % size == 0:
                found.append(first + at // size)
            at = each.find(sought, at + 1)
    return sorted(found)


class Columns:
    """The arrays, and the table of method names.

    Attributes:
        time: Seconds since the journal's start.
        flags: See `pack`.
        method: Number of the method, see `number_of` and `name_of`.
        conn: Number of the connection.
        exchange: Number of the HTTP exchange, 0 for none.
        peer: Row of the other half of the pair, -1 for none.
        offset: Where the event's line starts in the recording.
        ids: Of requests and replies the `id_key` of their id; else `NO_ID`.
        add: Appends an event and returns its row.
    """

    __slots__ = (
        "_large",
        "_names",
        "_numbers",
        "_size",
        "add",
        "conn",
        "exchange",
        "flags",
        "ids",
        "method",
        "offset",
        "peer",
        "time",
    )

    def __init__(self) -> None:
        self.time = array("d")
        self.flags = array("H")
        self.method = array("H")
        self.conn = array("I")
        self.exchange = array("I")
        self.peer = array("i")
        self.offset = array("Q")
        self.ids = array("I")
        self._size = array("I")
        self._large: dict[int, int] = {}  # sizes that 32 bits cannot hold, by row
        self._names: list[str | None] = [None, None]
        self._numbers: dict[str, int] = {}
        self.add = self._adder()

    def __len__(self) -> int:
        return len(self.time)

    def _adder(self) -> Callable[[int, float, int, int, int, int, int], int]:
        """Make `add`: it is called a million times to open a recording, so all it needs is bound once."""
        times, large = self.time, self._large
        add_offset, add_flags, add_method = self.offset.append, self.flags.append, self.method.append
        add_conn, add_exchange, add_peer = self.conn.append, self.exchange.append, self.peer.append
        add_size, add_id, add_time = self._size.append, self.ids.append, self.time.append

        def add(
            offset: int, time: float, flags: int, method: int, conn: int, exchange: int, size: int
        ) -> int:
            row = len(times)
            if size >= _LARGE:
                large[row] = size
                size = _LARGE
            add_offset(offset)
            add_flags(flags)
            add_method(method)
            add_conn(conn)
            add_exchange(exchange)
            add_peer(-1)
            add_size(size)
            add_id(NO_ID)
            add_time(time)  # last: its length is the number of rows
            return row

        return add

    def take(self, other: Columns, rows: int) -> None:
        """Begin with the first `rows` of another, and all its names; for one that has none yet."""
        for name in ("time", "flags", "method", "conn", "exchange", "peer", "offset", "ids", "_size"):
            getattr(self, name).extend(getattr(other, name)[:rows])
        self._large.update((row, size) for row, size in other._large.items() if row < rows)
        self._names[:] = other._names
        self._numbers.update(other._numbers)

    @property
    def sizes(self) -> array[int] | None:
        """Bytes on the wire of each row, to read only; `None` where one is too large to stand here."""
        return None if self._large else self._size

    def size(self, row: int) -> int:
        """Bytes on the wire."""
        size = self._size[row]
        return size if size < _LARGE else self._large[row]

    def status(self, row: int) -> int:
        return (self.flags[row] & _STATUS_MASK) >> STATUS_AT

    def set_status(self, row: int, status: int) -> None:
        self.flags[row] = self.flags[row] & ~_STATUS_MASK | status << STATUS_AT

    def set_flawed(self, row: int) -> None:
        self.flags[row] |= FLAWED

    def number_of(self, method: str | None) -> int:
        """The number that stands for `method`, a new one if need be."""
        if method is None:
            return NO_METHOD
        number = self._numbers.get(method)
        if number is None:
            if len(method) > LONGEST_METHOD or len(self._names) >= MOST_METHODS:
                return UNLISTED_METHOD
            number = self._numbers[method] = len(self._names)
            self._names.append(method)
        return number

    def name_of(self, number: int) -> str | None:
        """The method of `number`; `None` also where it is unlisted."""
        return self._names[number]

    def known_number(self, method: str) -> int | None:
        """The number of `method` if it has one."""
        return self._numbers.get(method)

    def nbytes(self) -> int:
        """Bytes that the rows take, without what the allocator adds."""
        arrays = (
            self.time,
            self.flags,
            self.method,
            self.conn,
            self.exchange,
            self.peer,
            self.offset,
            self.ids,
            self._size,
        )
        return sum(column.itemsize * len(column) for column in arrays)
