"""The flows of authorization: which steps, in which order. Generators without I/O, see `steps`.

    authorize   challenge, resource metadata, choice, server metadata, registration, then the grant
    refresh     a new access token for a refresh token

See specification 2026-07-28, basic/authorization, "Authorization Flow Steps".
"""

from __future__ import annotations

from inspector.errors import AuthNeeded
from inspector.session.auth import (
    address,
    consent,
    grants,
    registration,
    resource_metadata,
    server_metadata,
    token_request,
)
from inspector.session.auth.case import Case, Known, Steps, repeated
from inspector.session.auth.challenge import Asked, asked
from inspector.session.auth.model import AuthOptions, Client, Credentials, Tokens
from inspector.session.auth.resource_metadata import Resource
from inspector.session.auth.scope import choose
from inspector.session.auth.server_metadata import Server
from inspector.session.auth.steps import Flow
from inspector.transport.base import Challenge

__all__ = ["Known", "authorize", "refresh"]


def authorize(
    server: str, challenge: Challenge | None, options: AuthOptions, known: Known, *, previous: str = ""
) -> Flow:
    """The whole flow, by `options.grant`.

    Args:
        server: URL of the MCP server, as it was given.
        challenge: The response that asked for it; `None` starts at the well-known addresses.
        previous: For a step-up: the scopes that were asked for before, of which none is to be lost.

    Returns:
        Credentials with tokens. A new registration is in `known.store` already, the tokens are not.

    Raises:
        AuthNeeded: With the cause and the next step. Its fact `code` is the OAuth error, where there is one.
    """
    fault = address.unsafe(server)
    if fault:
        raise AuthNeeded(f"{server} cannot be authorized for: the address {fault}")
    case = Case(server=server, options=options, known=known)
    wanted = Asked()
    if challenge is not None:
        found = wanted = asked(challenge.headers)
        yield from repeated(
            lambda: resource_metadata.challenged(case, found, challenge.status, challenge.exchange)
        )
    resource = yield from repeated(lambda: resource_metadata.discover(case, wanted))
    at = yield from _server(case, resource)
    return (yield from _granted(case, resource, at, wanted.scope, previous))


def refresh(credentials: Credentials, options: AuthOptions, known: Known) -> Flow:
    """A new access token for the refresh token of `credentials`; the same refresh token if none came.

    Raises:
        AuthNeeded: Its fact `code` tells what to do: `no_refresh_token` and `invalid_grant` want the whole
            flow, `invalid_client` a new registration as well; without one the server could not be asked.
    """
    case = Case(server=credentials.resource, options=options, known=known)
    return (yield from repeated(lambda: token_request.refreshed(case, credentials)))


def _server(case: Case, resource: Resource) -> Steps[Server]:
    """The authorization server: chosen among those that the resource names, or the resource itself."""
    browser = case.options.grant == "authorization-code"
    if resource.issuers:
        issuer = yield from repeated(lambda: resource_metadata.choose(case, resource))
    else:
        issuer = address.origin(case.server)
    own = not resource.issuers
    return (yield from repeated(lambda: server_metadata.discover(case, issuer, own=own, browser=browser)))


def _granted(
    case: Case, resource: Resource, server: Server, challenged: str, previous: str
) -> Steps[Credentials]:
    browser = case.options.grant == "authorization-code"
    if browser:
        yield from repeated(lambda: consent.awaited(case, server))
    scope, why = choose(
        given=case.options.scope,
        challenged=challenged,
        supported=resource.scopes,
        server=server.scopes,
        previous=previous,
        offline=browser,
    )
    client = yield from repeated(lambda: registration.register(case, server, scope))
    indicator = resource.indicator
    if case.options.grant == "client-credentials":
        tokens = yield from repeated(
            lambda: grants.client_credentials(case, server, client, scope, indicator)
        )
    elif case.options.grant == "enterprise-managed":
        grant = yield from repeated(lambda: grants.exchange(case, server, client, scope, indicator))
        tokens = yield from repeated(lambda: grants.enterprise(case, server, client, grant, scope, indicator))
    else:
        tokens = yield from _code(case, server, client, scope, why, indicator)
    return Credentials(
        resource=address.canonical(case.server),
        issuer=server.issuer,
        client=client,
        tokens=tokens,
        token_endpoint=server.token_endpoint,
        indicator=indicator,
    )


def _code(case: Case, server: Server, client: Client, scope: str, why: str, indicator: str) -> Steps[Tokens]:
    """Consent in the browser, and a token for the code: RFC 6749 section 4.1."""
    code = yield from repeated(lambda: consent.consent(case, server, client, scope, why, indicator))
    request = token_request.Request(
        step="token",
        endpoint=server.token_endpoint,
        client=client,
        form={
            "grant_type": "authorization_code",
            "code": code.code,
            "redirect_uri": code.redirect_uri,
            "code_verifier": code.verifier,
            "resource": indicator,
        },
        scope=scope,
        indicator=indicator,
    )
    return (yield from repeated(lambda: token_request.tokens(case, request)))
