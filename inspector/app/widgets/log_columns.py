"""The columns of the message log: what fits into a width, and one row as pieces of text with their roles.

Widths depend on the width of the log and on nothing that scrolls by, so that no column ever moves while
somebody reads. Knows no colour; the texts of a `Row` are safe for a terminal already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from inspector.wire.visible import clip

if TYPE_CHECKING:
    from inspector.journal.outline import Row

_STATUS: Final = {
    "ok": ("✓", "muted"),
    "pending": ("…", "muted"),
    "error": ("✗", "error"),
    "tool error": ("✗", "error"),
    "timed out": ("✗", "error"),
    "lost": ("✗", "error"),
    "cancelled": ("-", "muted"),
    "unknown": ("?", "warning"),
    "duplicate": ("!", "warning"),
    "late": ("!", "warning"),
    "asks back": ("○", "text"),
}
_MESSAGES: Final = frozenset(("request", "response", "error", "notification", "batch", "invalid"))
_BAD_STEPS: Final = frozenset(("failed", "timed-out", "warning", "stdin-broken", "stdout-closed", "dropped"))
# Ends that need an eye: a code that is not 0 or a signal, unless it was this program that ended it; an HTTP
# status of 400 and more; an exchange that did not complete.
_BAD_ENDS: Final = {
    "exited": re.compile(r"(?!with code 0$|.*, after )."),
    "response": re.compile(r"[45]\d\d"),
    "end": re.compile(r"(?!complete)."),
}
_BAD_JUDGEMENTS: Final = frozenset(("warning", "violation"))
_OF_A_CALL: Final = frozenset(("ok", "asks back", "late"))
"""Statuses of answers whose note says where their call stands; that is worth more than the method."""
_PREFIX: Final = "notifications/"


@dataclass(frozen=True, slots=True)
class Layout:
    """Cells of each column; 0 where it is left out.

    Attributes:
        width: Cells of the whole row.
        gap: Cells between two columns.
        text: What stays for method, target and note together.
        method: Of `text`, what the method is given before the target begins.
        spare: Whether latency and size share one column.
    """

    width: int
    gap: int
    number: int
    time: int
    kind: int
    text: int
    method: int
    id: int
    status: int
    latency: int
    size: int

    @property
    def spare(self) -> bool:
        return bool(self.latency) and not self.size


def layout(width: int, *, number: int, time: int) -> Layout:
    """The columns that fit into `width` cells.

    Args:
        width: Cells of a row.
        number: Digits of the largest row number.
        time: Cells of the latest time.
    """
    roomy = width >= 100
    gap = 2 if roomy else 1
    wanted = {
        "number": max(3, number),
        "time": max(6, time),
        "kind": 12 if roomy else 8,
        "id": 6 if roomy else 4,
        "status": 12,
        "latency": 7,
        "size": 8 if roomy else 0,
    }

    def left() -> int:
        shown = [cells for cells in wanted.values() if cells]
        margin = 1 if width >= 76 else 0
        return width - sum(shown) - gap * (len(shown) + 1) - 2 - margin  # two for the mark and the arrow

    # The text is what the log is for: the rest goes, the least telling first, until it can be read.
    for name in ("size", "kind", "latency", "id", "time", "number", "status"):
        if left() >= 20:
            break
        wanted[name] = 0
    text = max(4, left())
    method = 10 if not roomy else min(32, max(20, text // 3))
    return Layout(width, gap, text=text, method=method, **wanted)


def header(columns: Layout) -> list[tuple[str, str]]:
    """The titles of the columns, as `cells_of` gives a row; their role is `header`."""
    space = " " * columns.gap
    titles = [
        ("no.", columns.number, True),
        ("time", columns.time, True),
        ("", 1, False),
        ("kind", columns.kind, False),
        (f"{'method':<{columns.method}}{space}target", columns.text, False),
        ("id", columns.id, True),
        ("status", columns.status, False),
        ("" if columns.spare else "took", columns.latency, True),
        ("size", columns.size, True),
    ]
    pieces = [(" ", "space")]
    for title, cells, right in titles:
        if cells:
            side = _right if right else _left
            shown = side(title, cells, gap=columns.gap)
            pieces += [(text, "header" if text.strip() else "space") for text, _ in shown]
    last, role = pieces[-1]
    return [*pieces[:-1], (last.rstrip(" "), role)]


def cells_of(row: Row, columns: Layout) -> list[tuple[str, str]]:
    """The row as `(text, role)`; roles are `space`, `text`, `strong`, `muted`, `warning` and `error`."""
    pieces: list[tuple[str, str]] = [("!" if row.flawed else " ", "warning")]
    if columns.number:
        pieces += _right(str(row.seq), columns.number, columns.gap)
    if columns.time:
        pieces += _right(f"{row.time:.3f}", columns.time, columns.gap)
    pieces.append((row.arrow + " " * columns.gap, "muted"))
    if columns.kind:
        pieces += _left(_kind(row.kind, columns.kind), columns.kind, _kind_role(row), columns.gap)
    if row.kind not in _MESSAGES and not (row.id or row.status or row.latency):
        return pieces + _words(row, columns.width - sum(cell_len(text) for text, _ in pieces), columns)
    pieces += _text(row, columns)
    between = (" " * columns.gap, "space")
    if columns.id:
        pieces += [between, *_right(row.id, columns.id)]
    if columns.status:
        shape, role = _STATUS.get(row.status, ("", "muted"))
        pieces += [between, *_left(f"{shape} {row.status}" if row.status else "", columns.status, role)]
    if columns.latency:
        took = row.size if columns.spare and (row.arrow == "←" or not row.latency) else row.latency
        pieces += [between, *_right(took, columns.latency)]
    if columns.size:
        pieces += [between, *_right(row.size, columns.size)]
    return pieces


def _text(row: Row, columns: Layout) -> list[tuple[str, str]]:
    """Method, target and note of a message, in exactly the cells there are for them."""
    reply = row.kind in ("response", "error")
    method, target, note = row.what, row.target, row.note
    if columns.method < 20 and method.startswith(_PREFIX) and columns.kind:
        method = "…/" + method[len(_PREFIX) :]
    space = " " * columns.gap
    crowded = bool(note) and cell_len(method + target + note) + 2 * len(space) > columns.text
    if crowded and reply:
        target = ""  # its request has it, and what went wrong is said only here
        if row.status in _OF_A_CALL and cell_len(method + note) + len(space) > columns.text:
            method = ""
    elif crowded and row.kind == "request":
        # The number of a leg; the row before it says of which call, and its first leg what is called.
        note, target = "", f"{note.partition(' of ')[0]} {target}"
    pieces: list[tuple[str, str]] = []
    if method:
        pieces += _left(method, max(columns.method, cell_len(method)), "muted" if reply else "text")
    if target:
        pieces += [(space, "space"), (target, "muted" if reply else "strong")]
    if note:
        pieces += [(space if pieces else "", "space"), (note, "text" if reply else "muted")]
    return _cut(pieces, columns.text)


def _words(row: Row, cells: int, columns: Layout) -> list[tuple[str, str]]:
    """What is no message says it in words, over all the cells that are left."""
    pieces: list[tuple[str, str]] = []
    if not columns.kind:
        pieces.append((row.kind + "  ", _kind_role(row)))
    end = _BAD_ENDS.get(row.what)
    bad = row.what in _BAD_STEPS or (end is not None and end.match(row.note) is not None)
    bad = bad or (row.kind == "auth" and row.target in _BAD_JUDGEMENTS)
    roles = ("warning", "text", "text") if bad else ("muted", "muted", "muted")
    for text, role in zip((row.what, row.target, row.note), roles, strict=True):
        if text:
            pieces.append((text + "  ", role))
    return _cut(pieces, cells)


def _kind(kind: str, cells: int) -> str:
    return "notify" if kind == "notification" and cells < len(kind) else kind


def _kind_role(row: Row) -> str:
    if row.kind in ("error", "invalid"):
        return "error"
    return "warning" if row.kind == "stdout" else "muted"


# Space before a text is a piece of its own: some viewers of SVG pictures drop it at the head of a text.


def _left(text: str, cells: int, role: str = "text", gap: int = 0) -> list[tuple[str, str]]:
    """`text` in exactly so many cells and a gap, aligned left."""
    text = clip(text, cells)
    return [(text, role), (" " * (cells - cell_len(text) + gap), "space")]


def _right(text: str, cells: int, gap: int = 0) -> list[tuple[str, str]]:
    """`text` in exactly so many cells and a gap, aligned right."""
    text = clip(text, cells)
    return [(" " * (cells - cell_len(text)), "space"), (text + " " * gap, "muted")]


def _cut(pieces: list[tuple[str, str]], cells: int) -> list[tuple[str, str]]:
    """The pieces in exactly so many cells together."""
    found: list[tuple[str, str]] = []
    for text, role in pieces:
        width = cell_len(text)
        if width > cells:
            return found + _left(text.rstrip(" ") or text, cells, role)
        found.append((text, role))
        cells -= width
    found.append((" " * cells, "space"))
    return found
