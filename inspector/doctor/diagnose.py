"""The two doors of a diagnosis: connect and look, or look at what a connection left behind.

Which checks there are is told by `inspector.doctor.stdio` and `inspector.doctor.http`; here is only the
order of the work.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.doctor.report import Check, Report
from inspector.errors import ConnectionFailed, InspectError
from inspector.transport.target import StdioTarget
from inspector.wire.methods import LISTS

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.owner import Options, Session
    from inspector.transport.base import Authorizer
    from inspector.transport.target import Target


def examine(journal: Journal, target: Target, failure: InspectError | None) -> Report:
    """What the newest connection of `journal` tells, with local lookups that cost next to nothing.

    Nothing is started and nobody is dialled: this is what a connection that fails shows by itself.

    Args:
        journal: Where the attempt stands.
        target: What it was made to.
        failure: How it ended for whoever connected; `None` where nothing failed.
    """
    # Imported here because the one must not pay for the other.
    if isinstance(target, StdioTarget):
        from inspector.doctor import stdio

        return stdio.examine(journal, target, failure)
    from inspector.doctor import http

    return http.examine(journal, target, failure)


async def diagnose(
    target: Target,
    journal: Journal,
    options: Options | None = None,
    *,
    authorizer: Authorizer | None = None,
    active: bool = True,
    as_host: bool = False,
    paths: bool = False,
) -> Report:
    """Connect to `target`, list what it offers, leave, and say what was found.

    Args:
        target: What to connect to.
        journal: Takes every event of the attempts.
        options: How to connect.
        authorizer: Where credentials for a URL come from.
        active: Whether more may be tried than the one connection: further requests, further starts.
        as_host: stdio only: start it with the environment and the directory that graphical hosts give.
        paths: HTTP only: try the usual paths of an endpoint as well.

    Raises:
        UsageError: `options.protocol` is no version.
    """
    if isinstance(target, StdioTarget):
        if as_host:
            from inspector.doctor import host

            return await host.diagnose(target, journal, options)
        from inspector.doctor import trial

        report = await attempt(target, journal, options)
        return await trial.pursue(target, journal, options, report) if active else report
    from inspector.doctor import http

    report = await attempt(target, journal, options, authorizer=authorizer)
    return await http.probe(target, journal, report, paths=paths) if active else report


async def attempt(
    target: Target, journal: Journal, options: Options | None, *, authorizer: Authorizer | None = None
) -> Report:
    """One connection from its beginning to its end, and what it tells.

    Raises:
        UsageError: `options.protocol` is no version.
    """
    # Imported here: what only looks at a recording does not pay for what connects.
    from inspector.doctor.elsewhere import unless_elsewhere
    from inspector.session.owner import open_session

    failure: InspectError | None = None
    offers: Check | None = None
    counts: dict[str, int] = {}

    async def connect() -> None:
        nonlocal failure, offers, counts
        async with open_session(target, journal, options, authorizer=authorizer) as session:
            offers, counts = await _offers(session)
            if session.ended:
                failure = ConnectionFailed(
                    "The connection was lost while the server was asked what it offers"
                )

    try:
        if isinstance(target, StdioTarget):
            await unless_elsewhere(journal, connect)
        else:
            await connect()
    except InspectError as error:
        if error.exit_code not in (3, 4):  # not about the server: the line itself is wrong
            raise
        failure = error
    report = examine(journal, target, failure)
    if offers is None or report.cause is not None:
        return report
    facts: dict[str, Any] = {**report.facts, "offers": counts}
    return replace(report, checks=(*report.checks, offers), facts=facts)


async def _offers(session: Session) -> tuple[Check, dict[str, int]]:
    """Every list that the server declares: a handshake alone proves little."""
    from inspector.doctor.verdict import passed
    from inspector.session.outcome import Replied

    listings = await session.list_all()
    counts: dict[str, int] = {name: len(listing.entries) for name, listing in listings.items()}
    refused = [
        f"{LISTS[name].method}: {_how(listing.outcome)}"
        for name, listing in listings.items()
        if not (isinstance(listing.outcome, Replied) and listing.outcome.ok)
    ]
    says = ", ".join(_counted(name, count) for name, count in counts.items()) or "It declares nothing to list"
    verdict = passed(
        "offers",
        "What it offers",
        f"{says}; not every list was answered" if refused else says,
        evidence=refused,
        state="warning" if refused else "ok",
    )
    return verdict.check, counts


def _counted(name: str, count: int) -> str:
    return f"{count} {name if count != 1 else name.removesuffix('s')}"


def _how(outcome: object) -> str:
    from inspector.session.outcome import Replied, TimedOut

    match outcome:
        case Replied(error=error):
            return f"error {error.get('code')} ({error.get('message')})"
        case TimedOut(after=after):
            return f"no answer within {after:g} s"
    return str(getattr(outcome, "says", "no answer"))
