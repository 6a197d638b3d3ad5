"""Secrets become fingerprints before they are written down.

A fingerprint is the start of the SHA-256 of the secret. Equal secrets have equal fingerprints, within
one recording and between recordings, so one can see that a token was refreshed, or that two requests
carried the same one. What that protects: a random token of usual length cannot be found from its
fingerprint. What it does not: a short or guessable secret (a password, a PIN) can be tried out against
it, and who holds a secret can recognize it. Bodies of MCP messages are not touched here; those of
authorization are (`redact_body`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-key"}
)
"""Headers that always carry secrets, in lower case; `is_secret_name` knows more by their names."""

_PUBLIC = frozenset({"www-authenticate", "proxy-authenticate", "authentication-info", "author"})
_SECRET_NAME = re.compile(
    r"token|secret|passw(?:or)?d|api[-_]?key|auth|credential|signature|(?:^|[-_])(?:key|jwt|pat|cookie)$",
    re.IGNORECASE,
)
_SECRET_QUERY = re.compile(
    r"token|secret|passw(?:or)?d|api[-_]?key|auth|signature|credential|session|assertion"
    r"|^(?:key|code|sig|pwd|jwt|state|nonce)$",
    re.IGNORECASE,
)
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{8}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9._~+/-]*) +(\S.*)", re.DOTALL)
_COOKIES = re.compile(r'(?:"[^"]*"|[^;"])+')
# A longer scheme is none; without an end the search would be quadratic in what a server sends.
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)([^/?#\\]*)@")
# Of no URL, but of what was meant as one: without its scheme, or with a password that should have been
# escaped, so that what stands in the place of a port is no number.
_MEANT_USERINFO = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*://|(?![^@]*://))([^/?#\\@:\[]+:(?!\d*(?:[/?#\\]|$)).*)@", re.DOTALL
)
# No name with a question mark: a row of them would be searched through from each anew.
_PARAMETER = re.compile(r"([?&#;])([^?=&#;]*)=([^&#;]*)")


def fingerprint(secret: str) -> str:
    """`sha256:` and eight hex digits that stand for `secret`; what is a fingerprint already stays."""
    if _FINGERPRINT.fullmatch(secret):
        return secret
    import hashlib  # costs 6 ms of start-up, and over stdio nothing is redacted

    return f"sha256:{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def is_secret_name(name: str) -> bool:
    """Whether a header of this name carries a secret."""
    lower = name.strip().lower()
    return lower not in _PUBLIC and (lower in SECRET_HEADERS or _SECRET_NAME.search(lower) is not None)


def redact_header(name: str, value: str) -> str:
    """The value to write down: a scheme and the names of cookies stay, secrets become fingerprints."""
    if not value or not is_secret_name(name):
        return value
    lower = name.strip().lower()
    if lower == "cookie":
        return _COOKIES.sub(lambda found: _cookie(found[0]), value)
    if lower == "set-cookie":
        first = _COOKIES.match(value)
        return _cookie(first[0]) + value[first.end() :] if first and "=" in first[0] else fingerprint(value)
    scheme = _SCHEME.fullmatch(value)
    return f"{scheme[1]} {fingerprint(scheme[2])}" if scheme else fingerprint(value)


def redact_headers(pairs: Iterable[tuple[str, str] | list[str]]) -> list[list[str]]:
    """Header pairs in their order, with secrets as fingerprints."""
    return [[name, redact_header(name, value)] for name, value in pairs]


def redact_url(url: str) -> str:
    """A URL whose password and secret-looking query values are fingerprints; the rest as it was."""
    url, found = _USERINFO.subn(lambda found: f"{found[1]}{_userinfo(found[2])}@", url, count=1)
    if not found:
        meant = _MEANT_USERINFO.match(url)
        url = f"{meant[1]}{_userinfo(meant[2])}@{url[meant.end() :]}" if meant else url
    return _PARAMETER.sub(_parameter, url)


def secrets_of_url(url: str) -> list[str]:
    """The values that `redact_url` takes out of a query, as they are spelt there."""
    return [found[3] for found in _PARAMETER.finditer(url) if found[3] and _SECRET_QUERY.search(found[2])]


def redact_body(content_type: str, body: bytes) -> bytes:
    """The body of an authorization request or answer with its secrets as fingerprints.

    Only what authorizes has such bodies, so the rules are read when the first one comes. See
    `inspector.journal.redact_bodies.redact_body`.
    """
    from inspector.journal.redact_bodies import redact_body as redact

    return redact(content_type, body)


def _cookie(text: str) -> str:
    bare = text.lstrip()
    name, equals, secret = bare.partition("=")
    shown = f"{name}={fingerprint(secret)}" if equals else fingerprint(bare) if bare else ""
    return text[: len(text) - len(bare)] + shown


def _userinfo(text: str) -> str:
    if _FINGERPRINT.fullmatch(text):
        return text
    user, colon, password = text.partition(":")
    return f"{user}:{fingerprint(password)}" if colon else fingerprint(user)


def _parameter(found: re.Match[str]) -> str:
    mark, name, value = found[1], found[2], found[3]
    return f"{mark}{name}={fingerprint(value)}" if value and _SECRET_QUERY.search(name) else found[0]
