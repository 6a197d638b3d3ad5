"""The left pane: what the server offers, with a search as you type, and what became of it.

It reads the journal and the keeper once a frame, and asks the session for pages where the user wants them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from inspector.app.items import SECTIONS, Item
from inspector.app.widgets.capability_list import CapabilityList, Offered
from inspector.journal.catalogue import Catalogue
from inspector.journal.changes import Changes, Marked
from inspector.wire.visible import seconds, visible

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal
    from inspector.session.session import Section, Session

_BUDGET = 0.02
"""Seconds of a frame that taking in lists may cost."""


class Capabilities(Vertical):
    """A search field, the list under it, and a line where something changed.

    Args:
        journal: What is offered is folded from it.
        keeper: The connection; `None` in a recording, where no page can be asked for.
    """

    BORDER_TITLE = "Capabilities"
    DEFAULT_CSS = """
    Capabilities > #capability-news { height: auto; max-height: 3; padding: 0 1; color: $text-warning; }
    """

    class Updated(Message):
        """What the workbench shows is listed otherwise now, or is gone."""

        def __init__(self, item: Item) -> None:
            super().__init__()
            self.item = item

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self._journal = journal
        self._keeper = keeper
        self._changes = Changes(journal)
        self._folded = -1
        self._seen: tuple[object, ...] = ()
        self._offered: dict[str, tuple[tuple[object, ...], Offered]] = {}
        self._opened: Item | None = None

    def compose(self) -> ComposeResult:
        yield Input(placeholder="/ search", id="capability-search", compact=True)
        yield CapabilityList(id="capability-list")
        news = Static(id="capability-news", markup=False)
        news.display = False
        yield news

    @property
    def list(self) -> CapabilityList:
        """The list."""
        return self.query_one(CapabilityList)

    @property
    def field(self) -> Input:
        """The search field."""
        return self.query_one("#capability-search", Input)

    @property
    def _session(self) -> Session | None:
        return self._keeper.session if self._keeper is not None else None

    def mark_opened(self, item: Item | None) -> None:
        """The workbench shows `item` now: mark its line, and say so when it changes."""
        self._opened = item
        self.list.mark_opened(item)

    # What is shown, pulled once a frame.

    def advance(self) -> None:
        """Once a frame: show what is known now. Sections that the server did not declare do not appear."""
        catalogue = self._journal.catalogue
        if catalogue.revision != self._folded:
            more = self._changes.advance(_BUDGET)
            self._folded = -1 if more else catalogue.revision
        listing = tuple(self._is_listing(section) for section in SECTIONS)
        revision = self._keeper.revision if self._keeper is not None else 0
        seen = (catalogue.revision, self._changes.revision, revision, listing)
        if seen != self._seen:
            self._seen = seen
            self._show(catalogue)

    def _show(self, catalogue: Catalogue) -> None:
        sections = {
            section: self._section(catalogue, section) for section in SECTIONS if declares(catalogue, section)
        }
        self.list.show(server_line(catalogue), sections, self._withheld(catalogue))
        self._say_news()
        self._tell_of_opened()

    def _withheld(self, catalogue: Catalogue) -> frozenset[str]:
        session = self._session
        if session is None:
            return frozenset()
        names = (tool.get("name") for tool in catalogue.tools if isinstance(tool, Mapping))
        return frozenset(name for name in names if isinstance(name, str) and session.withheld(name))

    def _is_listing(self, section: str) -> bool:
        session = self._session
        return session is not None and session.is_listing(cast("Section", section))

    def _section(self, catalogue: Catalogue, section: str) -> Offered:
        """What to show of a section; the same object as long as that is the same."""
        changes, entries = self._changes, catalogue.section(section)
        listing, settled, news = self._is_listing(section), changes.settled(section), changes.news(section)
        pages, complete = catalogue.pages[section], catalogue.complete[section]
        facts = (catalogue.conn, news, settled, listing, pages, complete, id(entries), len(entries))
        known, held = self._offered.get(section, ((), Offered(())))
        if known == facts:
            return held
        if listing and not settled and known[:1] == facts[:1] and held.entries:
            return held  # until the listing has come as far as it was: nothing moves while one reads
        asks = self._keeper is not None and catalogue.goes_on(section) and not listing
        more = ""
        if pages and not complete and (asks or listing):
            way = "asking for more" if listing else "more: m"
            more = f"page {pages} · {len(entries):,} shown · {way}"
        shown = news.entries if news is not None and settled else tuple(map(Marked, entries))
        offered = Offered(shown, complete, more, asks)
        self._offered[section] = (facts, offered)
        return offered

    def _say_news(self) -> None:
        """One line of what is different, and since when."""
        found = [news for section in SECTIONS if (news := self._changes.news(section)) is not None]
        line = self.query_one("#capability-news", Static)
        line.display = bool(found)
        if found:
            counts = {"new": 0, "changed": 0, "gone": 0}
            for news in found:
                for word in counts:
                    counts[word] += getattr(news, word)
            says = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
            since = min(news.since for news in found)
            when = seconds(since) if since >= 60 else f"0:{int(since):02}"
            line.update(Content(f"{says} since {when} · w shows them, u takes note"))

    def _tell_of_opened(self) -> None:
        """The entry of what is opened is another one: tell whoever shows it."""
        opened = self._opened
        item = self.list.item_like(opened) if opened is not None else None
        if opened is None or item is None or (item.mark, item.entry) == (opened.mark, opened.entry):
            return
        self._opened = item
        self.post_message(self.Updated(item))

    # What is wanted of the lists.

    def on_capability_list_more_wanted(self, event: CapabilityList.MoreWanted) -> None:
        event.stop()
        session, section = self._session, cast("Section", event.section)
        if session is not None and not session.is_listing(section):
            self.run_worker(session.list(section, most=1, more=True), name="more", group="calls")

    def on_capability_list_by_page_wanted(self, event: CapabilityList.ByPageWanted) -> None:
        event.stop()
        keeper = self._keeper
        if keeper is None:
            return
        keeper.list_by_page(not keeper.by_page)
        if keeper.by_page:
            says = "Lists come page by page from now on: m asks for the next page, ctrl+l begins anew."
        else:
            says = "Lists come with all their pages from now on."
        self.notify(says, timeout=4, markup=False)

    def on_capability_list_noted(self, event: CapabilityList.Noted) -> None:
        event.stop()
        self._changes.take_note()

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
    return visible(f"{name} {version}" if isinstance(version, str) and version else name)
