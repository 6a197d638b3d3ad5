"""What a server offers, for completing a line: asked for when it is first wanted, and never waited for long.

A list that takes longer is there at the next try. Nothing of it is safe for a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

from inspector.session.outcome import Replied
from inspector.wire.versions import V1, V2

if TYPE_CHECKING:
    from inspector.session.peer import Noticed
    from inspector.session.session import Section, Session

PATIENCE = 1.0
"""Seconds that a completion may take."""


class Offers:
    """The lists of one session.

    Args:
        session: Whose.
        patience: Seconds to wait for an answer.
    """

    def __init__(self, session: Session, patience: float = PATIENCE) -> None:
        self._session = session
        self._patience = patience
        self._changed: set[str] = set()
        self._listing: dict[str, anyio.Event] = {}
        session.hear(self._hear)

    def _hear(self, noticed: Noticed) -> None:
        """A list that changed is asked for again when it is next wanted."""
        match noticed.frame.method:
            case "notifications/tools/list_changed":
                self._changed.add("tools")
            case "notifications/prompts/list_changed":
                self._changed.add("prompts")
            case "notifications/resources/list_changed":
                self._changed |= {"resources", "templates"}

    async def entries(self, section: Section) -> list[Mapping[str, Any]]:
        """The entries of a section that are objects; as many as came in time."""
        session = self._session
        if not session.declares(section):
            return []
        if section in self._changed or not session.catalogue.complete[section]:
            if section not in self._listing:
                self._changed.discard(section)
                self._listing[section] = anyio.Event()
                session.spawn(lambda: self._list(section), "list for completion")
            with anyio.move_on_after(self._patience):
                await self._listing[section].wait()
        return [entry for entry in session.catalogue.section(section) if isinstance(entry, Mapping)]

    async def _list(self, section: Section) -> None:
        try:
            await self._session.list(section)
        finally:
            self._listing.pop(section).set()

    async def entry(self, section: Section, name: str) -> Mapping[str, Any]:
        """One entry by its name; empty where there is none."""
        return next((each for each in await self.entries(section) if each.get("name") == name), {})

    async def values(
        self, ref: Mapping[str, Any], argument: str, typed: str, given: dict[str, str]
    ) -> list[str]:
        """What the server completes an argument to; nothing where it does not do so, or takes too long.

        Args:
            ref: The prompt or the template.
            argument: Its name.
            typed: What is typed of it.
            given: Other arguments that are set.
        """
        if self._session.capabilities.get("completions") in (None, False):
            return []
        params: dict[str, Any] = {"ref": ref, "argument": {"name": argument, "value": typed}}
        if given and self._session.version not in (V1, V2):  # which have no word for it
            params["context"] = {"arguments": given}
        with anyio.move_on_after(self._patience):
            outcome = await self._session.call("completion/complete", params)
            result = outcome.result if isinstance(outcome, Replied) and outcome.ok else None
            completion = result.get("completion") if isinstance(result, Mapping) else None
            values = completion.get("values") if isinstance(completion, Mapping) else None
            return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
        return []
