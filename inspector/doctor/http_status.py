"""Checks of the HTTP status: who may ask (Host, Origin, permission), path and method, and all the rest.

401 is judged in `http_auth`, redirects in `http_redirect`, what a status means for the era in `http_era`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from inspector.doctor.http_place import is_local, place, proxy_of
from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Answer, Exchange, Seen, error_words
from inspector.wire.versions import HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY, UNSUPPORTED_VERSION
from inspector.wire.visible import clip, visible

_SAME = "the same"
MEANINGS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: (
            "a bad version header, a missing session id, or bad JSON",
            "a header that contradicts the body, a version or a capability that is not there, bad params",
        ),
        401: ("authorization is needed, or the token is bad", _SAME),
        403: ("a bad Origin or Host, or a scope that is missing", _SAME),
        404: (
            "with a session id: the session is over; without: the wrong path",
            "with error -32601: an unknown method; without: the wrong path",
        ),
        405: ("on POST: no streamable HTTP here, perhaps HTTP+SSE; on GET or DELETE: not offered, and fine",
              "only POST exists; on POST: no MCP here"),
        406: ("Accept must name application/json and text/event-stream", _SAME),
        409: ("a second GET stream, or a session in use", "nothing of MCP's"),
        413: ("the request is longer than a proxy or the server allows", _SAME),
        415: ("Content-Type must be application/json", _SAME),
        421: ("the Host header is not one that the server serves (DNS rebinding protection)", _SAME),
        429: ("too many requests", _SAME),
        500: ("the server failed", _SAME),
        502: ("the proxy is up, the server behind it is not", _SAME),
        503: ("the server or the proxy is overloaded or stopped", _SAME),
        504: ("the proxy is up, the server behind it is too slow", _SAME),
    }
)  # fmt: skip
"""What a status means up to 2025-11-25, and from 2026-07-28 on."""

ENDPOINT = (
    "Let the server name the path that is seen from outside (root_path, where a proxy cuts off a prefix)"
)
"""What to do about an endpoint that an event stream names wrongly."""
_MODERN_CODES = (UNSUPPORTED_VERSION, HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY)
_FIREWALL = re.compile(
    r"captcha|attention required|access denied.{0,80}(?:waf|firewall)|cloudflare|akamai|incapsula",
    re.IGNORECASE | re.DOTALL,
)
_HOST = re.compile(
    r"\binvalid[ _](?:http[ _])?host\b|disallowed ?host|blocked host"
    r"|\bhost(?: header| name)?\b.{0,40}(?:not allowed|invalid|forbidden|blocked|misdirected|rejected)",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"\borigin\b", re.IGNORECASE)


def lines(tried: Exchange) -> tuple[str, ...]:
    """What was asked and answered, and what that status means in each era."""
    shown = tried.lines()
    if tried.status is not None and tried.status in MEANINGS:
        legacy, modern = MEANINGS[tried.status]
        if modern == _SAME:
            return (*shown, f"{tried.status} in every version: {legacy}")
        shown += (f"{tried.status} up to 2025-11-25: {legacy}", f"{tried.status} from 2026-07-28: {modern}")
    return shown


def said(tried: Exchange) -> str:
    """All that a refusing server said: body and JSON-RPC error messages."""
    body = tried.answer.text if tried.answer else ""
    return " ".join([body, *(str(error.get("message", "")) for error in tried.errors)])


def quoted(tried: Exchange) -> str:
    """What the server said of it, to end a sentence with; empty where it said nothing readable."""
    if tried.errors:
        return f": {error_words(tried.errors[0])}"
    text = " ".join(tried.answer.text.split()) if tried.answer else ""
    return f": {clip(visible(text), 120)}" if text and not text.startswith("<") else ""


def access(seen: Seen) -> Judged:
    """403 and 421, and what else refuses a Host or an Origin."""
    tried = seen.decisive
    if tried is None or tried.answer is None or not _refused(tried):
        return found("access", "No refusal by Host, Origin or permission")
    status, text = tried.status, said(tried)
    given = next((value for name, value in seen.target.headers if name.lower() == "host"), "")
    host = visible(given or urlsplit(seen.target.url).netloc.rpartition("@")[2])
    evidence = lines(tried)
    if status == 421 or (status in (400, 403) and _HOST.search(text)):
        rule = Rule.MISDIRECTED if status == 421 else Rule.HOST_REFUSED
        says = f"The server does not serve the host {host}: it answered {status}{quoted(tried)}"
        next_step = (
            f"Add {host} to the server's allowed hosts (mcp: TransportSecuritySettings(allowed_hosts=[…])), "
            "or use the URL that it was made for"
            + (f", e.g. {paste(seen.target, url=_loopback(seen))}" if is_local(seen.target) else "")
        )
        next_step = _own_header(seen, "host") or next_step
        return wrong("access", rule, says, next_step, of=tried, evidence=evidence)
    if status != 403:
        return found("access", "No refusal by Host, Origin or permission")
    if _bearer(tried.answer):
        return found("access", "403 comes with a challenge: see authorization")
    return _forbidden(seen, tried, evidence)


def _forbidden(seen: Seen, tried: Exchange, evidence: tuple[str, ...]) -> Judged:
    text, hop, answer = said(tried), tried.last, tried.answer
    assert hop is not None
    assert answer is not None
    origin = visible(hop.header("origin"))
    if _ORIGIN.search(text):
        says = f"The server refuses the Origin {origin or 'header (none was sent)'}{quoted(tried)}"
        next = (
            "Leave out --header Origin: only browsers need one"
            if origin
            else "Let the server accept requests without an Origin: only browsers send one"
        )
        return wrong("access", Rule.ORIGIN_REFUSED, says, next, of=tried, evidence=evidence)
    if answer.header("cf-mitigated") or _FIREWALL.search(answer.text):
        says = "A web application firewall in front of the server takes us for a robot and answers 403"
        next = f"Let its operator exempt the path {visible(urlsplit(hop.url).path)} from the check"
        return wrong("access", Rule.FIREWALL, says, next, of=tried, evidence=evidence)
    credentials = bool(hop.header("authorization"))
    sent = "in spite of credentials" if credentials else "and no credentials were sent"
    says = f"The server answers 403 without a challenge, {sent}{quoted(tried)}"
    next = (
        "Ask the server's operator what these credentials may do"
        if credentials
        else paste(seen.target, "--header", "Authorization: Bearer TOKEN")
    )
    return wrong("access", Rule.FORBIDDEN, says, next, of=tried, evidence=evidence, authorization=True)


def path(seen: Seen) -> Judged:
    """404 and 405: whether this is the place, and the method that it takes."""
    tried = seen.decisive
    if tried is None or tried.answer is None:
        return found("path", "Nothing was answered", state="skipped")
    hop, status = tried.last, tried.status
    assert hop is not None
    if (
        seen.target.transport == "sse"
        and hop.method == "GET"
        and status != 200
        and (status or 0) in (400, 404, 405, 406)
    ):
        shown = f"{status}{quoted(tried)}"
        says = f"{hop.url} is no URL of the HTTP+SSE transport: GET got {shown}"
        next = paste(seen.target)
        return wrong("path", Rule.NOT_AN_SSE_URL, says, next, of=tried, evidence=lines(tried))
    if _fell_back(seen, tried):
        at = visible(urlsplit(hop.url).path or "/")
        return found("path", f"{at} is one of HTTP+SSE (2024-11-05): GET opens a stream, POST gets {status}")
    if seen.stream is not None and tried.posted and status in (404, 405) and not seen.agreed:
        says = f"The event stream names {hop.url} as its endpoint, and there the server answers {status}"
        return wrong("path", Rule.SSE_ENDPOINT, says, ENDPOINT, of=tried, evidence=lines(tried))
    if status == 404 and not hop.header("mcp-session-id") and not _modern(tried):
        return _not_found(seen, tried)
    if status in (405, 501):
        return _not_allowed(seen, tried)
    return found("path", f"{visible(urlsplit(hop.url).path or '/')} takes {hop.method}")


def _not_found(seen: Seen, tried: Exchange) -> Judged:
    hop, answer = tried.last, tried.answer
    assert hop is not None
    assert answer is not None
    names = {"text/html": "an HTML page", "application/json": "JSON", "text/plain": "plain text"}
    kind = names.get(answer.content_type, "another type") if answer.body or tried.messages else "nothing else"
    at = visible(urlsplit(hop.url).path or "/")
    says = f"There is nothing at the path {at}: the server answered 404 with {kind}{quoted(tried)}"
    next = paste(seen.target, "--paths", verb="doctor")
    return wrong("path", Rule.PATH_NOT_FOUND, says, next, of=tried, evidence=lines(tried))


def _not_allowed(seen: Seen, tried: Exchange) -> Judged:
    hop, answer = tried.last, tried.answer
    assert hop is not None
    assert answer is not None
    allowed = visible(answer.header("allow"))
    says = f"The path takes no {hop.method}: the server answered {answer.status}"
    says += f" and allows {allowed}" if allowed else ""
    if seen.target.transport == "http" and "GET" in allowed.upper():
        says += "; so do servers of the HTTP+SSE transport of 2024-11-05"
        next = paste(seen.target, "--transport", "sse")
    else:
        says += "; it is a web page, or another path of the server"
        next = paste(seen.target, "--paths", verb="doctor")
    return wrong("path", Rule.POST_NOT_ALLOWED, says, next, of=tried, evidence=lines(tried))


def status(seen: Seen) -> Judged:
    """Every other status that is no success."""
    tried = seen.decisive
    if tried is None or tried.answer is None:
        return found("status", "Nothing was answered", state="skipped")
    came = tried.answer
    harmless = came.status < 400 or came.status in (401, 404) or _fell_back(seen, tried)
    if harmless or _modern(tried) or _about_session(tried):
        reason = f" {visible(came.reason)}" if came.reason else ""
        return found("status", f"{came.status}{reason}", rows=tried.rows)
    rule, says, next = _refusal(seen, tried, came)
    return wrong("status", rule, f"{says}{quoted(tried)}", next, of=tried, evidence=lines(tried))


def _refusal(seen: Seen, tried: Exchange, came: Answer) -> tuple[Rule, str, str]:
    at, text = place(seen.target), said(tried)
    after = clip(visible(came.header("retry-after")), 40)
    log = "Read the server's own log: the failure stands there"
    match came.status:
        case 406:
            sent = tried.last.header("accept") if tried.last else ""
            says = f"The server refuses what we accept ({visible(sent)}): it answered 406"
            return (
                Rule.ACCEPT_REFUSED,
                says,
                _own_header(seen, "accept") or "Let the server answer application/json or text/event-stream",
            )
        case 415:
            return _content_type(seen)
        case 400 if re.search(r"content[- ]type", text, re.IGNORECASE):
            return _content_type(seen)
        case 413:
            says = "The request is too long for the server, or for the proxy in front of it: it answered 413"
            return Rule.BODY_TOO_LARGE, says, "Raise the limit there (nginx: client_max_body_size)"
        case 429:
            says = f"The server answers 429: too many requests{f', try again after {after}' if after else ''}"
            wait = after if after.isdigit() else "60"
            return Rule.RATE_LIMITED, says, f"sleep {wait}; {paste(seen.target)}"
        case 502 | 503 | 504:
            says = f"{at} is up, but the MCP server behind it is not: it answered {came.status}"
            says += f", try again after {after}" if after else ""
            by_proxy = f", or bypass {proxy_of(seen.target)[1]}" if proxy_of(seen.target)[0] else ""
            return (
                Rule.GATEWAY,
                says,
                f"Start the server behind {at}, and check the proxy's upstream address{by_proxy}",
            )
        case code if code >= 500:
            return Rule.SERVER_ERROR, f"The server fails: it answered {code}", log
        case 400:
            return Rule.BAD_REQUEST, "The server finds the request wrong: it answered 400", log
        case code:
            return Rule.REFUSED_STATUS, f"The server answered {code} {visible(came.reason)}".rstrip(), log


def _content_type(seen: Seen) -> tuple[Rule, str, str]:
    says = "The server refuses the request's content type, application/json"
    sent = next((value for name, value in seen.target.headers if name.lower() == "content-type"), "")
    if sent:
        says = f"The server refuses the request's content type, {visible(sent)}"
    return (
        Rule.CONTENT_TYPE_REFUSED,
        says,
        _own_header(seen, "content-type") or "Let the server, or the proxy before it, take application/json",
    )


def _own_header(seen: Seen, name: str) -> str:
    """What to do where the user gave the header at fault; empty where it is our own."""
    given = any(key.lower() == name for key, _ in seen.target.headers)
    return f"Leave out --header {name.title()}: {paste(seen.target)}" if given else ""


def _fell_back(seen: Seen, tried: Exchange) -> bool:
    """Whether this refusal of a POST is what led to HTTP+SSE, which works."""
    return seen.healthy and seen.stream is not None and tried.posted and (tried.status or 0) >= 400


def _refused(tried: Exchange) -> bool:
    return tried.status in (400, 403, 421) and not _modern(tried)


def _modern(tried: Exchange) -> bool:
    """Whether a JSON-RPC error says what is the matter, so that the status adds nothing."""
    codes = [error.get("code") for error in tried.errors]
    return any(code in _MODERN_CODES for code in codes) or (tried.status in (400, 404) and -32601 in codes)


def _about_session(tried: Exchange) -> bool:
    return tried.status in (400, 404) and "session" in said(tried).lower()


def _bearer(answer: Answer) -> bool:
    return any(
        name.lower() == "www-authenticate" and value.lower().startswith(("bearer", "dpop"))
        for name, value in answer.headers
    )


def _loopback(seen: Seen) -> str:
    split = urlsplit(seen.target.url)
    port = f":{split.port}" if split.port else ""
    other = "127.0.0.1" if split.hostname == "localhost" else "localhost"
    return split._replace(netloc=f"{other}{port}").geturl()
