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

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        wanted = query.casefold().split()
        found = 0
        for name, item in self._commands():
            if not all(word in name.casefold() for word in wanted):
                continue
            shown = visible(name)
            score = matcher.match(shown)
            if score > 0:
                yield Hit(score, Content(shown), partial(self._open, item), text=shown)
            found += 1
            if found >= _CAP:
                return

    async def discover(self) -> Hits:
        for name, item in self._commands()[:12]:
            shown = visible(name)
            yield DiscoveryHit(Content(shown), partial(self._open, item), text=shown)

    def _commands(self) -> list[tuple[str, Item]]:
        """Every capability, to be opened; none where the screen opens none."""
        journal = getattr(self.screen, "journal", None)
        if journal is None or not hasattr(self.screen, "open_item"):
            return []
        return [
            (f"{section[:-1]} {item.label}", item)
            for section in SECTIONS
            for item in (Item(section, entry) for entry in getattr(journal.catalogue, section))
        ]

    async def _open(self, item: Item) -> None:
        open_item = getattr(self.screen, "open_item", None)
        if open_item is not None:
            await open_item(item)
