"""The grants of the authorization server: who may have a token for what, by authlib's classes."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Error,
)
from authlib.oauth2.rfc6749.grants import BaseGrant
from authlib.oauth2.rfc6749.grants.base import TokenEndpointMixin
from authlib.oauth2.rfc6749.requests import JsonPayload, OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7523.client import JWTBearerClientAssertion
from authlib.oauth2.rfc7523.jwt_bearer import JWTBearerGrant
from authlib.oauth2.rfc7591 import ClientRegistrationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tests.servers.authorization_records import Client, Code, Granted

if TYPE_CHECKING:
    from tests.servers.authorization_server import AuthorizationServer

AUTH_METHODS = ["private_key_jwt", "client_secret_basic", "client_secret_post", "none"]
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"


class Asked(OAuth2Request):
    """A request as authlib wants it: its form is known already."""

    def __init__(self, method: str, uri: str, form: dict[str, str], headers: Any) -> None:
        super().__init__(method, uri, headers=headers)
        self._form = form

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Said(JsonPayload):
    """A JSON body as authlib wants it."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    @property
    def data(self) -> dict[str, Any]:
        return self._data


class InvalidTargetError(OAuth2Error):
    """RFC 8707 section 2."""

    error = "invalid_target"


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """With the resource indicator, which must be the same in both requests."""

    server: AuthorizationServer
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked, server = request.payload.data, self.server
        server.issued.append(("code", code))
        server.codes[code] = Code(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=asked.get("redirect_uri"),
            scope=request.scope if server.behaviour.grants_scope is None else server.behaviour.grants_scope,
            resource=asked.get("resource"),
            code_challenge=asked.get("code_challenge"),
            code_challenge_method=asked.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found: Code | None = self.server.codes.get(code)
        if found is None or found.client_id != client.client_id:
            return None
        if found.resource != self.request.form.get("resource"):
            raise InvalidTargetError("The resource is another one than that of the authorization request.")
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> str:
        return "ann"


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """With rotation, if the server does that."""

    server: AuthorizationServer
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    @property
    def INCLUDE_NEW_REFRESH_TOKEN(self) -> bool:
        return self.server.behaviour.rotate

    def authenticate_refresh_token(self, refresh_token: str) -> Granted | None:
        for granted in self.server.granted.values():
            if granted.refresh_token == refresh_token and not granted.refresh_revoked:
                if granted.resource != self.server.resource:
                    raise InvalidTargetError("The resource is another one than that of the first request.")
                return granted
        return None

    def authenticate_user(self, refresh_token: Granted) -> str:
        return "ann"

    def revoke_old_credential(self, refresh_token: Granted) -> None:
        refresh_token.revoked = True
        refresh_token.refresh_revoked = self.server.behaviour.rotate


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS


class IdentityAssertionGrant(JWTBearerGrant):
    """An ID-JAG of a trusted identity provider, presented by a client of ours (enterprise-managed)."""

    server: AuthorizationServer
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    TOKEN_RESPONSE_HEADER = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]

    def get_audiences(self) -> list[str]:
        return [self.server.issuer]

    def resolve_issuer_client(self, issuer: str) -> Client | None:
        if all(issuer != provider.issuer for provider in self.server.trusted):
            return None
        client: Client = self.authenticate_token_endpoint_client()
        return client

    def resolve_client_public_key(self, client: Client) -> ECKey:
        # One identity provider at a time is all that a test needs.
        return self.server.trusted[0].key

    def validate_token_request(self) -> None:
        super().validate_token_request()
        headers, claims = self.extract_assertion(self.request.form["assertion"])
        if (
            headers.get("typ") != "oauth-id-jag+jwt"
            or claims.get("client_id") != self.request.client.client_id
        ):
            raise InvalidGrantError("The assertion is no ID-JAG for this client.")
        self.server.resource = claims["resource"]
        self.request.payload.data.setdefault("scope", claims["scope"])

    def authenticate_user(self, subject: str) -> str:
        return subject

    def has_granted_permission(self, client: Client, user: str) -> bool:
        return True


