"""Sessions with servers that want a token: the probe is no verdict, and a failure to authorize is told."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from inspector.errors import AuthNeeded, ConnectionFailed, InspectError
from inspector.journal.journal import Journal
from inspector.session.outcome import HttpFailed, Replied
from inspector.session.owner import open_session
from inspector.transport.base import Challenge
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from inspector.wire.versions import V1, V5
from tests.servers.http_hostile import JSON
from tests.servers.http_raw import Behaviour, Conn, Request, serving
from tests.servers.http_sse import SseServer
from tests.session.conftest import rows, steps

CHALLENGE = 'WWW-Authenticate: Bearer resource_metadata="http://127.0.0.1/prm"'


class Keeper:
    """An authorizer that has a token after the first challenge, or says why it gets none."""

    def __init__(self, failure: InspectError | None = None) -> None:
        self.waited = 0.0
        self.failure: InspectError | None = None
        self.token = ""
        self.challenges: list[Challenge] = []
        self._fails_with = failure

    async def headers(self, url: str) -> Sequence[tuple[str, str]]:
        return [("Authorization", f"Bearer {self.token}")] if self.token else []

    async def challenged(self, challenge: Challenge) -> bool:
        self.challenges.append(challenge)
        self.failure = self._fails_with
        if self.failure is None:
            self.token = "t-1"
        return self.failure is None


class Guarded:
    """Lets nobody in without the token.

    Attributes:
        wanted: The token; none is good enough while it is empty.
    """

    def __init__(self, inner: Behaviour, wanted: str = "t-1") -> None:
        self.wanted = wanted
        self._inner = inner

    async def __call__(self, conn: Conn, request: Request) -> None:
        if not self.wanted or request.headers.get("authorization") != f"Bearer {self.wanted}":
            await conn.respond("401 Unauthorized", JSON, b'{"error":"invalid_token"}', CHALLENGE)
        else:
            await self._inner(conn, request)


async def _modern(conn: Conn, request: Request) -> None:
    if json.loads(request.body)["method"] == "server/discover":
        answer = request.answer(supportedVersions=[V5], capabilities={})
    else:
        answer = request.answer()
    await conn.respond("200 OK", JSON, answer)


async def test_after_authorization_the_probe_is_made_again_in_the_same_exchange(journal: Journal) -> None:
    keeper = Keeper()
    async with (
        serving({"mcp": Guarded(_modern)}) as server,
        open_session(HttpTarget(server.url("mcp")), journal, authorizer=keeper) as session,
    ):
        assert session.version == V5
        assert isinstance(await session.call("ping"), Replied)
    assert len(keeper.challenges) == 1
    assert steps(journal)[:5] == ["connecting", "probing", "→ server/discover", "← response", "negotiated"]
    asked = [e for e in rows(journal) if e.kind is Kind.HTTP and e.what == "request"]
    assert [(e.exchange, e.data.get("why")) for e in asked[:2]] == [
        (asked[0].exchange, None),
        (asked[0].exchange, "authorized"),
    ]
    assert not any(b"t-1" in str(e.data).encode() for e in asked)


async def test_why_authorizing_failed_is_told_instead_of_the_bare_status(journal: Journal) -> None:
    why = ConnectionFailed("The authorization server is asleep", next="Wake it")
    async with serving({"mcp": Guarded(_modern)}) as server:
        with pytest.raises(ConnectionFailed, match="asleep") as failed:
            async with open_session(HttpTarget(server.url("mcp")), journal, authorizer=Keeper(why)):
                pytest.fail("there is no session")
    assert failed.value is why
    assert failed.value.facts["status"] == 401
    assert steps(journal)[-1] == "failed"


async def test_without_an_authorizer_the_line_to_paste_is_named(journal: Journal) -> None:
    async with serving({"mcp": Guarded(_modern)}) as server:
        with pytest.raises(AuthNeeded, match="resource_metadata") as failed:
            async with open_session(HttpTarget(server.url("mcp")), journal):
                pytest.fail("there is no session")
        assert failed.value.next == f"mcp-inspect auth login {server.url('mcp')}"


async def test_a_token_of_the_users_own_that_is_refused(journal: Journal) -> None:
    async with serving({"mcp": Guarded(_modern)}) as server:
        target = HttpTarget(server.url("mcp"), headers=(("Authorization", "Bearer old"),))
        with pytest.raises(AuthNeeded, match="to the credentials that were sent"):
            async with open_session(target, journal):
                pytest.fail("there is no session")


async def test_a_later_call_says_why_it_was_not_authorized(journal: Journal) -> None:
    keeper, guarded = Keeper(), Guarded(_modern)
    async with (
        serving({"mcp": guarded}) as server,
        open_session(HttpTarget(server.url("mcp")), journal, authorizer=keeper) as session,
    ):
        guarded.wanted = ""
        keeper._fails_with = AuthNeeded("The refresh token was refused")
        outcome = await session.call("ping")
        assert isinstance(outcome, HttpFailed)
        assert outcome.status == 401
        assert outcome.cause is keeper.failure is not None
        guarded.wanted = "t-1"
        assert isinstance(await session.call("ping"), Replied)


@pytest.mark.parametrize("transport", ["sse", "auto"])
async def test_the_stream_and_the_messages_of_http_with_sse_carry_the_token(
    transport: str, journal: Journal
) -> None:
    inner, keeper = SseServer(), Keeper()
    paths = {"sse": Guarded(inner.sse), "messages": Guarded(inner.messages)}
    async with serving(paths) as server:
        target = HttpTarget(server.url("sse"), transport="sse" if transport == "sse" else "auto")
        async with open_session(target, journal, authorizer=keeper) as session:
            assert session.version == V1
            assert isinstance(await session.call("ping"), Replied)
        assert len(keeper.challenges) == 1
        assert all("authorization" in each.headers for each in server.requests[1:])


async def test_a_stream_that_nobody_may_open(journal: Journal) -> None:
    why = AuthNeeded("Nobody is there to authorize")
    inner = SseServer()
    async with serving({"sse": Guarded(inner.sse, "")}) as server:
        target = HttpTarget(server.url("sse"), transport="sse")
        with pytest.raises(AuthNeeded, match="wants authorization"):
            async with open_session(target, journal):
                pytest.fail("there is no session")
        with pytest.raises(AuthNeeded, match="Nobody is there"):
            async with open_session(target, journal, authorizer=Keeper(why)):
                pytest.fail("there is no session")
