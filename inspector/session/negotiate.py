"""Deciding how to speak to a server: the table of outcomes, without I/O.

A `Negotiation` is asked what to do first and told how each request ended; it says what to do next and
why, in words that go into the journal. What it decides follows the 2026-07-28 specification
(basic/versioning, basic/transports/*: "Backward Compatibility") where that says something, and servers
as they are where it does not: never keyed on one error code alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from inspector.errors import ConnectionFailed, InspectError
from inspector.session.answer_words import (
    best,
    error_facts,
    error_says,
    incompatible,
    listed,
    status_says,
    versions,
)
from inspector.session.dialect import Handshake, Modern, dialect_of
from inspector.session.endings import LAST_WROTE
from inspector.session.moves import (
    Agreed,
    Ask,
    Initialize,
    Listen,
    Probe,
    Refused,
    Reopen,
    Restart,
    Step,
    Wait,
)
from inspector.session.outcome import Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.session.statuses import Response, lost_endpoint, meaning, no_verdict, unanswered
from inspector.transport.opening import Opening
from inspector.wire.versions import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    LATEST_LEGACY,
    LATEST_MODERN,
    LEGACY,
    METHOD_NOT_FOUND,
    MISSING_CLIENT_CAPABILITY,
    MODERN,
    UNSUPPORTED_VERSION,
    era,
)

AUTO = "auto"


class Negotiation:
    """One attempt to agree with a server on a version.

    Args:
        protocol: `auto`, or a version that is spoken without asking.
        transport: `auto` falls back from streamable HTTP to HTTP+SSE, `http` never does; `sse` is HTTP+SSE
            from the start. Anything but HTTP is as `http`.
        url: The server's, as it may be shown, for the next steps that errors name.

    Raises:
        UsageError: `protocol` is neither.
    """

    def __init__(
        self, protocol: str = AUTO, transport: Literal["auto", "http", "sse"] = "http", url: str = ""
    ) -> None:
        self._forced = None if protocol == AUTO else dialect_of(protocol)
        self._transport = transport
        self._url = url
        self._endpoint = ""
        self._tried: list[str] = []
        self._refusal: InspectError | None = None
        self._probes = 0
        self._initialized: list[str] = []
        self._reprobed = False
        self._restarted = False

    @property
    def is_first(self) -> bool:
        """Whether nothing has been tried before."""
        return not self._tried

    def begin(self) -> Step:
        """The first step; after a `Restart` or `Reopen`, the first one of the second life."""
        if self._transport == "sse":
            again = (
                "some servers of 2024-11-05 are reached so, by a stream whose first event is their endpoint"
            )
            return Listen(again if self._tried else "HTTP+SSE was asked for by --transport")
        return self._first()

    def _first(self) -> Step:
        if self._forced is not None:
            version = self._forced.version
            reason = f"{version} was asked for by --protocol"
            return Probe(version, reason) if self._forced.era == "modern" else Initialize(version, reason)
        if self._transport == "sse":
            return self._initialize(LATEST_LEGACY, "HTTP+SSE is a transport of the eras with a handshake")
        if self._restarted:
            return self._initialize(LATEST_LEGACY, "the server ended at the probe, so it gets none this time")
        self._probes += 1
        return Probe(LATEST_MODERN, "a server that speaks it must answer server/discover")

    def silent(self, asked: Ask, after: float) -> Step:
        """No answer to `asked` for `after` seconds. Its answer may still come, and counts if it does."""
        if isinstance(asked, Probe) and self._forced is None and not self._initialized:
            self._tried.append(f"POST server/discover was not answered within {after:g} s")
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
            error = self._no_verdict(response, outcome)
            if error is not None:
                return Refused(error)
        match outcome:
            case Replied():
                step = (
                    self._discovered(asked, outcome)
                    if isinstance(asked, Probe)
                    else self._met(asked, outcome)
                )
                return self._reopened(asked, step, outcome, response)
            case Closed():
                return self._ended(asked, outcome)
            case HttpFailed():
                return self._failed(asked, outcome, response)
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
        code, says = reply.error.get("code"), error_says(reply)
        supported = versions(reply, "supported")
        if code == UNSUPPORTED_VERSION and supported:
            return self._unsupported(asked, supported, says)
        if code in (HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY):
            return Refused(
                ConnectionFailed(
                    f"The server speaks {asked.version} and refused server/discover: {says}",
                    next=f"Try --protocol {LATEST_LEGACY}",
                    **error_facts(reply),
                )
            )
        if self._forced is not None:
            return Agreed(self._forced, f"asked for by --protocol, though server/discover got {says}", None)
        self._tried.append(f"POST server/discover got {says}")
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
        offered = versions(reply, "supportedVersions")
        if self._forced is not None:
            return Agreed(self._forced, "asked for by --protocol", reply)
        modern, legacy = best(MODERN, offered), best(LEGACY, offered)
        if modern is not None:
            late = "late, " if self._is_late(asked) else ""
            return Agreed(Modern(modern), f"server/discover {late}offers {listed(offered)}", reply)
        if self._is_late(asked):
            return Wait()
        if legacy is not None:
            return self._fall_back(legacy, f"server/discover offers only {listed(offered)}")
        if offered:
            return incompatible(offered, "server/discover offers")
        return self._fall_back(LATEST_LEGACY, "server/discover got a result that names no versions")

    def _unsupported(self, asked: Probe, supported: list[str], says: str) -> Step:
        modern, legacy = best(MODERN, supported), best(LEGACY, supported)
        if self._forced is not None:
            return incompatible(
                supported, f"The server refuses {asked.version} and supports", (asked.version,)
            )
        if modern is not None and self._probes < 2:
            self._probes += 1
            return Probe(modern, f"server/discover got {says}, and the server supports {listed(supported)}")
        if legacy is not None and legacy not in self._initialized:
            return self._initialize(legacy, f"the server supports only {listed(supported)}")
        return incompatible(supported, "The server supports")

    # The answer to initialize.

    def _met(self, asked: Initialize, reply: Replied) -> Step:
        if reply.ok:
            return self._counter_offer(asked, reply)
        code, says = reply.error.get("code"), error_says(reply)
        supported = versions(reply, "supported")
        if self._forced is None and code == UNSUPPORTED_VERSION and not self._reprobed:
            # A server that slept through the probe has meanwhile read it, and is now bound to that era.
            self._reprobed = True
            self._probes += 1
            return Probe(best(MODERN, supported) or LATEST_MODERN, f"initialize got {says}")
        legacy = best(LEGACY, supported)
        if code not in (INVALID_PARAMS, UNSUPPORTED_VERSION) or legacy in self._initialized:
            legacy = None
        if self._forced is None and legacy is not None:
            return self._initialize(legacy, f"initialize got {says}, and the server supports {legacy}")
        if supported:
            return incompatible(supported, "The server supports", **error_facts(reply))
        return Refused(
            ConnectionFailed(
                f"The server refused initialize: {says}",
                next=f"Try --protocol {LATEST_MODERN}, or read the server's own log",
                **error_facts(reply),
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
        return incompatible([offer], f"The server answered initialize for {asked.version} with", LEGACY)

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

    def _no_verdict(self, response: Response, outcome: Outcome) -> InspectError | None:
        """What ends the attempt whatever the body is: a status that says nothing about the era."""
        if isinstance(outcome, Replied):
            if response.status >= 400 and not outcome.ok:
                says = f"the server answered {response.status} with {error_says(outcome)}"
                error = no_verdict(response, says, self._url)
                if error is not None:
                    error.facts.update(error_facts(outcome))
                return error
            return no_verdict(response, "", self._url) if response.status in (401, 403) else None
        says = outcome.says if isinstance(outcome, HttpFailed) else f"the server answered {response.status}"
        return no_verdict(response, says, self._url)

    def _failed(self, asked: Ask, outcome: HttpFailed, response: Response | None) -> Step:
        status = outcome.status
        response = response or (Response(status) if status is not None else None)
        error: InspectError | None = unanswered(outcome)
        if error is None and response is not None:
            error = self._no_verdict(response, outcome)
        if error is not None:
            return Refused(error)
        if isinstance(asked, Probe) and self._forced is None:
            self._tried.append(f"POST server/discover got {status_says(outcome)}")
            return self._fall_back(LATEST_LEGACY, f"server/discover got no reply: {outcome.says}")
        if self._endpoint and status is not None and status >= 400:
            return Refused(lost_endpoint(outcome, self._endpoint))
        means, next = meaning(
            status, "modern" if isinstance(asked, Probe) else "legacy", response.allow if response else ""
        )
        if status == 405 and self._transport == "http" and response is not None and "GET" in response.allow:
            next = "Servers of 2024-11-05 take GET only: try --transport sse"
        what = "server/discover" if isinstance(asked, Probe) else "initialize"
        refused = Refused(
            ConnectionFailed(
                f"Cannot connect: asked for {what}, {outcome.says}{f': {means}' if means else ''}",
                next="--trace shows what crossed the wire" if "broke off" in outcome.says else next,
                status=status,
            )
        )
        return self._reopened(asked, refused, outcome, response)

    # HTTP+SSE

    def _reopened(self, asked: Ask, step: Step, outcome: Outcome, response: Response | None) -> Step:
        """`step`, unless it is the end, and the refusal of initialize is one that HTTP+SSE servers give.

        2026-07-28, basic/transports/streamable-http, "Backward Compatibility": 400, 404 or 405 without a
        modern error in the body; 2025-03-26 to 2025-11-25 say any 4xx.
        """
        status = response.status if response is not None else None
        refused = isinstance(step, Refused) and isinstance(asked, Initialize) and self._transport == "auto"
        if not refused or status is None or not 400 <= status < 500:
            return step
        code = outcome.error.get("code") if isinstance(outcome, Replied) else None
        if code in _MODERN_ERRORS or (status == 404 and code == METHOD_NOT_FOUND):
            return step
        assert isinstance(step, Refused)
        got = status_says(outcome) if isinstance(outcome, HttpFailed) else f"{status} with "
        got += error_says(outcome) if isinstance(outcome, Replied) else ""
        self._tried.append(f"POST initialize got {got}")
        self._refusal = step.error
        self._transport = "sse"
        return Reopen(f"initialize got {got}; a server of 2024-11-05 takes GET at this URL")

    def listened(self, opening: Opening, response: Response | None = None) -> Step:
        """What became of the GET stream, and what HTTP said around it."""
        if opening.endpoint:
            self._endpoint = opening.endpoint
            self._initialized.clear()
            return self._first()
        if response is not None and not 200 <= response.status < 300:
            error = no_verdict(response, opening.says, self._url)
            if error is not None:
                return Refused(error)
        last = opening.says if "GET" in opening.says else f"GET: {opening.says}"
        first, over = self._refusal, "" if self._refusal is not None else " over HTTP+SSE"
        next = "Check the URL's path, often /sse; without --transport, streamable HTTP is tried"
        if opening.silent:
            next = "Look for a proxy that holds streams back; --transport sse --timeout SECONDS waits longer"
        elif first is not None:
            next = first.next
        facts = first.facts if first is not None else {"status": opening.status}
        says = f"Cannot connect{over}: {'; '.join([*self._tried, last])}"
        return Refused(ConnectionFailed(says, next=next, **facts))

    def _initialize(self, version: str, reason: str) -> Initialize:
        self._initialized.append(version)
        return Initialize(version, reason)


_MODERN_ERRORS = (HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY, UNSUPPORTED_VERSION)
