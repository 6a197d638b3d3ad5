"""What a transport asks of the authorizer, and which flow that leads to.

How whole connections fare is in `test_servers_*`; here each question is put by itself.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.errors import AuthNeeded, InspectError
from inspector.journal.journal import Journal
from inspector.session.auth.authorizer import OAuth, login_line
from inspector.session.auth.guides import Silent
from inspector.session.auth.model import AuthOptions, Client, Credentials, Tokens
from inspector.session.auth.steps import Guide, Visit
from inspector.session.auth.store import FileStore
from inspector.transport.base import Challenge
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from tests.servers.authorization_server import AuthorizationServer
from tests.servers.protected import PRM, Protected, gated
from tests.servers.visitor import Visitor
from tests.session.auth.test_jwt import token


@pytest.fixture
def gate(issuer: AuthorizationServer) -> Iterator[Protected]:
    with gated(issuer) as (server, _):
        yield server


class Asked:
    """An authorizer by itself, and the requests that a transport would make."""

    def __init__(self, server: str, folder: Path, guide: Guide | None = None, **options: Any) -> None:
        interactive = options.pop("interactive", True)
        fresh = options.pop("fresh", False)
        now = options.pop("now", time.time)
        self.url = server
        self.journal = Journal.create()
        self.tap = Tap(self.journal)
        self.visitor = Visitor()
        self.store = FileStore(folder / "credentials.json")
        self.oauth = OAuth(
            HttpTarget(server),
            self.journal,
            AuthOptions(**options),
            self.store,
            guide or self.visitor,
            interactive=interactive,
            fresh=fresh,
            now=now,
        )

    async def sends(self, method: str = "tools/list", tool: str = "") -> int:
        """Write a request down as a transport does; its exchange."""
        exchange = self.journal.new_exchange()
        params = f',"params":{{"name":"{tool}"}}' if tool else ""
        self.tap.sent(f'{{"jsonrpc":"2.0","id":1,"method":"{method}"{params}}}'.encode(), exchange=exchange)
        headers = await self.oauth.headers(self.url)
        self.tap.http("request", exchange, method="POST", url=self.url, headers=headers)
        return exchange

    async def challenged(
        self,
        exchange: int,
        status: int = 401,
        says: str = "",
        *,
        attempt: int = 0,
        used: bool = False,
        url: str = "",
    ) -> bool:
        prm = f'resource_metadata="{self.url.removesuffix("/mcp")}{PRM}/mcp"'
        header = ("WWW-Authenticate", f"Bearer {says + ', ' if says else ''}{prm}")
        challenge = Challenge(exchange, attempt, url or self.url, status, (header,), used)
        return await self.oauth.challenged(challenge)

    @property
    def flows(self) -> list[tuple[int, str, str]]:
        """Number, grant and reason of each flow that began."""
        begun = [
            self.journal.data(seq) for seq in range(len(self.journal)) if self.journal.kind(seq) is Kind.AUTH
        ]
        return [
            (each["flow"], each["facts"]["grant"], each["facts"]["reason"])
            for each in begun
            if (each["what"], each["state"]) == ("flow", "started")
        ]


MORE = 'error="insufficient_scope", scope="{}"'


async def test_nothing_is_sent_before_it_is_asked_for(tmp_path: Path) -> None:
    asked = Asked("https://mcp.example/mcp", tmp_path)
    assert await asked.oauth.headers(asked.url) == []
    assert asked.oauth.credentials is None
    assert asked.oauth.waited == 0


async def test_once_for_all_who_wait(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    done: list[bool] = []

    async def one() -> None:
        done.append(await asked.challenged(await asked.sends()))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(one)
    assert done == [True] * 5
    assert len(asked.visitor.visits) == 1
    assert asked.flows == [(1, "authorization-code", "the server asks for authorization")]
    ((name, value),) = await asked.oauth.headers(asked.url)
    assert name == "Authorization"
    assert value.startswith("Bearer ")
    assert asked.oauth.waited > 0


async def test_who_waits_shares_the_failure(gate: Protected, tmp_path: Path) -> None:
    class Unwilling(Visitor):
        async def visit(self, visit: Visit) -> str | None:
            self.visits.append(visit)
            raise AuthNeeded("I will not")

    guide = Unwilling()
    asked = Asked(gate.url, tmp_path, guide)
    exchanges = [await asked.sends() for _ in range(3)]
    done: list[bool] = []

    async def one(exchange: int) -> None:
        done.append(await asked.challenged(exchange))

    async with anyio.create_task_group() as tasks:
        for exchange in exchanges:
            tasks.start_soon(one, exchange)
    assert done == [False] * 3
    assert len(guide.visits) == 1
    assert str(asked.oauth.failure) == "I will not"


async def test_who_is_cancelled_leaves_the_others_to_go_on(gate: Protected, tmp_path: Path) -> None:
    visiting = anyio.Event()

    class Slow(Visitor):
        async def visit(self, visit: Visit) -> str | None:
            if not visiting.is_set():
                visiting.set()
                await anyio.sleep_forever()
            return await super().visit(visit)

    guide = Slow()
    asked = Asked(gate.url, tmp_path, guide)
    first, second = await asked.sends(), await asked.sends()
    async with anyio.create_task_group() as tasks:
        scope = anyio.CancelScope()

        async def given_up() -> None:
            with scope:
                await asked.challenged(first)

        tasks.start_soon(given_up)
        await visiting.wait()
        before = asked.oauth.waited
        assert asked.oauth.waited >= before > 0
        scope.cancel()
        assert await asked.challenged(second)
    assert len(asked.flows) == 2
    assert asked.oauth.failure is None


async def test_to_its_own_origin_only(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    assert await asked.challenged(await asked.sends())
    origin = gate.place.url
    for url in (f"{origin}/mcp", f"{origin}/messages?id=1", origin):
        assert await asked.oauth.headers(url)
    port = origin.rpartition(":")[2]
    for url in (
        "http://127.0.0.1:1/mcp",
        f"https://127.0.0.1:{port}/mcp",
        f"http://localhost:{port}/mcp",
        "http://[",
        f"http://user@127.0.0.1:{port}/mcp",
        f"http://127.0.0.1:{port}.evil.example/mcp",
        f"http://127.0.0.1.:{port}/mcp",
        f"http://127.0.0.1.evil.example:{port}/mcp",
        f"http://evil.example:{port}\\@127.0.0.1:{port}/mcp",
        f"http://2130706433:{port}/mcp",
        f"http://127.1:{port}/mcp",
        f"http://[::ffff:127.0.0.1]:{port}/mcp",
        "http://127.0.0.1/mcp",
    ):
        assert await asked.oauth.headers(url) == []
        assert not await asked.challenged(1, url=url)


@pytest.mark.parametrize(("status", "says"), [(403, ""), (403, 'error="invalid_token"')])
async def test_a_forbidden_request_is_not_authorized_for(
    gate: Protected, tmp_path: Path, status: int, says: str
) -> None:
    asked = Asked(gate.url, tmp_path)
    assert not await asked.challenged(1, status, says)
    assert asked.oauth.failure is None
    assert asked.flows == []


async def test_a_token_that_is_given(tmp_path: Path) -> None:
    given = token({"aud": "https://other.example", "exp": 1})
    asked = Asked("https://mcp.example/mcp", tmp_path, token=given)
    assert await asked.oauth.headers(asked.url) == [("Authorization", f"Bearer {given}")]
    assert not await asked.challenged(1, 401, 'error="invalid_token", error_description="bad\x1b"', used=True)
    failure = asked.oauth.failure
    assert isinstance(failure, AuthNeeded)
    for said in (
        "The server refuses the token that was given: it answered 401, invalid_token: bad␛",
        "It expired ",
        "It is not for this server: it is for https://other.example",
    ):
        assert said in failure.message
    assert "mcp-inspect auth login https://mcp.example/mcp" in failure.next
    assert given not in failure.message
    assert not await asked.challenged(1, 403, MORE.format("admin"), used=True)
    assert "it wants the scope admin" in str(asked.oauth.failure)


async def test_what_is_kept_is_used(gate: Protected, tmp_path: Path) -> None:
    assert await Asked(gate.url, tmp_path).challenged(0)
    asked = Asked(gate.url, tmp_path)
    assert await asked.oauth.headers(asked.url)
    assert await Asked(gate.url, tmp_path, fresh=True).oauth.headers(asked.url) == []
    assert await Asked(gate.url, tmp_path, client_id="another").oauth.headers(asked.url) == []
    asked.oauth.forget()
    assert await asked.oauth.headers(asked.url) == []
    assert asked.store.all() == []


async def test_a_store_that_cannot_be_read(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    asked.store.path.mkdir()
    assert await asked.oauth.headers(asked.url) == []
    assert isinstance(asked.oauth.failure, InspectError)
    assert "Cannot read the credentials" in asked.oauth.failure.message


async def test_a_refused_token_is_refreshed_and_then_replaced(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    assert await asked.challenged(await asked.sends())
    exchange = await asked.sends()
    assert await asked.challenged(exchange, used=True)
    assert asked.flows[-1][1] == "refresh"
    asked.tap.http("request", exchange, headers=await asked.oauth.headers(asked.url))
    assert await asked.challenged(exchange, used=True, attempt=1)
    assert asked.flows[-1][1] == "authorization-code"
    asked.tap.http("request", exchange, headers=await asked.oauth.headers(asked.url))
    assert not await asked.challenged(exchange, used=True, attempt=2)
    assert "The server refuses the token that was just granted" in str(asked.oauth.failure)
    assert len(asked.flows) == 3


async def test_who_was_refused_with_an_older_token_just_tries_again(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    assert await asked.challenged(await asked.sends())
    early, late = await asked.sends(), await asked.sends()
    assert await asked.challenged(early, used=True)
    assert len(asked.flows) == 2
    assert await asked.challenged(late, used=True)
    assert len(asked.flows) == 2


async def test_still_asked_without_a_token(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    assert not await asked.challenged(await asked.sends(), attempt=1)
    assert asked.flows == []
    assert asked.oauth.failure is not None


async def test_fresh_tokens_that_are_refused_have_an_end(
    gate: Protected, issuer: AuthorizationServer, tmp_path: Path
) -> None:
    issuer.behaviour.refresh = False
    asked = Asked(gate.url, tmp_path)
    assert await asked.challenged(await asked.sends("tools/call", "echo"))
    done = []
    for _ in range(5):
        done.append(await asked.challenged(await asked.sends("tools/call", "echo"), used=True))
        if not done[-1]:
            break
    assert done == [True, True, True, False]
    assert await asked.challenged(await asked.sends("tools/call", "admin"), used=True)


async def test_more_scope_has_an_end_for_each_operation(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path, scope="read")
    assert await asked.challenged(await asked.sends())
    done = [
        await asked.challenged(await asked.sends("tools/call", "admin"), 403, MORE.format(scope), used=True)
        for scope in ("write", "admin", "admin")
    ]
    assert done == [True, True, False]
    assert [visit.scope for visit in asked.visitor.visits] == [
        "read", "read write", "read write admin",
    ]  # fmt: skip
    assert "asks for more scope (admin) for tools/call admin after 2" in str(asked.oauth.failure)
    assert await asked.challenged(
        await asked.sends("tools/call", "echo"), 403, MORE.format("write"), used=True
    )


async def test_a_token_is_refreshed_ahead_of_its_end(gate: Protected, tmp_path: Path) -> None:
    clock = [time.time()]
    asked = Asked(gate.url, tmp_path, now=lambda: clock[0])
    assert await asked.challenged(await asked.sends())
    before = await asked.oauth.headers(asked.url)
    clock[0] += 3600 - 31
    assert await asked.oauth.headers(asked.url) == before
    clock[0] += 2
    after: list[Any] = []

    async def one() -> None:
        after.append(await asked.oauth.headers(asked.url))

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(one)
    assert after[0] == after[1] == after[2] != before
    assert [grant for _, grant, _ in asked.flows] == ["authorization-code", "refresh"]


async def test_another_processs_refresh_is_taken_over(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    assert await asked.challenged(await asked.sends())
    other = Asked(gate.url, tmp_path)
    assert await other.challenged(await other.sends(), used=True)
    assert other.flows[-1][1] == "refresh"
    assert await asked.challenged(await asked.sends(), used=True)
    assert len(asked.flows) == 1
    assert asked.oauth.credentials == other.oauth.credentials


async def test_a_refresh_token_that_is_over(
    gate: Protected, issuer: AuthorizationServer, tmp_path: Path
) -> None:
    asked = Asked(gate.url, tmp_path)
    assert await asked.challenged(await asked.sends())
    issuer.revoke()
    assert await asked.challenged(await asked.sends(), used=True)
    assert [grant for _, grant, _ in asked.flows] == ["authorization-code", "refresh", "authorization-code"]


async def test_nobody_is_there(gate: Protected, issuer: AuthorizationServer, tmp_path: Path) -> None:
    silent = Silent("mcp-inspect auth login URL")
    asked = Asked(gate.url, tmp_path, silent, interactive=False)
    assert not await asked.challenged(await asked.sends())
    assert isinstance(asked.oauth.failure, AuthNeeded)
    assert issuer.registrations == []
    assert asked.store.all() == []


async def test_a_grant_without_a_person_is_not_kept(
    gate: Protected, issuer: AuthorizationServer, tmp_path: Path
) -> None:
    client = issuer.client(grant_types=("client_credentials",), auth_method="client_secret_basic")
    asked = Asked(
        gate.url,
        tmp_path,
        Silent("login", registers=True),
        interactive=False,
        grant="client-credentials",
        client_id=client.client_id,
        client_secret=client.client_secret,
    )
    assert await asked.challenged(await asked.sends())
    assert asked.oauth.credentials is not None
    assert asked.store.all() == []


async def test_a_login_without_a_challenge(gate: Protected, tmp_path: Path) -> None:
    asked = Asked(gate.url, tmp_path)
    credentials = await asked.oauth.authorize("for a test")
    assert credentials.resource == gate.url
    assert asked.flows == [(1, "authorization-code", "for a test")]
    assert asked.store.all() == [credentials]
    another = OAuth(
        HttpTarget(gate.url),
        asked.journal,
        AuthOptions(),
        asked.store,
        Silent("login line"),
        interactive=False,
    )
    with pytest.raises(AuthNeeded):
        await another.authorize()
    assert [number for number, _, _ in asked.flows] == [1, 2]
    assert another.flows == 1


async def test_a_port_that_is_taken(gate: Protected, tmp_path: Path) -> None:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        asked = Asked(gate.url, tmp_path, callback_port=port)
        assert not await asked.challenged(await asked.sends())
    assert f"Cannot listen on port {port}" in str(asked.oauth.failure)


def test_the_line_that_authorizes() -> None:
    line = login_line("https://a.example/mcp?api_key=hush&x=$(y)")
    assert line.startswith("mcp-inspect auth login 'https://a.example/mcp?api_key=sha256:")
    assert "hush" not in line


def test_credentials_do_not_show_their_secrets() -> None:
    client = Client(issuer="i", client_id="c", client_secret="hush")
    credentials = Credentials(resource="r", issuer="i", client=client, tokens=Tokens(access_token="hush"))
    assert "hush" not in repr(replace(credentials, token_endpoint="t"))
    assert "hush" not in repr(
        AuthOptions(token="hush", client_secret="hush", private_key="hush", id_token="hush")
    )


async def test_a_name_that_claims_to_be_near_is_not_believed_before_a_connection(
    gate: Protected, issuer: AuthorizationServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: whoever owns the name would have the refresh token posted to anything nearby."""

    async def getaddrinfo(host: str, port: int, **more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    clock = [time.time()]
    asked = Asked(gate.url, tmp_path, now=lambda: clock[0])
    assert await asked.challenged(await asked.sends())
    assert asked.oauth.credentials is not None
    url = "http://rebinds.example/mcp"
    asked.store.keep(replace(asked.oauth.credentials, resource=url))
    monkeypatch.setattr("anyio.getaddrinfo", getaddrinfo)
    clock[0] += 3600
    issuer.token_requests.clear()
    again = Asked(url, tmp_path, now=lambda: clock[0])
    exchange = await again.sends()
    assert issuer.token_requests == []
    header = ("WWW-Authenticate", "Bearer")
    challenge = Challenge(exchange, 0, url, 401, (header,), True, "127.0.0.1:80")  # it is there after all
    assert await again.oauth.challenged(challenge)
    assert [form["grant_type"] for form in issuer.token_requests] == ["refresh_token"]
