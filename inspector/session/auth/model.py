"""The values of authorization: what is asked for, who we are at a server, and what it granted.

Secrets are fields that `repr` leaves out. Times are Unix seconds, because they outlive a process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

Grant: TypeAlias = Literal["authorization-code", "client-credentials", "enterprise-managed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthOptions:
    """What the user gave or chose.

    Attributes:
        token: An access token to use as it is; nothing is asked of an authorization server then.
        client_id: Registered beforehand.
        client_secret: Of `client_id`, for clients that have one.
        client_metadata_url: An https URL that is the client id itself (client id metadata document).
        scope: Scopes to ask for instead of the ones that the server names, space separated.
        callback_port: Port of the loopback callback; 0 for any.
        callback_url: The whole redirect URI, where a registration insists on one; its port is listened on.
        browser: Whether a browser may be opened, after a question.
        grant: Which flow.
        private_key: PEM of the key for `private_key_jwt` (client credentials).
        signing_algorithm: Of the client assertion, e.g. `ES256`; by the key's kind where empty.
        idp_issuer: Enterprise-managed: issuer of the identity provider, whose metadata is looked up.
        idp_token_endpoint: Enterprise-managed: instead of looking it up.
        idp_client_id: Enterprise-managed: our client id at the identity provider.
        idp_client_secret: Enterprise-managed: its secret, where there is one.
        id_token: Enterprise-managed: the ID token of the single sign-on.
        timeout: Seconds that one request to an authorization server may take.
        past: Rules whose violation does not stop the flow (see `Verdict.rule`), or `all`.
    """

    token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    client_metadata_url: str | None = None
    scope: str | None = None
    callback_port: int = 0
    callback_url: str | None = None
    browser: bool = True
    grant: Grant = "authorization-code"
    private_key: str | None = field(default=None, repr=False)
    signing_algorithm: str = ""
    idp_issuer: str | None = None
    idp_token_endpoint: str | None = None
    idp_client_id: str | None = None
    idp_client_secret: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    past: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who we are at one authorization server.

    Attributes:
        issuer: The authorization server; credentials never serve another one.
        client_id: As given, registered, or the URL of a client id metadata document.
        client_secret: `None` for a public client.
        auth_method: `none`, `client_secret_basic`, `client_secret_post` or `private_key_jwt`.
        source: Where it comes from.
        redirect_uri: What was registered; empty where nothing was.
        expires_at: When the secret expires; `None` for never.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    auth_method: str = "none"
    source: Literal["given", "metadata-document", "registered", "entered"] = "given"
    redirect_uri: str = ""
    expires_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a token endpoint granted (RFC 6749 section 5.1).

    Attributes:
        obtained_at: When.
        expires_at: When the access token expires, where the server said so.
        scope: What was granted, space separated; what was asked for where the server left it out.
    """

    access_token: str = field(repr=False)
    token_type: str = "Bearer"
    refresh_token: str | None = field(default=None, repr=False)
    scope: str = ""
    obtained_at: float = 0.0
    expires_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What is kept for one MCP server.

    Attributes:
        resource: The server's canonical URI (`address.canonical`), by which it is found again.
        issuer: The authorization server that granted `tokens`.
        client: Who we are there.
        tokens: What was granted; `None` where only the registration is known.
        token_endpoint: Where to refresh.
        indicator: The `resource` parameter as it was sent (RFC 8707), which may be a parent that the server
            names in its metadata; empty for `resource` itself.
    """

    resource: str
    issuer: str
    client: Client
    tokens: Tokens | None = None
    token_endpoint: str = ""
    indicator: str = ""


class Store(Protocol):
    """Where credentials live between runs. Clients are found by issuer, tokens by the server's URI.

    Each may raise `InspectError` with a sentence that names the file or keychain.
    """

    def client(self, issuer: str) -> Client | None:
        """The registration at `issuer`, unless its secret has expired."""
        ...

    def keep_client(self, client: Client) -> None: ...

    def credentials(self, resource: str) -> Credentials | None:
        """What is kept for the server at `resource`."""
        ...

    def keep(self, credentials: Credentials) -> None: ...

    def forget(self, resource: str | None = None) -> int:
        """Forget one server's credentials, or all, and the registrations that nothing uses any more.

        Returns:
            How many servers were forgotten.
        """
        ...

    def all(self) -> Iterable[Credentials]: ...


def as_json(value: Any) -> Mapping[str, Any]:
    """A parsed JSON object, or an empty one for anything else a server may have sent."""
    return value if isinstance(value, Mapping) else {}
