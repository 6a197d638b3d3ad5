"""The rows of a journal that hold a text, found little by little under a budget of time.

It scans the recording's bytes in large pieces, so that a million rows take seconds, and keeps a number
for each row it found. Without a text it is every row, and keeps nothing. This is plain search; it knows
no filter language.
"""

from __future__ import annotations

import re
import time
from array import array
from bisect import bisect_left, bisect_right

from inspector.journal.journal import Journal
from inspector.journal.line import KEY_GROUP, PREFIX
from inspector.wire.event import Shape

_PIECE = 256 * 1024
_OPAQUE = b'"base64":"'
_SEARCHED = (3, 4, 6, 7, 8, 12, 13)  # of the prefix: kind, dir, shape, method, id, faults, outcome
_METHOD = 7
_PLAIN = re.compile(r"[ !#-.0-\[\]-~]")


class View:
    """Rows in order. A row is found if each word of `text` occurs in it, upper or lower case.

    What is searched is the body, the data, and of the envelope kind, direction, shape, method, id and
    faults. A body that is no UTF-8 is searched as bytes. A reply is found with what method
    and body of its request hold, since its own row shows them too.

    Args:
        journal: What is looked through.
        text: Words; empty for every row.
    """

    def __init__(self, journal: Journal, text: str = "") -> None:
        self.journal = journal
        self.text = text
        words = text.split()
        self._needles = [_needle(word) for word in words]
        self._words = [word.lower().encode("utf-8", "surrogatepass") for word in words]
        self._rows = array("I")
        self._seen = 0
        self._owed: set[int] = set()  # replies further on, to requests that were found
        self._open: set[int] = set()  # requests that were found and have no reply yet

    def __len__(self) -> int:
        return len(self._rows) if self._needles else len(self.journal)

    def __getitem__(self, at: int) -> int:
        """The seq of the row at `at`."""
        if self._needles:
            return self._rows[at]
        if at < 0:
            at += len(self.journal)
        if not 0 <= at < len(self.journal):
            raise IndexError(at)
        return at

    def index(self, seq: int) -> int:
        """Where `seq` stands, or the nearest row after it; `len(view)` where there is none."""
        return bisect_left(self._rows, seq) if self._needles else max(0, min(seq, len(self.journal)))

    def __contains__(self, seq: object) -> bool:
        if not isinstance(seq, int):
            return False
        at = self.index(seq)
        return at < len(self) and self[at] == seq

    @property
    def scanned(self) -> float:
        """How much has been looked through, 0 to 1."""
        whole = len(self.journal)
        return self._seen / whole if self._needles and whole else 1.0

    def advance(self, budget: float) -> bool:
        """Look through more rows for about `budget` seconds (at least one piece).

        Returns:
            Whether there is more to look through.
        """
        if not self._needles:
            return False
        deadline = time.monotonic() + budget
        while self._seen < len(self.journal):
            self._piece()
            if time.monotonic() >= deadline:
                break
        return self._seen < len(self.journal)

    def _piece(self) -> None:
        offsets = self.journal.offsets
        first = self._seen
        start = offsets[first]
        last = bisect_right(offsets, start + _PIECE, first + 1)
        end = self.journal.span(last - 1)[1]
        piece = self.journal.raw(start, end)
        lower = piece.lower()
        found = _hits(lower, self._needles[0], offsets, first, last, start)
        for needle in self._needles[1:]:
            found &= _hits(lower, needle, offsets, first, last, start)
        if _OPAQUE in piece:
            self._opaque(piece, lower, first, last, start, found)
        self._rows.extend(sorted(found | self._replies(found, last)))
        self._seen = last

    def _replies(self, found: set[int], last: int) -> set[int]:
        """The replies before row `last` to requests among the rows found, in this piece or an earlier one."""
        journal = self.journal
        asked = {
            row for row in found if journal.shape(row) is Shape.REQUEST and self._is_about(row)
        } | self._open
        self._open = {row for row in asked if journal.peer(row) < 0}
        self._owed.update(peer for row in asked - self._open if (peer := journal.peer(row)) >= self._seen)
        due = {row for row in self._owed if row < last}
        self._owed -= due
        return due

    def _is_about(self, request: int) -> bool:
        """Whether the words stand in method and body of a request: `c2s` says nothing of its reply."""
        line = self.journal.raw(*self.journal.span(request)).lower()
        envelope = PREFIX.match(line)
        if envelope is None:
            return False
        payload, method = envelope.end(KEY_GROUP) + 2, envelope.span(_METHOD)
        return all(
            needle.search(line, payload) or (method[0] >= 0 and needle.search(line, *method))
            for needle in self._needles
        )

    def _opaque(self, piece: bytes, lower: bytes, first: int, last: int, start: int, found: set[int]) -> None:
        """Correct `found` for the rows whose body stands in base64: only they are decoded."""
        offsets = self.journal.offsets
        at = piece.find(_OPAQUE)
        while at >= 0:
            row = bisect_right(offsets, start + at, first, last) - 1
            begin, end = (bound - start for bound in self.journal.span(row))
            envelope = PREFIX.match(piece, begin, end)
            if envelope is not None and envelope.group(KEY_GROUP) == b"base64":
                body = self.journal.body(row).lower()
                found.discard(row)
                if all(
                    word in body or _in_envelope(lower, needle, envelope)
                    for word, needle in zip(self._words, self._needles, strict=True)
                ):
                    found.add(row)
            at = piece.find(_OPAQUE, end)


