"""A filter made ready to go through a journal: what the columns tell is told for thousands of rows at once.

Each part says of a piece two masks: rows that are surely meant, and rows that may be. What lies between is
narrowed by a search in the bytes of the piece, and the rest is decided row by row (`filter.rows`), so that
JSON is parsed for few rows. A part that changes its mind about a row, because a reply came, says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import and_, or_
from typing import TYPE_CHECKING, Protocol

from inspector.journal.columns import FLAWED, MADE, NO_METHOD, ODD_ID, UNLISTED_METHOD, id_key, rows_with
from inspector.journal.filter import literals, needles, rows
from inspector.journal.filter.changing import Answered, Conversing, Said
from inspector.journal.filter.masks import Flags, Mask, Piece, packed, unanswered
from inspector.journal.filter.regex import search
from inspector.journal.filter.terms import (
    And,
    Everything,
    Field,
    Glob,
    Matches,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    Text,
)
from inspector.journal.filter.texts import Holding, Narrowed, Tool, literal_of
from inspector.journal.line import BODY_KINDS
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

Bounds = tuple[Mask, Mask]
_PAIRED = frozenset({Shape.REQUEST, Shape.RESPONSE, Shape.ERROR})


class Part(Protocol):
    """A term, or terms together.

    Attributes:
        reads: Whether it is decided by more than the columns.
    """

    reads: bool

    def bounds(self, piece: Piece) -> Bounds:
        """The rows that are surely meant, and those that may be."""

    def test(self, seq: int) -> bool:
        """Whether a row is meant."""


class Changing(Protocol):
    """A part that changes its mind about rows as the journal grows."""

    def take(self, first: int, last: int) -> None:
        """The rows `first:last` are looked at next."""

    def changed(self, seen: int, budget: float) -> tuple[Sequence[int], bool]:
        """Rows before `seen` to decide anew, and whether there is more to look at for that."""


class Together:
    """`and`, or `or`."""

    def __init__(self, parts: Sequence[Part], *, every: bool) -> None:
        self._parts = sorted(parts, key=lambda part: part.reads)
        self._join = and_ if every else or_
        self._every = every
        self.reads = any(part.reads for part in parts)

    def bounds(self, piece: Piece) -> Bounds:
        low = high = piece.ones if self._every else 0
        for part in self._parts:
            lower, higher = part.bounds(piece)
            low, high = self._join(low, lower), self._join(high, higher)
            if (not high) if self._every else low == piece.ones:
                break  # none of the others can change that
        return low, high

    def test(self, seq: int) -> bool:
        if self._every:
            return all(part.test(seq) for part in self._parts)
        return any(part.test(seq) for part in self._parts)


class Unless:
    """`not`."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self.reads = part.reads

    def bounds(self, piece: Piece) -> Bounds:
        low, high = self._part.bounds(piece)
        return high ^ piece.ones, low ^ piece.ones

    def test(self, seq: int) -> bool:
        return not self._part.test(seq)


class Exact:
    """A term that the columns decide."""

    reads = False

    def __init__(self, mask: Callable[[Piece], Mask], test: Callable[[int], bool]) -> None:
        self._mask = mask
        self.test = test

    def bounds(self, piece: Piece) -> Bounds:
        mask = self._mask(piece)
        return mask, mask


