"""Asking a token endpoint, and judging what it grants: RFC 6749 sections 4.1.3, 5 and 6, RFC 8707.

Every grant goes through here; what is particular to one stands with its caller.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from inspector.errors import AuthNeeded
from inspector.session.auth import address, client_auth
from inspector.session.auth.case import Case, Judge, Steps
from inspector.session.auth.document import Document, body, text
from inspector.session.auth.model import Client, Credentials, Tokens
from inspector.session.auth.scope import missing
from inspector.session.auth.steps import Fetch, Got

_SUCCESS = "RFC 6749 section 5.1"
_FAILURE = "RFC 6749 section 5.2"
_AUDIENCE = "specification 2026-07-28, Token Audience Binding and Validation"
_FOREVER = 1 << 40  # seconds; a larger lifetime is a mistake
_REFUSALS = {
    "invalid_request": "it finds the request malformed",
    "invalid_client": "it does not know this client, or its proof is wrong",
    "invalid_grant": "what was given for the token is invalid, expired or used already",
    "unauthorized_client": "this client may not use this grant",
    "unsupported_grant_type": "it does not know this grant",
    "invalid_scope": "it does not grant a scope that was asked for",
    "invalid_target": "it does not know the resource that the token is for (RFC 8707)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to a token endpoint.

    Attributes:
        step: A name of `STEPS`.
        endpoint: Where.
        client: Who asks, and how it proves that.
        form: The parameters, `grant_type` among them; what authenticates the client is added.
        scope: What was asked for, here or in the browser.
        indicator: What the token is for.
    """

    step: str
    endpoint: str
    client: Client
    form: Mapping[str, str]
    scope: str = ""
    indicator: str = ""


def ask(case: Case, request: Request) -> Steps[tuple[Judge, Got, Document]]:
    """Make a request; the document that came with status 200, or the failure."""
    judge = Judge(case, request.step)
    fault = address.unsafe(request.endpoint)
    if fault:
        says = f"The token endpoint is refused, because its address {fault}"
        raise (yield from judge.dead_end("address-refused", says, "OAuth 2.1 section 1.5"))
    try:
        headers, proof = client_auth.proof(request.client, case.known)
    except ValueError as error:
        says = f"The client cannot authenticate at the token endpoint: {error}"
        raise (yield from judge.dead_end("client-authentication", says, "RFC 6749 section 2.3")) from error
    form = {name: value for name, value in {**request.form, **proof}.items() if value}
    got: Got = yield Fetch(
        request.step,
        "POST",
        request.endpoint,
        (("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"), *headers),
        urlencode(form).encode("ascii"),
        f"token ({request.form['grant_type'].rpartition(':')[2].replace('_', ' ').replace('-', ' ')})",
    )
    judge = Judge(case, request.step, got.exchange)
    document = Document(problem=got.error or "gave no answer") if got.status is None else body(got)
    if got.status != 200 or document.problem or "error" in document.value:
        raise (yield from _refused(judge, got, document, request.client))
    for fault in document.faults:
        yield from judge.warning(
            "auth-document", f"About the answer of the token endpoint: {fault}", _SUCCESS
        )
    return judge, got, document


def _refused(judge: Judge, got: Got, document: Document, client: Client) -> Steps[AuthNeeded]:
    error, described = document.text("error"), document.text("error_description")
    if error:
        says = f"The token endpoint refuses: {error}"
        says += f", {_REFUSALS[error]}" if error in _REFUSALS else ""
        says += f" ({described})" if described else ""
    elif got.status is None or got.status == 200:
        says = f"The token endpoint {document.problem or 'answered with an error that has no name'}"
    else:
        says = f"The token endpoint answered {got.status} without an error code"
    hint = ""
    if error == "invalid_client" and client.source == "registered":
        hint = f"{judge.case.logout}, which forgets the registration, then {judge.case.login}"
    elif error == "invalid_client":
        hint = f"{judge.case.login} --client-id ID, with --client-secret if it has one"
    facts = {"status": got.status, "error": error or None}
    return (yield from judge.dead_end("token-refused", says, _FAILURE, next=hint, **facts))


