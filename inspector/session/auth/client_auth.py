"""How a client proves at a token endpoint who it is: RFC 6749 section 2.3, RFC 7523 section 2.2."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from inspector.session.auth.case import Known
from inspector.session.auth.model import Client

METHODS = ("private_key_jwt", "client_secret_basic", "client_secret_post", "none")
"""What this client can do, in the order in which it is preferred where it has what is needed."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME = 60  # seconds; an assertion is used once, at once


def possible(*, secret: bool, key: bool) -> tuple[str, ...]:
    """The methods that a client with these can use, best first."""
    held = {"private_key_jwt": key, "client_secret_basic": secret, "client_secret_post": secret}
    found = tuple(method for method in METHODS if held.get(method))
    return found or ("none",)


def method(offered: Sequence[str], *, secret: bool, key: bool) -> str:
    """The method for a client with these at a server that offers those; empty if none fits."""
    return next((name for name in possible(secret=secret, key=key) if name in offered), "")


def proof(client: Client, known: Known) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
    """Headers and form parameters that authenticate `client`.

    Raises:
        ValueError: What the method needs is not there; the words say what.
    """
    match client.auth_method:
        case "none":
            return (), {"client_id": client.client_id}
        case "client_secret_basic" | "client_secret_post" if not client.client_secret:
            raise ValueError(f"{client.auth_method} needs a client secret")
        case "client_secret_basic":
            # RFC 6749 section 2.3.1: form-encoded first, so that a colon in the id is no separator.
            pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret or '')}"
            basic = base64.b64encode(pair.encode("ascii")).decode("ascii")
            # The id alone proves nothing, so that this is no second method; servers built with the Python
            # SDK look for it in the form first.
            return (("authorization", f"Basic {basic}"),), {"client_id": client.client_id}
        case "client_secret_post":
            return (), {"client_id": client.client_id, "client_secret": client.client_secret or ""}
        case "private_key_jwt" if known.sign is None:
            raise ValueError("private_key_jwt needs a private key")
        case "private_key_jwt":
            assert known.sign is not None
            # The client is named by the assertion's subject (RFC 7523 section 3).
            return (), {
                "client_assertion_type": ASSERTION,
                "client_assertion": known.sign(claims(client, known)),
            }
    raise ValueError(f"{client.auth_method} is no way to authenticate that this program knows")


def claims(client: Client, known: Known) -> Mapping[str, Any]:
    """Claims of a client assertion. The audience is the issuer, as RFC 7523bis wants it, not the endpoint."""
    now = int(known.now())
    return {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": client.issuer,
        "jti": known.random(16),
        "iat": now,
        "exp": now + _LIFETIME,
    }
