"""Secrets become fingerprints before they are written down.

A fingerprint is the start of the SHA-256 of the secret. Equal secrets have equal fingerprints, within
one recording and between recordings, so one can see that a token was refreshed, or that two requests
carried the same one. What that protects: a random token of usual length cannot be found from its
fingerprint. What it does not: a short or guessable secret (a password, a PIN) can be tried out against
it, and who holds a secret can recognize it. Bodies of MCP messages are not touched here; those of
authorization are (`redact_body`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-key"}
)
"""Headers that always carry secrets, in lower case; `is_secret_name` knows more by their names."""

_PUBLIC = frozenset({"www-authenticate", "proxy-authenticate", "authentication-info", "author"})
_SECRET_NAME = re.compile(r"token|secret|passw(?:or)?d|api[-_]?key|auth", re.IGNORECASE)
_SECRET_QUERY = re.compile(
    r"token|secret|passw(?:or)?d|api[-_]?key|auth|signature|credential|session|assertion"
    r"|^(?:key|code|sig|pwd|jwt|state|nonce)$",
    re.IGNORECASE,
)
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{8}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9._~+/-]*) +(\S.*)", re.DOTALL)
_COOKIES = re.compile(r'(?:"[^"]*"|[^;"])+')
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#\\]*)@")
# Of no URL, but of what was meant as one: without its scheme, or with a password that should have been
# escaped, so that what stands in the place of a port is no number.
_MEANT_USERINFO = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*://|(?![^@]*://))([^/?#\\@:\[]+:(?!\d*(?:[/?#\\]|$)).*)@", re.DOTALL
)
_PARAMETER = re.compile(r"([?&#;])([^=&#;]*)=([^&#;]*)")


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


def redact_body(content_type: str, body: bytes) -> bytes:
    """The body of an authorization request or answer with its secrets as fingerprints.

    JSON, however deep, and forms are read; names decide (RFC 6749, 7521, 7591, 8628, 8693). A body without
    secrets stays as it is, byte for byte. Of one that cannot be read and looks as if it held a secret,
    only a fingerprint and the size are left.

    Args:
        content_type: What the header says; it is believed for forms only, since servers mislabel JSON.
        body: Of the request or response, perhaps cut short.
    """
    text = body.decode("utf-8", "surrogateescape")
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        try:
            value = json.loads(start, object_pairs_hook=_Pairs, parse_int=_Verbatim, parse_float=_Verbatim)
            cleaned = _clean_json(value)
        except (ValueError, RecursionError):
            return _hide_unread(text, body)
        return body if cleaned is value else _dumped(cleaned).encode("utf-8", "surrogateescape")
    form = content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
    if form or _FORM.fullmatch(start):
        return "&".join(_form_field(part) for part in text.split("&")).encode("utf-8", "surrogateescape")
    return _hide_unread(text, body)


_SECRET_FIELDS = frozenset(
    {
        "access_token",
        "refresh_token",
        "id_token",
        "id_token_hint",
        "token",
        "client_secret",
        "code",
        "code_verifier",
        "assertion",
        "client_assertion",
        "subject_token",
        "actor_token",
        "registration_access_token",
        "initial_access_token",
        "device_code",
        "user_code",
        "password",
        "state",
        "nonce",
        "login_ticket",
        "auth_req_id",
        "request",
        "saml_assertion",
        "samlresponse",
        "api_key",
        "apikey",
        "private_key",
        "secret",
        "session",
    }
)
_SECRET_FIELD = re.compile(r"(?:token|secret|passw(?:or)?d|passphrase|assertion|api[-_]?key)$", re.IGNORECASE)
_FORM = re.compile(r"[\w.~%+*-]+=[^\s<>{}\"]*(?:&[\w.~%+*-]+=[^\s<>{}\"]*)*\s*")
_UNREAD_SECRET = re.compile(
    r"""(?:access_token|refresh_token|id_token|client_secret|code_verifier|assertion|device_code|password"""
    r"""|subject_token|actor_token)(?:["']|&quot;)?\s*[:=]\s*\S|\beyJ[\w-]{8,}\.""",
    re.IGNORECASE,
)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys in their order, the repeated ones included."""


class _Verbatim(str):
    """A number as it was spelled."""


def _clean_json(value: Any) -> Any:
    """`value` itself where there is no secret in it."""
    match value:
        case _Pairs():
            pairs = _Pairs((name, _clean_member(name, member)) for name, member in value)
            same = all(new[1] is old[1] for new, old in zip(pairs, value, strict=True))
            return value if same else pairs
        case list():
            items = [_clean_json(item) for item in value]
            return value if all(new is old for new, old in zip(items, value, strict=True)) else items
        case str() if "://" in value and not isinstance(value, _Verbatim):
            cleaned = redact_url(value)
            return value if cleaned == value else cleaned
    return value


def _clean_member(name: str, member: Any) -> Any:
    if is_secret_field(name) and isinstance(member, str) and member:
        # An error's `code` is a number and says much; a secret that is one is rare, and named a secret.
        if isinstance(member, _Verbatim) and not _SECRET_FIELD.search(name):
            return member
        return fingerprint(member)
    return _clean_json(member)


def is_secret_field(name: str) -> bool:
    """Whether a field of an authorization message carries a secret."""
    lower = name.strip().lower()
    return lower in _SECRET_FIELDS or _SECRET_FIELD.search(lower) is not None


def _dumped(value: Any) -> str:
    match value:
        case _Pairs():
            return "{" + ",".join(f"{_dumped(name)}:{_dumped(member)}" for name, member in value) + "}"
        case list():
            return "[" + ",".join(map(_dumped, value)) + "]"
        case _Verbatim():
            return value
    return json.dumps(value, ensure_ascii=False)


def _form_field(part: str) -> str:
    from urllib.parse import unquote_plus  # here for the same reason as `hashlib` above

    name, equals, value = part.partition("=")
    bare = value.rstrip()
    if not bare:
        return part
    if is_secret_field(unquote_plus(name)):
        return f"{name}={fingerprint(unquote_plus(bare))}{value[len(bare) :]}"
    plain = unquote_plus(bare)
    if "://" in plain and (cleaned := redact_url(plain)) != plain:
        return f"{name}={cleaned}{value[len(bare) :]}"
    return f"{name}{equals}{value}"


def _hide_unread(text: str, body: bytes) -> bytes:
    if not _UNREAD_SECRET.search(text):
        return body
    says = f"{fingerprint(text)} ({len(body)} bytes that cannot be read and look as if they held a secret)"
    return says.encode()


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
