"""Marks and notes on the main screen: at the head of their rows, with the selected message, and the two keys.

What is marked is folded by `inspector.journal.marks` and written by `inspector.journal.noting`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from inspector.app.conversing import BUDGET, of
from inspector.app.panes.message import SelectedMessage
from inspector.app.widgets.log import MessageLog
from inspector.errors import UsageError
from inspector.wire.visible import clip

if TYPE_CHECKING:
    from inspector.app.screens.main import MainScreen
    from inspector.journal.marks import Marks
    from inspector.journal.noting import What

MARK, NOTE = "*", "¶"
"""At the head of a row: marked; with a note, marked or not."""
_WIDEST = 400
_SEEN: WeakKeyDictionary[MainScreen, int] = WeakKeyDictionary()


def attend(screen: MainScreen) -> None:
    """Once a frame: show the marks that are new."""
    marks = of(screen).marks
    marks.advance(BUDGET)
    if marks.revision == _SEEN.get(screen, 0):
        return
    _SEEN[screen] = marks.revision
    heads = {row: head_of(marks, row) for row in marks.rows}
    log, message = screen.query_one(MessageLog), screen.query_one(SelectedMessage)
    log.looks = replace(log.looks, marks=heads)
    message.remark = lambda row: remark(marks, row)


def head_of(marks: Marks, row: int) -> str:
    """What stands at the head of a row; empty where it is neither marked nor noted."""
    mark = marks.of(row)
    return "" if mark is None else NOTE if mark.note else MARK


def remark(marks: Marks, row: int) -> str:
    """What a row's message says of its mark and note, safe for a terminal; empty where there is none."""
    mark = marks.of(row)
    if mark is None:
        return ""
    return clip(f"{NOTE} {mark.note}", _WIDEST) if mark.note else f"{MARK} marked"


def mark(screen: MainScreen) -> None:
    """Mark the row that is meant, or take the mark off."""
    row, marks = of(screen).row, of(screen).marks
    if row < 0:
        screen.app.bell()
        return
    known = marks.of(row)
    marked = known is not None and known.marked
    _keep(screen, "unmark" if marked else "mark", row)
    if screen.traffic.network:  # where no row shows it
        screen.notify(f"Row {row:,} is marked{' no more' * marked}.", timeout=4, markup=False)


def note(screen: MainScreen) -> None:
    """Ask for a note on the row that is meant, and keep it."""
    row, known = of(screen).row, of(screen).marks.of(of(screen).row)
    if row < 0:
        screen.app.bell()
        return
    # Imported here: the first paint waits for no dialog.
    from inspector.app.screens.ask import AskLine

    def keep(text: str | None) -> None:
        before = known.note if known is not None else ""
        if text is not None and text != before:
            _keep(screen, "note", row, text)

    asks = AskLine(f"Note on row {row}", "empty takes it away", known.note if known is not None else "")
    screen.app.push_screen(asks, keep)


def _keep(screen: MainScreen, what: What, row: int, text: str = "") -> None:
    screen.traffic.stay(row)  # or the cursor would go on to the row of the note
    # Imported here: it is wanted when somebody marks something.
    from inspector.journal.noting import write_note

    try:
        write_note(screen.journal.whole, what, row, text)
    except UsageError as problem:
        says = f"{problem.message}. {problem.next}".rstrip()
        screen.notify(says, severity="warning", markup=False)
        return
    attend(screen)
