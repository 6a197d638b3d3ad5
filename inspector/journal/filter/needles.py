"""A text as it may stand in the lines of a recording, and where in a line it counts.

Lines are searched as they are, made lower case; keys of the envelope, and numbers such as seq and time,
would be found in nearly every line and do not count.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from inspector.journal.prefix import KEY_GROUP, PREFIX

OPAQUE = b'"base64":"'
"""Stands in a line whose body is no text; the body's text is not in it as it is."""
ESCAPED = b"\\u00"
"""Stands in a line in which plain characters may be escaped."""
METHOD = 7
_SEARCHED = (3, 4, 6, 7, 8, 12, 13)  # of the prefix: kind, dir, shape, method, id, faults, outcome
_PLAIN = re.compile(r"[ !#-.0-\[\]-~]")
# A star takes the nearest that follows and tries no further ones: else a text could make it take forever.
_STAR = rb'(?>[^\s"\\]{0,40}?%b)'
_MOST_STARS = 3
_SHORT = {"\n": b"\\n", "\r": b"\\r", "\t": b"\\t", "\b": b"\\b", "\f": b"\\f"}

Needle = re.Pattern[bytes]


def needle(text: str, *, glob: bool = False) -> Needle:
    """`text` as it may stand in a line that was made lower case (only ASCII was): also escaped.

    Args:
        text: What is searched.
        glob: `*` stands for up to 40 characters of one word; the fourth and later ones for themselves.
    """
    pieces = text.strip("*").split("*", _MOST_STARS) if glob else [text]
    first, *others = (b"".join(map(_spellings, piece)) for piece in pieces)
    return re.compile(first + b"".join(_STAR % piece for piece in others))


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
    if character in _SHORT:
        forms.add(_SHORT[character])
    return b"(?:" + b"|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) + b")"


def in_line(lower: bytes, sought: Needle, begin: int, end: int, at: int) -> bool:
    """Whether `sought`, which occurs at `at` in the line `begin:end`, occurs where it counts."""
    envelope = PREFIX.match(lower, begin, end)
    if envelope is None or at >= envelope.end(KEY_GROUP):
        return True
    payload = envelope.end(KEY_GROUP) + 2
    return in_envelope(lower, sought, envelope) or sought.search(lower, payload, end) is not None


def in_envelope(lower: bytes, sought: Needle, envelope: re.Match[bytes]) -> bool:
    """Whether it occurs in kind, direction, shape, method, id, faults or outcome."""
    spans = (envelope.span(group) for group in _SEARCHED)
    return any(sought.search(lower, *span) for span in spans if span[0] >= 0)


def in_request(lower: bytes, sought: Needle, begin: int, end: int) -> bool:
    """Whether it stands in method or body of the line: `c2s` of a request says nothing of its reply."""
    envelope = PREFIX.match(lower, begin, end)
    if envelope is None:
        return False
    method, payload = envelope.span(METHOD), envelope.end(KEY_GROUP) + 2
    return sought.search(lower, payload, end) is not None or (
        method[0] >= 0 and sought.search(lower, *method) is not None
    )


def rows_with(
    lower: bytes, sought: Needle, offsets: array[int], first: int, last: int, *, anywhere: bool = False
) -> list[int]:
    """Those of the rows `first:last`, whose lines `lower` holds, in which it occurs where it counts.

    Args:
        lower: The lines, made lower case.
        sought: What is searched.
        offsets: Where each line starts in the recording.
        first: The first row of `lower`.
        last: The row after the last.
        anywhere: It counts in the whole line.
    """
    found: list[int] = []
    start = offsets[first]
    hit = sought.search(lower)
    while hit is not None:
        row = bisect_right(offsets, start + hit.start(), first, last) - 1
        end = offsets[row + 1] - start if row + 1 < last else len(lower)
        if anywhere or in_line(lower, sought, offsets[row] - start, end, hit.start()):
            found.append(row)
        hit = sought.search(lower, end)
    return found


def rows_holding(lower: bytes, mark: bytes, offsets: array[int], first: int, last: int) -> list[int]:
    """As `rows_with`, for plain bytes anywhere in the line."""
    found: list[int] = []
    if mark[:1] not in lower:  # nearly always so of a backslash, and found out much faster
        return found
    start, at = offsets[first], lower.find(mark)
    while at >= 0:
        row = bisect_right(offsets, start + at, first, last) - 1
        found.append(row)
        if row + 1 >= last:
            break
        at = lower.find(mark, offsets[row + 1] - start)
    return found
