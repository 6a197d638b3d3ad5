"""One log message as pieces of text with their roles, in the columns that fit; and what it unfolds to.

Knows no colour and no widget; all texts of a message are safe for a terminal already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from inspector.app.widgets.sheet_lines import Piece, wrapped
from inspector.wire.levels import LEVELS
from inspector.wire.visible import clip

if TYPE_CHECKING:
    from inspector.journal.logged import Origin
    from inspector.journal.logs import LogMessage

_SHAPES: Final = {
    "debug": ("·", "muted"),
    "info": ("○", "text"),
    "notice": ("●", "note"),
    "warning": ("!", "warning"),
    "error": ("✗", "error"),
    "critical": ("✗", "error"),
    "alert": ("✗", "error"),
    "emergency": ("✗", "error"),
    "stderr": ("▪", "muted"),
}
_LEVEL: Final = 11
_MOST_LOGGER: Final = 14
_FOLDED, _UNFOLDED = "▸ ", "▾ "


@dataclass(frozen=True, slots=True)
class LogLayout:
    """Cells of each column; 0 where it is left out.

    Attributes:
        width: Cells of the whole row.
        time: Of the time; right-aligned.
        logger: Of who says it.
        request: Of the number of the request that it belongs to.
        text: What is left.
    """

    width: int
    time: int
    logger: int
    request: int
    text: int

    @property
    def indent(self) -> int:
        """Where the text begins."""
        return self.width - self.text - (self.request + 1 if self.request else 0)


def log_layout(width: int, *, time: int, logger: int, request: int) -> LogLayout:
    """The columns that fit into `width` cells.

    Args:
        width: Cells of a row.
        time: Cells of the latest time.
        logger: Cells of the longest logger that was seen.
        request: Cells of the largest number of a request that was seen; 0 where none was.
    """
    time = max(7, time)
    logger = min(logger, _MOST_LOGGER) if width >= 60 else 0
    request = max(3, request) if request and width >= 70 else 0

    def left() -> int:
        gaps = (2 if logger else 0) + (1 if request else 0)
        return width - 1 - time - 2 - _LEVEL - 1 - logger - gaps - 2 - request

    if left() < 20:
        logger = 0
    if left() < 16:
        request = 0
    return LogLayout(width, time, logger, request, max(4, left()))


def log_header(columns: LogLayout) -> list[Piece]:
    """The titles of the columns."""
    # Space at the head of a text is a piece of its own: some viewers of SVG pictures drop it.
    pieces = [
        (" " * (columns.time - 3), "space"),
        ("time  ", "header"),
        ("level".ljust(_LEVEL + 1), "header"),
    ]
    if columns.logger:
        pieces.append(("logger".ljust(columns.logger + 2), "header"))
    pieces += [("  ", "space"), (_left("message", columns.text), "header")]
    if columns.request:
        pieces += [(" " * (columns.request - 1), "space"), ("of", "header")]
    return pieces


def log_cells(message: LogMessage, origin: Origin, columns: LogLayout, unfolded: bool) -> list[Piece]:
    """A row, in exactly the cells there are."""
    shape, role = _SHAPES.get(message.level, ("?", "warning"))
    quiet, time = message.level in ("debug", "stderr"), f"{message.time:.3f}"
    pieces: list[Piece] = [
        ("!" if origin.rule else " ", "warning"),
        (" " * (columns.time - len(time)), "space"),
        (time + "  ", "muted"),
        (_left(f"{shape} {message.level or '(none)'}", _LEVEL) + " ", role),
    ]
    if columns.logger:
        pieces.append((_left(message.logger, columns.logger) + "  ", "muted"))
    mark = _UNFOLDED if unfolded else _FOLDED if folds(message, origin, columns) else "  "
    pieces += [(mark, "muted"), (_left(message.text, columns.text), "muted" if quiet else "text")]
    if columns.request:
        number = f"{origin.request}" if origin.request >= 0 else ""
        pieces += [(" " * (1 + columns.request - len(number)), "space"), (number, "muted")]
    return pieces


def folds(message: LogMessage, origin: Origin, columns: LogLayout) -> bool:
    """Whether there is more to show than its row does."""
    return bool(
        origin.rule
        or "␊" in message.text
        or (isinstance(message.data, list | dict) and message.data)
        or cell_len(message.text) > columns.text
    )


def unfolding(message: LogMessage, origin: Origin, request: str, columns: LogLayout) -> list[list[Piece]]:
    """The lines under a row that is unfolded: what is wrong with it, what it came of, and all that it says.

    Args:
        message: What is unfolded.
        origin: What it came of.
        request: The request, in safe words; empty where it is not known.
        columns: Of the list.
    """
    indent = min(columns.indent, 12)
    lines: list[tuple[str, str]] = []
    if origin.rule:
        lines.append((f"! {origin.says} ({origin.rule})", "warning"))
    if request:
        lines.append((f"of row {origin.request}: {request}", "muted"))
    lines += [(text, "text") for text in message.lines()]
    margin = (" " * indent, "space")
    return [row for line in lines for row in wrapped((margin, line), columns.width, indent + 2)]


def rank_word(level: str) -> str:
    """A level with its shape, as it stands in the list."""
    shape = _SHAPES.get(level, ("?", ""))[0]
    return f"{shape} {level}" if level in LEVELS else level


def _left(text: str, cells: int) -> str:
    text = clip(text, cells)
    return text + " " * (cells - cell_len(text))
