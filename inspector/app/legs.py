"""The legs of one call in words: what each was asked, who answered, how long it took and waited.

Read from the journal, so that what is shown is what crossed the wire. All strings are safe for a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.app.widgets.sheet_lines import Entry, Piece
from inspector.journal.outline import asks
from inspector.journal.pairing import Status
from inspector.wire.jsonrpc import cut
from inspector.wire.visible import cells, clip, seconds, size, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.journal.journal import Journal

_MOST_TOLD = 3
"""Questions of one leg that are told one by one."""
_LEAST = 24
_WHO = {"user": "you", "script": "the file"}
_UNDONE = {Status.PENDING: "running", Status.NONE: "running"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what it is about, how it ended (empty: it waits, or nobody did anything), and by whom."""

    kind: str
    state: str
    by: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg.

    Attributes:
        number: From 1.
        id: Its JSON-RPC id as JSON text.
        request: Row of its request; `reply` of its answer, -1 while there is none.
        status: How it fared.
        asked: What its answer asked; empty where it asked nothing.
        asks_back: Whether its answer wants the call to go on.
        state: Bytes of the `requestState` that it was answered with; `None` where there was none.
        exact: Whether the next leg carried it back byte for byte; `None` while there is no next leg.
        took: Seconds until it was answered; `None` while it was not.
        waited: Seconds from its answer to the next leg; `None` while there is none.
    """

    number: int
    id: str
    request: int
    reply: int
    status: Status
    asked: tuple[Question, ...] = ()
    state: int | None = None
    exact: bool | None = None
    took: float | None = None
    waited: float | None = None

    @property
    def asks_back(self) -> bool:
        return self.status is Status.ASKS_BACK


def read_legs(journal: Journal, rows: Sequence[int]) -> list[Leg]:
    """The legs whose requests stand in these rows, in order."""
    return [_leg(journal, rows, at) for at in range(len(rows))]


def legs_mark(journal: Journal, rows: Sequence[int]) -> tuple[object, ...]:
    """What the legs depend on; changes when they do. Cheap, for every frame."""
    last = journal.peer(rows[-1]) if rows else -1
    answers = len(journal.legs.answers_to(last)) if last >= 0 else 0
    return tuple(rows), last, answers, journal.status(rows[-1]) if rows else None


def _leg(journal: Journal, rows: Sequence[int], at: int) -> Leg:
    row = rows[at]
    following = rows[at + 1] if at + 1 < len(rows) else -1
    reply, id = journal.peer(row), visible(journal.glance(row, 0).id or "?")[:40]
    if reply < 0 or journal.status(reply) is not Status.ASKS_BACK:
        return Leg(at + 1, id, row, reply, journal.status(row), took=journal.latency(row))
    body = journal.body(reply)
    state = cut(body, "result", "requestState")
    exact = cut(journal.body(following), "params", "requestState") == state if following >= 0 else None
    return Leg(
        at + 1,
        id,
        row,
        reply,
        journal.status(row),
        tuple(_questions(journal, reply)),
        None if state is None else len(state),
        exact if state is not None else None,
        journal.latency(row),
        journal.time(following) - journal.time(reply) if following >= 0 else None,
    )


def _questions(journal: Journal, reply: int) -> Iterator[Question]:
    frame = journal.event(reply).frame
    result = frame.result if frame is not None else None
    asked = result.get("inputRequests") if isinstance(result, dict) else None
    ended: dict[Any, tuple[str, str]] = {}
    for row in journal.legs.answers_to(reply):
        data = journal.data(row)
        ended[data.get("key")] = (str(data.get("state", "")), str(data.get("by", "")))
    for key, request in asked.items() if isinstance(asked, dict) else ():
        state, by = ended.get(key, ("", ""))
        yield Question(visible(asks(request)), visible(state), visible(_WHO.get(by, by)))


def leg_entries(legs: Sequence[Leg], width: int, *, waits: bool, running: bool) -> list[Entry]:
    """Each leg as one line of `width` cells that leads to its row.

    Args:
        legs: The legs.
        width: Cells there are.
        waits: Whether a person is waited for before the call goes on.
        running: Whether the call goes on at all.
    """
    head = [f"{leg.number:>2}  id {leg.id}" for leg in legs]
    told = [[_took(leg), _waited(leg), _state(leg)] for leg in legs]
    wide = [max(cells(text) for text in column) for column in zip(*told, strict=True)]
    first = max(map(cells, head)) + 2
    shown = len(wide)
    while shown > 1 and width - first - _together(wide[:shown]) < _LEAST:
        shown -= 1
    room = max(4, width - first - _together(wide[:shown]))
    entries = []
    for leg, begins, columns in zip(legs, head, told, strict=True):
        text, role = _says(leg, waits=waits, running=running)
        text = clip(text, room)
        pieces: list[Piece] = [(begins + " " * (first - cells(begins)), "muted")]
        pieces.append((text + " " * (room - cells(text)), role))
        roles = ("text", "muted", "warning" if leg.exact is False else "muted")
        for each, cells_, its in zip(columns, wide[:shown], roles, strict=False):
            if cells_:
                pieces.append(("  " + " " * (cells_ - cells(each)) + each, its))
        entries.append(Entry(f"leg {leg.number}", tuple(pieces), link=leg.request))
    return entries


def _together(wide: Sequence[int]) -> int:
    return sum(cells_ + 2 for cells_ in wide if cells_)


def _took(leg: Leg) -> str:
    return "" if leg.took is None else seconds(leg.took)


def _waited(leg: Leg) -> str:
    return "" if leg.waited is None else f"waited {seconds(leg.waited)}"


def _state(leg: Leg) -> str:
    changed = " changed" if leg.exact is False else ""
    return "" if leg.state is None else f"state {size(leg.state)}{changed}"


def _says(leg: Leg, *, waits: bool, running: bool) -> tuple[str, str]:
    """What became of a leg, and the role of that text."""
    if not leg.asks_back:
        word = _UNDONE.get(leg.status, leg.status.word)
        good = leg.status in (Status.OK, *_UNDONE)
        return (
            f"{'✓ ' if leg.status is Status.OK else '' if good else '✗ '}{word}",
            "text" if good else "error",
        )
    if not leg.asked:
        return "wants to be asked again", "muted"
    if leg.waited is None and waits:
        open_ones = [question.kind for question in leg.asked if not question.state]
        return f"○ waits for you: {_told(open_ones)}", "warning"
    ended = _told([_ended(question, running or leg.waited is not None) for question in leg.asked])
    return ended, "text"


def _ended(question: Question, going_on: bool) -> str:
    if not question.state:
        return question.kind if going_on else f"{question.kind} unanswered"
    by = f" by {question.by}" if question.by else ""
    return f"{question.kind}{by}" if question.state == "answered" else f"{question.kind} {question.state}{by}"


def _told(words: Sequence[str]) -> str:
    if len(words) <= _MOST_TOLD:
        return ", ".join(words)
    counted = {word: words.count(word) for word in dict.fromkeys(words)}
    return ", ".join(f"{count} × {word}" if count > 1 else word for word, count in counted.items())
