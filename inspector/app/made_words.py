"""What a breakpoint put on the wire, in a story: who made it, and what differs from what came. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.app.aligning import ADDED, REMOVED
from inspector.app.composing import text_of
from inspector.app.difference import CHANGED, difference
from inspector.app.widgets.sheet_lines import Pieces
from inspector.journal.outline import outline
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_LARGEST = 32_768
_MOST_LINES = 24
_WIDEST = 160


def made_words(journal: Journal, row: int) -> Pieces:
    """Who put the message of a row on the wire; nothing where its sender did."""
    if not journal.made(row):
        return ()
    of = journal.of(row)
    beside = f" for row {of}" if of >= 0 else ""
    return ((f"{outline(journal, row).made}{beside} ", "accent"),)


def changes(journal: Journal, row: int) -> tuple[Pieces, ...]:
    """What differs between the message that came and the one that went on in its place, line by line.

    Large messages are not compared; nothing is told of a row that stands for no other.
    """
    of = journal.of(row) if journal.made(row) else -1
    if not 0 <= of < row:
        return ()
    if journal.size(of) > _LARGEST or journal.size(row) > _LARGEST:
        return ((("too long to be compared here", "muted"),),)
    before, after = journal.event(of), journal.event(row)
    if before.body == after.body:
        return ((("the same once more", "muted"),),)
    rows = difference(_value(before), _value(after))
    if not any(each.differs for each in rows):
        return ((("the same as JSON, written otherwise", "muted"),),)
    found: list[Pieces] = []
    for each in rows:
        if each.kind in (CHANGED, REMOVED):
            found.append((("- ", "error"), (clip(each.left, _WIDEST), "error")))
        if each.kind in (CHANGED, ADDED):
            found.append((("+ ", "ok"), (clip(each.right, _WIDEST), "ok")))
        if not each.differs:
            found.append((("  ", "muted"), (clip(each.left, _WIDEST), "muted")))
    if len(found) > _MOST_LINES:
        left_out = len(found) - _MOST_LINES
        found[_MOST_LINES:] = [((f"… {left_out} further lines", "muted"),)]
    return tuple(found)


def _value(event: Any) -> Any:
    """The message as JSON, else as the text of its bytes."""
    frame = event.frame
    return frame.value if frame is not None and frame.value is not None else visible(text_of(event.body))