class Plan:
    """How the rows of one journal are found.

    Attributes:
        reads: Whether rows must be read.
        fateful: Whether the fate of a request counts: that it is answered, given up or lost.
        changing: The parts that change their mind for other reasons.
        unsure: How many bodies took too long for a regular expression, and count as no match.
    """

    def __init__(self, journal: Journal, node: Node) -> None:
        self._journal = journal
        self.fateful = False
        self.changing: list[Changing] = []
        self._root = self._part(node)
        self.reads = self._root.reads
        self._searches = [search(each) for each in _regexes(node)]
        self._before = sum(each.unsure for each in self._searches)

    @property
    def unsure(self) -> int:
        return sum(each.unsure for each in self._searches) - self._before

    def bounds(self, piece: Piece) -> Bounds:
        """The rows of a piece that are surely meant, and those that may be."""
        for part in self.changing:
            part.take(piece.first, piece.last)
        low, high = self._root.bounds(piece)
        unknown = (low ^ high).bit_count()
        # For few rows it is cheaper to read them than to search the whole piece.
        if unknown * 16 > piece.last - piece.first:
            piece.reads = True
            low, high = self._root.bounds(piece)
        return low, high

    def test(self, seq: int) -> bool:
        """Whether a row is meant, as far as is known."""
        return self._root.test(seq)

    # From terms to parts

    def _part(self, node: Node) -> Part:
        match node:
            case And(parts) | Or(parts):
                return Together([self._part(each) for each in parts], every=isinstance(node, And))
            case Not(part):
                return Unless(self._part(part))
            case Everything():
                return Exact(lambda piece: piece.ones, lambda seq: True)
            case Text():
                return Holding(self._journal, node)
            case Matches(regex):
                literal = search(regex).literal
                sought = [needles.needle(literal)] if len(literal) > 1 else []
                return Narrowed(rows.tester(self._journal, node), sought)
            case Path():
                documents = Exact(Flags(_has_document).mask, lambda seq: True)
                looked_into = Narrowed(rows.tester(self._journal, node), literals.sought(node), exact=True)
                return Together([documents, looked_into], every=True)
            case Field(name, value):
                return self._field(name, value)

    def _field(self, name: str, value: Glob | Regex | Range) -> Part:
        journal = self._journal
        test = rows.field(journal, name, value)
        if isinstance(value, Range):
            return self._range(name, value, test)
        match name:
            case "method":
                return Exact(Methods(journal, rows.fitting(value)).mask, test)
            case "tool":
                return Tool(journal, value)
            case "id":
                return self._id(value, test)
            case "finding":
                flawed = Exact(_flawed, journal.flawed)
                return Together([flawed, Narrowed(test, [])], every=True)
            case "by":
                return By(rows.fitting(value), test)
            case "mark" | "note":
                return self._grows(Said(journal, rows.said(name, value)))
        codes = rows.http_codes(value) if name == "status" else None
        if codes is not None:
            return self._grows(Answered(journal, codes))
        self.fateful |= name == "status"
        return Exact(Flags(_meant(name, rows.fitting(value))).mask, test)

    def _grows(self, part: Answered | Conversing | Said) -> Part:
        self.changing.append(part)
        return part

    def _id(self, value: Glob | Regex, test: Callable[[int], bool]) -> Part:
        literal = literal_of(value).strip('"')
        if isinstance(value, Glob) and (value.exact or value.text == literal_of(value)):
            known, sought = Ids(value.text.lower()), []
        else:
            known, sought = Ids(None), [needles.needle(literal)] if literal else []
        return Together(
            [Exact(known.mask, lambda seq: True), Narrowed(test, sought, escapes=True)], every=True
        )

    def _range(self, name: str, value: Range, test: Callable[[int], bool]) -> Part:
        low, high = rows.bounds(value)
        if name == "about":
            return self._grows(Conversing(self._journal, int(low)))
        self.fateful |= name == "lat"
        return Exact(lambda piece: _NUMBERS[name](piece, low, high), test)


def _regexes(node: Node) -> list[Regex]:
    match node:
        case And(parts) | Or(parts):
            return [regex for part in parts for regex in _regexes(part)]
        case Not(part):
            return _regexes(part)
        case Matches(regex) | Field(value=Regex() as regex) | Path(value=Regex() as regex):
            return [regex]
    return []


# Columns


class Methods:
    """Rows by their method, that of a reply by its request's; names are held against what is wanted once."""

    def __init__(self, journal: Journal, fits: Callable[[str], bool]) -> None:
        self._journal = journal
        self._fits = fits
        self._meant = bytearray([fits(""), 0])  # no method; one too long for a number, which is read

    def mask(self, piece: Piece) -> Mask:
        """The rows of a piece that are meant."""
        columns = self._journal.columns
        numbers, peers = columns.method, columns.peer
        own = numbers[piece.first : piece.last]
        each = [
            numbers[peer] if peer >= 0 and number == NO_METHOD else number
            for number, peer in zip(own, peers[piece.first : piece.last], strict=True)
        ]
        known = len(self._meant)
        for number in range(known, max(each, default=0) + 1):
            self._meant.append(self._fits(columns.name_of(number) or ""))
        mask = packed(map(bool, map(self._meant.__getitem__, each)))
        if UNLISTED_METHOD in each:
            odd = (piece.first + at for at, number in enumerate(each) if number == UNLISTED_METHOD)
            long = [row for row in odd if self._fits((rows.method_of(self._journal, row) or "")[:1_000])]
            mask |= piece.of_rows(long)
        return mask


