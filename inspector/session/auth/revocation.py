"""Tells an authorization server that a token is not needed any more (RFC 7009), where it wants to know.

Done when a person logs out. Nothing depends on it: what is kept is forgotten whatever comes of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from inspector.session.auth import address, client_auth
from inspector.session.auth.document import body, read
from inspector.session.auth.steps import Got
from inspector.transport.guard import Guard
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.session.auth.case import Known
    from inspector.session.auth.model import Credentials
    from inspector.transport.fetch import Fetched, Fetcher

_FORM = ("content-type", "application/x-www-form-urlencoded")


async def revoke(credentials: Credentials, fetcher: Fetcher, known: Known, *, timeout: float = 10.0) -> str:
    """Revoke the refresh token, or else the access token, of `credentials`.

    A server that revokes a refresh token ends the access tokens of the same grant with it (section 2.1).

    Returns:
        Why it was not revoked, one sentence without its full stop; empty where it was.
    """
    tokens = credentials.tokens
    if tokens is None:
        return "there is no token"
    # Here, because the HTTP library is loaded by whoever has a fetcher, and by nobody else.
    from inspector.transport.dial import guard_for

    guard = await guard_for(credentials.resource)  # the server named the issuer, once
    endpoint, peer = await _endpoint(credentials.issuer, fetcher, timeout, guard)
    if not endpoint:
        return f"{credentials.issuer} does not say where tokens are revoked"
    fault = address.unsafe(endpoint) or ("is plain http" if address.insecure(endpoint) else "")
    if fault:
        return f"the address that {credentials.issuer} names for it {fault}"
    try:
        headers, proof = client_auth.proof(credentials.client, known)
    except ValueError as problem:
        return str(problem)
    kind = "refresh_token" if tokens.refresh_token else "access_token"
    form = {"token": tokens.refresh_token or tokens.access_token, "token_type_hint": kind, **proof}
    fetched = await fetcher.fetch(
        "POST",
        endpoint,
        headers=(_FORM, *headers),
        body=urlencode(form).encode(),
        purpose="token revocation",
        timeout=timeout,
        guard=Guard.beside(credentials.issuer, peer),
    )
    if fetched.status == 200:
        return ""
    if fetched.status is None:
        return fetched.error
    error = clip(visible(body(_got(fetched)).text("error")), 100)
    return f"{credentials.issuer} answered {fetched.status}" + (f", {error}" if error else "")


async def _endpoint(issuer: str, fetcher: Fetcher, timeout: float, guard: Guard) -> tuple[str, str]:
    """The endpoint that the metadata of `issuer` name, and what was connected to to learn it."""
    if address.unsafe(issuer):
        return "", ""
    for place, kind in address.server_metadata(issuer):
        fetched = await fetcher.fetch(
            "GET",
            place,
            purpose=f"authorization server metadata ({kind})",
            timeout=timeout,
            guard=guard,
        )
        document = read(_got(fetched))
        if document.text("issuer") == issuer:
            return document.text("revocation_endpoint"), fetched.peer
    return "", ""


def _got(fetched: Fetched) -> Got:
    return Got(fetched.exchange, fetched.status, fetched.headers, fetched.body, fetched.error)
