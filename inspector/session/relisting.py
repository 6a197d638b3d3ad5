"""Listing a section once more when the server says that it changed.

Floods of notices make one listing, and a server that says it with each listing is asked only every
`PAUSE` seconds. What became of the list is told by `inspector.journal.changes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from inspector.session.peer import Noticed
    from inspector.session.session import Section, Session

PAUSE = 1.0
"""Seconds between two listings that a server brought about."""
MOST = 1000
"""Listings that a server may bring about on one connection."""

_SECTIONS: Mapping[str, tuple[Section, ...]] = {
    "notifications/tools/list_changed": ("tools",),
    "notifications/prompts/list_changed": ("prompts",),
    "notifications/resources/list_changed": ("resources", "templates"),
}


class Relisting:
    """Does so for one session, until it is left.

    Args:
        session: A session.
        pause: Seconds, see `PAUSE`.
    """

    def __init__(self, session: Session, pause: float = PAUSE) -> None:
        self._session = session
        self._pause = pause
        self._owed: dict[Section, int] = {}
        self._running = False
        self._left = MOST
        session.hear(self._heard)

    def _heard(self, noticed: Noticed) -> None:
        for section in _SECTIONS.get(noticed.frame.method or "", ()):
            if self._left > 0:
                self._owed.setdefault(section, noticed.event.seq)
        if self._owed and not self._running:
            self._running = True
            self._session.spawn(self._run, "list again")

    async def _run(self) -> None:
        try:
            while self._owed:
                for section in tuple(self._owed):
                    await self._list(section, self._owed.pop(section))
                await anyio.sleep(self._pause)
        finally:
            self._running = False

    async def _list(self, section: Section, because: int) -> None:
        session = self._session
        if session.ended:
            return
        self._left -= 1
        self._session.tap.client("re-listing", section=section, notification=because)
        if self._left == 0:
            says = (
                f"The server said {MOST} times that a list changed; no more are listed again by themselves."
            )
            self._session.tap.client("warning", says=says)
            self._owed.clear()
        # As far as it was listed before, also where a person asked for more pages than are usual.
        await self._session.list(section, most=max(session.most_pages, session.catalogue.pages[section]))
