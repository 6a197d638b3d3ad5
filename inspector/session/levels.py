"""Which log messages a session wants, in the way of its era.

Legacy: `logging/setLevel`, for the whole session, and once more for a session that takes its place.
Modern (2026-07-28, server/utilities/logging): a key in the `_meta` of each request, without which a server
must not log at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.errors import UsageError
from inspector.session.dialect import Modern
from inspector.session.outcome import Closed, Outcome, Replied
from inspector.session.subscriptions import told

if TYPE_CHECKING:
    from inspector.session.session import Session


class Levels:
    """The level switch of one session.

    Attributes:
        level: What was asked for last and not refused; `None` where nothing was asked for. In the legacy
            eras a server then decides by itself; in the modern one it must be silent.
        desired: What is being asked for; `level` where nothing is.
        says: Why the last wish was not heeded, in one safe line; empty where it was.
    """

    def __init__(self, session: Session) -> None:
        self.level: str | None = None
        self.desired: str | None = None
        self.says = ""
        self._session = session
        session.renewal.then(self._again, self._forget)

    @property
    def per_request(self) -> bool:
        """Whether a level goes with each request, and with none for no messages; else it is the session's."""
        return isinstance(self._session.dialect, Modern)

    async def set(self, level: str | None) -> Outcome | None:
        """Want messages of `level` and graver from now on.

        Args:
            level: One of `inspector.wire.levels.LEVELS`; another word is sent as it is. `None`: no messages.

        Returns:
            What the server said to it; `None` in the modern era, where it is not asked.

        Raises:
            UsageError: `None` in a legacy era, which has no way to say so.
        """
        dialect, self.says = self._session.dialect, ""
        if isinstance(dialect, Modern):
            self._session.dialect = replace(dialect, log_level=level)
            self.level = self.desired = level
            return None
        if level is None:
            raise UsageError(
                f"{dialect.version} has no way to switch logging off", next="Ask for emergency instead"
            )
        self.desired = level
        outcome = await self._session.call("logging/setLevel", {"level": level})
        if isinstance(outcome, Replied) and outcome.ok:
            self.level = level
            return outcome
        self.says = told(outcome) or "the server refused it"
        if self.desired == level and not isinstance(outcome, Closed):
            self.desired = self.level
        return outcome

    async def _again(self) -> None:
        """The session is a new one, in which nothing was asked for."""
        level, self.level = self.level, None
        if level is not None:
            self._session.tap.client("setting-level-again", level=level, reason="a new session")
            await self.set(level)

    def _forget(self, why: str) -> None:
        if self.level is not None:
            self.level, self.desired, self.says = None, None, why
