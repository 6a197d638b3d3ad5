"""What an authorization server says about itself: RFC 8414, OpenID Connect Discovery, or neither.

Which of the endpoints is used, and how, is no matter of this file.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.session.auth import address
from inspector.session.auth.case import Case, Judge, Steps
from inspector.session.auth.document import Document
from inspector.session.auth.resource_metadata import fetch

STEP = "server-metadata"
_DISCOVERY = "specification 2026-07-28, Authorization Server Metadata Discovery"
_IDENTICAL = "RFC 8414 section 3.3"
_PKCE = "specification 2026-07-28, Authorization Code Protection"
_TLS = "specification 2026-07-28, Communication Security"
_DEFAULTS = "specification 2025-03-26, Fallbacks for Servers without Metadata Discovery"
# specification 2025-03-26, Server Metadata Discovery Headers; nobody else's business
_VERSION = (("mcp-protocol-version", "2025-03-26"),)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "registration_endpoint")
_LISTS = (
    "scopes_supported",
    "grant_types_supported",
    "response_types_supported",
    "code_challenge_methods_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An authorization server. Endpoints are safe to ask, or empty.

    Attributes:
        issuer: Its identifier, against which `iss` is compared character by character.
        scopes: `scopes_supported`; `None` where it lists none.
        grants: `grant_types_supported`; `None` where it lists none.
        methods: `token_endpoint_auth_methods_supported`, or what RFC 8414 says where it is left out.
        algorithms: For `private_key_jwt`; empty where it lists none.
        names_itself: It promises `iss` in every authorization response (RFC 9207).
        takes_documents: It takes client id metadata documents.
        guessed: It has no metadata, the endpoints are the defaults of 2025-03-26.
    """

    issuer: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    registration_endpoint: str = ""
    scopes: tuple[str, ...] | None = None
    grants: tuple[str, ...] | None = None
    methods: tuple[str, ...] = ("client_secret_basic",)
    algorithms: tuple[str, ...] = ()
    names_itself: bool = False
    takes_documents: bool = False
    guessed: bool = False


def discover(
    case: Case, issuer: str, *, step: str = STEP, own: bool = False, browser: bool = True
) -> Steps[Server]:
    """Find and judge the metadata of `issuer`.

    Args:
        step: Whose verdicts these are, for an identity provider.
        own: The MCP server itself, of 2025-03-26: without metadata its endpoints have default places.
        browser: An authorization endpoint with PKCE is needed.
    """
    places = address.server_metadata(issuer)
    judge = Judge(case, step)
    if address.insecure(issuer):
        says = f"The authorization server {issuer} is not served over https"
        yield from judge.violation("auth-insecure", says, _TLS)
    silent = 0
    for place, kind in places:
        purpose = f"authorization server metadata ({kind})"
        got, document = yield from fetch(step, place, purpose, *(_VERSION if own else ()))
        silent += got.status is None and not got.refused
        judge = Judge(case, step, got.exchange)
        if not document.problem:
            return (yield from _judged(judge, document, issuer, place, own=own, browser=browser))
        yield from judge.note(f"{place} {document.problem}", _DISCOVERY, url=place, status=got.status)
    judge, tried = Judge(case, step), [place for place, _ in places]
    if silent == len(places):
        says = f"The authorization server {address.host_of(issuer)} cannot be reached"
        raise (yield from judge.dead_end("unreachable", says, tried=tried))
    if not own:
        says = f"No valid metadata of the authorization server {issuer} at any of {len(tried)} addresses"
        yield from judge.violation("auth-server-metadata", says, _DISCOVERY, tried=tried)
    return (yield from _defaults(judge, issuer))


def _defaults(judge: Judge, issuer: str) -> Steps[Server]:
    base = address.origin(issuer)
    server = Server(
        issuer=issuer,
        authorization_endpoint=f"{base}/authorize",
        token_endpoint=f"{base}/token",
        registration_endpoint=f"{base}/register",
        guessed=True,
    )
    says = "Without metadata the default endpoints are used, and whether there is PKCE remains unknown"
    facts = {name: getattr(server, name) for name in _ENDPOINTS}
    yield from judge.warning("auth-default-endpoints", says, _DEFAULTS, last=True, **facts)
    return server


