"""A tool that says it is destructive is asked about, once on each connection, before it runs.

What a tool says of itself is no protection: a server may say nothing, or lie. The question is about what
it does say. The command line does not ask: there the name of the tool was typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.item_words import is_destructive
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.app.items import Item

_LONGEST = 80


class Consent:
    """Which destructive tools may run without another question."""

    def __init__(self) -> None:
        self._session: object = None
        self._given: set[str] = set()

    def question(self, item: Item, session: object, server: str) -> str:
        """What to ask before `item` is run; empty where nothing is.

        Args:
            item: What is to be run.
            session: The connection: another one begins anew.
            server: What it is called, safe.
        """
        self._begin(session)
        if item.section != "tools" or not is_destructive(item.entry) or item.key in self._given:
            return ""
        name = clip(visible(item.key), _LONGEST)
        return (
            f"{name} says that it is destructive. Run it on {clip(server, _LONGEST) or 'this server'}? "
            "It is not asked about again on this connection."
        )

    def give(self, item: Item, session: object) -> None:
        """The user agreed."""
        self._begin(session)
        self._given.add(item.key)

    def _begin(self, session: object) -> None:
        if session is not self._session:
            self._session, self._given = session, set()
