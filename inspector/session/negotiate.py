"""Deciding how to speak to a server: the table of outcomes, without I/O.

A `Negotiation` is asked what to do first and told how each request ended; it says what to do next and
why, in words that go into the journal. What it decides follows the 2026-07-28 specification
(basic/versioning, basic/transports/*: "Backward Compatibility") where that says something, and servers
as they are where it does not: never keyed on one error code alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from inspector.errors import AuthNeeded, ConnectionFailed, InspectError
from inspector.session.dialect import Dialect, Handshake, Modern, dialect_of
from inspector.session.endings import LAST_WROTE
from inspector.session.outcome import Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.wire.versions import (
    ALL,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    LATEST_LEGACY,
    LATEST_MODERN,
    LEGACY,
    MISSING_CLIENT_CAPABILITY,
    MODERN,
    UNSUPPORTED_VERSION,
    era,
)
from inspector.wire.visible import clip, visible

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Probe:
    """Send `server/discover` in `version`."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Initialize:
    """Send `initialize` asking for `version`."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Restart:
    """The server ended at the probe, as some legacy ones do: start it again and `begin` again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """Speak `dialect`. `reply` is what the server said about itself, if it did."""

    dialect: Dialect
    reason: str
    reply: Replied | None


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no connection to be had."""

    error: InspectError


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing new follows; an answer is still to come."""


Ask: TypeAlias = Probe | Initialize
Step: TypeAlias = Probe | Initialize | Restart | Agreed | Refused | Wait


@dataclass(frozen=True, slots=True)
class Response:
    """What HTTP said around an answer.

    Attributes:
        status: The HTTP status.
        challenges: The values of `WWW-Authenticate`.
    """

    status: int
    challenges: tuple[str, ...] = ()