class TokenExchangeGrant(BaseGrant, TokenEndpointMixin):
    """As an identity provider: an ID token for an ID-JAG (RFC 8693)."""

    server: AuthorizationServer
    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    TOKEN_RESPONSE_HEADER = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]

    def validate_token_request(self) -> None:
        client = self.authenticate_token_endpoint_client()
        form = self.request.form
        if form.get("requested_token_type") != ID_JAG or form.get("subject_token_type") != ID_TOKEN:
            raise InvalidRequestError("Only an ID token is exchanged, and only for an ID-JAG.")
        if not form.get("audience") or not form.get("resource"):
            raise InvalidRequestError("Both audience and resource are needed.")
        try:
            token = jwt.decode(form.get("subject_token", ""), self.server.key)
        except (JoseError, ValueError) as error:
            raise InvalidGrantError("The ID token does not verify.") from error
        if token.claims.get("aud") != client.client_id:
            raise InvalidGrantError("The ID token is for another client.")
        self.request.client, self.request.user = client, token.claims["sub"]

    def create_token_response(self) -> Any:
        form, now = self.request.form, int(time.time())
        claims = {
            "iss": self.server.issuer,
            "sub": self.request.user,
            "aud": form["audience"],
            "resource": form["resource"],
            "scope": form.get("scope", ""),
            "client_id": self.request.client.scope,  # as what it is known there
            "iat": now,
            "exp": now + 300,
            "jti": secrets.token_hex(8),
        }
        body = {
            "access_token": self.server.sign(claims, "oauth-id-jag+jwt"),
            "issued_token_type": ID_JAG,
            "token_type": "N_A",
            "expires_in": 300,
        }
        return 200, body, self.TOKEN_RESPONSE_HEADER


class Registration(ClientRegistrationEndpoint):
    """RFC 7591, open to everybody. A secret is given to those who want one."""

    server: AuthorizationServer

    def authenticate_token(self, request: Any) -> str:
        return "anyone"

    def get_server_metadata(self) -> dict[str, Any]:
        return self.server.metadata()

    def generate_client_id(self, request: Any) -> str:
        return f"client-{secrets.token_hex(4)}"

    def generate_client_info(self, request: Any) -> dict[str, Any]:
        info: dict[str, Any] = super().generate_client_info(request)
        method = request.payload.data.get("token_endpoint_auth_method", "client_secret_basic")
        if method in ("none", "private_key_jwt"):
            del info["client_secret"], info["client_secret_expires_at"]
        return info

    def generate_client_secret(self, request: Any) -> str:
        return self.server.secret("secret")

    def save_client(
        self, client_info: dict[str, Any], client_metadata: dict[str, Any], request: Any
    ) -> Client:
        client = Client.of(client_info["client_id"], client_info.get("client_secret"), client_metadata)
        self.server.clients[client.client_id] = client
        return client


class Revocation(RevocationEndpoint):
    """RFC 7009: the end of a refresh token is that of its access token too."""

    server: AuthorizationServer
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> Granted | None:
        for access_token, granted in self.server.granted.items():
            if token_string in (access_token, granted.refresh_token):
                return granted
        return None

    def revoke_token(self, token: Granted, request: OAuth2Request) -> None:
        token.revoked = token.refresh_revoked = True


class ClientAssertion(JWTBearerClientAssertion):
    """`private_key_jwt` (RFC 7523 section 2.2); each assertion is good for one request."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, server: AuthorizationServer) -> None:
        super().__init__()
        self._server = server

    def get_audiences(self) -> list[str]:
        return [self._server.issuer]

    def validate_jti(self, claims: Any, jti: str) -> bool:
        new = jti not in self._server.jtis
        self._server.jtis.add(jti)
        return new

    def resolve_client_public_key(self, client: Client) -> Any:
        if client.public_key is None:
            raise InvalidClientError("The client has no key here.")
        return ECKey.import_key(client.public_key)


def register(server: AuthorizationServer) -> None:
    """Give `server` all that it can do."""
    server.register_grant(AuthorizationCodeGrant, [CodeChallenge(required=True)])
    for grant in (RefreshTokenGrant, ClientCredentialsGrant, IdentityAssertionGrant, TokenExchangeGrant):
        server.register_grant(grant)
    server.register_client_auth_method("private_key_jwt", ClientAssertion(server))
    server.register_endpoint(Registration)
    server.register_endpoint(Revocation)
