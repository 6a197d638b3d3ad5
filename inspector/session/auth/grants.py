"""Grants without a browser: client credentials, and enterprise-managed authorization.

See the extensions `io.modelcontextprotocol/oauth-client-credentials` and
`io.modelcontextprotocol/enterprise-managed-authorization`.
"""

from __future__ import annotations

from collections.abc import Mapping

from inspector.session.auth import address, client_auth, server_metadata
from inspector.session.auth.case import Case, Judge, Steps
from inspector.session.auth.jwt import decode
from inspector.session.auth.model import Client, Tokens
from inspector.session.auth.server_metadata import Server
from inspector.session.auth.token_request import Request, ask, tokens

STEP = "token-exchange"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
_REQUEST = "Enterprise-Managed Authorization section 4"
_ANSWER = "Enterprise-Managed Authorization section 4.2"
_PROCESSING = "Enterprise-Managed Authorization section 4.1"
_CLAIMS = "Enterprise-Managed Authorization section 4.3"
_TLS = "specification 2026-07-28, Communication Security"
_METHODS = "OAuth Client Credentials Extension, Client Authentication Methods"


def client_credentials(
    case: Case, server: Server, client: Client, scope: str, indicator: str
) -> Steps[Tokens]:
    """A token for the client itself: OAuth 2.1 section 4.2."""
    judge = Judge(case, "token")
    if client.auth_method == "none":
        says = "Client credentials need a client secret or a private key"
        hint = f"{case.login} --client-id ID --client-secret SECRET"
        raise (yield from judge.dead_end("client-authentication", says, _METHODS, next=hint))
    if server.grants is not None and "client_credentials" not in server.grants:
        says = "The authorization server does not list the grant client_credentials"
        yield from judge.warning("auth-grant-type", says, "RFC 8414 section 2")
    form = {"grant_type": "client_credentials", "resource": indicator, "scope": scope}
    return (yield from tokens(case, _request(server, client, form, scope, indicator)))


def enterprise(
    case: Case, server: Server, client: Client, grant: str, scope: str, indicator: str
) -> Steps[Tokens]:
    """A token for what the identity provider granted: RFC 7523 section 2.1. No browser goes to `server`."""
    if server.grants is not None and BEARER not in server.grants:
        says = "The authorization server does not list the grant jwt-bearer"
        yield from Judge(case, "token").warning("auth-grant-type", says, "RFC 8414 section 2")
    form = {"grant_type": BEARER, "assertion": grant, "resource": indicator}
    return (yield from tokens(case, _request(server, client, form, scope, indicator)))


def _request(server: Server, client: Client, form: dict[str, str], scope: str, indicator: str) -> Request:
    return Request(
        step="token",
        endpoint=server.token_endpoint,
        client=client,
        form=form,
        scope=scope,
        indicator=indicator,
    )


