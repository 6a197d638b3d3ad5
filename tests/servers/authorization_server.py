"""An authorization server built with authlib, as they are in the world: well-behaved unless told otherwise.

It agrees to everything by itself: whoever visits its authorization endpoint is sent back at once. How it
behaves is one value, `Behaviour`, that a test may change while it runs; anything that is worse than that
is put in the place of an endpoint with `instead`.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from authlib.oauth2.rfc6749 import AuthorizationServer as Authlib
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, JsonRequest, OAuth2Request
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers import authorization_grants as grants
from tests.servers.authorization_records import Client, Granted
from tests.servers.hosting import Place, place

ACCESS, REFRESH, CODE, SECRET, VERIFIER, ASSERTION = "access", "refresh", "code", "secret", "verifier", "jwt"


@dataclass(kw_only=True)
class Behaviour:
    """What an authorization server does.

    Attributes:
        metadata: Where its metadata lies: `oauth` (RFC 8414), `oidc` (OpenID Connect, path inserted),
            `oidc-appended` (path first).
        issuer: What the metadata say instead of the truth.
        extra: Members of the metadata, over all others; `None` takes one out.
        registration: Whether clients may register themselves.
        documents: Client id metadata documents by URL; `None` for not supporting them.
        pkce: `code_challenge_methods_supported`; `None` leaves it out.
        auth_methods: How clients may authenticate at the token endpoint.
        iss: The `iss` of an authorization response.
        iss_advertised: Whether the metadata promise one; `None` leaves it out.
        scopes: All that there are.
        grants_scope: What is granted instead of what is asked for.
        expires_in: Seconds that an access token lives.
        refresh: Whether there are refresh tokens.
        rotate: Whether each refresh gives a new refresh token and ends the old one.
        opaque: Access tokens are random text instead of JWTs.
        deny: An error for the authorization response, e.g. `access_denied`.
        token_error: An error for every token request, e.g. `invalid_grant`.
        state: What comes back instead of the client's `state`.
    """

    metadata: tuple[str, ...] = ("oauth",)
    issuer: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    registration: bool = True
    documents: Mapping[str, Mapping[str, Any]] | None = None
    pkce: tuple[str, ...] | None = ("S256",)
    auth_methods: tuple[str, ...] = ("none", "client_secret_basic", "client_secret_post", "private_key_jwt")
    iss: Literal["right", "wrong", "slash", "missing"] = "right"
    iss_advertised: bool | None = True
    scopes: tuple[str, ...] = ("read", "write", "admin", "offline_access")
    grants_scope: str | None = None
    expires_in: int = 3600
    refresh: bool = True
    rotate: bool = True
    opaque: bool = False
    deny: str = ""
    token_error: str = ""
    state: str | None = None


class AuthorizationServer(Authlib):
    """One issuer.

    Attributes:
        url: Its origin.
        issuer: Its identifier: the origin, with the tenant's path where there is one.
        behaviour: What it does; read at each request.
        clients: Those that are registered, by id.
        granted: What was granted, by access token.
        requests: All that came, in order.
        codes: Authorization codes that are open.
        issued: Every secret that went out or came in, with its kind: none may be found in a recording.
        registrations: What clients said of themselves when they registered.
        token_requests: The forms that came to the token endpoint.
        instead: Responses in the place of endpoints, by path.
        trusted: Identity providers whose assertions are taken.
        key: Signs access tokens.
    """

    def __init__(self, where: Place, path: str = "", behaviour: Behaviour | None = None) -> None:
        super().__init__()
        self.url = where.url
        self.path = path
        self.issuer = where.url + path
        self.behaviour = behaviour or Behaviour()
        self.clients: dict[str, Client] = {}
        self.granted: dict[str, Granted] = {}
        self.codes: dict[str, grants.Code] = {}
        self.issued: list[tuple[str, str]] = []
        self.registrations: list[dict[str, Any]] = []
        self.token_requests: list[dict[str, str]] = []
        self.authorizations: list[dict[str, str]] = []
        self.instead: dict[str, Response] = {}
        self.trusted: list[AuthorizationServer] = []
        self.jtis: set[str] = set()
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)}, private=True)
        self.resource: str | None = None  # of the request that is being answered
        self.requests = where.requests
        self.register_token_generator(
            "default",
            BearerTokenGenerator(self._access_token, self._refresh_token, self._expires_in),
        )
        grants.register(self)

    # What a test does.

    def client(self, **metadata: Any) -> Client:
        """Register a client beforehand."""
        client = Client(
            client_id=f"client-{secrets.token_hex(4)}",
            client_secret=metadata.pop("client_secret", None) or self.secret(SECRET),
            **metadata,
        )
        self.clients[client.client_id] = client
        return client

    def revoke(self) -> None:
        """End every access token and refresh token."""
        for granted in self.granted.values():
            granted.revoked = granted.refresh_revoked = True

    def expire(self) -> None:
        """End every access token, as time does."""
        for granted in self.granted.values():
            granted.revoked = True

    def active(self, token: str) -> Granted | None:
        """What an access token is good for, if it is still good."""
        granted = self.granted.get(token)
        return granted if granted and not granted.revoked and granted.expires_at > time.time() else None

    def id_token(self, audience: str, user: str = "ann@example.com") -> str:
        """As an identity provider: what single sign-on gives to the client `audience`."""
        claims = {"iss": self.issuer, "sub": user, "aud": audience, "exp": int(time.time()) + 600}
        return self.sign(claims, "JWT")

    def sign(self, claims: Mapping[str, Any], typ: str) -> str:
        """A JWT of this server."""
        token = str(jwt.encode({"alg": "ES256", "typ": typ, "kid": self.key.kid}, dict(claims), self.key))
        self.issued.append((ASSERTION, token))
        return token

    def secret(self, kind: str) -> str:
        """A fresh secret, which is remembered."""
        made = f"{kind}-{secrets.token_urlsafe(24)}"
        self.issued.append((kind, made))
        return made

    def metadata(self) -> dict[str, Any]:
        """RFC 8414."""
        does = self.behaviour
        said: dict[str, Any] = {
            "issuer": self.issuer if does.issuer is None else does.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "introspection_endpoint": f"{self.issuer}/introspect",
            "revocation_endpoint": f"{self.issuer}/revoke",
            "response_types_supported": ["code"],
            "grant_types_supported": sorted({grant.GRANT_TYPE for grant, _ in self._token_grants}),
            "token_endpoint_auth_methods_supported": list(does.auth_methods),
            "scopes_supported": list(does.scopes),
            "code_challenge_methods_supported": None if does.pkce is None else list(does.pkce),
            "authorization_response_iss_parameter_supported": does.iss_advertised,
            "registration_endpoint": f"{self.issuer}/register" if does.registration else None,
            "client_id_metadata_document_supported": True if does.documents is not None else None,
            "token_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256"],
            **does.extra,
        }
        return {name: value for name, value in said.items() if value is not None}

    # What authlib asks for.

    def query_client(self, client_id: str) -> Client | None:
        documents = self.behaviour.documents or {}
        if client_id in documents and client_id not in self.clients:
            document = documents[client_id]
            if document.get("client_id") == client_id:
                self.clients[client_id] = Client.of(client_id, None, document)
        return self.clients.get(client_id)

    def authenticate_client(
        self, request: OAuth2Request, methods: list[str], endpoint: str = "token"
    ) -> Client:
        supported = [method for method in methods if method in self.behaviour.auth_methods]
        client: Client = super().authenticate_client(request, supported, endpoint)
        return client

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        self.granted[token["access_token"]] = Granted(
            client_id=request.client.client_id,
            scope=token.get("scope", ""),
            resource=self.resource,
            expires_at=time.time() + self.behaviour.expires_in,
            refresh_token=token.get("refresh_token"),
        )

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def create_json_request(self, request: JsonRequest) -> JsonRequest:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        if isinstance(body, dict):
            return JSONResponse(body, status, dict(headers))
        return Response(body, status, dict(headers))

    def _expires_in(self, client: Client, grant_type: str) -> int:
        return self.behaviour.expires_in

    def _refresh_token(self, **_: Any) -> str | None:
        return self.secret(REFRESH) if self.behaviour.refresh else None

    def _access_token(self, *, client: Client, grant_type: str, user: Any, scope: str) -> str:
        if self.behaviour.opaque:
            return self.secret(ACCESS)
        now = int(time.time())
        token = self.sign(
            {
                "iss": self.issuer,
                "sub": user or client.client_id,
                "aud": self.resource or self.issuer,
                "client_id": client.client_id,
                "scope": scope,
                "iat": now,
                "exp": now + self.behaviour.expires_in,
                "jti": secrets.token_hex(8),
            },
            "at+jwt",  # RFC 9068
        )
        self.issued.append((ACCESS, token))
        return token

    # The endpoints.

    def app(self) -> Starlette:
        """The server as an application."""

        def at(path: str, answer: Any, *methods: str) -> Route:
            async def endpoint(request: Request) -> Response:
                given = self.instead.get(path)
                return given if given is not None else await answer(request)

            return Route(path, endpoint, methods=methods)

        return Starlette(
            routes=[
                at(f"/.well-known/oauth-authorization-server{self.path}", self._metadata("oauth"), "GET"),
                at(f"/.well-known/openid-configuration{self.path}", self._metadata("oidc"), "GET"),
                *(
                    [
                        at(
                            f"{self.path}/.well-known/openid-configuration",
                            self._metadata("oidc-appended"),
                            "GET",
                        )
                    ]
                    if self.path
                    else []
                ),
                at(f"{self.path}/authorize", self._authorize, "GET"),
                at(f"{self.path}/token", self._token, "POST"),
                at(f"{self.path}/register", self._register, "POST"),
                at(f"{self.path}/introspect", self._introspect, "POST"),
                at(f"{self.path}/revoke", self._revoke, "POST"),
                at(f"{self.path}/jwks", self._jwks, "GET"),
            ]
        )

    def _metadata(self, flavour: str) -> Any:
        async def answer(request: Request) -> Response:
            if flavour in self.behaviour.metadata:
                return JSONResponse(self.metadata())
            return JSONResponse({"error": "not found"}, 404)

        return answer

    async def _authorize(self, request: Request) -> Response:
        self.authorizations.append(dict(request.query_params))
        self.issued.append((VERIFIER, request.query_params.get("state", "")))
        asked = self._request(request, dict(request.query_params))
        try:
            grant = self.get_consent_grant(asked, end_user="ann")
        except OAuth2Error as error:
            return self.handle_error_response(asked, error)
        response = self.create_authorization_response(asked, None if self.behaviour.deny else "ann", grant)
        return self._spoiled(response)

    def _spoiled(self, response: Response) -> Response:
        """The authorization response as `behaviour` wants it (RFC 9207)."""
        if "location" not in response.headers:
            return response
        location, does = URL(response.headers["location"]), self.behaviour
        iss = {"right": self.issuer, "wrong": "https://evil.example", "slash": f"{self.issuer}/"}.get(
            does.iss
        )
        if iss is not None:
            location = location.include_query_params(iss=iss)
        if does.state is not None:
            location = location.include_query_params(state=does.state)
        if does.deny:
            location = location.include_query_params(error=does.deny)
        response.headers["location"] = str(location)
        return response

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.token_requests.append(form)
        for name in (
            "code",
            "code_verifier",
            "client_secret",
            "client_assertion",
            "refresh_token",
            "assertion",
        ):
            if name in form:
                self.issued.append((VERIFIER, form[name]))
        if self.behaviour.token_error:
            # What a careless server does: the request's own secrets stand in its answer.
            says = f"refused: {json.dumps(form)}"
            return JSONResponse({"error": self.behaviour.token_error, "error_description": says}, 400)
        self.resource = form.get("resource")
        return self.create_token_response(self._request(request, form))

    def _request(self, request: Request, form: dict[str, str]) -> OAuth2Request:
        made = grants.Asked(request.method, str(request.url), form, request.headers)
        made.payload = BasicOAuth2Payload(form)
        return made

    async def _register(self, request: Request) -> Response:
        if not self.behaviour.registration:
            return JSONResponse({"error": "not found"}, 404)
        asked = JsonRequest(request.method, str(request.url), request.headers)
        said = await request.json()
        asked.payload = grants.Said(said)
        self.registrations.append(said)
        return self.create_endpoint_response("client_registration", asked)

    async def _introspect(self, request: Request) -> Response:
        granted = self.active(str((await request.form()).get("token", "")))
        if granted is None:
            return JSONResponse({"active": False})
        about = {"client_id": granted.client_id, "scope": granted.scope, "aud": granted.resource}
        return JSONResponse({"active": True, "exp": int(granted.expires_at), **about})

    async def _revoke(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        return self.create_endpoint_response("revocation", self._request(request, form))

    async def _jwks(self, request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


@contextmanager
def authorization_server(
    path: str = "", *, host: str = "127.0.0.1", certificate: Path | None = None, **behaviour: Any
) -> Iterator[AuthorizationServer]:
    """An authorization server on a port of its own, with these attributes of `Behaviour`.

    Args:
        path: Of its issuer.
        certificate: A file with certificate and key: served over TLS.
    """
    with place(host, certificate) as where:
        server = AuthorizationServer(where, path, Behaviour(**behaviour))
        where.serve(server.app())
        yield server
