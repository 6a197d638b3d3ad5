"""What each term means of one row, as the journal stands now.

This is the definition: whatever finds rows faster (`inspector.journal.filter.plan`) must find the same. It
reads the row when it is asked, and keeps next to nothing.
"""

from __future__ import annotations

import fnmatch
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inspector.journal.filter import needles
from inspector.journal.filter.paths import LARGEST, holds
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
from inspector.journal.line import BODY_KINDS
from inspector.journal.pairing import Status
from inspector.journal.prefix import KEY_GROUP, PREFIX
from inspector.wire.event import Direction, Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.journal.marks import Mark

Test = Callable[[int], bool]
Fits = Callable[[str], bool]
CALL = "tools/call"
_LONGEST = 1_000  # characters of a name, a rule, a note that are looked at
_MOST_SEARCHED = 500_000  # characters of a body that a regular expression is held against
_REPLIES = frozenset({Shape.RESPONSE, Shape.ERROR})
_HTTP = re.compile(r"([1-5])(\d\d|xx)", re.IGNORECASE)


def tester(journal: Journal, node: Node) -> Test:
    """Whether a row is meant by `node`."""
    match node:
        case And(parts):
            each = [tester(journal, part) for part in parts]
            return lambda seq: all(test(seq) for test in each)
        case Or(parts):
            each = [tester(journal, part) for part in parts]
            return lambda seq: any(test(seq) for test in each)
        case Not(part):
            test = tester(journal, part)
            return lambda seq: not test(seq)
        case Everything():
            return lambda seq: True
        case Text():
            return Holds(journal, node).test
        case Matches(regex):
            found = search(regex)
            return lambda seq: found.occurs(body_text(journal, seq))
        case Path():
            return lambda seq: looked_into(journal, seq, node)
        case Field(name, value):
            return field(journal, name, value)


def field(journal: Journal, name: str, value: Glob | Regex | Range) -> Test:
    """Whether a row has a property."""
    if isinstance(value, Range):
        return _number(journal, name, value)
    if name in ("mark", "note"):
        return said_by_user(journal, name, value)
    fits = fitting(value)
    match name:
        case "method":
            return lambda seq: fits((method_of(journal, seq) or "")[:_LONGEST])
        case "tool":
            return lambda seq: (tool := tool_of(journal, seq)) is not None and fits(tool[:_LONGEST])
        case "id":
            return lambda seq: any(map(fits, ids_of(journal, seq)))
        case "dir":
            return lambda seq: fits(journal.direction(seq).word)
        case "kind":
            return lambda seq: any(map(fits, kind_words(journal.kind(seq), journal.shape(seq))))
        case "status":
            codes = http_codes(value)
            if codes is not None:
                return lambda seq: bool(codes & _codes_of(journal, seq))
            return lambda seq: fits(status_word(journal.status(seq)))
        case "by":
            return lambda seq: bool(maker := maker_of(journal, seq)) and fits(maker)
    return lambda seq: any(map(fits, rules_of(journal, seq)))


def _number(journal: Journal, name: str, value: Range) -> Test:
    low, high = bounds(value)
    match name:
        case "lat":
            return lambda seq: (took := journal.latency(seq)) is not None and low <= took <= high
        case "size":
            return lambda seq: low <= journal.size(seq) <= high
        case "time":
            return lambda seq: low <= journal.time(seq) <= high
        case "session":
            return lambda seq: low <= journal.conn(seq) <= high
    return lambda seq: seq in conversation(journal, int(low))


# Properties


def method_of(journal: Journal, seq: int) -> str | None:
    """The method; of a reply that of its request."""
    if journal.shape(seq) not in _REPLIES:
        return journal.method(seq)
    peer = journal.peer(seq)
    return journal.method(peer) if peer >= 0 else None


