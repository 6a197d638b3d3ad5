"""Servers that end their session while the connection goes on."""

from __future__ import annotations

import json
from typing import Any

import anyio

from inspector.journal.asked import Asked
from inspector.journal.journal import Journal
from inspector.session.answers import Policies
from inspector.session.levels import Levels
from inspector.session.outcome import Closed, HttpFailed, Replied
from inspector.session.owner import Options, open_session
from inspector.session.subscriptions import Subscriptions
from inspector.transport.target import HttpTarget
from inspector.wire.interest import Interest
from inspector.wire.versions import V4
from tests.servers.http_hostile import JSON
from tests.servers.http_raw import Behaviour, Conn, Hostile, Request, serving
from tests.session.conftest import step, steps

LEGACY = Options(protocol=V4)


def forgetful(*, allowed: int, refuses: str = "", then: int | None = None) -> Behaviour:
    """A server that forgets each session after so many requests and notifications.

    Args:
        allowed: How many a session lives to see.
        then: How many each session after the first does, if that is another number.
        refuses: A method that gets an error once a session was forgotten.
    """
    left: dict[str, int] = {}

    async def behaviour(conn: Conn, request: Request) -> None:
        session = request.headers.get("mcp-session-id", "")
        method = json.loads(request.body)["method"] if request.body else request.method
        if method == "GET":
            await conn.respond("404 Not Found", "text/plain", b"Cannot GET /mcp")
        elif method == "initialize" and refuses == method and left:
            error = {"jsonrpc": "2.0", "id": request.id, "error": {"code": -32000, "message": "no"}}
            await conn.respond("400 Bad Request", JSON, json.dumps(error).encode())
        elif method == "initialize":
            made = f"s-{len(left) + 1}"
            left[made] = allowed if then is None or made == "s-1" else then
            answer = request.answer(protocolVersion=V4, capabilities={}, serverInfo={"name": made})
            await conn.respond("200 OK", JSON, answer, f"Mcp-Session-Id: {made}")
        elif left.get(session, 0) < 1:
            await conn.respond("404 Not Found", "text/plain", b"no such session")
        else:
            left[session] -= 1
            if request.id is None:
                await conn.respond("202 Accepted", None)
            else:
                await conn.respond("200 OK", JSON, request.answer())

    return behaviour


