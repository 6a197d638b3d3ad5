"""Single requests: what is sent, what comes back, what is refused, and what then stands in the journal."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from inspector.journal.journal import Journal
from inspector.journal.redact import fingerprint
from inspector.transport.fetch import Fetcher, fetching
from inspector.transport.guard import Guard, Reach
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Event, Kind
from tests.servers.http_hostile import Hostile, hostile
from tests.servers.http_raw import Behaviour, Conn, Request, serving

FORM = ("content-type", "application/x-www-form-urlencoded")
TOKENS = {"access_token": "at-1", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "rt-1"}


async def tokens(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", "application/json", json.dumps(TOKENS).encode(), "Set-Cookie: a=b")


async def moved(conn: Conn, request: Request) -> None:
    await conn.respond("302 Found", None, b"", "Location: /cb?code=c-1&x=1")


async def endless(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(b": one\n")
    await conn.until_gone()


async def silent(conn: Conn, request: Request) -> None:
    await conn.until_gone()


async def big(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", "text/plain", b"x" * 100_000)


async def echo(conn: Conn, request: Request) -> None:
    says = {"error": "invalid_grant", "error_description": f"I was sent {request.body.decode()}"}
    await conn.respond("400 Bad Request", "application/json", json.dumps(says).encode())


async def mirror(conn: Conn, request: Request) -> None:
    """Repeats what it was sent wherever one can, as error pages and gateways do."""
    sent = request.headers["authorization"].removeprefix("Bearer ")
    await conn.respond(
        f"401 No {sent}",
        "text/html",
        f"<p>No way with {sent} at {request.path}</p>".encode(),
        f'WWW-Authenticate: Bearer error="invalid_token", error_description="{sent} is bad"',
        f"X-Sent: {sent}",
        f"Location: /{sent}?at={request.path}",
    )


PATHS: dict[str, Behaviour] = {
    "mirror": mirror,
    "echo": echo,
    "token": tokens,
    "moved": moved,
    "endless": endless,
    "silent": silent,
    "big": big,
}


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with serving(PATHS) as running:
        yield running


class Fetching:
    def __init__(self, fetcher: Fetcher, journal: Journal) -> None:
        self.fetch = fetcher.fetch
        self.journal = journal

    def events(self, what: str = "") -> list[Event]:
        found = [self.journal.event(seq) for seq in range(len(self.journal))]
        return [event for event in found if event.kind is Kind.HTTP and what in ("", event.what)]

    def written(self) -> str:
        return str([(event.data, event.body) for event in self.events()])


@asynccontextmanager
async def against(
    url: str = "http://example.com/mcp", *, keep_secrets: bool = False
) -> AsyncIterator[Fetching]:
    journal = Journal.create()
    target = HttpTarget(url, headers=(("Authorization", "Bearer own"), ("X-Api-Key", "k")))
    try:
        async with fetching(target, Tap(journal, keep_secrets=keep_secrets)) as fetcher:
            yield Fetching(fetcher, journal)
    finally:
        journal.close()


async def test_a_request_and_its_answer(server: Hostile) -> None:
    async with against(server.url("mcp")) as single:
        body = b"grant_type=authorization_code&code=c-1&code_verifier=v-1"
        got = await single.fetch("POST", server.url("token"), headers=[FORM], body=body, purpose="token")
        assert (got.exchange, got.status, got.error, got.refused) == (1, 200, "", False)
        assert json.loads(got.body) == TOKENS
        assert got.header("content-type") == "application/json"
        assert got.peer == f"127.0.0.1:{server.port}"
        (asked,) = server.requests
        assert (asked.method, asked.body, asked.headers["content-type"]) == ("POST", body, FORM[1])
        whats = [event.what for event in single.events()]
        assert whats == ["request", "body", "response", "body", "end"]
        assert single.events("request")[0].data["purpose"] == "token"
        assert single.events("response")[0].data["peer"] == got.peer
        assert single.events("end")[0].data["outcome"] == "complete"


async def test_nothing_of_the_target_goes_along(server: Hostile) -> None:
    async with against(server.url("mcp")) as single:
        await single.fetch("GET", server.url("token"))
        await single.fetch("GET", server.url("token"))
        for asked in server.requests:
            assert asked.headers.keys().isdisjoint({"authorization", "x-api-key", "cookie"})


async def test_secrets_in_bodies_are_fingerprints_in_the_journal_only(server: Hostile) -> None:
    async with against() as single:
        body = b"code=c-1&code_verifier=v-1&client_id=me"
        got = await single.fetch("POST", server.url("token"), headers=[FORM], body=body)
        assert b"at-1" in got.body
        sent, received = single.events("body")
        assert (sent.direction, received.direction) == (Direction.C2S, Direction.S2C)
        assert sent.body == (
            f"code={fingerprint('c-1')}&code_verifier={fingerprint('v-1')}&client_id=me".encode()
        )
        assert json.loads(received.body)["access_token"] == fingerprint("at-1")
        assert json.loads(received.body)["expires_in"] == 3600
        assert not any(secret in single.written() for secret in ("at-1", "rt-1", "c-1", "v-1"))


async def test_secrets_can_be_kept(server: Hostile) -> None:
    async with against(keep_secrets=True) as single:
        await single.fetch("POST", server.url("token"), headers=[FORM], body=b"code=c-1")
        assert single.events("body")[0].body == b"code=c-1"
        assert b"at-1" in single.events("body")[1].body


async def test_a_redirect_is_not_followed(server: Hostile) -> None:
    async with against() as single:
        got = await single.fetch("GET", server.url("moved"))
        assert (got.status, got.location) == (302, server.url("cb?code=c-1&x=1"))
        assert len(server.requests) == 1
        assert "code=c-1" not in single.written()


async def test_what_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with against() as single:
        got = await single.fetch("GET", f"http://127.0.0.1:{port}/")
        assert (got.status, got.stage, got.cause, got.refused) == (None, "connect", "refused", False)
        assert got.error == f"127.0.0.1:{port} refused the connection"
        end = single.events("end")[0].data
        assert (end["outcome"], end["cause"], end["addresses"]) == ("failed", "refused", ["127.0.0.1"])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/token",
        "http://localhost:{port}/token",
        "http://a.b.localhost:{port}/token",
        "http://0.0.0.0:{port}/token",
        "http://2130706433:{port}/token",
        "http://0x7f.1:{port}/token",
        "http://017700000001:{port}/token",
        "http://127.1:{port}/token",
        "http://[::ffff:127.0.0.1]:{port}/token",
        "http://[::]:{port}/token",
        "http://①②⑦.0.0.1:{port}/token",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
async def test_addresses_that_the_guard_refuses(server: Hostile, url: str) -> None:
    async with against() as single:
        got = await single.fetch("GET", url.format(port=server.port), guard=Guard())
        assert (got.status, got.refused, got.cause) == (None, True, "refused-address")
        assert server.requests == []
        end = single.events("end")[0].data
        assert (end["outcome"], end["refused"]) == ("failed", True)
        assert end["error"]


async def test_the_guard_lets_pass_what_is_beside_the_server(server: Hostile) -> None:
    async with against() as single:
        got = await single.fetch("GET", server.url("token"), guard=Guard(Reach.LOOPBACK))
        assert got.status == 200


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:,x", "file:///etc/passwd", "-oX", "http://[::1/", "http://xn--/", ""]
)
async def test_what_never_leaves_the_process(url: str) -> None:
    async with against() as single:
        got = await single.fetch("GET", url)
        assert (got.status, got.refused) == (None, True)
        assert got.error
        assert single.events("request")[0].data["unsent"] is True


async def test_a_server_that_says_nothing(server: Hostile) -> None:
    async with against() as single:
        got = await single.fetch("GET", server.url("silent"), timeout=1)
        assert (got.status, got.stage, got.cause) == (None, "wait", "timeout")
        assert got.error == "127.0.0.1 did not answer within 1 s"


async def test_a_body_that_does_not_end(server: Hostile) -> None:
    async with against() as single:
        got = await single.fetch("GET", server.url("endless"), timeout=1)
        assert (got.status, got.body, got.stage) == (200, b": one\n", "read")
        assert single.events("end")[0].data["outcome"] == "closed-early"


async def test_a_body_beyond_the_limit(server: Hostile) -> None:
    async with against() as single:
        got = await single.fetch("GET", server.url("big"), limit=1000)
        assert (got.status, len(got.body), got.error) == (200, 1000, "")
        (kept,) = single.events("body")
        assert len(kept.body) == 1000
        assert kept.size > 1000


@pytest.mark.parametrize("path", ["reset", "hang-up", "not-http", "bad-gzip", "short-body", "moved-nowhere"])
async def test_what_a_server_does_wrong_raises_nothing(path: str) -> None:
    async with hostile() as server, against() as single:
        got = await single.fetch("GET", server.url(path))
        assert got.error or got.location
        assert single.events()[-1].what == "end"


async def test_a_header_that_http_cannot_carry() -> None:
    async with hostile() as server, against() as single:
        got = await single.fetch("GET", server.url("json"), headers=[("X-Bad", "a\nb")])
        assert (got.status, got.cause) == (None, "bad-request")


async def test_what_a_server_repeats_is_scrubbed_where_no_name_gives_it_away(server: Hostile) -> None:
    async with against() as single:
        got = await single.fetch(
            "POST",
            server.url("echo"),
            headers=[FORM],
            body=b"code=the-code-itself",
            scrub=lambda text: text.replace("the-code-itself", "…"),
        )
        assert b"the-code-itself" in got.body
        assert "the-code-itself" not in single.written()
        assert "I was sent code=…" in single.events("body")[-1].body.decode()


async def test_a_server_that_repeats_the_credentials_in_no_expected_place(server: Hostile) -> None:
    async with against() as single:
        headers = [("Authorization", "Bearer s3cret-token")]
        got = await single.fetch("GET", server.url("mirror?api_key=s3cret-in-the-url"), headers=headers)
        assert got.status == 401
        assert b"s3cret-token" in got.body
        assert "s3cret" not in single.written()
        assert single.written().count(fingerprint("s3cret-token")) >= 5
        another = await single.fetch("GET", server.url("mirror"), headers=headers)
        assert another.status == 401
        assert "s3cret" not in single.written()
