"""Diagnosis of a connection to a URL: the checks in their order, and what they add up to.

`examine` looks at what an attempt left in the journal and asks nobody; `probe` asks more. What each check
looks at stands in the modules beside this one, named `http_…`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from inspector.doctor import (
    http_auth,
    http_content,
    http_dial,
    http_era,
    http_redirect,
    http_status,
    http_tls,
)
from inspector.doctor.http_fold import fold
from inspector.doctor.http_rules import CHECKS, Judged, Rule
from inspector.doctor.http_seen import Seen
from inspector.doctor.report import Cause, Report
from inspector.errors import AuthNeeded
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.errors import InspectError
    from inspector.journal.journal import Journal
    from inspector.transport.target import HttpTarget

_JUDGES: Mapping[str, Callable[[Seen], Judged]] = MappingProxyType(
    {
        "url": http_dial.url,
        "proxy": http_dial.proxy,
        "dns": http_dial.dns,
        "tcp": http_dial.tcp,
        "tls": http_tls.tls,
        "answer": http_dial.answer,
        "redirects": http_redirect.redirects,
        "authorization": http_auth.authorization,
        "access": http_status.access,
        "path": http_status.path,
        "status": http_status.status,
        "content": http_content.content,
        "era": http_era.era,
        "session": http_era.session,
        "stream": http_era.stream,
    }
)
_EVEN_IF_HEALTHY = frozenset({"era", "session"})
"""Checks that may fail although a version was agreed upon: one that only we insist on, a session that is lost
at once."""
_LINK = frozenset({"dns", "tcp", "tls", "answer"})


def examine(journal: Journal, target: HttpTarget, failure: InspectError | None) -> Report:
    """What the last attempt to connect to `target` tells, with its first cause.

    Args:
        journal: Where the attempt is written. Only its last connection is looked at, with those that
            fell back to it.
        target: What was to be reached.
        failure: How the attempt, or the connection, ended; `None` where it did not fail.
    """
    seen = fold(journal, target, failure)
    judged: list[Judged] = []
    cause: Cause | None = None
    for name in CHECKS:
        if cause is not None:  # what comes after it was not reached
            break
        each = _JUDGES[name](seen)
        if each.cause is not None and seen.healthy and name not in _EVEN_IF_HEALTHY:
            each = Judged(replace(each.check, state="warning"))
        judged.append(each)
        cause = each.cause
    if cause is not None and cause.check in _LINK and seen.agreed is not None:
        says = f"The connection worked, and was lost: {cause.says[:1].lower()}{cause.says[1:]}"
        cause = replace(cause, rule=Rule.CONNECTION_LOST.value, says=says)
    if cause is None and not seen.healthy:
        cause = _unexplained(seen)
    return Report(
        target=visible(target.title),
        transport="http",
        checks=tuple(each.check for each in judged),
        cause=cause,
        facts=_facts(seen),
    )


async def probe(
    journal_target: HttpTarget, journal: Journal, report: Report, *, paths: bool = False
) -> Report:
    """The report with what further requests tell; see `inspector.doctor.probe`."""
    from inspector.doctor.probe import probe as ask  # here, because what only looks must not pay for HTTP

    return await ask(journal_target, journal, report, paths=paths)


def _unexplained(seen: Seen) -> Cause:
    failure = seen.failure
    return Cause(
        rule=Rule.UNEXPLAINED.value,
        says=visible(failure.message) if failure else "The connection did not come about",
        next=visible(failure.next)
        if failure and failure.next
        else "Look at each message: mcp-inspect --trace",
        check="era",
        authorization=isinstance(failure, AuthNeeded),
    )


def _facts(seen: Seen) -> dict[str, Any]:
    """What is worth knowing beside the checks; what is not known is left out."""
    agreed, first = seen.agreed or {}, seen.answered
    answer = first.answer if first else None
    secure = next(
        (hop.answer.tls for each in seen.exchanges for hop in each.hops if hop.answer and hop.answer.tls), {}
    )
    known: dict[str, Any] = {
        "version": agreed.get("version"),
        "era": agreed.get("era"),
        "server": seen.server,
        "capabilities": list(seen.offers),
        "session": bool(seen.sessions) if agreed else None,
        "peer": visible(answer.peer) if answer else "",
        "tls": {name: visible(str(value)) for name, value in secure.items()},
        "phases": dict(first.phases) if first else {},
        "exchanges": len(seen.exchanges),
        "status": seen.decisive.status if seen.decisive and not seen.healthy else None,
    }
    return {name: value for name, value in known.items() if value not in (None, "", [], {})}
