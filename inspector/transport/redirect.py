"""Where a redirect leads, and whether it is followed: the one rule is that credentials go nowhere else.

A request with a message is followed only where method, body and origin stay the same. A GET may go on to
another origin, but bare: without the user's headers, cookies, session and the authorizer's credentials.
Pure: nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from inspector.journal.redact import redact_url
from inspector.transport.pool import origin_of

MOST = 5
"""Redirects followed within one request."""


@dataclass(frozen=True, slots=True)
class Onward:
    """What to do about a redirect.

    Attributes:
        url: Where to go on; `None` where it is not followed.
        says: Why it is not followed; a sentence without its full stop. Where it points is said beside it.
        cause: A stable name for that: `redirect-loop`, `redirect-itself`, `redirect-too-many`,
            `redirect-nowhere`, `redirect-origin`, `redirect-https`, `redirect-downgrade`,
            `redirect-method`.
    """

    url: httpx.URL | None
    says: str = ""
    cause: str = ""


def onward(method: str, status: int, visited: Sequence[httpx.URL], target: str, *, afresh: bool) -> Onward:
    """Judge a redirect.

    Args:
        method: Of the request.
        status: 301, 302, 303, 307 or 308.
        visited: What was asked so far, the redirecting URL last.
        target: Where it points, absolute.
        afresh: The response set a cookie, so that asking the same URL again may bring something else.
    """
    shown = redact_url(target)
    url = _url(target)
    if url is None or url.scheme not in ("http", "https"):
        return _stop("nowhere", f"it points to {shown or 'nothing'}, which is no http or https URL")
    here = visited[-1]
    if len(visited) > MOST:
        return _stop("too-many", f"more than {MOST} redirects in a row are not followed")
    if not afresh and url in visited:
        if url == here:
            return _stop("itself", "it redirects to itself")
        ring = " → ".join(redact_url(str(each)) for each in [*visited[visited.index(url) :], url])
        return _stop("loop", f"it redirects in a circle: {ring}")
    same = origin_of(url) == origin_of(here)
    if method == "GET":
        if here.scheme == "https" and url.scheme == "http":
            return _stop("downgrade", f"it leads from https to plain http, which is not followed: {shown}")
        return Onward(url)
    if not same:
        if url.host == here.host and (here.scheme, url.scheme) == ("http", "https"):
            return _stop("https", "the server wants https")
        return _stop(
            "origin", f"that is another origin, where neither a {method} nor credentials are sent on"
        )
    if status not in (307, 308):
        slash = "; only the slash at the end is missing" if str(url) == f"{here}/" else ""
        says = (
            f"after {status} a {method} would become a GET without its message, so it is not followed{slash}"
        )
        return _stop("method", says)
    return Onward(url)


def _stop(cause: str, says: str) -> Onward:
    return Onward(None, says, f"redirect-{cause}")


def _url(text: str) -> httpx.URL | None:
    """What httpx makes of it; it cannot read every URL that it writes."""
    try:
        url = httpx.URL(text)
        return url if url.host else None
    except (httpx.InvalidURL, ValueError):
        return None
