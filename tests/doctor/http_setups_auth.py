"""Broken set-ups of authorization: tokens, metadata, and flows that fail at each step."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from inspector.doctor import diagnose
from inspector.doctor.http_rules import Rule
from inspector.doctor.report import Report
from inspector.journal.journal import Journal
from inspector.session.auth.authorizer import OAuth
from inspector.session.auth.guides import Silent
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.steps import Guide
from inspector.session.auth.store import FileStore
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget
from tests.doctor.http_setup import Bench, Build, Setup, raw
from tests.servers import http_broken as broken
from tests.servers.authorization_server import authorization_server
from tests.servers.http_broken import JSON, fixed
from tests.servers.http_raw import Behaviour
from tests.servers.protected import fastmcp_server, gated, mcp_server
from tests.servers.visitor import Visitor


def _gated(*, trusted: bool = False, servers: dict[str, Any] | None = None, **rules: Any) -> Build:
    """A server behind a gate, and the authorization server that it trusts, if any."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        if not trusted:
            with gated(**rules) as (server, _):
                yield HttpTarget(server.url)
            return
        with authorization_server(**(servers or {})) as issuer, gated(issuer, **rules) as (server, _):
            yield HttpTarget(server.url)

    return build


@asynccontextmanager
async def _mcp_with_authorization(bench: Bench) -> AsyncIterator[HttpTarget]:
    with authorization_server() as issuer, mcp_server(issuer) as server:
        yield HttpTarget(server.url)


@asynccontextmanager
async def _fastmcp_with_authorization(bench: Bench) -> AsyncIterator[HttpTarget]:
    with authorization_server() as issuer, fastmcp_server(issuer) as server:
        yield HttpTarget(server.url)


@asynccontextmanager
async def _dead_issuer(bench: Bench) -> AsyncIterator[HttpTarget]:
    with broken.closed_port() as port, gated(issuers=(f"http://127.0.0.1:{port}",)) as (server, _):
        yield HttpTarget(server.url)


def _asked(guide: Callable[[], Guide], *, interactive: bool = True, **options: Any) -> Any:
    """Connect with an authorizer, and look at what its flow left."""

    async def then(bench: Bench, target: HttpTarget, journal: Journal, wanted: Options) -> Report:
        store = FileStore(bench.folder / "credentials.json")
        oauth = OAuth(target, journal, AuthOptions(**options), store, guide(), interactive=interactive)
        return await diagnose.attempt(target, journal, wanted, authorizer=oauth)

    return then


