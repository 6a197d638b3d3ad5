"""What an authorization server remembers: its clients, codes and tokens, in the shapes that authlib wants."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin, TokenMixin


@dataclass
class Client(ClientMixin):
    """A registered client.

    Attributes:
        auth_method: How it authenticates at the token endpoint.
        public_key: PEM, for `private_key_jwt`.
    """

    client_id: str
    client_secret: str | None = None
    auth_method: str = "none"
    redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    scope: str | None = None
    public_key: str | None = None

    @classmethod
    def of(cls, client_id: str, secret: str | None, metadata: Mapping[str, Any]) -> Client:
        """A client as RFC 7591 metadata describe it."""
        return cls(
            client_id=client_id,
            client_secret=secret,
            auth_method=metadata.get("token_endpoint_auth_method", "client_secret_basic"),
            redirect_uris=tuple(metadata.get("redirect_uris", ())),
            grant_types=tuple(metadata.get("grant_types", ("authorization_code",))),
            scope=metadata.get("scope"),
        )

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        # RFC 8252 section 7.3: the port of a loopback redirect may be any.
        return any(_portless(redirect_uri) == _portless(uri) for uri in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest((self.client_secret or "").encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


def _portless(uri: str) -> str:
    for host in ("http://127.0.0.1:", "http://localhost:", "http://[::1]:"):
        if uri.startswith(host):
            return host + uri[len(host) :].partition("/")[2]
    return uri


@dataclass
class Code(AuthorizationCodeMixin):
    """An authorization code that was not redeemed yet."""

    code: str
    client_id: str
    redirect_uri: str | None
    scope: str
    resource: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Granted(TokenMixin):
    """An access token, and the refresh token beside it."""

    client_id: str
    scope: str
    resource: str | None
    expires_at: float
    refresh_token: str | None = None
    revoked: bool = False
    refresh_revoked: bool = False
    scopes: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.scopes = self.scope.split()

    def check_client(self, client: Client) -> bool:
        return client.client_id == self.client_id

    def get_scope(self) -> str:
        return self.scope
