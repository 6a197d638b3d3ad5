"""What an HTTP status means while a version is being agreed upon, in a sentence and a next step.

Some statuses say nothing about how a server speaks (401, 403, 421, 429, 5xx, redirects, no response at
all): they end the attempt. All others mean something else in each era. What follows from them is decided
in `inspector.session.negotiate`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from inspector.errors import AuthNeeded, ConnectionFailed, InspectError
from inspector.journal.redact import redact_url
from inspector.session.outcome import HttpFailed
from inspector.wire.versions import Era
from inspector.wire.visible import clip, visible

_WIDTH = 300
_CREDENTIALS = re.compile(r"\s*(?:bearer|dpop)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """What HTTP said around an answer.

    Attributes:
        status: The HTTP status.
        challenges: The values of `WWW-Authenticate`.
        retry_after: The value of `Retry-After`; empty where there is none. Likewise `allow`.
        authorized: Whether the request carried credentials.
    """

    status: int
    challenges: tuple[str, ...] = ()
    retry_after: str = ""
    allow: str = ""
    authorized: bool = False


def says_nothing_of_the_era(status: int | None) -> bool:
    """Whether a status is no verdict on how the server speaks."""
    return status is None or status in (401, 403, 421, 429) or 300 <= status < 400 or status >= 500


def no_verdict(response: Response, says: str, url: str) -> InspectError | None:
    """The error that a response is, if it says nothing about the era; `None` if it may.

    Args:
        response: The response.
        says: What the server answered, e.g. `the server answered 503`.
        url: The server's, as it may be shown; empty where there is none.
    """
    status = response.status
    if status == 401:
        return _wants(response, "wants authorization", url)
    if status == 403:
        if response.authorized or any(_CREDENTIALS.match(text) for text in response.challenges):
            return _wants(response, "forbids the request", url)
        return ConnectionFailed(
            "The server forbids the request: it answered 403, without a Bearer challenge",
            next="It may refuse the Host or Origin header: let it allow the name in the URL, or use the name "
            "that it allows; if it wants a token, --header 'Authorization: Bearer …' sends one",
            status=status,
        )
    if not says_nothing_of_the_era(status) or 300 <= status < 400:
        return None
    means, next = _TROUBLE.get(status, ("", "Read the server's own log, or try again later"))
    after = _after(response.retry_after)
    return ConnectionFailed(
        f"Cannot connect: {says}{f': {means}' if means else ''}",
        next=f"Try again {after}" if after else next,
        status=status,
    )


def _after_redirect(outcome: HttpFailed) -> str:
    if "redirects" in outcome.says:  # to itself, in a circle, or too often: there is nowhere to connect to
        return "Correct the redirect in the server, or in the proxy before it"
    return (
        f"Connect to {clip(visible(outcome.redirect), _WIDTH)} itself"
        if outcome.redirect
        else "Check the URL"
    )


def unanswered(outcome: HttpFailed) -> ConnectionFailed | None:
    """The error that an exchange is that got no response, or only another place to ask at."""
    status = outcome.status
    if status is None:
        return ConnectionFailed(
            f"Cannot connect: {outcome.says}",
            next="Trust its authority with --cacert FILE, or any certificate with --insecure"
            if "certificate" in outcome.says
            else "Check the URL, and that the server is running",
        )
    if 300 <= status < 400:
        return ConnectionFailed(
            f"Cannot connect: {outcome.says}",
            next=_after_redirect(outcome),
            status=status,
        )
    return None


def lost_endpoint(outcome: HttpFailed, endpoint: str) -> ConnectionFailed:
    """The error where the endpoint that an HTTP+SSE stream named refuses messages."""
    at = clip(visible(redact_url(endpoint)), _WIDTH)
    return ConnectionFailed(
        f"Cannot connect over HTTP+SSE: the stream names {at} as its endpoint, and there {outcome.says}",
        next="Check that path: behind a proxy, the server may not know of a prefix; --trace shows the event",
        status=outcome.status,
    )


def meaning(status: int | None, era: Era, allow: str = "") -> tuple[str, str]:
    """What a status to a POST means to a client of `era`.

    Args:
        status: The status.
        era: Of what was asked: `server/discover` is modern, `initialize` legacy.
        allow: The value of `Allow`.

    Returns:
        Words that end a sentence, empty where the status says all, and the next step.
    """
    means, next = (_MODERN if era == "modern" else _LEGACY).get(status or 0) or _BOTH.get(
        status or 0, ("", "Check the URL's path, often /mcp or /sse")
    )
    if status == 405 and allow:
        means += f" (it allows {clip(visible(allow), 60)})"
    return means, next


def shown(url: str) -> str:
    """A URL, as it may be shown, as a word of a command line."""
    return shlex.quote(visible(url))


def _wants(response: Response, what: str, url: str) -> AuthNeeded:
    challenge = ", ".join(clip(visible(text), _WIDTH) for text in response.challenges)
    named = f"challenge: {challenge}" if challenge else "no WWW-Authenticate challenge"
    spite = " to the credentials that were sent" if response.authorized else ""
    bearer = not challenge or any(_CREDENTIALS.match(text) for text in response.challenges)
    return AuthNeeded(
        f"The server {what}: it answered {response.status}{spite}, {named}",
        next=f"mcp-inspect auth login {shown(url)}"
        if url and bearer
        else "Send credentials with --header 'Authorization: …'",
        status=response.status,
    )


def _after(value: str) -> str:
    """`Retry-After` in words (RFC 9110 section 10.2.3): seconds, or a date."""
    value = value.strip()
    if not value:
        return ""
    return f"after {int(value)} s" if value.isascii() and value.isdigit() and len(value) < 9 else (
        f"after {clip(visible(value), 60)}"
    )  # fmt: skip


_Table = Mapping[int, tuple[str, str]]

_TROUBLE: _Table = MappingProxyType(
    {
        421: (
            "it does not serve the host that the URL names",
            "Let the server allow this host (protection against DNS rebinding refuses others), or connect "
            "by the name that it allows, often localhost or 127.0.0.1",
        ),
        429: ("too many requests", "Try again later"),
        500: ("the server itself failed", "Read the server's own log"),
        502: ("a proxy got no good answer from the server behind it", "Check that the server runs"),
        503: ("the server, or a proxy before it, is not ready", "Try again later, or check that it runs"),
        504: ("a proxy waited in vain for the server behind it", "Check that the server runs"),
    }
)
_PATH = "Check the URL's path, often /mcp or /sse"
_MODERN: _Table = MappingProxyType(
    {
        400: ("a modern server names the reason in a JSON-RPC error, and this body has none", _PATH),
        404: (
            "a modern server answers an unknown method with error -32601, so nothing is served here",
            _PATH,
        ),
        405: ("a modern server takes POST", _PATH),
    }
)
_LEGACY: _Table = MappingProxyType(
    {
        400: ("it finds the request wrong, and does not say why", "Read the server's own log"),
        404: ("nothing is served at this path", _PATH),
        405: ("this path takes no POST", _PATH),
    }
)
_BOTH: _Table = MappingProxyType(
    {
        406: (
            "it offers neither application/json nor text/event-stream",
            "Look for a proxy that changes the Accept header; --trace shows what was sent",
        ),
        410: ("what was served here is gone", "Ask its operator for the new URL"),
        413: (
            "the request is too large for it",
            "Look for a proxy with a limit; --trace shows what was sent",
        ),
        415: (
            "it does not take application/json",
            "Look for a proxy that changes the Content-Type header; --trace shows what was sent",
        ),
    }
)
