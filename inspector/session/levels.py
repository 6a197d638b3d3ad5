"""Which log messages a session wants, in the way of its era.

Legacy: `logging/setLevel`, for the whole session. Modern (2026-07-28, server/utilities/logging): a key in
the `_meta` of each request, without which a server must not log at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.errors import UsageError
from inspector.session.dialect import Modern
from inspector.session.outcome import Outcome, Replied

if TYPE_CHECKING:
    from inspector.session.session import Session


class Levels:
    """The level switch of one session.

    Attributes:
        level: What was asked for last and not refused; `None` where nothing was asked for. In the legacy
            eras a server then decides by itself; in the modern one it must be silent.
    """

    def __init__(self, session: Session) -> None:
        self.level: str | None = None
        self._session = session

    async def set(self, level: str | None) -> Outcome | None:
        """Want messages of `level` and graver from now on.

        Args:
            level: One of `inspector.wire.levels.LEVELS`; another word is sent as it is. `None`: no messages.

        Returns:
            What the server said to it; `None` in the modern era, where it is not asked.

        Raises:
            UsageError: `None` in a legacy era, which has no way to say so.
        """
        dialect = self._session.dialect
        if isinstance(dialect, Modern):
            self._session.dialect = replace(dialect, log_level=level)
            self.level = level
            return None
        if level is None:
            raise UsageError(
                f"{dialect.version} has no way to switch logging off", next="Ask for emergency instead"
            )
        outcome = await self._session.call("logging/setLevel", {"level": level})
        if isinstance(outcome, Replied) and outcome.ok:
            self.level = level
        return outcome