def tool_of(journal: Journal, seq: int) -> str | None:
    """The tool that a request calls, or that a reply is of."""
    if journal.shape(seq) in _REPLIES:
        seq = journal.peer(seq)
    if seq < 0 or journal.shape(seq) is not Shape.REQUEST or journal.method(seq) != CALL:
        return None
    document = document_of(journal, seq)
    params = document.get("params") if isinstance(document, dict) else None
    name = params.get("name") if isinstance(params, dict) else None
    return name if isinstance(name, str) else None


def ids_of(journal: Journal, seq: int) -> tuple[str, ...]:
    """The id as its JSON text, and a text also without its quotes."""
    if journal.kind(seq) is not Kind.MESSAGE or journal.shape(seq) is Shape.NOTIFICATION:
        return ()
    id = journal.glance(seq, 0).id
    if id is None:
        return ()
    if id.startswith('"'):
        try:
            return (id, str(json.loads(id)))
        except ValueError:  # a recording that was written by hand
            return (id,)
    return (id,)


def kind_words(kind: Kind, shape: Shape) -> tuple[str, ...]:
    """What `kind:` knows a row as."""
    return (kind.word, shape.word) if kind is Kind.MESSAGE else (kind.word,)


def maker_of(journal: Journal, seq: int) -> str:
    """Who put a message on the wire; empty for what is no message."""
    if journal.kind(seq) is not Kind.MESSAGE:
        return ""
    return journal.event(seq).by if journal.made(seq) else "wire"


def status_word(status: Status) -> str:
    """What `status:` knows it as."""
    return status.word.replace(" ", "-")


def rules_of(journal: Journal, seq: int) -> list[str]:
    """The rules that the row breaks."""
    from inspector.journal.findings import details  # needs the journal, as most of this does not

    return [finding.rule for finding in details(journal, seq)]


def http_codes(value: Glob | Regex) -> frozenset[int] | None:
    """The HTTP statuses that are meant: of `401` one, of `4xx` a hundred; `None` for no HTTP status."""
    found = _HTTP.fullmatch(value.text) if isinstance(value, Glob) else None
    if found is None:
        return None
    first = int(found[1]) * 100
    return frozenset(range(first, first + 100)) if found[2].lower() == "xx" else frozenset({int(found[0])})


def code_of(journal: Journal, seq: int) -> int | None:
    """The status that an HTTP response has; `None` for every other row."""
    if journal.kind(seq) is not Kind.HTTP or journal.direction(seq) is not Direction.S2C or journal.size(seq):
        return None
    code = journal.data(seq).get("status")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _codes_of(journal: Journal, seq: int) -> frozenset[int]:
    """Every status that the HTTP exchange of the row got."""
    number = journal.exchange(seq)
    rows = journal.rows_of_exchange(number) if number is not None else []
    return frozenset(code for row in rows if (code := code_of(journal, row)) is not None)


def conversation(journal: Journal, seq: int) -> frozenset[int]:
    """The rows that belong to the conversation of row `seq`, as far as it went."""
    from inspector.journal.conversation import Conversations  # a fold that few filters need

    return frozenset(Conversations(journal).rows(seq)) if 0 <= seq < len(journal) else frozenset()


def said_by_user(journal: Journal, name: str, value: Glob | Regex) -> Test:
    """`mark:` and `note:`."""
    from inspector.journal.marks import Marks  # as above

    marks, says = Marks(journal), said(name, value)

    def test(seq: int) -> bool:
        marks.advance(math.inf)
        mark = marks.of(seq)
        return mark is not None and says(mark)

    return test


def said(name: str, value: Glob | Regex) -> Callable[[Mark], bool]:
    """What `mark:` or `note:` wants of what the user said of a row; a note may hold more than is wanted."""
    if name == "mark":
        return lambda mark: mark.marked
    if isinstance(value, Glob):
        value = Glob(value.text if value.exact else f"*{value.text}*", value.exact)
    fits = fitting(value)
    return lambda mark: bool(mark.note) and fits(mark.note)


