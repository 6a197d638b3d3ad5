"""What one row of a call says in its story: a few words, the shape of how it fared, and nothing unsafe.

Other words than those of the log, whose columns say the rest: here a line stands by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inspector.app.progress_words import number
from inspector.app.widgets.sheet_lines import Piece, Pieces
from inspector.journal.outline import Row, outline
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_SHAPES: Mapping[Status, tuple[str, str]] = {
    Status.OK: ("✓ ", "ok"),
    Status.ASKS_BACK: ("○ ", "strong"),
    Status.DUPLICATE: ("! ", "warning"),
    Status.LATE: ("! ", "warning"),
}


def words_of(journal: Journal, row: int) -> Pieces:
    """A row in words, for a sheet."""
    return tuple(piece for piece in _words(journal, row) if piece[0])


def _words(journal: Journal, row: int) -> list[Piece]:
    shown = outline(journal, row)
    match journal.kind(row):
        case Kind.MESSAGE:
            return [(f"{shown.arrow} ", "muted"), *_message(journal, row, shown)]
        case Kind.HTTP | Kind.SSE:
            bad = shown.what == "response" and shown.note[:1] in "45"
            says = f"{shown.target} {shown.note}".strip()
            return [
                (f"{shown.arrow} {shown.kind} {shown.what} ", "muted"),
                (says, "error" if bad else "muted"),
            ]
        case Kind.STDOUT:
            return [("  stdout, no message: ", "warning"), (shown.note, "text")]
        case Kind.STDERR:
            return [("  stderr ", "muted"), (shown.note, "text")]
        case Kind.PROCESS:
            return [("  ✗ server ", "error"), (f"{shown.what} {shown.note}".strip(), "error")]
    role = "warning" if shown.what in ("timed-out", "cancelled") else "muted"
    return [
        (f"  {shown.kind} ", "muted"),
        (" ".join(filter(None, (shown.what, shown.target, shown.note))), role),
    ]


def _message(journal: Journal, row: int, shown: Row) -> list[Piece]:
    match journal.shape(row):
        case Shape.REQUEST if journal.direction(row) is Direction.S2C:
            return [("asks ", "text"), (f"{shown.what} ", "strong"), (_question(journal, row), "text")]
        case Shape.REQUEST:
            words = [(f"{shown.what} ", "text"), (shown.target, "strong"), (f"  id {shown.id}", "muted")]
            return [("request ", "muted"), *words]
        case Shape.RESPONSE | Shape.ERROR:
            return _reply(journal, row, shown)
        case Shape.NOTIFICATION:
            return _notice(journal, row, shown)
    return [(f"{shown.kind} {shown.note}", "text")]


def _reply(journal: Journal, row: int, shown: Row) -> list[Piece]:
    mark, role = _SHAPES.get(journal.status(row), ("✗ ", "error"))
    took = f"  after {shown.latency}" if shown.latency else ""
    if journal.direction(row) is Direction.C2S:
        says = _action(journal, row) or shown.note
        return [("answers ", "text"), (f"{shown.what} ", "muted"), (says, "strong"), (took, "muted")]
    said = shown.note or (shown.status if journal.status(row) is not Status.OK else "")
    if journal.method(journal.peer(row)) in ("tasks/get", "tasks/cancel"):
        said = said or _of_task(_body(journal, row).get("result"))
    words = [
        (mark, role),
        (f"{shown.kind} ", "muted"),
        (f"{said}  " if said else "", role),
        (shown.size, "text"),
    ]
    return [*words, (took, "muted")]


def _notice(journal: Journal, row: int, shown: Row) -> list[Piece]:
    params = _body(journal, row).get("params")
    params = params if isinstance(params, dict) else {}
    if shown.what == "notifications/progress":
        value, total = params.get("progress"), params.get("total")
        far = _number(value) + (f" of {_number(total)}" if total is not None else "")
        return [("progress ", "muted"), (f"{far}  ", "text"), (shown.note, "text")]
    if shown.what == "notifications/message":
        level = clip(visible(str(params.get("level", ""))[:40]), 20)
        return [(f"log {level} ".replace("  ", " "), "muted"), (shown.note, "text")]
    if shown.what.startswith("notifications/tasks"):
        return [("task ", "muted"), (_of_task(params), "text")]
    words = shown.what.removeprefix("notifications/")
    return [(f"{words} ", "warning" if words == "cancelled" else "text"), (shown.note, "text")]


def _body(journal: Journal, row: int) -> dict[str, Any]:
    """The message as far as it is small; what is large has nothing to say in a line."""
    frame = journal.event(row).frame if journal.size(row) <= 65_536 else None
    value = frame.value if frame is not None else None
    return value if isinstance(value, dict) else {}


def _question(journal: Journal, row: int) -> str:
    params = _body(journal, row).get("params")
    message = params.get("message") if isinstance(params, dict) else None
    return clip(visible(message[:800]), 240) if isinstance(message, str) else ""


def _action(journal: Journal, row: int) -> str:
    result = _body(journal, row).get("result")
    action = result.get("action") if isinstance(result, dict) else None
    return clip(visible(action[:100]), 40) if isinstance(action, str) else ""


def _of_task(task: Any) -> str:
    status = task.get("status") if isinstance(task, dict) else None
    message = task.get("statusMessage") if isinstance(task, dict) else None
    return clip(visible(" ".join(each[:400] for each in (status, message) if isinstance(each, str))), 240)


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "?"
    try:
        return number(float(value))
    except (OverflowError, ValueError):  # too large, or no number at all
        return "?"
