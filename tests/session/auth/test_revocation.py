"""Revocation: the refresh token goes back to its issuer, and what hinders it is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inspector.journal.journal import Journal
from inspector.session.auth.case import Known
from inspector.session.auth.model import Client, Credentials
from inspector.session.auth.revocation import revoke
from inspector.session.auth.store import FileStore
from inspector.transport.fetch import fetching
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from tests.servers.hosting import place
from tests.session.auth.test_store import TOKENS


@dataclass
class Issuer:
    """An authorization server that revokes."""

    url: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: Response = field(default_factory=lambda: Response(None, 200))
    forms: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    async def describe(self, request: Request) -> Response:
        said = {"issuer": self.url, "revocation_endpoint": f"{self.url}/revoke", **self.metadata}
        return JSONResponse({name: value for name, value in said.items() if value})

    async def revoke(self, request: Request) -> Response:
        self.forms.append(dict(await request.form()))
        self.headers.append(request.headers.get("authorization", ""))
        return self.answer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    with place() as where:
        made.url = where.url
        where.serve(
            Starlette(
                routes=[
                    Route("/.well-known/openid-configuration", made.describe),
                    Route("/revoke", made.revoke, methods=["POST"]),
                ]
            )
        )
        yield made


async def revoked(url: str, journal: Journal | None = None, **more: Any) -> str:
    client = Client(issuer=url, client_id="c")
    credentials = Credentials(**{"resource": url, "issuer": url, "client": client, "tokens": TOKENS, **more})
    async with fetching(HttpTarget(url), Tap(Journal.create() if journal is None else journal)) as fetcher:
        return await revoke(credentials, fetcher, Known(store=FileStore()))


async def test_the_refresh_token_goes_back(issuer: Issuer) -> None:
    journal = Journal.create()
    assert await revoked(issuer.url, journal) == ""
    assert issuer.forms == [{"token": "refresh-1", "token_type_hint": "refresh_token", "client_id": "c"}]
    assert b"refresh-1" not in journal.raw(0, journal.span(len(journal) - 1)[1])


async def test_or_the_access_token(issuer: Issuer) -> None:
    client = Client(issuer=issuer.url, client_id="c", client_secret="s", auth_method="client_secret_basic")
    assert await revoked(issuer.url, tokens=replace(TOKENS, refresh_token=None), client=client) == ""
    assert issuer.forms[0].items() >= {"token": "access-1", "token_type_hint": "access_token"}.items()
    assert issuer.headers[0].startswith("Basic ")


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"revocation_endpoint": None}, "does not say where tokens are revoked"),
        ({"issuer": "https://other.example"}, "does not say where tokens are revoked"),
        ({"revocation_endpoint": "javascript:1"}, "names for it has the scheme 'javascript'"),
        ({"revocation_endpoint": "http://as.example/revoke"}, "names for it is plain http"),
        ({"revocation_endpoint": "https://169.254.169.254/revoke"}, "link-local"),
    ],
)
async def test_where_it_cannot_be_done(issuer: Issuer, metadata: dict[str, Any], says: str) -> None:
    issuer.metadata = metadata
    assert says in await revoked(issuer.url)
    assert issuer.forms == []


async def test_a_refusal(issuer: Issuer) -> None:
    issuer.answer = JSONResponse({"error": "unsupported_token_type\x1b"}, 400)
    assert (await revoked(issuer.url)).startswith(f"{issuer.url} answered 400")
    issuer.answer = Response("busy", 503)
    assert await revoked(issuer.url) == f"{issuer.url} answered 503"


async def test_what_is_missing(issuer: Issuer) -> None:
    assert await revoked(issuer.url, tokens=None) == "there is no token"
    keyed = Client(issuer=issuer.url, client_id="c", auth_method="private_key_jwt")
    assert await revoked(issuer.url, client=keyed) == "private_key_jwt needs a private key"
    assert "does not say where" in await revoked("http://127.0.0.1:1")
    assert "does not say where" in await revoked("http://127.0.0.1:1", issuer="javascript:1")


async def test_an_issuer_near_us_of_a_server_that_is_not(issuer: Issuer) -> None:
    """A name that was public at the login may lead to anything nearby at the logout."""
    journal = Journal.create()
    said = await revoked(issuer.url, journal, resource="https://8.8.8.8/mcp")
    assert "does not say where tokens are revoked" in said
    assert issuer.forms == []
    assert b'"refused":true' in journal.raw(0, journal.span(len(journal) - 1)[1])