def _hits(
    lower: bytes, needle: re.Pattern[bytes], offsets: array[int], first: int, last: int, start: int
) -> set[int]:
    """The rows of a piece in which `needle` occurs."""
    found: set[int] = set()
    hit = needle.search(lower)
    while hit is not None:
        row = bisect_right(offsets, start + hit.start(), first, last) - 1
        begin = offsets[row] - start
        end = offsets[row + 1] - start if row + 1 < last else len(lower)
        if _counts(lower, needle, hit.start(), begin, end):
            found.add(row)
        hit = needle.search(lower, end)
    return found


def _counts(lower: bytes, needle: re.Pattern[bytes], at: int, begin: int, end: int) -> bool:
    """Whether a hit in the line `begin:end` is one in what was recorded.

    Keys of the envelope, and numbers such as seq and time, would be found in nearly every row.
    """
    envelope = PREFIX.match(lower, begin, end)
    if envelope is None or at >= envelope.end(KEY_GROUP):
        return True
    payload = envelope.end(KEY_GROUP) + 2
    return _in_envelope(lower, needle, envelope) or needle.search(lower, payload, end) is not None


def _in_envelope(lower: bytes, needle: re.Pattern[bytes], envelope: re.Match[bytes]) -> bool:
    spans = (envelope.span(group) for group in _SEARCHED)
    return any(needle.search(lower, *span) for span in spans if span[0] >= 0)


def _needle(word: str) -> re.Pattern[bytes]:
    """`word` as it may stand in a line that was made lower case (only ASCII was): also escaped."""
    return re.compile(b"".join(_spellings(character) for character in word))


def _spellings(character: str) -> bytes:
    if _PLAIN.match(character):
        return re.escape(character.lower().encode())
    forms: set[bytes] = set()
    for form in {character, character.lower(), character.upper()}:
        forms.add(form.encode("utf-8", "surrogatepass").lower())
        units = form.encode("utf-16-be", "surrogatepass")
        forms.add(b"".join(b"\\u" + units[at : at + 2].hex().encode() for at in range(0, len(units), 2)))
    if character in '"\\':
        forms.add(b"\\" + character.encode())
    if character == "/":
        forms.add(b"\\/")
    return b"(?:" + b"|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) + b")"
