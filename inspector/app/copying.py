"""`Y`: the selected message or the workbench's call in another language, to the clipboard or to a file.

What there is to copy is found here; the menu is `inspector.app.screens.copy_as`, what it says comes from
`inspector.copying`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inspector.app.panes.message import SelectedMessage
from inspector.app.panes.network import Network
from inspector.app.saving import write_new
from inspector.app.screens.ask import SaveAs
from inspector.wire.event import Direction, Kind

if TYPE_CHECKING:
    from inspector.app.screens.copy_as import Chosen
    from inspector.app.screens.main import MainScreen
    from inspector.journal.journal import Journal

LONGEST = 74_000
"""Bytes that terminals take from a program by OSC 52: 100,000 in Base64 for many, fewer for some."""


def do(screen: MainScreen) -> None:
    """Show the menu for what is selected."""
    # Imported here: the first copy waits for what makes copies, and no start of the app does.
    from inspector.app.screens.copy_as import CopyAs

    row = selected_row(screen)
    if row < 0:
        screen.notify("Select a message, or call something first.", severity="warning", markup=False)
        return

    def chosen(made: Chosen | None) -> None:
        if made is not None:
            (_save if made.to_file else _copy)(screen, made)

    screen.app.push_screen(CopyAs(screen.journal, row), chosen)


def selected_row(screen: MainScreen) -> int:
    """The row that is meant: of the call, where the workbench has the focus, else the selected one; or -1."""
    run = screen.workbench.run
    if screen.pane == 2 and not screen.desk.page and run is not None and run.row >= 0:
        return run.row
    if screen.traffic.network:
        number = screen.query_one(Network).list.cursor
        return _row_of_exchange(screen.journal, number) if number >= 0 else -1
    return screen.query_one(SelectedMessage).seq


def _row_of_exchange(journal: Journal, number: int) -> int:
    """The first message to the server in an exchange, else its first request."""
    sent = [row for row in journal.rows_of_exchange(number) if journal.direction(row) is Direction.C2S]
    messages = [row for row in sent if journal.kind(row) is Kind.MESSAGE]
    return next(iter(messages or sent), -1)


def _copy(screen: MainScreen, made: Chosen) -> None:
    text, size = made.copy.text, len(made.copy.octets)
    screen.app.copy_to_clipboard(text)
    says = f"Copied {len(text)} characters as {made.title}."
    if size > LONGEST:
        says += " Many terminals take less than that: Y and s saves it to a file."
    notes = [says, *made.copy.notes]
    warns = len(notes) > 1 or size > LONGEST
    screen.notify(
        "\n".join(notes),
        timeout=8 if warns else 2,
        markup=False,
        severity="warning" if warns else "information",
    )


def _save(screen: MainScreen, made: Chosen) -> None:
    def write(path: Path | None) -> None:
        if path is not None:
            problem = write_new(path, made.file)
            says = problem or f"Saved {len(made.file)} bytes to {path}"
            screen.notify(says, severity="error" if problem else "information", markup=False)

    screen.app.push_screen(SaveAs(made.name, made.title), write)
