"""The violations that a flow can be continued past on purpose, by name: what `--past` takes.

What every other rule means is said by its verdict; nothing lies past those that end a flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PASSABLE: Mapping[str, str] = MappingProxyType(
    {
        "auth-prm-address": "The challenge names an address that is refused; well-known ones come next.",
        "resource-mismatch": "The protected resource metadata is about another resource, or about none.",
        "auth-prm-servers": "The protected resource metadata names no usable authorization server.",
        "auth-insecure": "An authorization server or one of its endpoints is plain http, not on loopback.",
        "auth-server-metadata": "The authorization server has no metadata; default endpoints are used.",
        "issuer-mismatch": "The authorization server's metadata names another issuer.",
        "auth-pkce": "The authorization server does not say that it supports PKCE with S256.",
        "auth-endpoint-query": "The authorization endpoint sets parameters that are the client's.",
        "client-issuer-mismatch": "The given client id was used at another authorization server before.",
        "auth-method": "The client can authenticate by no method that the authorization server lists.",
        "state-mismatch": "The answer from the browser has no state, or another one.",
        "iss-missing": "The answer from the browser lacks the issuer that was promised.",
        "iss-mismatch": "The answer from the browser is from another authorization server.",
        "issued-token-type": "The identity provider issued something else than an identity assertion.",
        "token-type": "The token is of another type than Bearer.",
    }
)