class Ids:
    """Rows that may have an id: that of requests and replies is known by a number, that of others is read.

    Args:
        wanted: The id in lower case, with its quotes or without; `None` for any.
    """

    def __init__(self, wanted: str | None) -> None:
        self._keys = None if wanted is None else {ODD_ID, id_key(wanted)}
        self._pair = Flags(lambda kind, direction, shape, status: shape in _PAIRED, aside=False)
        self._others = Flags(
            lambda kind, direction, shape, status: kind is Kind.MESSAGE and shape is not Shape.NOTIFICATION
        )

    def mask(self, piece: Piece) -> Mask:
        """The rows of a piece that may be meant."""
        pairing, others = self._pair.mask(piece), self._others.mask(piece)
        if self._keys is None:
            return others
        found = rows_with(piece.journal.columns.ids, self._keys, piece.first, piece.last)
        return piece.of_rows(found) & pairing | others & ~pairing


class By:
    """Rows by who put them on the wire: the columns tell what its sender did; the others are read."""

    reads = False

    def __init__(self, fits: Callable[[str], bool], test: Callable[[int], bool]) -> None:
        self._own = fits("wire")
        self.test = test

    def bounds(self, piece: Piece) -> Bounds:
        flags = piece.journal.columns.flags[piece.first : piece.last]
        made = [row for row, flag in enumerate(flags, piece.first) if flag & MADE]
        low = packed([self._own and flag & 15 == Kind.MESSAGE and not flag & MADE for flag in flags])
        low |= piece.of_rows(row for row in made if self.test(row))
        return low, low


def _has_document(kind: Kind, direction: Direction, shape: Shape, status: int) -> bool:
    return kind is Kind.MESSAGE or kind not in BODY_KINDS


def _meant(name: str, fits: Callable[[str], bool]) -> Callable[[Kind, Direction, Shape, int], bool]:
    """What `dir:`, `kind:` and `status:` mean of flags."""
    match name:
        case "dir":
            ways = {direction: fits(direction.word) for direction in Direction}
            return lambda kind, direction, shape, status: ways[direction]
        case "kind":
            kinds = {
                (kind, shape): any(map(fits, rows.kind_words(kind, shape)))
                for kind in Kind
                for shape in Shape
            }
            return lambda kind, direction, shape, status: kinds[kind, shape]
    fates = [fits(rows.status_word(status)) for status in Status]
    return lambda kind, direction, shape, status: fates[status]


def _flawed(piece: Piece) -> Mask:
    flags = piece.journal.columns.flags[piece.first : piece.last]
    return packed([flag & FLAWED != 0 for flag in flags])


def _latency(piece: Piece, low: float, high: float) -> Mask:
    journal, columns = piece.journal, piece.journal.columns
    times, peers = columns.time, columns.peer
    least, most = low - 1e-6, high + 1e-6  # it is rounded, which takes longer than all else here
    near = [
        row
        for row in piece.rows(unanswered(piece) ^ piece.ones)
        if least <= abs(times[peers[row]] - times[row]) <= most
    ]
    return piece.of_rows(row for row in near if low <= (journal.latency(row) or 0.0) <= high)


def _size(piece: Piece, low: float, high: float) -> Mask:
    sizes = piece.journal.columns.sizes
    if sizes is None:
        every = (piece.journal.size(row) for row in range(piece.first, piece.last))
        return packed([low <= size <= high for size in every])
    return packed([low <= size <= high for size in sizes[piece.first : piece.last]])


def _time(piece: Piece, low: float, high: float) -> Mask:
    return packed([low <= time <= high for time in piece.journal.columns.time[piece.first : piece.last]])


def _session(piece: Piece, low: float, high: float) -> Mask:
    return packed([low <= conn <= high for conn in piece.journal.columns.conn[piece.first : piece.last]])


_NUMBERS: dict[str, Callable[[Piece, float, float], Mask]] = {
    "lat": _latency,
    "size": _size,
    "time": _time,
    "session": _session,
}
