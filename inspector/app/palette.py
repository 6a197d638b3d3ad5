"""Capabilities in the command palette. The candidates are capped: thousands would make typing crawl."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from inspector.app.items import SECTIONS, Item
from inspector.wire.visible import visible

_CAP = 200


class CapabilityCommands(Provider):
    """Open a tool, resource, template or prompt by name."""

    _known: tuple[int, list[tuple[str, str, Item]]] = (-1, [])
    """Revision of the catalogue, and what it holds: a key must not make thousands of them anew."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        wanted = query.casefold().split()
        found = 0
        for name, folded, item in self._commands():
            if not all(word in folded for word in wanted):
                continue
            shown = visible(name)
            score = matcher.match(shown)
            if score > 0:
                yield Hit(score, Content(shown), partial(self._open, item), text=shown)
            found += 1
            if found >= _CAP:
                return

    async def discover(self) -> Hits:
        for name, _, item in self._commands()[:12]:
            shown = visible(name)
            yield DiscoveryHit(Content(shown), partial(self._open, item), text=shown)

    def _commands(self) -> list[tuple[str, str, Item]]:
        """Every capability, to be opened: name, name to search in, item; none where the screen opens none."""
        journal = getattr(self.screen, "journal", None)
        if journal is None or not hasattr(self.screen, "open_item"):
            return []
        catalogue = journal.catalogue
        if self._known[0] != catalogue.revision:
            items = (Item(section, entry) for section in SECTIONS for entry in getattr(catalogue, section))
            named = [(f"{item.section[:-1]} {item.label}", item) for item in items]
            self._known = (catalogue.revision, [(name, name.casefold(), item) for name, item in named])
        return self._known[1]

    async def _open(self, item: Item) -> None:
        open_item = getattr(self.screen, "open_item", None)
        if open_item is not None:
            await open_item(item)
