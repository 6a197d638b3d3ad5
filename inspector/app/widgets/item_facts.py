"""What an opened entry says of itself, in up to three lines: what changed, what is odd, a UI, icons.

A line that leads to a resource can be opened. It fetches nothing; the entry itself shows everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from inspector.wire.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.app.item_words import Remark

_MOST = 3
_LONGEST = 400


class FactLink(Static, can_focus=True):
    """A line that leads to a resource."""

    BINDINGS = [Binding("enter", "open", "open", key_display="⏎", tooltip="Open the resource")]

    def __init__(self, uri: str, says: str) -> None:
        super().__init__(
            Content.assemble((says, "underline"), (" ⏎ opens its source", "$foreground-muted")), markup=False
        )
        self.uri = uri

    def action_open(self) -> None:
        self.post_message(ItemFacts.UriWanted(self.uri))

    def on_click(self) -> None:
        self.action_open()


class ItemFacts(Vertical):
    """The remarks about one entry; nothing is shown where there are none."""

    DEFAULT_CSS = """
    ItemFacts {
        height: auto; max-height: 3; display: none;
        & > Static { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & > .-alone { height: auto; text-wrap: wrap; }
        & > .-odd { color: $text-warning; }
        & > FactLink { color: $text-accent; }
        & > FactLink:focus { background: $block-cursor-blurred-background; }
    }
    """

    class UriWanted(Message):
        """The user wants to read this resource."""

        def __init__(self, uri: str) -> None:
            super().__init__()
            self.uri = uri

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._remarks: list[Remark] = []

    def show(self, remarks: Sequence[Remark]) -> None:
        """Show these remarks: first what is odd, then what leads somewhere."""
        remarks = sorted(remarks, key=lambda remark: (not remark.odd, not remark.uri))
        if remarks != self._remarks:
            self._remarks = remarks
            self.refresh(recompose=True)
        self.display = bool(remarks)

    def compose(self) -> ComposeResult:
        for number, remark in enumerate(self._remarks[:_MOST]):
            rest = len(self._remarks) - _MOST if number == _MOST - 1 else 0
            says = visible(remark.text[:_LONGEST])
            says = f"! {says}" if remark.odd else says
            if remark.uri:
                yield FactLink(remark.uri, says)
            else:
                more = f"  (and {rest} more: Entry)" if rest > 0 else ""
                classes = "-odd" if remark.odd else ""
                classes += " -alone" if len(self._remarks) == 1 else ""
                yield Static(Content(says + more), markup=False, classes=classes)
