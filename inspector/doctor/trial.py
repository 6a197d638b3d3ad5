"""Further starts of a server that says nothing: what is changed each time, and what that proves.

Only for a diagnosis that was asked for. Each trial is a connection of its own in the journal.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from inspector.doctor import waiting
from inspector.doctor.report import Cause, Check, Report
from inspector.doctor.seen import look
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.stdout import program_of
from inspector.doctor.verdict import Found, again, passed
from inspector.errors import ConnectionFailed
from inspector.session.dialect import Handshake
from inspector.session.owner import Options, open_session
from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.stdio import StdioTransport
from inspector.transport.tap import Tap
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.versions import LATEST_LEGACY

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

NAME, TITLE = "trials", "Further starts"

PATIENCE = 8.0
"""Seconds that a trial is given; a server that answers at all has been started once already by then."""

_WORTH_IT = frozenset(
    {
        Rule.SILENT,
        Rule.SILENT_AFTER_ANSWER,
        Rule.ANSWERS_HELD_BACK,
        Rule.STDOUT_TEXT,
        Rule.FRAMING_CONTENT_LENGTH,
    }
)
_PYTHONS = frozenset({"python", "uv", "uvx", "pipx"})


async def pursue(target: StdioTarget, journal: Journal, options: Options | None, report: Report) -> Report:
    """Start the server again in other ways where it lived and said nothing, and name what helped.

    Args:
        target: What was started.
        journal: Takes the further connections.
        options: Those of the first connection.
        report: What the first connection told.
    """
    if report.cause is None or report.cause.rule not in _WORTH_IT:
        return report
    given = options or Options()
    patience = min(PATIENCE, given.timeout)
    tried: list[str] = []
    found: Found | None = None
    for trial in (_unbuffered, _without_probe, _with_headers):
        line, found = await trial(target, journal, given, patience)
        if line:
            tried.append(line)
        if found is not None:
            break
    check = passed(NAME, TITLE, "; ".join(tried) or "None would tell more", state="note").check
    if found is None:
        return _put(report, check, report.cause)
    verdict = found.verdict(NAME, TITLE)
    return _put(report, replace(verdict.check, evidence=tuple(tried)), verdict.cause or report.cause)


def _put(report: Report, check: Check, cause: Cause) -> Report:
    return replace(report, checks=(*report.checks, check), cause=cause)


async def _unbuffered(
    target: StdioTarget, journal: Journal, given: Options, patience: float
) -> tuple[str, Found | None]:
    """Python told not to buffer what it prints."""
    if program_of(target) not in _PYTHONS or "PYTHONUNBUFFERED" in target.env:
        return "", None
    changed = replace(target, env={**target.env, "PYTHONUNBUFFERED": "1"})
    if not await _works(changed, journal, given.protocol, patience):
        return "with PYTHONUNBUFFERED=1 it says nothing either", None
    return "with PYTHONUNBUFFERED=1 it answers", Found(
        rule=Rule.STDOUT_BUFFERED,
        finds="It answers once Python does not buffer its output",
        says="The server does not flush its standard output, so its answers stay in a buffer",
        next=again(target, None, "-e", "PYTHONUNBUFFERED=1"),
    )


async def _without_probe(
    target: StdioTarget, journal: Journal, given: Options, patience: float
) -> tuple[str, Found | None]:
    """initialize as the first message, as older clients send it."""
    if given.protocol != "auto":
        return "", None
    if not await _works(target, journal, LATEST_LEGACY, patience):
        return "initialize as the first message gets no answer either", None
    return "initialize as the first message is answered", Found(
        rule=Rule.PROBE_HANGS,
        finds="It answers initialize, unless server/discover comes first",
        says="The server hangs at server/discover, a method that it need not know but must answer (-32601)",
        next=again(target, None, "--protocol", LATEST_LEGACY),
    )


async def _works(target: StdioTarget, journal: Journal, protocol: str, patience: float) -> bool:
    options = Options(protocol=protocol, timeout=patience, probe_timeout=min(patience / 2, 3.0))
    with contextlib.suppress(ConnectionFailed):  # which is the answer
        async with open_session(target, journal, options):
            return True
    return False


async def _with_headers(
    target: StdioTarget, journal: Journal, given: Options, patience: float
) -> tuple[str, Found | None]:
    """initialize framed as in the Language Server Protocol."""
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": Handshake(LATEST_LEGACY).initialize(),
    }
    body = json.dumps(request).encode()
    tap = Tap(journal)
    answered = anyio.Event()

    def watch(event: Event) -> None:
        if event.kind in (Kind.STDOUT, Kind.MESSAGE) and event.direction is Direction.S2C:
            answered.set()

    forget = journal.add_listener(watch)
    tap.client("connecting", target=target.describe(), reason="to try the framing with Content-Length")
    try:
        with anyio.move_on_after(patience):
            async with StdioTransport(target).open(tap) as link:
                with contextlib.suppress(LinkClosed):  # one that ends at once has not understood it
                    await link.send(Outgoing(b"Content-Length: %d\r\n\r\n%b" % (len(body), body)))
                    await answered.wait()
                tap.client("disconnecting", reason="not connected")
    except ConnectionFailed:  # it started once and does not again: no answer either
        pass
    finally:
        forget()
    seen = look(journal, target, None)
    spoke = [line for line in seen.stdout if line.text.lower().startswith("content-length")]
    if not spoke:
        return "with Content-Length before the message it says nothing either", None
    found = waiting.framing(seen, tuple(line.text for line in spoke[:2]))
    return "with Content-Length before the message it answers", found
