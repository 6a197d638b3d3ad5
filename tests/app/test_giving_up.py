"""Who waits for a message that is held, and how long he will."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.giving_up import Cancels, Waiter, client_info, program, waiter
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode

C2S, S2C = Direction.C2S, Direction.S2C


def journal(mode: str = "proxy") -> Journal:
    ticks = iter(range(1000))
    return Journal.create(target={"argv": ["server"]}, mode=mode, clock=lambda: float(next(ticks)))


def said(into: Journal, way: Direction, **members: Any) -> int:
    return into.append(Kind.MESSAGE, way, encode({"jsonrpc": "2.0", **members})).seq


def begun(name: str, mode: str = "proxy") -> Journal:
    into = journal(mode)
    info = {"name": name, "version": "1"}
    said(into, C2S, id=0, method="initialize", params={"protocolVersion": "2025-06-18", "clientInfo": info})
    return into


def test_a_host_that_is_known_gives_up_when_its_sdk_does() -> None:
    into = begun("claude-ai")
    row = said(into, C2S, id=1, method="tools/call", params={"name": "add"})
    waits = waiter(into, row)
    assert waits == Waiter("Claude Desktop", into.time(row) + 60)
    assert waits.words(into.time(row) + 14) == "Claude Desktop gives up in ~46 s"
    assert [waits.role(into.time(row) + age) for age in (5, 35, 55)] == ["muted", "warning", "error"]
    assert waits.words(into.time(row) + 61) == "Claude Desktop has probably given up"


def test_the_time_of_a_reply_began_with_its_request() -> None:
    into = begun("cursor-vscode")
    asked = said(into, C2S, id=1, method="tools/call", params={"name": "add"})
    row = said(into, S2C, id=1, result={})
    assert waiter(into, row).until == into.time(asked) + 60
    assert waiter(into, row).who == "Cursor"


def test_what_nobody_waits_for_and_what_nobody_knows() -> None:
    into = begun("\x1b[31mhomegrown")
    notice = said(into, S2C, method="notifications/message", params={})
    asks = said(into, S2C, id="a", method="roots/list")
    answers = said(into, C2S, id="a", result={"roots": []})
    row = said(into, C2S, id=2, method="tools/call", params={"name": "add"})
    assert waiter(into, notice).words(0) == ""
    assert waiter(into, asks).who == waiter(into, answers).who == "the server"
    assert waiter(into, row).until is None
    assert "\x1b" not in waiter(into, row).words(0)
    assert waiter(into, row).words(0).endswith("homegrown waits, nobody knows how long")


def test_a_call_of_our_own_has_a_clock_that_stands_still() -> None:
    into = begun("mcp-inspect", mode="client")
    row = said(into, C2S, id=1, method="tools/call", params={"name": "add"})
    assert waiter(into, row).words(0) == "our own call waits: its clock stands still"


def test_connecting_may_have_a_limit_of_its_own() -> None:
    into = begun("codex-mcp-client")
    assert waiter(into, 0).until == into.time(0) + 10
    row = said(into, C2S, id=1, method="tools/list")
    assert waiter(into, row).until == into.time(row) + 60


def test_the_modern_era_says_in_each_request_who_asks() -> None:
    into = begun("claude-ai")
    meta = {"io.modelcontextprotocol/clientInfo": {"name": "zed", "version": "1"}}
    row = said(into, C2S, id=1, method="tools/call", params={"name": "add", "_meta": meta})
    assert client_info(into, row)["name"] == "zed"
    assert waiter(into, row).who == "Zed"


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("claude-code", None),
        ("mcp", None),
        ("fastmcp", None),
        ("gemini-cli-mcp-client", 600.0),
        ("Inspector", 60.0),
    ],
)
def test_programs_by_their_names(name: str, call: float | None) -> None:
    known = program({"name": name})
    assert known is not None
    assert known.call == call
    assert program({"name": 7}) is None
    assert program({}) is None


def test_who_cancels_has_given_up() -> None:
    into = begun("claude-ai")
    cancels = Cancels(into)
    row = said(into, C2S, id=7, method="tools/call", params={"name": "add"})
    other = said(into, C2S, id="7", method="tools/call", params={"name": "add"})
    asked = said(into, S2C, id=7, method="roots/list")
    assert cancels.at(row) is None
    notice = said(into, C2S, method="notifications/cancelled", params={"requestId": 7})
    assert cancels.at(row) == into.time(notice)
    assert cancels.at(other) is cancels.at(asked) is None
    again = said(into, C2S, id=7, method="tools/call", params={"name": "add"})
    assert cancels.at(again) is None
