"""Checks of redirects: each hop, where it leads, what it would cost to follow it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Exchange, Hop, Seen
from inspector.wire.visible import visible

_LOGIN = re.compile(r"log-?in|sign-?in|sso|saml|oauth|authorize|/auth(?:/|$)|accounts?\.", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def redirects(seen: Seen) -> Judged:
    """Where the server sends us, and whether that may be followed."""
    tried = seen.decisive
    hops = [hop for hop in (tried.hops if tried else ()) if _is_redirect(hop)]
    if tried is None or not hops:
        return found("redirects", "None")
    last, answer = tried.hops[-1], tried.answer
    if tried.cause == "refused-address":
        says = f"The server redirects to an address that it must not send us to: {tried.error}"
        next = "Correct the Location that the server sends; to go there all the same, connect to it by itself"
        return wrong("redirects", Rule.REDIRECT_ADDRESS_REFUSED, says, next, of=tried)
    if answer is not None and 300 <= answer.status < 400 and answer.status != 304:
        return _stopped(seen, tried, last)
    dropped = sorted({name for hop in tried.hops for name in hop.dropped})
    ways = [f"{hop.url} → {_onward(hop)}" for hop in hops]
    says = f"{len(hops)} followed, to {last.url}"
    if dropped:
        return found(
            "redirects",
            f"{says}; left out on the way: {', '.join(map(visible, dropped))}",
            state="warning",
            evidence=ways,
            rows=tried.rows,
        )
    return found("redirects", says, state="note", evidence=ways, rows=tried.rows)


def _is_redirect(hop: Hop) -> bool:
    return hop.answer is not None and 300 <= hop.answer.status < 400 and hop.answer.status != 304


def _onward(hop: Hop) -> str:
    """Where a redirect points, absolute; empty where it points nowhere."""
    location = hop.answer.header("location") if hop.answer else ""
    try:
        return visible(urljoin(hop.url, location)) if location else ""
    except ValueError:
        return visible(location)


def _stopped(seen: Seen, tried: Exchange, last: Hop) -> Judged:
    """A redirect that was not followed."""
    onward, status = _onward(last), tried.status
    target = _split(onward)
    if not onward or target is None:
        says = (
            f"The server answers {status} without a Location that is an http or https URL: {onward or 'none'}"
        )
        next = "Correct the server, or the proxy in front of it"
        return wrong("redirects", Rule.REDIRECT_NOWHERE, says, next, of=tried)
    if onward in [hop.url for hop in tried.hops] or len(tried.hops) > 5:
        says = (
            f"The server redirects in a circle: {' → '.join([hop.url for hop in tried.hops][:3])} → {onward}"
        )
        next = f"Correct the rule in the server or proxy that redirects {last.url} to itself"
        return wrong("redirects", Rule.REDIRECT_LOOP, says, next, of=tried)
    if _LOGIN.search(f"{target.hostname}{target.path}"):
        says = f"The server sends us to a page to log in on, {onward}, where MCP asks for 401"
        next = (
            "Exempt the MCP path from the web site's log-in (it is to answer 401 itself), or send its "
            f"credentials: mcp-inspect --header 'Authorization: Bearer TOKEN' {last.url}"
        )
        return wrong("redirects", Rule.REDIRECT_TO_LOGIN, says, next, of=tried)
    return _elsewhere(seen, tried, last, target)


def _elsewhere(seen: Seen, tried: Exchange, last: Hop, target: SplitResult) -> Judged:
    onward, came = target.geturl(), _split(last.url) or target
    status = tried.status
    line = paste(seen.target, url=onward)
    if came.hostname == target.hostname and came.scheme != target.scheme:
        if target.scheme == "https":
            says = f"The server redirects http to https: {onward}"
            return wrong("redirects", Rule.REDIRECT_TO_HTTPS, says, line, of=tried)
        same = paste(seen.target, url=target._replace(scheme="https", netloc=came.netloc).geturl())
        says = (
            f"The server redirects https to plain http, {onward}: it does not know of the TLS proxy before it"
        )
        next = (
            f"{same}  (and let the server believe the proxy: uvicorn --proxy-headers --forwarded-allow-ips)"
        )
        return wrong("redirects", Rule.REDIRECT_TO_HTTP, says, next, of=tried)
    if _origin(came) != _origin(target):
        says = f"The server redirects to another origin, {onward}, where credentials must not follow"
        return wrong("redirects", Rule.REDIRECT_OTHER_ORIGIN, says, line, of=tried)
    says = f"The server answers {status} and points to {onward}, which turns a POST into a GET"
    return wrong("redirects", Rule.REDIRECT_METHOD, says, line, of=tried)


def _split(url: str) -> SplitResult | None:
    try:
        split = urlsplit(url)
        usable = split.scheme in _PORTS and split.hostname and (split.port is None or split.port > 0)
        return split if usable else None
    except ValueError:
        return None


def _origin(split: SplitResult) -> tuple[str, str, int | None]:
    return split.scheme, split.hostname or "", split.port or _PORTS.get(split.scheme)
