"""Credentials for people and for programs: tokens as fingerprints, unless they were asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from inspector.cli.output import table
from inspector.journal.redact import fingerprint, redact_url
from inspector.session.auth.jwt import decode, expires
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.session.auth.jwt import Decoded
    from inspector.session.auth.model import Credentials

_SOURCES = {
    "given": "given",
    "metadata-document": "a client id metadata document",
    "registered": "registered dynamically",
    "entered": "entered by hand",
}


def as_text(credentials: Credentials, *, show_token: bool = False, place: str = "") -> list[str]:
    """Lines that are safe on a terminal."""
    client, tokens = credentials.client, credentials.tokens
    rows = [
        ("issuer", credentials.issuer),
        ("client", f"{client.client_id} ({_SOURCES[client.source]}, {client.auth_method})"),
    ]
    if credentials.indicator and credentials.indicator != credentials.resource:
        rows.append(("resource", f"{credentials.indicator}, as the server names it"))
    if client.client_secret:
        rows.append(("client secret", fingerprint(client.client_secret)))
    if tokens is None:
        rows.append(("token", "none yet"))
    else:
        rows += [
            ("scope", tokens.scope or "none said"),
            ("token", tokens.access_token if show_token else fingerprint(tokens.access_token)),
            ("", expires(tokens.expires_at) if tokens.expires_at else "does not say when it expires"),
            ("refresh token", fingerprint(tokens.refresh_token) if tokens.refresh_token else "none"),
            *_decoded_rows(decode(tokens.access_token, credentials.indicator or credentials.resource)),
        ]
    if place:
        rows.append(("kept in", place))
    url = credentials.resource if show_token else redact_url(credentials.resource)
    return [visible(url), *table(rows, None)]


def _decoded_rows(decoded: Decoded) -> list[tuple[str, str]]:
    rows = [("of itself", decoded.says)]
    if decoded.kind == "jwt":
        rows.append(("", f"It {decoded.expiry}."))
        rows += [(f"  {name}", _json(value)) for name, value in decoded.claims.items()]
    rows += [("problem", f"{problem}.") for problem in decoded.problems]
    return rows


def _json(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):  # nested too deeply to be said
        return "…"


def as_json(credentials: Credentials, *, show_token: bool = False) -> dict[str, Any]:
    """One JSON object; what a token says of itself is under `decoded`."""
    client, tokens = credentials.client, credentials.tokens
    document: dict[str, Any] = {
        "url": credentials.resource if show_token else redact_url(credentials.resource),
        "resource": redact_url(credentials.indicator or credentials.resource),
        "issuer": credentials.issuer,
        "client": {"id": client.client_id, "source": client.source, "authMethod": client.auth_method},
        "token": None,
    }
    if tokens is not None:
        decoded = decode(tokens.access_token, credentials.indicator or credentials.resource)
        document["token"] = {
            "fingerprint": fingerprint(tokens.access_token),
            "type": tokens.token_type,
            "scope": tokens.scope,
            "obtainedAt": tokens.obtained_at,
            "expiresAt": tokens.expires_at,
            "refresh": fingerprint(tokens.refresh_token) if tokens.refresh_token else None,
            "decoded": {
                "kind": decoded.kind,
                "header": dict(decoded.header),
                "claims": dict(decoded.claims),
                "audience": list(decoded.audience),
                "problems": list(decoded.problems),
            },
        }
        if show_token:
            document["token"]["accessToken"] = tokens.access_token
    return document
