"""Bodies of authorization lose their secrets before they are written down: forms and JSON, by their names.

Of what cannot be read and looks as if it held a secret, nothing is written. Bodies of MCP messages do not
come here. Apart from `redact`, because its rules cost start-up time that only authorization needs.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote_plus

from inspector.journal.redact import fingerprint, redact_url

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
_FORM = re.compile(r"[\w.~%+*-]+=[^\s<>{}\"&]*(?:&[\w.~%+*-]+=[^\s<>{}\"&]*)*\s*")
_UNREAD_SECRET = re.compile(
    r"""(?:access_token|refresh_token|id_token|client_secret|code_verifier|assertion|device_code|password"""
    r"""|subject_token|actor_token)(?:["']|&quot;)?\s*[:=]\s*\S|\beyJ[\w-]{16}""",
    re.IGNORECASE,
)


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
