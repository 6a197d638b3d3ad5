"""A connection against the one before it."""

from __future__ import annotations

from inspector.journal.restarts import RESTARTING, Repeated, Restarts
from tests.journal.conftest import Scribe


def connects(scribe: Scribe, *tools: str) -> int:
    row = scribe.client("connecting").seq
    scribe.asks(1, "initialize", {"capabilities": {}})
    scribe.replies(1, {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}})
    scribe.client("negotiated", version="2025-11-25", era="legacy")
    if tools:
        scribe.asks(2, "tools/list")
        scribe.replies(2, {"tools": [{"name": name} for name in tools]})
    return row


def calls(scribe: Scribe, id: int, name: str, **arguments: object) -> tuple[int, int]:
    request = scribe.asks(id, "tools/call", {"name": name, "arguments": arguments})
    return request.seq, scribe.replies(id, {"content": []}).seq


def test_the_first_connection_is_held_against_nothing(scribe: Scribe) -> None:
    restarts = Restarts(scribe.journal)
    assert restarts.latest is None
    connects(scribe, "a")
    restarts.advance(1.0)
    assert restarts.latest is None
    assert restarts.repeated() is None
    assert restarts.last_call(len(scribe.journal)) == -1


def test_the_one_before_that_listed_something(scribe: Scribe) -> None:
    connects(scribe, "a", "b")
    scribe.client("closed")
    ended = scribe.client(RESTARTING, reason="files changed", paths=["server.py", 7]).seq
    scribe.client("connecting")
    scribe.client("failed", says="a syntax error")
    connects(scribe)
    scribe.client(RESTARTING, paths="x")
    row = connects(scribe, "a", "c")
    restarts = Restarts(scribe.journal)
    restarts.advance(1.0)
    found = restarts.latest
    assert found is not None
    assert (found.row, found.conn, found.ended, found.paths) == (row, 4, ended, ())
    assert [tool["name"] for tool in found.before.tools] == ["a", "b"]


def test_the_files_that_changed(scribe: Scribe) -> None:
    connects(scribe, "a")
    scribe.client(RESTARTING, paths=["server.py", 7])
    scribe.client("disconnecting")
    connects(scribe, "a")
    restarts = Restarts(scribe.journal)
    restarts.advance(1.0)
    assert restarts.latest is not None
    assert restarts.latest.paths == ("server.py",)


def test_the_same_call_then_and_now(scribe: Scribe) -> None:
    connects(scribe, "a")
    _, before = calls(scribe, 3, "a", x=1)
    _, _ = calls(scribe, 4, "a", x=2)
    last, _ = calls(scribe, 5, "b")
    restarts = Restarts(scribe.journal)
    connects(scribe, "a")
    restarts.advance(1.0)
    assert restarts.repeated() is None
    assert restarts.last_call(len(scribe.journal)) == last
    request, after = calls(scribe, 3, "a", x=1)
    assert restarts.repeated() == Repeated(request, before, after)
    scribe.asks(4, "tools/call", {"name": "a", "arguments": {"x": 1}})
    assert restarts.repeated() == Repeated(request, before, after)  # what is not answered does not count yet
    scribe.replies(4)
    calls(scribe, 5, "new")
    assert restarts.repeated() is None