class Negotiation:
    """One attempt to agree with a server on a version.

    Args:
        protocol: `auto`, or a version that is spoken without asking.

    Raises:
        UsageError: `protocol` is neither.
    """

    def __init__(self, protocol: str = AUTO) -> None:
        self._forced = None if protocol == AUTO else dialect_of(protocol)
        self._probes = 0
        self._initialized: list[str] = []
        self._reprobed = False
        self._restarted = False

    def begin(self) -> Step:
        """The first step; after a `Restart`, the first one of the second life."""
        if self._forced is not None:
            version = self._forced.version
            reason = f"{version} was asked for by --protocol"
            return Probe(version, reason) if self._forced.era == "modern" else Initialize(version, reason)
        if self._restarted:
            return self._initialize(LATEST_LEGACY, "the server ended at the probe, so it gets none this time")
        self._probes += 1
        return Probe(LATEST_MODERN, "a server that speaks it must answer server/discover")

    def silent(self, asked: Ask, after: float) -> Step:
        """No answer to `asked` for `after` seconds. Its answer may still come, and counts if it does."""
        if isinstance(asked, Probe) and self._forced is None and not self._initialized:
            return self._initialize(LATEST_LEGACY, f"server/discover got no answer within {after:g} s")
        what = "server/discover" if isinstance(asked, Probe) else "initialize"
        return Refused(
            ConnectionFailed(
                f"The server did not answer {what} within {after:g} s",
                next="Check that it speaks MCP on this transport; --timeout SECONDS waits longer",
            )
        )

    def answered(self, asked: Ask, outcome: Outcome, response: Response | None = None) -> Step:
        """How `asked` ended, and what HTTP said around it."""
        if self._is_late(asked) and not (isinstance(outcome, Replied) and outcome.ok):
            return Wait()
        if response is not None:
            refused = _outage(response, outcome)
            if refused is not None:
                return refused
        match outcome:
            case Replied():
                return (
                    self._discovered(asked, outcome)
                    if isinstance(asked, Probe)
                    else self._met(asked, outcome)
                )
            case Closed():
                return self._ended(asked, outcome)
            case HttpFailed():
                return self._failed(asked, outcome)
            case TimedOut(after):
                return self.silent(asked, after)
        return Refused(ConnectionFailed("Connecting was given up", next="Try again"))

    def _is_late(self, asked: Ask) -> bool:
        """Whether this is the probe that was silent, while an initialize is under way.

        A late result is taken. For anything else there will be the answer to initialize.
        """
        return isinstance(asked, Probe) and bool(self._initialized) and not self._reprobed

    # The answer to server/discover.

    def _discovered(self, asked: Probe, reply: Replied) -> Step:
        if reply.ok:
            return self._supporting(asked, reply)
        code, says = reply.error.get("code"), _error_says(reply)
        supported = _versions(reply, "supported")
        if code == UNSUPPORTED_VERSION and supported:
            return self._unsupported(asked, supported, says)
        if code in (HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY):
            return Refused(
                ConnectionFailed(
                    f"The server speaks {asked.version} and refused server/discover: {says}",
                    next=f"Try --protocol {LATEST_LEGACY}",
                    **_error_facts(reply),
                )
            )
        if self._forced is not None:
            return Agreed(self._forced, f"asked for by --protocol, though server/discover got {says}", None)
        return self._fall_back(LATEST_LEGACY, f"server/discover got {says}")

    def _fall_back(self, version: str, reason: str) -> Step:
        """Try initialize, unless it was refused in this version already."""
        if version not in self._initialized:
            return self._initialize(version, reason)
        return Refused(
            ConnectionFailed(
                f"The server refused initialize, and {reason}",
                next="Force a version with --protocol VERSION, or read the server's own log",
            )
        )

    def _supporting(self, asked: Probe, reply: Replied) -> Step:
        offered = _versions(reply, "supportedVersions")
        if self._forced is not None:
            return Agreed(self._forced, "asked for by --protocol", reply)
        modern, legacy = _best(MODERN, offered), _best(LEGACY, offered)
        if modern is not None:
            late = "late, " if self._is_late(asked) else ""
            return Agreed(Modern(modern), f"server/discover {late}offers {_listed(offered)}", reply)
        if self._is_late(asked):
            return Wait()
        if legacy is not None:
            return self._fall_back(legacy, f"server/discover offers only {_listed(offered)}")
        if offered:
            return _incompatible(offered, "server/discover offers")
        return self._fall_back(LATEST_LEGACY, "server/discover got a result that names no versions")

    def _unsupported(self, asked: Probe, supported: list[str], says: str) -> Step:
        modern, legacy = _best(MODERN, supported), _best(LEGACY, supported)
        if self._forced is not None:
            return _incompatible(
                supported, f"The server refuses {asked.version} and supports", (asked.version,)
            )
        if modern is not None and self._probes < 2:
            self._probes += 1
            return Probe(modern, f"server/discover got {says}, and the server supports {_listed(supported)}")
        if legacy is not None and legacy not in self._initialized:
            return self._initialize(legacy, f"the server supports only {_listed(supported)}")
        return _incompatible(supported, "The server supports")

    # The answer to initialize.

    def _met(self, asked: Initialize, reply: Replied) -> Step:
        if reply.ok:
            return self._counter_offer(asked, reply)
        code, says = reply.error.get("code"), _error_says(reply)
        supported = _versions(reply, "supported")
        if self._forced is None and code == UNSUPPORTED_VERSION and not self._reprobed:
            # A server that slept through the probe has meanwhile read it, and is now bound to that era.
            self._reprobed = True
            self._probes += 1
            return Probe(_best(MODERN, supported) or LATEST_MODERN, f"initialize got {says}")
        legacy = _best(LEGACY, supported)
        if code not in (INVALID_PARAMS, UNSUPPORTED_VERSION) or legacy in self._initialized:
            legacy = None
        if self._forced is None and legacy is not None:
            return self._initialize(legacy, f"initialize got {says}, and the server supports {legacy}")
        if supported:
            return _incompatible(supported, "The server supports", **_error_facts(reply))
        return Refused(
            ConnectionFailed(
                f"The server refused initialize: {says}",
                next=f"Try --protocol {LATEST_MODERN}, or read the server's own log",
                **_error_facts(reply),
            )
        )

    def _counter_offer(self, asked: Initialize, reply: Replied) -> Step:
        result = reply.result
        offer = result.get("protocolVersion") if isinstance(result, Mapping) else None
        if not isinstance(offer, str):
            reason = "initialize was answered without a protocolVersion, so the one that was asked for stands"
            return Agreed(Handshake(asked.version), reason, reply)
        if era(offer) == "legacy":
            reason = (
                "the server agreed"
                if offer == asked.version
                else f"the server offered it for {asked.version}"
            )
            return Agreed(Handshake(offer), reason, reply)
        return _incompatible([offer], f"The server answered initialize for {asked.version} with", LEGACY)

    # No answer at all.

    def _ended(self, asked: Ask, outcome: Closed) -> Step:
        clue = outcome.says.lower()
        clean = outcome.exit is not None and outcome.exit.get("code") == 0
        names_it = "initialize" in clue or "server/discover" in clue
        first = isinstance(asked, Probe) and self._forced is None and not self._initialized
        if first and outcome.exit is not None and not self._restarted and (clean or names_it):
            self._restarted = True
            return Restart(f"{outcome.says}; a legacy server may not bear a probe, so it is started again")
        what = "server/discover" if isinstance(asked, Probe) else "initialize"
        exited = dict(outcome.exit) if outcome.exit is not None else None
        return Refused(
            ConnectionFailed(
                f"Cannot connect: {outcome.says}, before it answered {what}"
                if LAST_WROTE not in outcome.says
                else f"Cannot connect: {outcome.says}",
                next="Run the command by itself to see why it ends",
                exit=exited,
            )
        )

    def _failed(self, asked: Ask, outcome: HttpFailed) -> Step:
        status = outcome.status
        if status is None or status >= 500 or status == 429:
            return Refused(
                ConnectionFailed(
                    f"Cannot connect: {outcome.says}",
                    next="Read the server's own log, or try again later"
                    if status is not None
                    else "Trust its authority with --cacert FILE, or any certificate with --insecure"
                    if "certificate" in outcome.says
                    else "Check the URL, and that the server is running",
                    status=status,
                )
            )
        if 300 <= status < 400:
            return Refused(
                ConnectionFailed(
                    f"Cannot connect: {outcome.says}",
                    next=f"Connect to {outcome.redirect} itself" if outcome.redirect else "Check the URL",
                    status=status,
                )
            )
        if isinstance(asked, Probe) and self._forced is None:
            return self._fall_back(LATEST_LEGACY, f"server/discover got no reply: {outcome.says}")
        what = "server/discover" if isinstance(asked, Probe) else "initialize"
        return Refused(
            ConnectionFailed(
                f"Cannot connect: asked for {what}, {outcome.says}",
                next="--trace shows what crossed the wire"
                if "broke off" in outcome.says
                else "Check the URL's path, often /mcp; the HTTP+SSE transport of 2024-11-05 is not spoken",
                status=status,
            )
        )

    def _initialize(self, version: str, reason: str) -> Initialize:
        self._initialized.append(version)
        return Initialize(version, reason)


