"""Roots that are known beforehand: the answer to `roots/list` (client/roots), and the news of a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inspector.session.answers import Policies, Script, roots_of

if TYPE_CHECKING:
    from inspector.session.peer import Answer
    from inspector.session.session import Session
    from inspector.wire.jsonrpc import Frame

CHANGED = "notifications/roots/list_changed"


@dataclass(frozen=True, slots=True)
class Roots:
    """Answers `roots/list` with these, and nothing else.

    Attributes:
        given: URIs, or paths, which become `file:` URIs.
    """

    given: tuple[str, ...]

    def __call__(self, frame: Frame) -> Answer | None:
        return roots_of(list(self.given)) if frame.method == "roots/list" else None


def given(policies: Policies) -> tuple[str, ...]:
    """The roots that `policies` answers with; none where it does not know them beforehand."""
    rule = policies.roots
    known = rule.answers if isinstance(rule, Script) else None
    return known.given if isinstance(known, Roots) else ()


def giving(policies: Policies, roots: Iterable[str]) -> Policies:
    """`policies` with these roots for an answer; with none of them a person is asked."""
    known = tuple(roots)
    return replace(policies, roots=Script(Roots(known), "ask") if known else "ask")


async def tell(session: Session) -> bool:
    """Tell the server that the roots changed, if it was told that it would hear of that.

    Returns:
        Whether it was told: only a legacy version has a word for it (client/roots, "Root List Changes").

    Raises:
        ConnectionFailed: The connection is over.
    """
    roots = session.options.declared(session.version).get("roots")
    if session.era != "legacy" or not (isinstance(roots, dict) and roots.get("listChanged")):
        return False
    await session.notify(CHANGED)
    return True
