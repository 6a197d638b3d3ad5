"""What is wrong with an event, in words: its faults and what pairing knows, each with its clause.

Computed when someone looks. Whether there is anything to find stands in the columns (`Journal.flawed`).
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.journal.journal import Journal
from inspector.journal.line import envelope_id
from inspector.journal.pairing import Status
from inspector.wire.event import Kind, Shape
from inspector.wire.fault import EXPLAINED, Explained, Fault, Severity
from inspector.wire.jsonrpc import id_key


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        rule: Id of the rule that is broken.
        severity: `error`, `warning` or `info`.
        says: One sentence.
        clause: Where it is written.
        events: The rows that it is about, its own first.
    """

    rule: str
    severity: Severity
    says: str
    clause: str
    events: tuple[int, ...]


_BY_STATUS = {
    Status.UNKNOWN: Fault.UNKNOWN_ID,
    Status.DUPLICATE: Fault.DUPLICATE_REPLY,
    Status.LATE: Fault.LATE,
}
_STRAY = Explained(
    "rpc-unknown-id", "error", "A reply in the batch answers nothing that is open.", "JSON-RPC 2.0 section 6"
)
_REPLIES = frozenset({Shape.RESPONSE, Shape.ERROR, Shape.BATCH})


def details(journal: Journal, seq: int) -> list[Finding]:
    """The findings of row `seq`; empty where it is not `flawed`."""
    if not journal.flawed(seq):
        return []
    found = [_of(word, (seq,)) for word in journal.glance(seq, 0).faults]
    if journal.kind(seq) is Kind.MESSAGE and journal.shape(seq) in _REPLIES:
        peer = journal.peer(seq)
        events = (seq,) if peer < 0 else (seq, peer)
        found += [_of(word, events) for word in _pairing_faults(journal, seq)]
        if not found:  # a batch that asks as well has the status of what it asks
            found.append(_said(_STRAY, events))
    return found


def _of(word: str, events: tuple[int, ...]) -> Finding:
    return _said(_explained(word), events)


def _said(explained: Explained, events: tuple[int, ...]) -> Finding:
    return Finding(explained.rule, explained.severity, explained.says, explained.clause, events)


def _explained(word: str) -> Explained:
    try:
        return EXPLAINED[Fault(word)]
    except (ValueError, KeyError):  # a word from a newer version
        return Explained(word, "warning", f"It was noted as {word}.", "")


def _pairing_faults(journal: Journal, seq: int) -> list[str]:
    found: list[str] = []
    by_status = _BY_STATUS.get(journal.status(seq))
    if by_status is not None and not _answers_nothing(journal, seq):
        found.append(by_status)
    if _respelled(journal, seq):
        found.append(Fault.ID_RESPELLED)
    return found


def _answers_nothing(journal: Journal, seq: int) -> bool:
    """An error without an id says that a message could not be read: JSON-RPC 2.0 section 5."""
    return journal.shape(seq) is Shape.ERROR and journal.glance(seq, 0).id in (None, "null")


def _respelled(journal: Journal, seq: int) -> bool:
    peer = journal.peer(seq)
    if peer < 0:
        return False
    asked = _ids(journal, peer, {Shape.REQUEST})
    answered = _ids(journal, seq, {Shape.RESPONSE, Shape.ERROR})
    keys = {id_key(id) for id in asked}
    return any(id not in asked and id_key(id) in keys for id in answered)


def _ids(journal: Journal, seq: int, shapes: set[Shape]) -> set[str]:
    if journal.shape(seq) is not Shape.BATCH:
        return {journal.glance(seq, 0).id or ""}
    frame = journal.event(seq).frame
    return {envelope_id(item.id) or "" for item in frame.items if item.shape in shapes} if frame else set()
