"""The left pane: what the server offers, with a search as you type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from inspector.app.items import SECTIONS
from inspector.app.widgets.capability_list import CapabilityList
from inspector.journal.catalogue import Catalogue
from inspector.wire.visible import visible


class Capabilities(Vertical):
    """A search field and the list under it."""

    BORDER_TITLE = "Capabilities"

    def compose(self) -> ComposeResult:
        yield Input(placeholder="/ search", id="capability-search", compact=True)
        yield CapabilityList(id="capability-list")

    @property
    def list(self) -> CapabilityList:
        """The list."""
        return self.query_one(CapabilityList)

    @property
    def field(self) -> Input:
        """The search field."""
        return self.query_one("#capability-search", Input)

    def show(self, catalogue: Catalogue, withheld: Callable[[str], Sequence[str]]) -> None:
        """Show what is known now. Sections that the server did not declare do not appear.

        Args:
            catalogue: What the server offers.
            withheld: Why a tool is not to be called, by name.
        """
        sections = {
            section: (getattr(catalogue, section), bool(catalogue.complete.get(section)))
            for section in SECTIONS
            if declares(catalogue, section)
        }
        names = (tool.get("name") for tool in catalogue.tools if isinstance(tool, Mapping))
        marked = frozenset(name for name in names if isinstance(name, str) and withheld(name))
        self.list.show(server_line(catalogue), sections, marked)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.list.search(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.list.focus()
        if (line := self.list.current) is not None and line.item is not None:
            # In the list's own turn: what it posts in ours would bubble to us and no further.
            self.list.call_next(self.list.action_open)
            self.call_later(self.field.clear)

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if key == "down" and self.field.has_focus:
            self.list.focus()

    def back(self) -> bool:
        """One step back: clear the search, then leave its field. False where there was nothing to do."""
        if self.field.value:
            self.field.value = ""
            self.list.focus()
            return True
        if self.field.has_focus:
            self.list.focus()
            return True
        return False


def declares(catalogue: Catalogue, section: str) -> bool:
    """Whether the server declared the capability that `section` hangs on, or listed entries all the same."""
    capability = "resources" if section == "templates" else section
    return capability in catalogue.capabilities or bool(getattr(catalogue, section))


def server_line(catalogue: Catalogue) -> str:
    """Name and version of the server, safe to show; empty before it is known."""
    info = catalogue.server_info
    name = info.get("title") or info.get("name")
    if not isinstance(name, str):
        return "(unnamed server)" if catalogue.protocol_version else ""
    version = info.get("version")
    return visible(f"{name} {version}" if isinstance(version, str) else name)