def _outage(response: Response, outcome: Outcome) -> Refused | None:
    """A status that says nothing about the era, whatever the body is."""
    status = response.status
    if status in (401, 403):
        challenge = ", ".join(clip(visible(text), 300) for text in response.challenges)
        named = f"challenge: {challenge}" if challenge else "no WWW-Authenticate challenge"
        wants = "wants authorization" if status == 401 else "forbids the request"
        return Refused(
            AuthNeeded(
                f"The server {wants}: it answered {status}, {named}",
                next="Send a token with --header 'Authorization: Bearer …'",
                status=status,
            )
        )
    if status >= 500 and isinstance(outcome, Replied) and not outcome.ok:
        return Refused(
            ConnectionFailed(
                f"Cannot connect: the server answered {status} with {_error_says(outcome)}",
                next="Read the server's own log, or try again later",
                status=status,
                **_error_facts(outcome),
            )
        )
    return None


def _incompatible(theirs: list[str], says: str, ours: tuple[str, ...] = ALL, **facts: Any) -> Refused:
    return Refused(
        ConnectionFailed(
            f"No common protocol version: {says[0].lower()}{says[1:]} {_listed(theirs)}, "
            f"and mcp-inspect speaks {_listed(list(ours))}",
            next="Force one with --protocol VERSION if the server's list is wrong",
            **facts,
        )
    )


def _versions(reply: Replied, key: str) -> list[str]:
    """The list of versions in a result or in an error's data; empty for anything else."""
    holder = reply.result if reply.ok else reply.error.get("data")
    listed = holder.get(key) if isinstance(holder, Mapping) else None
    return [version for version in listed if isinstance(version, str)] if isinstance(listed, list) else []


def _best(ours: tuple[str, ...], theirs: list[str]) -> str | None:
    return next((version for version in reversed(ours) if version in theirs), None)


def _listed(versions: list[str]) -> str:
    return clip(visible(", ".join(versions)), 200) or "none"


def _error_says(reply: Replied) -> str:
    code, message = reply.error.get("code"), reply.error.get("message")
    if not reply.error:
        return "an answer that is neither result nor error"
    text = clip(visible(message), 300) if isinstance(message, str) else ""
    return f"error {clip(visible(str(code)), 20)}" + (f" ({text})" if text else "")


def _error_facts(reply: Replied) -> dict[str, Any]:
    return {"code": reply.error.get("code"), "data": reply.error.get("data")}
