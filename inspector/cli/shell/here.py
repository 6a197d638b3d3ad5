"""What the lines of one shell share: the connection, and what is remembered from line to line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.cli.shell.heard import Heard
from inspector.session.levels import Levels
from inspector.session.subscriptions import Subscriptions
from inspector.wire.interest import Interest

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.session.session import Session


@dataclass(eq=False, slots=True)
class Here:
    """One shell.

    Attributes:
        session: The connection of all lines.
        wanted: The options of the command line; those of a line take their place in it.
        heard: The notifications that came.
        subscriptions: What is subscribed to.
        levels: The level of log messages.
        asked: What `subscribe` lines asked for and was agreed to.
        left: Whether `exit` was said.
    """

    session: Session
    wanted: Wanted
    heard: Heard
    subscriptions: Subscriptions
    levels: Levels
    asked: Interest = field(default_factory=Interest)
    left: bool = False

    @classmethod
    def on(cls, session: Session, wanted: Wanted) -> Here:
        """A shell at its first line."""
        return cls(session, wanted, Heard(session), Subscriptions(session), Levels(session))