def _token(**claims: Any) -> tuple[tuple[str, str], ...]:
    """The header with a JWT that carries these claims, and a signature that nobody checks."""
    parts = [{"alg": "none"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return (("Authorization", f"Bearer {'.'.join(encoded)}.c2ln"),)


def _challenge(challenge: str, status: str = "401 Unauthorized", body: str = "") -> Behaviour:
    more = [f"WWW-Authenticate: {challenge}"] if challenge else []
    return fixed(status, JSON, body, *more)


TOKEN_SETUPS = (
    Setup(
        "authorization-needed",
        Rule.AUTHORIZATION_NEEDED,
        raw(_challenge('Bearer realm="mcp"')),
        "401",
        "mcp-inspect auth login http",
        authorization=True,
    ),
    Setup(
        "authorization-without-challenge",
        Rule.AUTHORIZATION_NEEDED,
        raw(_challenge("")),
        "without a WWW-Authenticate",
        "auth login",
        authorization=True,
    ),
    Setup(
        "basic-authentication",
        Rule.AUTHORIZATION_NEEDED,
        raw(_challenge('Basic realm="intranet"')),
        "Basic",
        "Authorization: Basic",
        authorization=True,
    ),
    Setup(
        "token-refused",
        Rule.TOKEN_REFUSED,
        raw(_challenge('Bearer error="invalid_token"'), headers=(("Authorization", "Bearer nonsense"),)),
        "refuses the token",
        "auth login",
        authorization=True,
    ),
    Setup(
        "token-expired",
        Rule.TOKEN_EXPIRED,
        raw(_challenge('Bearer error="invalid_token"'), headers=_token(exp=1_000_000_000)),
        "has expired",
        "auth login",
        authorization=True,
    ),
    Setup(
        "token-expired-as-told",
        Rule.TOKEN_EXPIRED,
        raw(
            _challenge('Bearer error="invalid_token", error_description="The access token expired"'),
            headers=(("Authorization", "Bearer nonsense"),),
        ),
        "has expired",
        "auth login",
        authorization=True,
    ),
    Setup(
        "token-for-another-server",
        Rule.TOKEN_AUDIENCE,
        raw(_challenge('Bearer error="invalid_token"'), headers=_token(aud="https://other.example.test/mcp")),
        "https://other.example.test/mcp",
        "auth login",
        authorization=True,
    ),
    Setup(
        "scope-missing",
        Rule.INSUFFICIENT_SCOPE,
        raw(
            _challenge('Bearer error="insufficient_scope", scope="files:write"', "403 Forbidden"),
            headers=(("Authorization", "Bearer nonsense"),),
        ),
        "files:write",
        "--scope files:write",
        authorization=True,
    ),
)


AUTH_SETUPS = (
    Setup(
        "nobody-is-there-to-log-in",
        Rule.AUTHORIZATION_NEEDED,
        _gated(trusted=True),
        "a person must authorize",
        "mcp-inspect auth login http",
        then=_asked(lambda: Silent("mcp-inspect auth login"), interactive=False),
        authorization=True,
    ),
    # authorization, asked for with nothing
    Setup(
        "mcp-with-authorization",
        Rule.AUTHORIZATION_NEEDED,
        _mcp_with_authorization,
        "401",
        "auth login",
        active=True,
        authorization=True,
        check=("probe-metadata", "/.well-known/oauth-protected-resource/mcp → 200"),
    ),
    Setup(
        "fastmcp-with-authorization",
        Rule.AUTHORIZATION_NEEDED,
        _fastmcp_with_authorization,
        "401",
        "auth login",
        active=True,
        authorization=True,
        check=("probe-metadata", "/.well-known/oauth-authorization-server → 200"),
    ),
    Setup(
        "metadata-nowhere",
        Rule.AUTH_RESOURCE_METADATA,
        _gated(metadata=None),
        "none of",
        "Let the server publish",
        active=True,
        authorization=True,
        check=("probe-metadata", "/.well-known/oauth-protected-resource → 404"),
    ),
    Setup(
        "metadata-of-another-server",
        Rule.AUTH_RESOURCE_METADATA,
        _gated(metadata={"resource": "https://other.example.test/mcp"}),
        "https://other.example.test/mcp",
        "`resource`",
        active=True,
        authorization=True,
    ),
    Setup(
        "metadata-without-servers",
        Rule.AUTH_RESOURCE_METADATA,
        _gated(),
        "names no authorization server",
        "publish",
        active=True,
        authorization=True,
    ),
    Setup(
        "authorization-server-down",
        Rule.AUTH_SERVER_METADATA,
        _dead_issuer,
        "publishes no metadata",
        "authorization_servers",
        active=True,
        authorization=True,
    ),
    Setup(
        "authorization-server-of-another-name",
        Rule.AUTH_SERVER_METADATA,
        _gated(trusted=True, servers={"issuer": "https://other.example.test"}),
        "calls itself https://other.example.test",
        "publish its metadata",
        active=True,
        authorization=True,
    ),
    # authorization, with a flow that fails
    Setup(
        "nobody-has-logged-in",
        Rule.AUTHORIZATION_NEEDED,
        _gated(trusted=True),
        "",
        "auth login",
        then=_asked(lambda: Silent("mcp-inspect auth login")),
        authorization=True,
    ),
    Setup(
        "flow-without-metadata",
        Rule.AUTH_RESOURCE_METADATA,
        _gated(metadata=None),
        "publishes no metadata",
        "publish",
        then=_asked(Visitor),
        authorization=True,
        check=("authorization", "/.well-known/oauth-protected-resource → 404"),
    ),
    Setup(
        "flow-with-another-issuer",
        Rule.AUTH_SERVER_METADATA,
        _gated(trusted=True, servers={"issuer": "https://other.example.test"}),
        "https://other.example.test",
        "issuer",
        then=_asked(Visitor),
        authorization=True,
    ),
    Setup(
        "flow-without-pkce",
        Rule.AUTH_SERVER_METADATA,
        _gated(trusted=True, servers={"pkce": None}),
        "",
        "S256",
        then=_asked(Visitor),
        authorization=True,
    ),
    Setup(
        "flow-without-registration",
        Rule.AUTH_REGISTRATION,
        _gated(trusted=True, servers={"registration": False}),
        "",
        "--client-id",
        then=_asked(Visitor),
        authorization=True,
    ),
    Setup(
        "flow-denied",
        Rule.AUTH_CONSENT,
        _gated(trusted=True, servers={"deny": "access_denied"}),
        "access_denied",
        "auth login",
        then=_asked(Visitor),
        authorization=True,
    ),
    Setup(
        "flow-with-another-state",
        Rule.AUTH_CONSENT,
        _gated(trusted=True, servers={"iss": "wrong"}),
        "",
        "auth login",
        then=_asked(Visitor),
        authorization=True,
    ),
    Setup(
        "flow-without-a-token",
        Rule.AUTH_TOKEN,
        _gated(trusted=True, servers={"token_error": "invalid_grant"}),
        "invalid_grant",
        "auth login",
        then=_asked(Visitor),
        authorization=True,
    ),
    Setup(
        "metadata-in-the-cloud",
        Rule.AUTH_ADDRESS_REFUSED,
        _gated(issuers=("https://169.254.169.254",)),
        "",
        "address",
        then=_asked(Visitor),
        authorization=True,
    ),
)
