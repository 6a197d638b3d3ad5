"""What was asked of a session for its whole length, kept so that the next connection is asked for it too.

A level and subscriptions die with their session; that somebody wanted them does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.wire.interest import Interest

if TYPE_CHECKING:
    from inspector.session.levels import Levels
    from inspector.session.session import Session
    from inspector.session.subscriptions import Subscriptions


@dataclass(slots=True)
class Wishes:
    """The wishes of whoever connects, from one connection to the next.

    Attributes:
        level: The least grave log messages that were wanted and not refused; `None` for none.
        interest: What was to be told.
    """

    level: str | None = None
    interest: Interest = field(default_factory=Interest)

    def keep(self, levels: Levels, subscriptions: Subscriptions) -> None:
        """Remember what is wanted now."""
        self.level, self.interest = levels.desired, subscriptions.desired

    async def restore(self, session: Session, levels: Levels, subscriptions: Subscriptions) -> None:
        """Ask a new session for it; that, too, stands in the journal, and so does what becomes of it.

        What is asked for meanwhile goes before.
        """
        reason = "a new connection"
        interest = subscriptions.desired = self.interest
        if self.level is not None:
            session.tap.client("setting-level-again", level=self.level, reason=reason)
            await levels.set(self.level)
        if interest and subscriptions.desired is interest:
            session.tap.client("subscribing-again", wanted=len(interest.words()), reason=reason)
            await subscriptions.want(interest)
