"""Who we are at an authorization server: specification 2026-07-28, "Client Registration", in its order.

Registered beforehand, a client id metadata document, dynamic registration (RFC 7591), and at last the
person. A registration never serves another issuer than its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from inspector.errors import AuthNeeded
from inspector.session.auth import address, client_auth
from inspector.session.auth.case import Case, Judge, Steps
from inspector.session.auth.document import Document, body, text
from inspector.session.auth.model import Client
from inspector.session.auth.server_metadata import Server
from inspector.session.auth.steps import Enter, Fetch, Got

STEP = "registration"
NAME = "mcp-inspect"
_ORDER = "specification 2026-07-28, Client Registration"
_BINDING = "specification 2026-07-28, Authorization Server Binding"
_DOCUMENT = "specification 2026-07-28, Client ID Metadata Documents"
_TYPE = "specification 2026-07-28, Application Type and Redirect URI Constraints"
_RESPONSE = "RFC 7591 section 3.2.1"


def register(case: Case, server: Server, scope: str) -> Steps[Client]:
    """The client to use at `server`, registered if need be. A new registration is kept at once."""
    client = yield from _beforehand(case, server)
    if client is None:
        client = yield from _document(case, server)
    if client is None and case.options.grant != "client-credentials":
        client = yield from _kept(case, server)
        if client is None and server.registration_endpoint:
            client = yield from _dynamic(case, server, scope)
    if client is None:
        client = yield from _entered(case, server)
    return client


def _beforehand(case: Case, server: Server) -> Steps[Client | None]:
    """The client of the options, or one of an earlier run that was given or entered then."""
    options, judge = case.options, Judge(case, STEP)
    stored = case.known.store.client(server.issuer)
    if options.client_id:
        yield from _bound(case, server, options.client_id)
        same = stored is not None and (stored.issuer, stored.client_id) == (server.issuer, options.client_id)
        client = Client(
            issuer=server.issuer,
            client_id=options.client_id,
            client_secret=options.client_secret or (stored.client_secret if stored and same else None),
            source="given",
        )
    elif stored and stored.issuer == server.issuer and stored.source in ("given", "entered"):
        client = stored
    else:
        return None
    client = yield from _able(case, server, client)
    facts = {"client_id": client.client_id, "source": client.source, "method": client.auth_method}
    yield from judge.ok(f"Registered beforehand as {client.client_id}", _ORDER, **facts)
    return client


def _bound(case: Case, server: Server, client_id: str) -> Steps[None]:
    """A client id that was given for one authorization server must not meet another."""
    kept = case.known.store.credentials(address.canonical(case.server))
    if kept is None or kept.issuer == server.issuer or kept.client.client_id != client_id:
        return
    says = f"The client id {client_id} belongs to {kept.issuer}, but now {server.issuer} authorizes"
    hint = f"if it is registered there as well, forget the old one first: {case.logout}"
    yield from Judge(case, STEP).violation("client-issuer-mismatch", says, _BINDING, next=hint)


def _able(case: Case, server: Server, client: Client) -> Steps[Client]:
    """`client` with a way to authenticate that both sides know."""
    secret, key = bool(client.client_secret), case.known.sign is not None
    method = client_auth.method(server.methods, secret=secret, key=key)
    # A server without metadata, or one that lists nothing, says nothing against a public client.
    if not method and not secret and not key:
        method = "none"
        if "none" not in server.methods and not server.guessed:
            says = "The client has no secret, but the authorization server does not list the method none"
            yield from Judge(case, STEP).warning("auth-method", says, "RFC 8414 section 2")
    if not method:
        method = client_auth.possible(secret=secret, key=key)[0]
        offered = ", ".join(server.methods)
        says = f"The authorization server takes {offered} at its token endpoint, but the client has {method}"
        yield from Judge(case, STEP).violation("auth-method", says, "RFC 8414 section 2")
    algorithm = case.options.signing_algorithm
    if method == "private_key_jwt" and algorithm and algorithm not in (server.algorithms or (algorithm,)):
        says = f"Assertions may be signed by {', '.join(server.algorithms)} there, not by {algorithm}"
        yield from Judge(case, STEP).warning("auth-algorithm", says, "RFC 8414 section 2")
    return replace(client, auth_method=method)


def _document(case: Case, server: Server) -> Steps[Client | None]:
    """The client id that is an address of our own metadata."""
    url, judge = case.options.client_metadata_url, Judge(case, STEP)
    if not url:
        return None
    if not server.takes_documents:
        says = "The authorization server takes no client id metadata documents, so ours is not used"
        yield from judge.note(says, _DOCUMENT)
        return None
    fault = address.unsafe(url) or ("" if url.startswith("https://") else "is no https URL")
    if not fault and (urlsplit(url).path in ("", "/") or "#" in url):
        fault = "has no path, or has a fragment"
    if fault:
        says = f"{url} cannot be a client id, because it {fault}"
        raise (yield from judge.dead_end("client-metadata-url", says, _DOCUMENT))
    client = Client(issuer=server.issuer, client_id=url, source="metadata-document")
    if case.known.sign is not None and "private_key_jwt" in server.methods:
        client = replace(client, auth_method="private_key_jwt")
    facts = {"client_id": url, "source": client.source, "method": client.auth_method}
    yield from judge.ok("The client id is the address of a metadata document", _DOCUMENT, **facts)
    return client


def _kept(case: Case, server: Server) -> Steps[Client | None]:
    """The dynamic registration of an earlier run, if it can still be used."""
    client, judge, known = case.known.store.client(server.issuer), Judge(case, STEP), case.known
    if client is None or client.issuer != server.issuer or client.source != "registered":
        return None
    if client.expires_at is not None and client.expires_at <= known.now():
        yield from judge.note("The registration of an earlier run has expired", _RESPONSE)
        return None
    if client.redirect_uri != known.redirect_uri:
        had = client.redirect_uri or "none"
        says = f"The registration of an earlier run has another redirect URI: {had}"
        yield from judge.note(says, "specification 2026-07-28, Open Redirection")
        return None
    facts = {"client_id": client.client_id, "source": client.source, "method": client.auth_method}
    yield from judge.ok(f"Registered in an earlier run as {client.client_id}", _BINDING, **facts)
    return client


def request(case: Case, server: Server, scope: str) -> dict[str, Any]:
    """The metadata of a dynamic registration (RFC 7591 section 2)."""
    enterprise = case.options.grant == "enterprise-managed"
    wanted = ("none", "client_secret_basic", "client_secret_post")
    method = next((name for name in wanted if name in server.methods), "client_secret_basic")
    asked: dict[str, Any] = {
        "client_name": NAME,
        "application_type": "native",
        "token_endpoint_auth_method": method,
    }
    if enterprise:
        asked["grant_types"] = ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        asked["redirect_uris"], asked["response_types"] = [], []
    else:
        refresh = server.grants is None or "refresh_token" in server.grants
        asked["grant_types"] = ["authorization_code", *(["refresh_token"] if refresh else [])]
        asked["redirect_uris"], asked["response_types"] = [case.known.redirect_uri], ["code"]
    if scope:
        asked["scope"] = scope
    return asked


def _dynamic(case: Case, server: Server, scope: str) -> Steps[Client]:
    asked = request(case, server, scope)
    headers = (("content-type", "application/json"), ("accept", "application/json"))
    got: Got = yield Fetch(
        STEP,
        "POST",
        server.registration_endpoint,
        headers,
        json.dumps(asked).encode(),
        "dynamic client registration",
    )
    judge = Judge(case, STEP, got.exchange)
    document = Document(problem=got.error or "gave no answer") if got.status is None else body(got)
    if got.status not in (200, 201) or document.problem or not document.text("client_id"):
        raise (yield from _refused(judge, got, document))
    if got.status == 200:
        yield from judge.warning(
            "auth-registration-status", "Registration is answered 200 instead of 201", _RESPONSE
        )
    client = yield from _registered(judge, server, document, asked)
    yield from judge.ok(
        f"Registered as {client.client_id}",
        _TYPE,
        client_id=client.client_id,
        source=client.source,
        method=client.auth_method,
        redirect_uri=client.redirect_uri,
        expires_at=client.expires_at,
    )
    # Kept only now, so that a repeated step registers once more instead of finding this one.
    case.known.store.keep_client(client)
    return client


def _refused(judge: Judge, got: Got, document: Document) -> Steps[AuthNeeded]:
    """A registration that was refused, in words: RFC 7591 section 3.2.2."""
    error, described = document.text("error"), document.text("error_description")
    if got.status in (200, 201):
        says = f"The authorization server {document.problem or 'registered the client without a client_id'}"
    elif error:
        says = f"The authorization server refuses to register this client: {error}"
        says += f" ({described})" if described else ""
    else:
        reason = f"answered {got.status}" if got.status else document.problem
        says = f"The authorization server does not register this client: {reason}"
    hint = f"{judge.case.login} --client-id ID, with a client that was registered there by hand"
    if error == "invalid_redirect_uri":
        hint = f"{judge.case.login} --callback-port PORT, with a port that the authorization server allows"
    facts = {"status": got.status, "error": error or None}
    return (
        yield from judge.dead_end("registration-refused", says, "RFC 7591 section 3.2.2", next=hint, **facts)
    )


def _registered(judge: Judge, server: Server, document: Document, asked: Mapping[str, Any]) -> Steps[Client]:
    """The client that the answer describes; it may differ from the one that was asked for."""
    secret = document.text("client_secret") or None
    said = document.text("token_endpoint_auth_method")
    method = said or str(asked["token_endpoint_auth_method"])
    if method.startswith("client_secret") and secret is None:
        method = "none"
        if said:
            says = f"The client is to authenticate by {said}, but got no secret: it is used without"
            yield from judge.warning("registration-secret", says, _RESPONSE)
    if method not in client_auth.METHODS or (method == "private_key_jwt" and judge.case.known.sign is None):
        says = f"The client was registered for {method}, which it has not asked for and cannot do"
        raise (yield from judge.dead_end("registration-method", says, _RESPONSE))
    redirect = judge.case.known.redirect_uri
    echoed = document.texts("redirect_uris")
    if redirect and echoed is not None and redirect not in echoed:
        says = f"The client was registered without its redirect URI {redirect}"
        yield from judge.warning("registration-redirect", says, _RESPONSE, redirect_uris=list(echoed))
    expires = document.value.get("client_secret_expires_at")
    whole = isinstance(expires, int) and not isinstance(expires, bool)
    if secret and not whole:
        says = "The answer does not say when the client secret expires (client_secret_expires_at)"
        yield from judge.note(says, _RESPONSE)
    return Client(
        issuer=server.issuer,
        client_id=document.text("client_id"),
        client_secret=secret,
        auth_method=method,
        source="registered",
        redirect_uri=redirect,
        expires_at=float(expires) if whole and isinstance(expires, int) and 0 < expires < 1 << 40 else None,
    )


def _entered(case: Case, server: Server) -> Steps[Client]:
    """The last resort of the specification's order: the person."""
    judge = Judge(case, STEP)
    question = f"{server.issuer} registers no client by itself. Which client was registered there?"
    answer = yield Enter(
        STEP, question, (("client_id", "Client id", False), ("client_secret", "Client secret, if any", True))
    )
    entered = answer if isinstance(answer, Mapping) else {}
    client_id, secret = text(entered.get("client_id")).strip(), text(entered.get("client_secret")).strip()
    if not client_id:
        says = f"{server.issuer} wants a client that was registered beforehand"
        raise (yield from judge.dead_end("client-needed", says, _ORDER, next=f"{case.login} --client-id ID"))
    client = Client(issuer=server.issuer, client_id=client_id, client_secret=secret or None, source="entered")
    client = yield from _able(case, server, client)
    facts = {"client_id": client.client_id, "source": client.source, "method": client.auth_method}
    yield from judge.ok(f"Entered: {client.client_id}", _ORDER, **facts)
    case.known.store.keep_client(client)
    return client