def tokens(case: Case, request: Request) -> Steps[Tokens]:
    """Make a request, and judge the tokens that it brings."""
    judge, got, document = yield from ask(case, request)
    access = document.text("access_token")
    if not access or not access.isascii() or " " in access:
        says = "The token endpoint grants no access token that could be sent in a header"
        raise (yield from judge.dead_end("token-missing", says, _SUCCESS))
    kind = document.text("token_type")
    if kind.lower() != "bearer":
        says = f"The token is of type {kind or 'unknown'}, not Bearer"
        yield from judge.violation("token-type", says, _SUCCESS, token_type=kind)
    now = case.known.now()
    lifetime = yield from _lifetime(judge, document)
    granted = yield from _scope(judge, document, request.scope)
    yield from _audience(judge, access, request.indicator)
    if "no-store" not in got.header("cache-control").lower():
        yield from judge.note("The answer with the token lacks Cache-Control: no-store", _SUCCESS)
    refresh = document.text("refresh_token") or None
    if refresh is None and request.form["grant_type"] == "authorization_code":
        says = "No refresh token came: when the token expires, a person must authorize again"
        yield from judge.note(says, "specification 2026-07-28, Refresh Tokens")
    yield from judge.ok(
        "A token was granted",
        _SUCCESS,
        token_type=kind,
        expires_in=lifetime,
        scope=granted,
        requested=request.scope,
        refresh_token=refresh is not None,
        resource=request.indicator,
    )
    return Tokens(
        access_token=access,
        token_type="Bearer",
        refresh_token=refresh,
        scope=granted,
        obtained_at=now,
        expires_at=None if lifetime is None else now + lifetime,
    )


def _lifetime(judge: Judge, document: Document) -> Steps[float | None]:
    """Seconds, if they can be understood."""
    said = document.value.get("expires_in")
    if said is None:
        yield from judge.note("The server does not say when the token expires", _SUCCESS)
        return None
    seconds = math.nan
    if isinstance(said, (int, float)) and not isinstance(said, bool):
        seconds = float(said) if abs(said) < _FOREVER else math.nan
    elif text(said).isdecimal() and text(said).isascii() and len(text(said)) < 12:
        seconds = float(text(said))
        yield from judge.warning("token-lifetime", "expires_in is a string, not a number", _SUCCESS)
    if not 0 <= seconds < _FOREVER:
        yield from judge.warning("token-lifetime", "expires_in is no number of seconds", _SUCCESS)
        return None
    return seconds


def _scope(judge: Judge, document: Document, wanted: str) -> Steps[str]:
    """What was granted; silence means what was asked for."""
    said = document.value.get("scope")
    if said is None:
        return wanted
    if not isinstance(said, str):
        says = "scope in the answer is no string of scopes"
        yield from judge.warning("token-scope", says, _SUCCESS)
        return wanted
    granted = " ".join(text(said).split())
    lacking = missing(granted, wanted)
    if lacking:
        says = f"Fewer scopes were granted than asked for: {lacking} is missing"
        yield from judge.warning("scope-narrowed", says, "RFC 6749 section 3.3", granted=granted)
    return granted


def _audience(judge: Judge, access: str, indicator: str) -> Steps[None]:
    """The audience of a token that is a JWT, beside the resource that was asked for."""
    look = judge.case.known.audience
    named = look(access) if look is not None else None
    if named is None or not indicator:
        return
    if any(
        address.canonical(one) == address.canonical(indicator) for one in named if not address.unsafe(one)
    ):
        return
    says = f"The token is for {', '.join(named) or 'nobody'}, not for {indicator}"
    yield from judge.warning("token-audience", says, _AUDIENCE, audience=list(named))


def refreshed(case: Case, credentials: Credentials) -> Steps[Credentials]:
    """New tokens for the refresh token of `credentials`: RFC 6749 section 6."""
    held = credentials.tokens
    if held is None or not held.refresh_token:
        raise AuthNeeded("There is no refresh token", next=case.login, code="no_refresh_token")
    indicator = credentials.indicator or credentials.resource
    form = {"grant_type": "refresh_token", "refresh_token": held.refresh_token, "resource": indicator}
    request = Request(
        step="refresh",
        endpoint=credentials.token_endpoint,
        client=credentials.client,
        form=form,
        scope=held.scope,
        indicator=indicator,
    )
    fresh = yield from tokens(case, request)
    # A server that does not rotate sends none, and the old one stays valid.
    kept = replace(fresh, refresh_token=fresh.refresh_token or held.refresh_token)
    return replace(credentials, tokens=kept)
