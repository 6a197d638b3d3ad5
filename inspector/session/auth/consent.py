"""The browser's part of the authorization code flow: where to send it, and whether to believe its answer.

See RFC 6749 section 4.1, RFC 7636, RFC 8707, RFC 9207.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from inspector.errors import AuthNeeded
from inspector.session.auth import address, pkce
from inspector.session.auth.answer import Answer, parse
from inspector.session.auth.case import Case, Judge, Steps
from inspector.session.auth.model import Client
from inspector.session.auth.scope import OFFLINE
from inspector.session.auth.server_metadata import Server
from inspector.session.auth.steps import Got, Visit

STEP = "authorize"
_STATE = "RFC 6749 section 10.12"
_ISS = "RFC 9207 section 2.4"
_ERROR = "RFC 6749 section 4.1.2.1"
_REFUSALS = {
    "access_denied": "nobody consented, or the authorization server does not allow it",
    "invalid_scope": "it does not know a scope that was asked for",
    "invalid_target": "it does not know the resource that the token is for (RFC 8707)",
    "invalid_request": "it finds the request malformed",
    "unauthorized_client": "this client may not ask for a code",
    "unsupported_response_type": "it gives out no codes",
    "server_error": "it failed",
    "temporarily_unavailable": "it is overloaded",
    "login_required": "nobody is logged in there",
    "consent_required": "nobody consented yet",
}


@dataclass(frozen=True, slots=True)
class Code:
    """What the token endpoint is to get for a consent."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


def awaited(case: Case, server: Server) -> Steps[None]:
    """Nothing, if somebody listens for the answer. Asked before anything is registered for nothing."""
    if not case.known.redirect_uri:
        says = f"A person must authorize at {address.host_of(server.authorization_endpoint)}"
        raise (yield from Judge(case, STEP).dead_end("no-callback", says, "RFC 6749 section 4.1"))


def consent(case: Case, server: Server, client: Client, scope: str, why: str, indicator: str) -> Steps[Code]:
    """Send a person to the authorization server, and judge what comes back.

    Args:
        why: Why these scopes, in words.
        indicator: The `resource` parameter.
    """
    known, judge = case.known, Judge(case, STEP)
    proof, state = pkce.proof(known.random), known.random(32)
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": known.redirect_uri,
        "state": state,
        "code_challenge": proof.challenge,
        "code_challenge_method": pkce.METHOD,
        "resource": indicator,
    }
    if scope:
        parameters["scope"] = scope
    if OFFLINE in scope.split():
        # OpenID Connect Core section 11: without it a provider must not grant a refresh token.
        parameters["prompt"] = "consent"
    url = yield from _url(judge, server.authorization_endpoint, parameters)
    host = address.host_of(url)
    yield from judge.note(
        f"Asking {host} for {scope or 'no scope'} ({why})",
        "specification 2026-07-28, Scope Selection Strategy",
        host=host,
        scope=scope,
        resource=indicator,
        client_id=client.client_id,
        redirect_uri=known.redirect_uri,
        code_challenge_method=pkce.METHOD,
    )
    came = yield Visit(STEP, url, host, known.redirect_uri, scope, state)
    if isinstance(came, Got):
        says = f"The browser is not sent to {host}: {came.error}"
        raise (yield from judge.dead_end("address-refused", says, "RFC 9728 section 7.7"))
    yield from judge.ok(f"{host} was visited, and an answer came")
    code = yield from _judged(Judge(case, "callback"), parse(came), server, state)
    return Code(code, proof.verifier, known.redirect_uri)


def _url(judge: Judge, endpoint: str, parameters: dict[str, str]) -> Steps[str]:
    """The endpoint with its own query kept (RFC 6749 section 3.1) and ours behind it."""
    fault = address.unsafe(endpoint) or ("is plain http" if address.insecure(endpoint) else "")
    if fault:
        says = f"The browser is not sent to {endpoint}, because the address {fault}"
        raise (yield from judge.dead_end("address-refused", says, "OAuth 2.1 section 1.5"))
    split = urlsplit(endpoint)
    theirs = parse_qsl(split.query, keep_blank_values=True, errors="replace")
    clash = sorted({name for name, _ in theirs} & (parameters.keys() | {"scope", "request", "request_uri"}))
    if clash:
        says = f"The authorization endpoint sets {', '.join(clash)} itself, which is the client's to say"
        yield from judge.violation("auth-endpoint-query", says, "RFC 6749 section 3.1")
        theirs = [(name, value) for name, value in theirs if name not in clash]
    kept = urlencode(theirs, quote_via=quote) if clash else split.query
    query = "&".join(part for part in (kept, urlencode(parameters, quote_via=quote)) if part)
    return urlunsplit(split._replace(query=query, fragment=""))


def _judged(judge: Judge, answer: Answer, server: Server, state: str) -> Steps[str]:
    """The code of an answer that is to be believed. What a stranger sent is not even shown."""
    if answer.problem:
        says = f"What came back is no authorization response: {answer.problem}"
        raise (yield from judge.dead_end("callback-unreadable", says, "RFC 6749 section 4.1.2"))
    if answer.twice:
        says = f"The authorization response gives {', '.join(answer.twice)} more than once"
        raise (yield from judge.dead_end("callback-repeated", says, "RFC 6749 section 3.1"))
    yield from _state(judge, answer, state)
    yield from _issuer(judge, answer.get("iss"), server)
    if answer.get("error") is not None:
        raise (yield from _refused(judge, answer))
    code = answer.get("code")
    if not code:
        says = "The authorization response carries neither code nor error"
        raise (yield from judge.dead_end("callback-unreadable", says, "RFC 6749 section 4.1.2"))
    iss = answer.get("iss")
    sure = "state" if iss is None else "state and issuer"
    says = "A code came" if answer.bare else f"A code came, with the right {sure}"
    yield from judge.ok(says, _ISS, iss=iss)
    return code


def _state(judge: Judge, answer: Answer, state: str) -> Steps[None]:
    came = answer.get("state")
    if came is not None and hmac.compare_digest(came.encode(errors="replace"), state.encode()):
        return
    says = "The answer carries another state than the one that was sent, so it belongs to another request"
    if answer.bare:
        says = "Only a code was given, so that it cannot be checked whether it belongs to this request"
    elif came is None:
        says = "The answer carries no state, so that it cannot be checked whether it belongs to this request"
    yield from judge.violation("state-mismatch", says, _STATE)


def _issuer(judge: Judge, iss: str | None, server: Server) -> Steps[None]:
    """RFC 9207: character by character, whether it was promised or not."""
    if iss is None and server.names_itself:
        says = f"{server.issuer} promises to name itself in every answer, but this one does not"
        yield from judge.violation("iss-missing", says, _ISS)
    elif iss is not None and iss != server.issuer:
        says = f"The answer is from {iss}, but {server.issuer} was asked"
        yield from judge.violation("iss-mismatch", says, _ISS, iss=iss, expected=server.issuer)


def _refused(judge: Judge, answer: Answer) -> Steps[AuthNeeded]:
    error = answer.get("error") or "no error code"
    meaning, described = _REFUSALS.get(error, ""), answer.get("error_description") or ""
    says = f"The authorization server refuses: {error}"
    says += f", {meaning}" if meaning else ""
    says += f" ({described})" if described else ""
    hint = ""
    if error == "invalid_scope":
        hint = f"{judge.case.login} --scope SCOPES"
    elif error in ("unauthorized_client", "invalid_client"):
        hint = f"{judge.case.logout}, which forgets the registration, then {judge.case.login}"
    return (yield from judge.dead_end("authorization-refused", says, _ERROR, next=hint, error=error))
