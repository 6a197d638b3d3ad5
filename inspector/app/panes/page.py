"""What can stand in the second pane in the place of the workbench: the base of those pages.

A page is made when it is first wanted. It reads the journal and the keeper once a frame while it is shown,
and posts what the user wants of the other panes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal
    from inspector.session.session import Session


class Page(Vertical):
    """One page.

    Args:
        journal: What is shown is folded from it.
        keeper: The connection; `None` in a recording, where a page shows and changes nothing.
    """

    NAME: ClassVar[str] = ""
    """What the key and the tab call it."""

    class RowWanted(Message):
        """Go to the row of this event in the message log."""

        def __init__(self, seq: int) -> None:
            super().__init__()
            self.seq = seq

    class ItemWanted(Message):
        """Open this capability in the workbench, and run it where `run` says so."""

        def __init__(self, item: Item, *, run: bool = False) -> None:
            super().__init__()
            self.item = item
            self.run = run

    class CauseWanted(RowWanted):
        """Go to the call whose request this is: in the workbench where it is there, else in the log."""

    class CallWanted(Message):
        """Make this call as it was made before, in the workbench."""

        def __init__(self, method: str, params: Any) -> None:
            super().__init__()
            self.method = method
            self.params = params

    class BenchWanted(Message):
        """Show the workbench again."""

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(id=self.NAME.lower(), classes="pane page")
        self.border_title = self.NAME
        self.journal = journal
        self.keeper = keeper

    @property
    def session(self) -> Session | None:
        """The open connection, if there is one."""
        return self.keeper.session if self.keeper is not None else None

    def entitle(self, *words: str) -> None:
        """Say what the page is about; a plain string would be read as markup, and servers name tools."""
        self.border_title = Content(" · ".join(filter(None, words)))

    def advance(self) -> None:
        """Once a frame while it is shown, and when it is shown again: take in what is new."""

    def focus_something(self) -> None:
        """Put the focus to where work goes on."""

    @property
    def has_json(self) -> bool:
        """Whether the workbench's key for form or JSON means something here."""
        return False

    def toggle_json(self) -> None:
        """Switch between form and JSON, where `has_json` says so."""

    def search(self) -> bool:
        """Put the cursor into the page's own filter; false where it has none."""
        return False

    def about(self, item: Item) -> None:
        """It is opened from this capability: show what it knows of it, if anything."""

    def selected_text(self) -> str:
        """What copying takes where the focus is inside; empty for nothing of its own."""
        return ""

    def back(self) -> bool:
        """One step back inside of it; false where there is none, and the workbench is shown again."""
        return False