def exchange(case: Case, server: Server, client: Client, scope: str, indicator: str) -> Steps[str]:
    """An identity assertion authorization grant (ID-JAG) for the ID token: RFC 8693 section 2.

    Args:
        client: Who is to use it at `server`.
    """
    options, judge = case.options, Judge(case, STEP)
    if not options.id_token:
        says = "Enterprise-managed authorization needs the ID token of the single sign-on"
        raise (yield from judge.dead_end("id-token", says, _REQUEST))
    yield from _id_token(judge)
    endpoint, methods = yield from _provider(case)
    secret = options.idp_client_secret
    method = client_auth.method(methods, secret=bool(secret), key=False) if secret else "none"
    ours = Client(
        issuer=options.idp_issuer or address.origin(endpoint),
        client_id=options.idp_client_id or "",
        client_secret=secret,
        auth_method=method or "client_secret_post",
    )
    form = {
        "grant_type": EXCHANGE,
        "requested_token_type": ID_JAG,
        "audience": server.issuer,
        "resource": indicator,
        "scope": scope,
        "subject_token": options.id_token,
        "subject_token_type": ID_TOKEN,
    }
    judge, _, document = yield from ask(case, Request(step=STEP, endpoint=endpoint, client=ours, form=form))
    issued, kind = document.text("issued_token_type"), document.text("token_type")
    grant = document.text("access_token")
    if not grant:
        says = "The identity provider grants no assertion"
        raise (yield from judge.dead_end("token-missing", says, _ANSWER))
    if issued != ID_JAG:
        says = (
            f"The identity provider issued {issued or 'a token of no type'}, not an identity assertion grant"
        )
        yield from judge.violation("issued-token-type", says, _ANSWER, issued_token_type=issued)
    if kind.upper() != "N_A":
        says = f"The token type of the assertion is {kind or 'missing'} instead of N_A"
        yield from judge.warning("token-type", says, _ANSWER)
    yield from _assertion(
        judge, grant, {"aud": server.issuer, "resource": indicator, "client_id": client.client_id}
    )
    granted = document.text("scope") or scope
    yield from judge.ok(
        "The identity provider grants an assertion", _ANSWER, scope=granted, audience=server.issuer
    )
    return grant


def _id_token(judge: Judge) -> Steps[None]:
    """What an identity provider will find wrong with the ID token, as far as it can be read."""
    options, read = judge.case.options, decode(judge.case.options.id_token or "")
    if read.expires_at is not None and read.expires_at <= judge.case.known.now():
        says = "The ID token has expired: log in at the identity provider again"
        yield from judge.warning("id-token-expired", says, _PROCESSING)
    if read.audience and options.idp_client_id not in read.audience:
        ours = options.idp_client_id or "a client without an id"
        says = f"The ID token is for {', '.join(read.audience)}, not for {ours}"
        yield from judge.warning("id-token-audience", says, _PROCESSING)


def _assertion(judge: Judge, grant: str, expected: Mapping[str, str]) -> Steps[None]:
    """Whether the assertion is for what it was asked for, as far as it can be read."""
    read = decode(grant)
    if read.kind != "jwt":
        if read.kind == "opaque":
            yield from judge.warning("assertion-claims", "The assertion is no JWT", _CLAIMS)
        return
    if read.header.get("typ") != "oauth-id-jag+jwt":
        says = "The assertion is not of the type oauth-id-jag+jwt"
        yield from judge.warning("assertion-claims", says, _CLAIMS, typ=read.header.get("typ"))
    for name, wanted in expected.items():
        said = read.audience if name == "aud" else read.claims.get(name)
        if said != wanted and said != (wanted,):
            says = f"The assertion does not name {wanted} as its {name}"
            yield from judge.warning("assertion-claims", says, _CLAIMS, claim=name, said=said)


def _provider(case: Case) -> Steps[tuple[str, tuple[str, ...]]]:
    """The identity provider's token endpoint, as given or as its metadata says, and its methods."""
    options, judge = case.options, Judge(case, STEP)
    posted = ("client_secret_post",)
    if options.idp_token_endpoint:
        if address.unsafe(options.idp_token_endpoint):
            says = f"The identity provider's token endpoint {address.unsafe(options.idp_token_endpoint)}"
            raise (yield from judge.dead_end("address-refused", says, _REQUEST))
        if address.insecure(options.idp_token_endpoint):
            says = "The identity provider's token endpoint is not served over https"
            yield from judge.violation("auth-insecure", says, _TLS)
        return options.idp_token_endpoint, posted
    fault = address.unsafe(options.idp_issuer or "")
    if not options.idp_issuer or fault:
        says = "Enterprise-managed authorization needs the issuer of the identity provider"
        says += f", but the given one {fault}" if options.idp_issuer else ""
        raise (yield from judge.dead_end("idp-issuer", says, _REQUEST))
    found = yield from server_metadata.discover(case, options.idp_issuer, step=STEP, browser=False)
    return found.token_endpoint, found.methods
