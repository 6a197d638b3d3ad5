"""What one thing takes: credentials before each request, challenges, and redirects hop by hop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest

from inspector.errors import AuthNeeded
from inspector.journal.journal import Journal
from inspector.transport.base import Challenge
from inspector.transport.requests import Requests
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from tests.servers.http_raw import Behaviour, Conn, Hostile, Request, serving
from tests.transport.http_talk import Talk, talking

JSON = "application/json"


class Credentials:
    """An authorizer that has tokens in stock and hands out the next one at each challenge."""

    def __init__(self, *tokens: str, origin: str = "http://127.0.0.1") -> None:
        self.stock = list(tokens)
        self.token = ""
        self.challenges: list[Challenge] = []
        self.asked_for: list[str] = []
        self.origin = origin
        self.waited = 0.0

    async def headers(self, url: str) -> Sequence[tuple[str, str]]:
        self.asked_for.append(url)
        known = self.token and url.startswith(self.origin)
        return [("Authorization", f"Bearer {self.token}")] if known else []

    async def challenged(self, challenge: Challenge) -> bool:
        self.challenges.append(challenge)
        if not self.stock:
            return False
        self.token = self.stock.pop(0)
        return True


async def protected(conn: Conn, request: Request) -> None:
    """Wants `good`; a DELETE and a GET too."""
    if request.headers.get("authorization") != "Bearer good":
        body = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Unauthorized"}}'
        await conn.respond("401 Unauthorized", JSON, body, 'WWW-Authenticate: Bearer scope="a"')
    elif request.method == "POST":
        await conn.respond("200 OK", JSON, request.answer(ok=True), "Mcp-Session-Id: s-1")
    elif request.method == "DELETE":
        await conn.respond("204 No Content", None)
    else:
        await conn.respond("405 Method Not Allowed", None)


async def forbidden(conn: Conn, request: Request) -> None:
    await conn.respond("403 Forbidden", JSON, b'{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}')


async def wants_scope(conn: Conn, request: Request) -> None:
    if request.headers.get("authorization") == "Bearer good":
        await conn.respond("200 OK", JSON, request.answer(ok=True))
    else:
        challenge = 'WWW-Authenticate: Bearer error="insufficient_scope", scope="a b"'
        await conn.respond("403 Forbidden", JSON, b"{}", challenge)


async def endless_challenge(conn: Conn, request: Request) -> None:
    if request.headers.get("authorization") == "Bearer good":
        await conn.respond("200 OK", JSON, request.answer(ok=True))
    else:
        await conn.write(
            b"HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await conn.chunk(b"who are you")
        await conn.until_gone()


async def json_(conn: Conn, request: Request) -> None:
    if request.method == "POST":
        await conn.respond("200 OK", JSON, request.answer(ok=True), "Mcp-Session-Id: s-2", "Set-Cookie: c=1")
    else:
        await conn.respond("405 Method Not Allowed", None)


def redirecting(status: str, location: str, *more: str) -> Behaviour:
    async def behaviour(conn: Conn, request: Request) -> None:
        await conn.respond(status, None, b"", f"Location: {location}", *more)

    return behaviour


async def sets_cookie_first(conn: Conn, request: Request) -> None:
    if "cookie" in request.headers:
        await conn.respond("200 OK", JSON, request.answer(ok=True))
    else:
        await conn.respond("307 Temporary Redirect", None, b"", "Location: /gate", "Set-Cookie: lb=1")


PATHS: dict[str, Behaviour] = {
    "protected": protected,
    "forbidden": forbidden,
    "scope": wants_scope,
    "endless": endless_challenge,
    "json": json_,
    "gate": sets_cookie_first,
    "ring-1": redirecting("307 Temporary Redirect", "/ring-2"),
    "ring-2": redirecting("308 Permanent Redirect", "/ring-1"),
    "slash": redirecting("301 Moved Permanently", "/slash/"),
    "other-method": redirecting("303 See Other", "/json"),
    "to-script": redirecting("307 Temporary Redirect", "javascript:alert(1)"),
    **{f"long-{at}": redirecting("307 Temporary Redirect", f"/long-{at + 1}") for at in range(9)},
    "to-protected": redirecting("307 Temporary Redirect", "/protected"),
}


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with serving(PATHS) as running:
        yield running


@asynccontextmanager
async def two() -> AsyncIterator[tuple[Hostile, Hostile]]:
    """A server, and another origin that it redirects to by `/away`."""
    async with serving({**PATHS, "stream": stream}) as far:
        away = far.url("stream")
        paths = {**PATHS, "away": redirecting("307 Temporary Redirect", away), "away-302": either(away)}
        async with serving(paths) as server:
            yield server, far


def either(away: str) -> Behaviour:
    """POST is answered, GET goes to another origin."""

    async def behaviour(conn: Conn, request: Request) -> None:
        if request.method == "POST":
            await json_(conn, request)
        else:
            await conn.respond("302 Found", None, b"", f"Location: {away}")

    return behaviour


async def stream(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n')
    await conn.until_gone()


def whys(talk: Talk) -> list[str]:
    return [asked.get("why", "") for asked in talk.http("request")]


# Credentials and challenges


async def test_a_challenge_is_met_within_the_exchange(server: Hostile) -> None:
    credentials = Credentials("good")
    async with talking(server.url("protected"), authorizer=credentials) as talk:
        reply, end = await talk.asked()
        assert json.loads(reply.body)["result"] == {"ok": True}
        assert talk.story() == [
            "> request",
            "http request POST",
            "http response 401",
            "http body",
            "http request POST",
            "http response 200",
            "< response",
            "http end complete",
        ]
        assert whys(talk) == ["", "authorized"]
        assert (end.data["status"], end.data["requests"]) == (200, 2)
        assert server.requests[0].body == server.requests[1].body
        (challenge,) = credentials.challenges
        assert (challenge.exchange, challenge.attempt, challenge.status) == (1, 0, 401)
        assert (challenge.url, challenge.used) == (server.url("protected"), False)
        assert ("WWW-Authenticate", 'Bearer scope="a"') in challenge.headers
        assert challenge.peer == f"127.0.0.1:{server.port}"


async def test_later_requests_carry_the_credentials_at_once(server: Hostile) -> None:
    credentials = Credentials("good")
    async with talking(server.url("protected"), authorizer=credentials) as talk:
        talk.link.legacy = True
        await talk.asked()
        await talk.asked()
        talk.link.listen({})
        await talk.hear()
    methods = [asked.method for asked in server.requests]
    assert methods == ["POST", "POST", "POST", "GET", "DELETE"]
    assert [asked.headers.get("authorization") for asked in server.requests[1:]] == ["Bearer good"] * 4
    assert len(credentials.challenges) == 1


async def test_credentials_that_do_not_help_are_asked_for_four_times(server: Hostile) -> None:
    credentials = Credentials(*"abcdefgh")
    async with talking(server.url("protected"), authorizer=credentials) as talk:
        *_, end = await talk.asked()
        assert [challenge.attempt for challenge in credentials.challenges] == [0, 1, 2, 3]
        assert [challenge.used for challenge in credentials.challenges] == [False, True, True, True]
        assert (end.data["status"], end.data["requests"]) == (401, 5)


async def test_an_authorizer_that_gives_up_leaves_the_401(server: Hostile) -> None:
    async with talking(server.url("protected"), authorizer=Credentials()) as talk:
        (end,) = await talk.asked()
        assert (end.data["status"], end.data["outcome"], "requests" in end.data) == (401, "complete", False)
        assert talk.told_by(Kind.HTTP, "body")[0].body.startswith(b'{"jsonrpc"')


async def test_an_authorizer_that_raises_ends_the_exchange_and_not_the_link(server: Hostile) -> None:
    class GivesUp(Credentials):
        async def challenged(self, challenge: Challenge) -> bool:
            raise AuthNeeded("The person said no.")

    async with talking(server.url("protected"), authorizer=GivesUp()) as talk:
        (end,) = await talk.asked()
        assert (end.data["outcome"], end.data["error"]) == ("failed", "The person said no")
        await talk.asked()


async def test_more_scope_is_a_challenge_and_a_plain_403_is_not(server: Hostile) -> None:
    credentials = Credentials("good")
    async with talking(server.url("scope"), authorizer=credentials) as talk:
        *_, end = await talk.asked()
        assert end.data["status"] == 200
        assert credentials.challenges[0].status == 403
    credentials = Credentials("good")
    async with talking(server.url("forbidden"), authorizer=credentials) as talk:
        reply, end = await talk.asked()
        assert (reply.kind, end.data["status"]) == (Kind.MESSAGE, 403)
        assert credentials.challenges == []


async def test_the_users_own_authorization_header_wins(server: Hostile) -> None:
    credentials = Credentials("good")
    headers = (("authorization", "Bearer mine"),)
    async with talking(server.url("protected"), authorizer=credentials, headers=headers) as talk:
        *_, end = await talk.asked()
        assert (end.data["status"], credentials.asked_for, credentials.challenges) == (401, [], [])
        assert server.requests[0].headers["authorization"] == "Bearer mine"


async def test_a_password_in_the_url_wins_and_goes_nowhere_else() -> None:
    credentials = Credentials("good")
    async with two() as (server, far):
        url = server.url("away-302").replace("//", "//me:s3cret@")
        async with talking(url, authorizer=credentials) as talk:
            talk.link.legacy = True
            *_, end = await talk.asked()
            assert (end.data["status"], credentials.asked_for) == (200, [])
            assert server.requests[0].headers["authorization"].startswith("Basic ")
            talk.link.listen({})
            assert (await talk.hear()).kind is Kind.MESSAGE
            assert "authorization" not in far.requests[0].headers
            assert "s3cret" not in str([event.data for event in talk.events()])


async def test_the_body_of_a_challenge_is_not_waited_for(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.transport.requests._CHALLENGE_WITHIN", 0.5)
    async with talking(server.url("endless"), authorizer=Credentials("good")) as talk:
        *_, end = await talk.asked()
        assert end.data["status"] == 200
        assert talk.told_by(Kind.HTTP, "body")[0].body == b"who are you"


async def test_leaving_meets_no_challenge(server: Hostile) -> None:
    credentials = Credentials("good")
    async with talking(server.url("protected"), authorizer=credentials) as talk:
        talk.link.legacy = True
        await talk.asked()
        credentials.token, credentials.stock = "bad", ["good"]
    assert server.requests[-1].method == "DELETE"
    assert len(credentials.challenges) == 1


async def test_aborting_while_the_person_is_asked(server: Hostile) -> None:
    asked = anyio.Event()

    class Asks(Credentials):
        async def challenged(self, challenge: Challenge) -> bool:
            asked.set()
            await anyio.sleep_forever()
            return True

    async with talking(server.url("protected"), authorizer=Asks()) as talk:
        await talk.ask()
        await asked.wait()
        talk.link.abort(1)
        assert (await talk.hear()).data["outcome"] == "aborted"


async def test_a_challenge_after_a_redirect_is_that_of_the_last_hop(server: Hostile) -> None:
    credentials = Credentials("good")
    async with talking(server.url("to-protected"), authorizer=credentials) as talk:
        *_, end = await talk.asked()
        assert end.data["status"] == 200
        assert credentials.challenges[0].url == server.url("protected")
        assert whys(talk) == ["", "redirect", "authorized"]


# Redirects


async def test_a_circle_is_named(server: Hostile) -> None:
    async with talking(server.url("ring-1")) as talk:
        (end,) = await talk.asked()
        assert (end.data["cause"], len(server.requests)) == ("redirect-loop", 2)
        ring = " → ".join(server.url(path) for path in ("ring-1", "ring-2", "ring-1"))
        assert end.data["error"] == f"it redirects in a circle: {ring}"


async def test_a_long_way_ends(server: Hostile) -> None:
    async with talking(server.url("long-0")) as talk:
        (end,) = await talk.asked()
        assert (end.data["cause"], end.data["requests"]) == ("redirect-too-many", 6)


async def test_a_redirect_to_itself_that_sets_a_cookie_is_followed(server: Hostile) -> None:
    async with talking(server.url("gate")) as talk:
        *_, end = await talk.asked()
        assert (end.data["status"], end.data["requests"]) == (200, 2)


@pytest.mark.parametrize(
    ("path", "says"), [("slash", "only the slash at the end is missing"), ("other-method", "GET")]
)
async def test_a_redirect_that_would_change_the_method_says_so(server: Hostile, path: str, says: str) -> None:
    async with talking(server.url(path)) as talk:
        (end,) = await talk.asked()
        assert (end.data["cause"], len(server.requests)) == ("redirect-method", 1)
        assert says in end.data["error"]


async def test_a_redirect_to_a_script_goes_nowhere(server: Hostile) -> None:
    async with talking(server.url("to-script")) as talk:
        (end,) = await talk.asked()
        assert len(server.requests) == 1
        assert end.data["error"]


async def test_a_message_is_not_sent_on_to_another_origin() -> None:
    async with two() as (server, far), talking(server.url("away")) as talk:
        (end,) = await talk.asked()
        assert (end.data["cause"], end.data["redirect"]) == ("redirect-origin", far.url("stream"))
        assert "another origin" in end.data["error"]
        assert far.requests == []


async def test_a_get_goes_on_to_another_origin_without_anything_private() -> None:
    headers = (("X-Api-Key", "k"), ("X-Plain", "p"))
    credentials = Credentials()
    async with (
        two() as (server, far),
        talking(server.url("away-302"), headers=headers, authorizer=credentials) as talk,
    ):
        credentials.token, credentials.origin = "good", server.url("")
        talk.link.legacy = True
        await talk.asked()
        talk.link.listen({"mcp-protocol-version": "2025-06-18"})
        assert (await talk.hear()).kind is Kind.MESSAGE
        (bare,) = far.requests
        private = {"x-api-key", "x-plain", "authorization", "cookie", "mcp-session-id"}
        assert bare.headers.keys().isdisjoint(private)
        assert bare.headers["mcp-protocol-version"] == "2025-06-18"
        assert server.requests[-1].headers.keys() >= private
        assert talk.http("request")[-1]["dropped"] == sorted(private)
        assert talk.http("request")[-1]["why"] == "redirect"


async def test_a_get_is_not_led_to_where_the_server_is_not() -> None:
    away = either("http://169.254.169.254/latest/meta-data/")
    async with serving({"mcp": away}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        await talk.asked()
        talk.link.listen({})
        end = await talk.hear()
        assert (end.data["outcome"], end.data["cause"], end.data["refused"]) == (
            "failed",
            "refused-address",
            True,
        )
        assert "169.254.169.254 is a link-local address" in end.data["error"]


async def test_an_address_that_only_a_server_can_have_named_is_guarded(server: Hostile) -> None:
    """As the endpoint that HTTP+SSE names: it is asked first, and no redirect led there."""
    journal = Journal.create()
    traffic = Requests(HttpTarget(server.url("json")), Tap(journal))
    ends = []
    for url in (server.url("json"), "http://10.0.0.1/mcp", "http://169.254.169.254/mcp"):
        exchange = traffic.start()
        await traffic.ask(exchange, "POST", url, body=b"{}")
        ends.append(traffic.end(exchange).data.get("cause"))
    traffic.close()
    await traffic.aclose()
    journal.close()
    assert ends == [None, "refused-address", "refused-address"]


async def test_the_same_origin_is_the_users_own_business(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy it is unknown where a server is; its redirects to itself are followed all the same."""
    monkeypatch.setenv("http_proxy", server.url(""))
    async with talking(f"http://127.0.0.1:{server.port}/to-protected") as talk:
        *_, end = await talk.asked()
        assert (end.data["status"], end.data["requests"]) == (401, 2)