async def test_a_new_session_is_begun_and_calls_wait_for_it(journal: Journal) -> None:
    async with serving({"mcp": forgetful(allowed=2)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, LEGACY) as session:
            assert isinstance(await session.call("ping"), Replied)
            outcome = await session.call("ping")
            assert isinstance(outcome, HttpFailed)
            assert outcome.status == 404
            assert isinstance(await session.call("ping"), Replied)
            assert session.catalogue.server_info == {"name": "s-2"}
        posts = [
            (json.loads(request.body)["method"], request.headers.get("mcp-session-id"))
            for request in server.requests
            if request.method == "POST"
        ]
    assert posts == [
        ("initialize", None),
        ("notifications/initialized", "s-1"),
        ("ping", "s-1"),
        ("ping", "s-1"),
        ("initialize", None),
        ("notifications/initialized", "s-2"),
        ("ping", "s-2"),
    ]
    assert "has ended the session" in step(journal, "warning")["says"]
    assert step(journal, "negotiated")["reason"] == "a new session"


async def test_a_server_that_knows_no_get_keeps_its_session(journal: Journal) -> None:
    async with serving({"mcp": forgetful(allowed=100)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, LEGACY) as session:
            while not any(request.method == "GET" for request in server.requests):
                assert isinstance(await session.call("ping"), Replied)
            assert isinstance(await session.call("ping"), Replied)
        assert server.requests[-1].headers["mcp-session-id"] == "s-1"
    assert "warning" not in steps(journal)


async def test_a_server_that_refuses_a_new_session_ends_the_connection(journal: Journal) -> None:
    async with (
        serving({"mcp": forgetful(allowed=1, refuses="initialize")}) as server,
        open_session(HttpTarget(server.url("mcp")), journal, LEGACY) as session,
    ):
        assert isinstance(await session.call("ping"), HttpFailed)
        outcome = await session.call("ping")
        assert isinstance(outcome, Closed)
        assert "refused initialize: no" in outcome.says


async def test_a_server_that_knows_no_session_it_gives_is_not_asked_for_ever(journal: Journal) -> None:
    async with serving({"mcp": forgetful(allowed=0)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, LEGACY) as session:
            with anyio.fail_after(30):
                await session.closed.wait()
        assert sum(b'"initialize"' in request.body for request in server.requests) == 2
    assert "just begun" in step(journal, "closed")["reason"]


def told(server: Hostile, session: str) -> list[str]:
    """The methods that a session of the server was asked, in order."""
    return [
        json.loads(request.body)["method"]
        for request in server.requests
        if request.method == "POST" and request.headers.get("mcp-session-id") == session
    ]


ASKED = ["notifications/initialized", "logging/setLevel", "resources/subscribe", "resources/subscribe"]


async def test_level_and_subscriptions_are_asked_of_the_new_session(journal: Journal) -> None:
    async with serving({"mcp": forgetful(allowed=4, then=100)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, LEGACY) as session:
            levels, subscriptions = Levels(session), Subscriptions(session)
            await levels.set("info")
            await subscriptions.want(Interest(uris=("a", "b")))
            assert subscriptions.honoured == Interest(uris=("a", "b"))
            assert isinstance(await session.call("ping"), HttpFailed)
            with anyio.fail_after(20):
                while len(told(server, "s-2")) < 4 or subscriptions.honoured != Interest(uris=("a", "b")):
                    await anyio.wait_all_tasks_blocked()
            assert levels.level == "info"
        assert told(server, "s-1") == [*ASKED, "ping"]
        assert told(server, "s-2") == ASKED
    assert step(journal, "setting-level-again") == {
        "what": "setting-level-again",
        "level": "info",
        "reason": "a new session",
    }
    assert step(journal, "subscribing-again")["resources"] == 2


async def test_a_server_that_ends_each_session_over_it_is_not_asked_for_ever(journal: Journal) -> None:
    async with serving({"mcp": forgetful(allowed=4, then=3)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, LEGACY) as session:
            levels, subscriptions = Levels(session), Subscriptions(session)
            await levels.set("info")
            await subscriptions.want(Interest(uris=("a", "b")))
            assert isinstance(await session.call("ping"), HttpFailed)
            with anyio.fail_after(20):
                while not any("not asked again" in str(event) for event in warnings(journal)):
                    await anyio.wait_all_tasks_blocked()
            await anyio.wait_all_tasks_blocked()
            assert isinstance(await session.call("ping"), Replied)
            assert (levels.level, subscriptions.honoured, subscriptions.state) == (None, None, "lost")
            assert levels.says == subscriptions.says == "the server ended the session over it"
        assert told(server, "s-3")[-1:] == ["ping"]


async def test_what_the_old_session_asked_is_answered_in_no_other(journal: Journal) -> None:
    """basic/transports, "Session Management": its requests, and the tasks made of them, went with it."""
    sessions: list[str] = []
    asked: dict[str, Any] = {"message": "?", "requestedSchema": {"type": "object"}}
    both: dict[str, dict[str, Any]] = {"plain": asked, "task": {**asked, "task": {}}}
    over = anyio.Event()

    async def behaviour(conn: Conn, request: Request) -> None:
        session = request.headers.get("mcp-session-id", "")
        method = json.loads(request.body).get("method") if request.body else request.method
        if method == "initialize":
            sessions.append(f"s-{len(sessions) + 1}")
            answer = request.answer(protocolVersion=V4, capabilities={}, serverInfo={"name": "x"})
            await conn.respond("200 OK", JSON, answer, f"Mcp-Session-Id: {sessions[-1]}")
        elif method == "GET" and session == "s-1":
            await conn.stream()
            for id, params in both.items():
                message = {"jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": params}
                await conn.chunk(f"data: {json.dumps(message)}\n\n".encode())
            await over.wait()
        elif method == "GET":
            await conn.respond("405 Method Not Allowed", None)
        elif method == "ping" and session == "s-1":
            await conn.respond("404 Not Found", "text/plain", b"no such session")
        elif request.id is None or method is None:
            await conn.respond("202 Accepted", None)
        else:
            await conn.respond("200 OK", JSON, request.answer())

    options = Options(
        protocol=V4, serves=frozenset({"elicitation.form", "tasks"}), policies=Policies.every("ask")
    )
    async with serving({"mcp": behaviour}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, options) as session:
            with anyio.fail_after(20):
                while len(session.inbox.waiting) < 2:
                    await anyio.wait_all_tasks_blocked()
            entries = session.inbox.waiting
            assert isinstance(await session.call("ping"), HttpFailed)
            over.set()
            assert isinstance(await session.call("ping"), Replied)
            assert [entry.state for entry in entries] == ["expired", "expired"]
            assert not any(session.inbox.decline(entry) for entry in entries)
            assert isinstance(await session.call("ping"), Replied)
        later = [json.loads(request.body) for request in server.requests if request.method == "POST"]
    assert [each["id"] for each in later if "method" not in each] == ["task"]  # that it was made one
    fold = Asked(journal)
    fold.advance(5.0)
    assert [question.state for question in fold.questions] == ["expired", "expired"]


def warnings(journal: Journal) -> list[str]:
    found = (journal.event(seq) for seq in range(len(journal)))
    return [str(event.data.get("says")) for event in found if event.what == "warning"]
