"""Parts of a plan that read lines: texts, the tool of a call, and what is narrowed before it is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from inspector.journal.filter import literals, needles, rows
from inspector.journal.filter.masks import Flags, Mask, Piece, unanswered
from inspector.journal.filter.terms import Glob, Regex, Text
from inspector.wire.event import Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_UNKNOWN, _NO, _YES = range(3)
_FEW = 64
"""So many times fewer rows than are searched are read one by one in less time than another search takes."""
_REPLIES = (Shape.RESPONSE, Shape.ERROR)
_REQUESTS = Flags(lambda kind, direction, shape, status: shape is Shape.REQUEST)
_ANSWERS = Flags(lambda kind, direction, shape, status: shape in _REPLIES)


class Requests:
    """What is known of requests, by their rows: a byte each, since their replies ask for it."""

    def __init__(self, look: Callable[[int], bool]) -> None:
        self._look = look
        self._known = bytearray()

    def learn(self, last: int, asking: Iterable[int], found: Iterable[int]) -> None:
        """Of the requests `asking`, all before row `last`, those in `found` are meant and the others not."""
        self._reach(last)
        for row in asking:
            self._known[row] = _NO
        for row in found:
            self._known[row] = _YES

    def holds(self, row: int) -> bool:
        """Whether the request of a row is meant."""
        self._reach(row + 1)
        if self._known[row] == _UNKNOWN:
            self._known[row] = _YES if self._look(row) else _NO
        return self._known[row] == _YES

    def _reach(self, last: int) -> None:
        if len(self._known) < last:
            self._known.extend(bytes(max(last - len(self._known), 65_536)))


def shapes(piece: Piece) -> tuple[list[int], list[tuple[int, int]]]:
    """The requests of a piece; and its replies, with the rows that they answer."""
    peers = piece.journal.columns.peer
    replies = piece.rows(_ANSWERS.mask(piece) & ~unanswered(piece))
    return piece.rows(_REQUESTS.mask(piece)), [(row, peers[row]) for row in replies]


class Holding:
    """A text: in the row, or in method and body of the request that the row answers."""

    reads = True

    def __init__(self, journal: Journal, term: Text) -> None:
        self._journal = journal
        self._holds = rows.Holds(journal, term)
        self._requests = Requests(self._holds.in_request)

    def test(self, seq: int) -> bool:
        line = self._journal.raw(*self._journal.span(seq))
        if self._holds.in_line(seq, line, line.lower()):
            return True
        peer = self._journal.peer(seq) if self._journal.shape(seq) in _REPLIES else -1
        return peer >= 0 and self._requests.holds(peer)

    def bounds(self, piece: Piece) -> tuple[Mask, Mask]:
        if not piece.reads:
            return 0, piece.ones
        journal, needle = self._journal, self._holds.needle
        offsets, first, last = journal.offsets, piece.first, piece.last
        found = set(needles.rows_with(piece.lower, needle, offsets, first, last))
        for row in needles.rows_holding(piece.lines, needles.OPAQUE, offsets, first, last):
            line = journal.raw(*journal.span(row))
            (found.add if self._holds.in_line(row, line, line.lower()) else found.discard)(row)
        asking, answers = shapes(piece)
        hit = [row for row in asking if row in found and self._about(piece, row)]
        self._requests.learn(last, asking, hit)
        found.update(row for row, asked in answers if row not in found and self._requests.holds(asked))
        mask = piece.of_rows(found)
        return mask, mask

    def _about(self, piece: Piece, row: int) -> bool:
        start = self._journal.offsets[piece.first]
        begin, end = (bound - start for bound in self._journal.span(row))
        return needles.in_request(piece.lower, self._holds.needle, begin, end)


class Narrowed:
    """A term that is decided row by row, among the rows that hold some bytes.

    Args:
        test: Decides of a row.
        sought: What each row that is meant holds; empty where that is not known.
        escapes: Whether JSON may spell what is sought in other ways.
        exact: Likewise, and capital letters count (`filter.literals`).
    """

    reads = True

    def __init__(
        self,
        test: Callable[[int], bool],
        sought: Sequence[needles.Needle],
        *,
        escapes: bool = False,
        exact: bool = False,
    ) -> None:
        self.test = test
        self._exact = exact
        self._held = dict.fromkeys(sought, 0)  # how many rows of the last piece did
        self._beside = [literals.BASE64 if exact else needles.OPAQUE]
        if escapes or exact:
            self._beside.append(needles.ESCAPED)

    def bounds(self, piece: Piece) -> tuple[Mask, Mask]:
        if not piece.reads or not self._held:
            return 0, piece.ones
        text = piece.lines if self._exact else piece.lower
        offsets, first, last = piece.journal.offsets, piece.first, piece.last
        high, few, many = piece.ones, (last - first) // _FEW, (last - first) // 2
        for needle, held in sorted(self._held.items(), key=lambda each: each[1]):
            if high.bit_count() <= few:
                break
            if held > many:  # it would take long and rule out little; it is tried again later on
                self._held[needle] -= held // 16
                continue
            found = needles.rows_with(text, needle, offsets, first, last, anywhere=True)
            self._held[needle] = len(found)
            high &= piece.of_rows(found)
        for mark in self._beside:
            high |= piece.of_rows(needles.rows_holding(text, mark, offsets, first, last))
        return 0, high


def literal_of(value: Glob | Regex) -> str:
    """The longest text that stands in all that is meant; empty where none is known."""
    if isinstance(value, Regex):
        return ""
    return value.text if value.exact else max(value.text.replace("?", "*").split("*"), key=len)


class Tool:
    """The tool of a call: a request is looked at once, its reply asks what was found."""

    reads = True

    def __init__(self, journal: Journal, value: Glob | Regex) -> None:
        self._journal = journal
        fits = rows.fitting(value)

        def look(row: int) -> bool:
            tool = rows.tool_of(journal, row)
            return tool is not None and fits(tool[:1_000])

        self._requests = Requests(look)
        literal = literal_of(value)
        self._sought = needles.needle(literal) if literal else None

    def test(self, seq: int) -> bool:
        shape = self._journal.shape(seq)
        asked = self._journal.peer(seq) if shape in _REPLIES else seq
        return asked >= 0 and self._journal.shape(asked) is Shape.REQUEST and self._requests.holds(asked)

    def bounds(self, piece: Piece) -> tuple[Mask, Mask]:
        columns = piece.journal.columns
        number = columns.known_number(rows.CALL)
        if number is None:
            return 0, 0
        asking, answers = shapes(piece)
        asking = [row for row in asking if columns.method[row] == number]
        answered = [row for row, asked in answers if columns.method[asked] == number]
        may_be = piece.of_rows((*asking, *answered))
        if not may_be or not piece.reads:
            return 0, may_be
        if self._sought is not None:
            offsets, first, last = piece.journal.offsets, piece.first, piece.last
            near = set(needles.rows_with(piece.lower, self._sought, offsets, first, last, anywhere=True))
            for mark in (needles.OPAQUE, needles.ESCAPED):
                near.update(needles.rows_holding(piece.lower, mark, offsets, first, last))
            self._requests.learn(last, (row for row in asking if row not in near), ())
        found = [row for row in asking if self._requests.holds(row)]
        found += [
            row for row, asked in answers if columns.method[asked] == number and self._requests.holds(asked)
        ]
        mask = piece.of_rows(found)
        return mask, mask