def bounds(value: Range) -> tuple[float, float]:
    """The least and the greatest number, both within."""
    low = -math.inf if value.low is None else value.low
    high = math.inf if value.high is None else value.high
    return (
        math.nextafter(low, math.inf) if value.above else low,
        math.nextafter(high, -math.inf) if value.below else high,
    )


def fitting(value: Glob | Regex | Range) -> Fits:
    """Whether a text is what is wanted."""
    if isinstance(value, Regex):
        return search(value).occurs
    if isinstance(value, Range):
        return lambda text: False
    wanted = value.text.lower()
    if value.exact or not any(mark in wanted for mark in "*?"):
        return lambda text: text.lower() == wanted
    # The library's pattern goes back over no star that it has passed: its time grows with the text.
    pattern = re.compile(fnmatch.translate(wanted.replace("[", "[[]")))
    return lambda text: pattern.match(text.lower()) is not None


# Bodies


class Holds:
    """Whether a text occurs in a row, or in method and body of the request that it answers."""

    def __init__(self, journal: Journal, term: Text) -> None:
        self.journal = journal
        self.needle = needles.needle(term.text, glob=term.glob)
        self._word = re.compile(re.escape(term.text.lower().encode("utf-8", "surrogatepass")))
        if term.glob:
            self._word = self.needle

    def test(self, seq: int) -> bool:
        """Whether row `seq` does."""
        line = self.journal.raw(*self.journal.span(seq))
        if self.in_line(seq, line, line.lower()):
            return True
        peer = self.journal.peer(seq) if self.journal.shape(seq) in _REPLIES else -1
        return peer >= 0 and self.in_request(peer)

    def in_line(self, seq: int, line: bytes, lower: bytes) -> bool:
        """Whether it occurs in the row's own line."""
        if needles.OPAQUE in line:
            envelope = PREFIX.match(line)
            if envelope is not None and envelope.group(KEY_GROUP) == b"base64":
                body = self.journal.body(seq).lower()
                return bool(self._word.search(body)) or needles.in_envelope(lower, self.needle, envelope)
        hit = self.needle.search(lower)
        return hit is not None and needles.in_line(lower, self.needle, 0, len(lower), hit.start())

    def in_request(self, request: int) -> bool:
        """Whether method or body of the request hold it."""
        if self.journal.shape(request) is not Shape.REQUEST:
            return False
        lower = self.journal.raw(*self.journal.span(request)).lower()
        return needles.in_request(lower, self.needle, 0, len(lower))


def body_text(journal: Journal, seq: int) -> str:
    """What a regular expression is held against: the body, or the facts of a step as JSON."""
    body = journal.body(seq) if journal.kind(seq) in BODY_KINDS else b""
    if body or journal.kind(seq) in BODY_KINDS:
        return body[:_MOST_SEARCHED].decode("utf-8", "replace")
    event = journal.event(seq)
    text = json.dumps(event.data, ensure_ascii=False, default=str)
    return f"{text} {event.body[:_MOST_SEARCHED].decode('utf-8', 'replace')}"[:_MOST_SEARCHED]


def document_of(journal: Journal, seq: int) -> Any:
    """The JSON of a row: the message, or the facts of a step; `None` where there is none, or too much."""
    if journal.kind(seq) not in BODY_KINDS:
        return journal.data(seq)
    if journal.kind(seq) is not Kind.MESSAGE or journal.size(seq) > LARGEST:
        return None
    body = journal.body(seq)
    try:
        try:
            return json.loads(body)
        except json.JSONDecodeError:
            return None
        except ValueError:  # no UTF-8, or an integer of more digits than CPython converts
            return json.loads(body.decode("utf-8", "replace"), parse_int=float)
    except (ValueError, RecursionError, OverflowError):
        return None


def looked_into(journal: Journal, seq: int, path: Path) -> bool:
    """Whether a path holds in a row."""
    document = document_of(journal, seq)
    return document is not None and holds(document, path)