def _judged(
    judge: Judge, document: Document, issuer: str, place: str, *, own: bool, browser: bool
) -> Steps[Server]:
    for fault in document.faults:
        yield from judge.warning("auth-document", f"About {place}: {fault}", "RFC 8414 section 3.2")
    issuer = yield from _issuer(judge, document.text("issuer"), issuer, own=own)
    for name in document.wrong(**dict.fromkeys(_LISTS, list)):
        yield from judge.warning("auth-document", f"{name} in the metadata is no list", "RFC 8414 section 2")
    endpoints = yield from _endpoints(judge, document, browser=browser)
    if browser:
        yield from _code(judge, document)
    grants = document.texts("grant_types_supported")
    server = Server(
        issuer=issuer,
        authorization_endpoint=endpoints["authorization_endpoint"],
        token_endpoint=endpoints["token_endpoint"],
        registration_endpoint=endpoints["registration_endpoint"],
        scopes=document.texts("scopes_supported"),
        grants=grants,
        methods=document.texts("token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        algorithms=document.texts("token_endpoint_auth_signing_alg_values_supported") or (),
        names_itself=document.value.get("authorization_response_iss_parameter_supported") is True,
        takes_documents=document.value.get("client_id_metadata_document_supported") is True,
    )
    said = {name: list(value) for name in _LISTS if (value := document.texts(name)) is not None}
    yield from judge.ok(
        f"Metadata found at {place}",
        _DISCOVERY,
        url=place,
        issuer=issuer,
        **endpoints,
        **said,
        authorization_response_iss_parameter_supported=server.names_itself,
        client_id_metadata_document_supported=server.takes_documents,
    )
    return server


def _issuer(judge: Judge, said: str, expected: str, *, own: bool) -> Steps[str]:
    """The issuer, which is what the address was made of, character by character."""
    # The identifier of a server of 2025-03-26 was never said, only its origin is known.
    if said == expected or (own and said == f"{expected}/"):
        return said
    says = f"The metadata of {expected} says that it belongs to {said}"
    if not said:
        says = f"The metadata of {expected} does not say whose it is"
    elif said.rstrip("/") == expected.rstrip("/"):
        says += ", which differs by the slash at its end only"
    if address.slash_apart(said, expected):
        # Servers written with mcp 1.x add this slash to every issuer that has no path.
        yield from judge.warning("issuer-slash", says, _IDENTICAL, issuer=said, expected=expected)
        return said
    yield from judge.violation("issuer-mismatch", says, _IDENTICAL, issuer=said, expected=expected)
    # Past it on purpose it stays who was asked: it must get neither the client that is registered with
    # whom it claims to be, nor an assertion that is good there.
    return expected


def _endpoints(judge: Judge, document: Document, *, browser: bool) -> Steps[dict[str, str]]:
    """The endpoints that may be asked; a dead end without one that is needed."""
    found: dict[str, str] = {}
    needed = _ENDPOINTS[:2] if browser else _ENDPOINTS[1:2]
    for name in _ENDPOINTS:
        url, clause = document.text(name), "RFC 8414 section 2"
        fault = address.unsafe(url) if url else ""
        if not fault and "#" in url:
            fault = "has a fragment"
        if not url and name in needed:
            says = f"The metadata names no {name}"
            raise (yield from judge.dead_end("auth-endpoint", says, clause))
        if fault and name in needed:
            says = f"The {name} is refused, because its address {fault}"
            raise (yield from judge.dead_end("address-refused", says, clause))
        if fault:
            says = f"The {name} is left out, because its address {fault}"
            yield from judge.warning("address-refused", says, clause)
        elif url and address.insecure(url):
            says = f"The {name} {url} is not served over https"
            yield from judge.violation("auth-insecure", says, _TLS)
        found[name] = "" if fault else url
    return found


def _code(judge: Judge, document: Document) -> Steps[None]:
    """What the authorization code flow needs of a server."""
    pkce = document.texts("code_challenge_methods_supported")
    if pkce is None or "S256" not in pkce:
        says = "The authorization server does not say that it supports PKCE"
        if pkce:
            says = f"The authorization server supports PKCE without S256, only by {', '.join(pkce)}"
        yield from judge.violation("auth-pkce", says, _PKCE)
    if "code" not in (document.texts("response_types_supported") or ("code",)):
        says = "The authorization server does not list the response type code"
        yield from judge.warning("auth-response-type", says, "RFC 8414 section 2")
    if "authorization_code" not in (document.texts("grant_types_supported") or ("authorization_code",)):
        says = "The authorization server does not list the grant authorization_code"
        yield from judge.warning("auth-grant-type", says, "RFC 8414 section 2")
