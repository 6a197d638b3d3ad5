"""The keys for sending again: which message is meant, and the ways from it to the form and the composer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.wire.event import Direction, Kind

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.screens.main import MainScreen
    from inspector.journal.journal import Journal


def sent_row(journal: Journal, row: int) -> int:
    """The message of the client that a row belongs to: itself, its other half, or what crossed with it.

    Returns:
        Its row; -1 where there is none.
    """
    if not 0 <= row < len(journal):
        return -1
    if _sent(journal, row):
        return row
    if journal.kind(row) is Kind.MESSAGE:
        return journal.peer(row) if _sent(journal, journal.peer(row)) else -1
    about = journal.data(row).get("request") if journal.kind(row) is Kind.CLIENT else None
    if isinstance(about, int) and _sent(journal, about):
        return about
    exchange = journal.exchange(row)
    rows = journal.rows_of_exchange(exchange) if exchange is not None else []
    return next((each for each in rows if _sent(journal, each)), -1)


def _sent(journal: Journal, row: int) -> bool:
    within = 0 <= row < len(journal)
    return within and journal.kind(row) is Kind.MESSAGE and journal.direction(row) is Direction.C2S


async def do(screen: MainScreen) -> None:
    """Show what would be sent again of the row that is meant; on its own page, the workbench is back."""
    # Imported here: the first paint waits for neither.
    from inspector.app.conversing import of
    from inspector.app.panes.again import AgainPage

    focused, desk = screen.focused, screen.desk
    if desk.page == "again" and focused is not None and desk in focused.ancestors:
        await screen.action_page("again")
        return
    row = sent_row(screen.journal, of(screen).row)
    if row < 0:
        screen.notify("Select a message that the client sent, or an answer to one.", markup=False)
        return
    if desk.page != "again":
        await screen.action_page("again")
    else:
        screen.action_pane(2)
    screen.query_one(AgainPage).show(row)


async def to_form(screen: MainScreen, item: Item, arguments: Any) -> None:
    """Open a call in the form of its capability, with its arguments."""
    await screen.open_item(item)
    if isinstance(arguments, dict):
        screen.workbench.arguments.put(arguments)


async def to_text(screen: MainScreen, raw: bytes) -> None:
    """Open bytes in the composer."""
    # Imported here: as above.
    from inspector.app.panes.composer import Composer

    if screen.desk.page != "composer":
        await screen.action_page("composer")
    screen.query_one(Composer).put(raw)
    screen.action_pane(2)
