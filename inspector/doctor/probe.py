"""Further requests of an explicit diagnosis: what passive evidence cannot tell.

Each is a request of its own in the journal, with the purpose `probe: …`. None changes anything at the
server: no tool is called, nothing is deleted. What is sent to another origin carries no credentials.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.doctor import certificate, probe_auth, probe_paths
from inspector.doctor.http_fold import fold
from inspector.doctor.http_place import parts, place, proxy_of, with_scheme
from inspector.doctor.http_rules import Rule, paste
from inspector.doctor.http_tls import chain
from inspector.doctor.probe_asking import STREAM_TIMEOUT, TIMEOUT, Asking, speaks
from inspector.doctor.report import Cause, Report, State
from inspector.errors import InspectError
from inspector.transport.fetch import Fetched, fetching
from inspector.transport.tap import Tap
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.transport.target import HttpTarget

_EVIL = "https://mcp-inspect.invalid"
"""An origin that nobody has (RFC 2606), and that a server on this machine has no reason to trust."""
_BROWSER = "http://localhost:6274"
_UNREACHED = frozenset({"url", "proxy", "dns", "tcp"})
_CHAIN = frozenset(
    {
        Rule.CERTIFICATE_EXPIRED,
        Rule.CERTIFICATE_NOT_YET_VALID,
        Rule.CERTIFICATE_WRONG_HOST,
        Rule.CERTIFICATE_SELF_SIGNED,
        Rule.CERTIFICATE_UNKNOWN_ISSUER,
    }
)
_OTHER_SCHEME = frozenset({Rule.CLOSED_WITHOUT_ANSWER, Rule.NOT_HTTP, Rule.TLS_FAILED, Rule.CONNECTION_RESET})
_ELSEWHERE = frozenset(
    {
        Rule.PATH_NOT_FOUND,
        Rule.POST_NOT_ALLOWED,
        Rule.WEB_PAGE,
        Rule.NOT_JSON_RPC,
        Rule.NOT_MCP,
        Rule.NOT_MCP_CONTENT,
        Rule.EMPTY_ANSWER,
    }
)


async def probe(target: HttpTarget, journal: Journal, report: Report, *, paths: bool = False) -> Report:
    """Ask more of the server, and add what that tells.

    Args:
        target: Where it is.
        journal: Takes every request.
        report: What the attempt to connect has told.
        paths: Try the usual paths of an endpoint, too.
    """
    if report.cause is not None and report.cause.check in _UNREACHED:
        return report
    rule = report.cause.rule if report.cause else ""
    if rule in _CHAIN:
        return await _certificate(target, journal, report)
    try:
        async with fetching(target, Tap(journal)) as fetcher:
            asking = Asking(target, journal, fetcher)
            if rule in _OTHER_SCHEME:
                return await _other_scheme(asking, report)
            if report.cause is not None and report.cause.check in ("tls", "answer"):
                return report
            if report.cause is not None and report.cause.authorization:
                report = await probe_auth.metadata(asking, report)
            report = await _manners(asking, report)
            if rule in _ELSEWHERE or paths:
                report = await probe_paths.look(asking, report, usual=paths, elsewhere=rule in _ELSEWHERE)
            return report
    except InspectError:  # the target's files or proxy: the report says so already
        return report


async def _certificate(target: HttpTarget, journal: Journal, report: Report) -> Report:
    """Read the certificate that was refused, to name what is wrong with it."""
    split, cause = parts(target.url), report.cause
    assert cause is not None
    if split is None or proxy_of(target)[0] or target.unix_socket is not None:
        return report
    read = await certificate.fetch(split.hostname or "", split.port or 443, TIMEOUT)
    if read is None:
        return report
    facts = read.facts()
    Tap(journal).client("certificate", at=place(target), **facts)
    seen = fold(journal, target, None)
    tried = seen.decisive
    if tried is None:
        return report
    judged = chain(seen, tried, Rule(cause.rule), facts)
    checks = [judged.check if check.name == "tls" else check for check in report.checks]
    return replace(
        report, checks=tuple(checks), cause=judged.cause, facts={**report.facts, "certificate": facts}
    )


async def _other_scheme(asking: Asking, report: Report) -> Report:
    """Whether the port speaks the other of http and https."""
    target, cause = asking.target, report.cause
    assert cause is not None
    secure = target.url.lower().startswith("https")
    other = with_scheme(target.url, "http" if secure else "https")
    got = await asking.ask("GET", other, "probe: the other scheme", own=False)
    speaks = got.status is not None or (
        not secure and got.cause.startswith("tls-") and got.cause != "tls-failed"
    )
    line = paste(target, url=other)
    if not speaks:
        says = f"{visible(other)} does not answer either: {visible(got.error)}"
        return asking.add(report, "probe-scheme", "The other scheme", "note", says, got)
    at = place(target)
    rule = Rule.PLAIN_HTTP_WANTED if secure else Rule.HTTPS_WANTED
    says = f"{at} speaks plain HTTP, not TLS" if secure else f"{at} speaks HTTPS, and the URL says http"
    found = Cause(rule=rule.value, says=says, next=line, check="probe-scheme")
    return replace(asking.add(report, "probe-scheme", "The other scheme", "failed", says, got), cause=found)


async def _manners(asking: Asking, report: Report) -> Report:
    """GET, Origin, CORS and Accept: how the server takes what it should refuse or may offer."""
    url = asking.target.url
    accept = [("accept", "text/event-stream")]
    got = await asking.ask("GET", url, "probe: GET", accept, limit=40, timeout=STREAM_TIMEOUT)
    report = _of_get(asking, report, got)
    plain = await asking.discover(url, "probe: POST")
    if b"endpoint" in got.body:  # HTTP+SSE: this URL takes GET only
        foreign = [*accept, ("origin", _EVIL)]
        purpose = "probe: GET with a foreign Origin"
        evil = await asking.ask("GET", url, purpose, foreign, limit=40, timeout=STREAM_TIMEOUT)
        return _of_origin(asking, report, got, evil)
    if not speaks(plain) and plain.status not in (401, 403):  # what it does with MCP cannot be told
        return report
    evil = await asking.discover(url, "probe: POST with a foreign Origin", [("origin", _EVIL)])
    report = _of_origin(asking, report, plain, evil)
    wanted = [
        ("origin", _BROWSER),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type, mcp-protocol-version, authorization"),
    ]
    flight = await asking.ask("OPTIONS", url, "probe: CORS preflight", wanted)
    report = _of_preflight(asking, report, flight)
    json_only = await asking.discover(
        url, "probe: POST with Accept: application/json", [("accept", "application/json")]
    )
    return _of_accept(asking, report, plain, json_only)


def _of_get(asking: Asking, report: Report, got: Fetched) -> Report:
    name, title = "probe-get", "GET"
    if got.status is None:
        return asking.add(report, name, title, "note", f"No answer: {visible(got.error)}", got)
    kind = visible(got.header("content-type").partition(";")[0])
    if got.status == 200 and b"endpoint" in got.body and kind == "text/event-stream":
        says = "GET opens the event stream of the HTTP+SSE transport of 2024-11-05"
        if report.cause is None or report.cause.rule not in _ELSEWHERE:
            return asking.add(report, name, title, "note", says, got)
        report = asking.add(report, name, title, "failed", says, got)
        line = paste(asking.target, "--transport", "sse")
        cause = Cause(
            rule=Rule.SSE_URL.value, says=f"{says}; POST is refused at this URL", next=line, check=name
        )
        return replace(report, cause=cause)
    meaning = {
        200: f"GET brings {kind or 'something without a content type'}",
        405: "GET is not offered (405), which is allowed in every era",
        406: "GET is refused (406) though it accepts an event stream",
        400: "GET is refused without a session (400), as servers with sessions do",
        401: "GET wants authorization, too (401)",
    }.get(got.status, f"GET gets {got.status}")
    return asking.add(report, name, title, "note" if got.status != 405 else "ok", meaning, got)


def _of_origin(asking: Asking, report: Report, plain: Fetched, evil: Fetched) -> Report:
    name, title = "probe-origin", "Foreign Origin"
    if evil.status == 403 and plain.status != 403:
        return asking.add(report, name, title, "ok", "A foreign Origin is refused with 403", evil)
    if evil.status in (401, 403):
        says = f"Not to be told: the server answers {evil.status} with or without an Origin"
        return asking.add(report, name, title, "skipped", says, evil)
    if (
        evil.status is not None
        and 400 <= evil.status < 500
        and plain.status is not None
        and plain.status < 400
    ):
        says = f"A foreign Origin is refused with {evil.status}; the specification says 403"
        return asking.add(report, name, title, "note", says, evil)
    says = (
        f"A foreign Origin is let in ({evil.status}): any web page could reach this server through a browser "
        "(DNS rebinding); it must answer 403"
    )
    state: State = "warning" if plain.status is not None and plain.status < 500 else "note"
    return asking.add(report, name, title, state, says, evil)


def _of_preflight(asking: Asking, report: Report, flight: Fetched) -> Report:
    name, title = "probe-cors", "CORS"
    allowed = visible(flight.header("access-control-allow-origin"))
    if not allowed:
        says = f"Clients in a browser are not let in: the preflight got {flight.status} without CORS headers"
        return asking.add(report, name, title, "note", says, flight)
    names = flight.header("access-control-allow-headers").lower()
    missing = [
        each for each in ("content-type", "mcp-protocol-version") if each not in names and "*" not in names
    ]
    says = f"Clients in a browser are let in from {clip(allowed, 80)}"
    if missing:
        says += f", but may not send {', '.join(missing)}"
    return asking.add(report, name, title, "warning" if missing else "ok", says, flight)


def _of_accept(asking: Asking, report: Report, plain: Fetched, got: Fetched) -> Report:
    name, title = "probe-accept", "Accept"
    if got.status == 406 and plain.status != 406:
        says = "Accept must name text/event-stream beside application/json: without it comes 406"
        return asking.add(report, name, title, "note", says, got)
    says = (
        "Accept: application/json alone is taken" if got.status == plain.status else f"It gets {got.status}"
    )
    return asking.add(report, name, title, "ok", says, got)
