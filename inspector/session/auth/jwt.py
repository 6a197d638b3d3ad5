"""Reads a token locally: what it says of itself, in words. It verifies no signature and asks nobody.

An access token is meant for the server, and a client need not understand it (RFC 6749 section 1.4). Many
are signed JWTs (RFC 7519, RFC 9068) all the same, and there the cause of a refusal can often be read: it
has expired, or it is for another audience. Whatever a token holds, reading it raises nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from inspector.wire.visible import seconds, visible

TokenKind: TypeAlias = Literal["jwt", "jwe", "opaque"]

UNVERIFIED = "The signature is not checked: that is the server's business."
_LARGEST = 256 * 1024  # characters of a token that are looked at
_MOST_AUDIENCES = 50
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a token says. Texts in `header` and `claims` are as the issuer wrote them, unfiltered.

    Attributes:
        kind: A signed `jwt`; an encrypted `jwe`, of which only the header can be read; else `opaque`.
        header: The JOSE header; empty for an opaque token.
        claims: The claims; empty where they cannot be read.
        expiry: When it expires, in words, e.g. `expires in 59:12 (2026-07-28 12:00:00 UTC)`; safe to show.
        times: The other times in words, by name: `issued`, `not before`.
        audience: Whom it is for.
        expires_at: Unix seconds, where the token says so.
        problems: What is wrong with it, one sentence each, safe to show.
    """

    kind: TokenKind
    header: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    claims: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    expiry: str = ""
    times: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    audience: tuple[str, ...] = ()
    expires_at: float | None = None
    problems: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What it is, one sentence."""
        match self.kind:
            case "jwt":
                return f"A JWT. {UNVERIFIED}"
            case "jwe":
                return "An encrypted token (JWE): only whoever holds the key can read its claims."
        return "An opaque token: only its issuer knows what it says."


def decode(token: str, resource: str = "", *, now: float | None = None) -> Decoded:
    """Read a token.

    Args:
        token: As it is sent.
        resource: The server's URL, to hold the audience against.
        now: Unix seconds; the present where `None`.
    """
    parts = token.strip().split(".") if len(token) <= _LARGEST else []
    header = _object(parts[0]) if len(parts) in (3, 5) else None
    if header is None:
        return Decoded(kind="opaque")
    if len(parts) == 5:  # RFC 7516 section 9: five parts, and `enc` in the header
        return Decoded(kind="jwe", header=header) if "enc" in header else Decoded(kind="opaque")
    claims = _object(parts[1])
    if claims is None:
        return Decoded(kind="opaque") if "alg" not in header else _unreadable(header)
    moment = time.time() if now is None else now
    return Decoded(
        kind="jwt",
        header=header,
        claims=claims,
        expiry=_expiry(claims, moment),
        times=_times(claims, moment),
        audience=_audience(claims),
        expires_at=_number(claims.get("exp")),
        problems=tuple(_problems(header, claims, resource, moment, signed=bool(parts[2]))),
    )


def _unreadable(header: Mapping[str, Any]) -> Decoded:
    return Decoded(kind="jwt", header=header, problems=("Its claims are no JSON object",))


def _object(part: str) -> dict[str, Any] | None:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        value = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):  # an opaque token with dots in it
        return None
    return value if isinstance(value, dict) else None


def _problems(
    header: Mapping[str, Any], claims: Mapping[str, Any], resource: str, now: float, *, signed: bool
) -> list[str]:
    problems = []
    if str(header.get("alg", "")).lower() == "none" or not signed:
        problems.append("It is not signed (alg none): no server should take it")
    for name in ("exp", "nbf", "iat"):
        if name in claims and _number(claims[name]) is None:
            problems.append(f"Its {name} is no time: {_shown(claims[name])}")
    expires, begins, issued = (_number(claims.get(name)) for name in ("exp", "nbf", "iat"))
    if expires is not None and expires <= now:
        problems.append(f"It expired {_span(now - expires)} ago")
    if begins is not None and begins > now:
        problems.append(f"It is not valid yet: it will be in {_span(begins - now)}")
    if issued is not None and issued > now + 60:
        problems.append(f"It was issued {_span(issued - now)} in the future: a clock is wrong")
    audience = _audience(claims)
    if resource and not any(_same(each, resource) for each in audience):
        says = f"it is for {_listed(audience)}" if audience else "it names no audience"
        problems.append(f"It is not for this server: {says}, and the server is {visible(resource)}")
    return problems


def _audience(claims: Mapping[str, Any]) -> tuple[str, ...]:
    given = claims.get("aud")
    listed = given if isinstance(given, list) else [given]
    return tuple(each for each in listed[:_MOST_AUDIENCES] if isinstance(each, str))


def _same(audience: str, resource: str) -> bool:
    """Whether both name one resource: host and scheme in any case, a final slash left out."""
    return _normal(audience) == _normal(resource)


def _normal(url: str) -> str:
    try:
        parts = urlsplit(url)
        default = {"http": ":80", "https": ":443"}.get(parts.scheme.lower(), "")
        place = parts.netloc.lower().removesuffix(default) if default else parts.netloc.lower()
    except ValueError:  # brackets that do not match: an audience may be any text
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme.lower()}://{place}{parts.path.rstrip('/')}{query}" if parts.scheme else url


def _number(value: Any) -> float | None:
    """A NumericDate (RFC 7519 section 2) that a calendar has."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if _date(float(value)) else None
    except OverflowError:
        return None


def _date(moment: float) -> str:
    try:
        return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):  # NaN, or beyond the calendar
        return ""


def _expiry(claims: Mapping[str, Any], now: float) -> str:
    moment = _number(claims.get("exp"))
    if moment is None:
        return "does not say when it expires"
    return expires(moment, now)


def expires(moment: float, now: float | None = None) -> str:
    """When something expires, in words, e.g. `expires in 59:12 (2026-07-28 12:00:00 UTC)`."""
    now = time.time() if now is None else now
    span = f"expires in {_span(moment - now)}" if moment > now else f"expired {_span(now - moment)} ago"
    date = _date(moment)
    return f"{span} ({date})" if date else span


def _times(claims: Mapping[str, Any], now: float) -> dict[str, str]:
    found = {}
    for name, word in (("iat", "issued"), ("nbf", "not before")):
        moment = _number(claims.get(name))
        if moment is not None:
            ago = f"{_span(now - moment)} ago" if moment <= now else f"in {_span(moment - now)}"
            found[word] = f"{ago} ({_date(moment)})"
    return found


def _span(length: float) -> str:
    days = int(length // 86400)
    return f"{days} day{'s' if days > 1 else ''}" if days else seconds(length)


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(visible(text[:200]) for text in texts[:5]) + (", …" if len(texts) > 5 else "")


def _shown(value: Any) -> str:
    try:
        return visible(json.dumps(value)[:60])
    except (ValueError, RecursionError):
        return type(value).__name__
