"""All exchanges of a journal in rows: live, recorded, filtered, many."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from inspector.journal.exchanges import Exchanges, Found, phases_of
from inspector.journal.journal import Journal
from inspector.transport.tap import Tap
from inspector.wire.event import Kind

ALL = 60.0
URL = "http://x/mcp"


def journal_of(path: Path | None = None) -> tuple[Journal, Tap]:
    ticks = itertools.count()
    journal = Journal.create(path, clock=lambda: next(ticks) / 1000)
    return journal, Tap(journal)


def call(tap: Tap, number: int, body: bytes, *, status: int = 200, url: str = URL) -> None:
    tap.sent(body, exchange=number)
    headers = [["authorization", "Bearer one"]]
    tap.http("request", number, method="POST", url=url, headers=headers, size=len(body))
    tap.http("response", number, status=status, headers=[], phases={"connect": 0.001})
    tap.http("end", number, outcome="complete", bytes=10, phases={"wait": 0.02, "connect": 0.001})


def folded(journal: Journal) -> Exchanges:
    exchanges = Exchanges(journal)
    assert not exchanges.advance(ALL)
    return exchanges


def test_a_call_is_a_row() -> None:
    journal, tap = journal_of()
    call(tap, 1, b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add"}}')
    row = folded(journal).row(0)
    assert (row.number, row.method, row.url, row.status) == (1, "POST", URL, 200)
    assert row.what == "tools/call add"
    assert (row.outcome, row.bytes, row.messages, row.requests) == ("complete", 10, 1, 1)
    assert row.took == pytest.approx(0.003)
    assert list(row.phases.items()) == [("connect", 0.001), ("wait", 0.02)]
    assert not row.failed
    assert row.flags == ()


def test_it_grows_while_an_exchange_runs() -> None:
    journal, tap = journal_of()
    exchanges = Exchanges(journal)
    tap.http("request", 1, method="GET", url=URL, headers=[])
    exchanges.advance(ALL)
    row, version = exchanges.row(0), exchanges.version(0)
    assert (row.what, row.status, row.outcome, row.took) == ("GET stream", None, "", None)
    tap.http("response", 1, status=200, headers=[])
    tap.sse("comment", 1, text="hello")
    exchanges.advance(ALL)
    assert exchanges.version(0) != version
    assert (exchanges.row(0).status, exchanges.row(0).events) == (200, 1)


def test_what_is_out_of_the_ordinary_is_flagged() -> None:
    journal, tap = journal_of()
    tap.http("request", 1, method="GET", url=URL, headers=[])
    for why in ("redirect", "resume", "authorized", "something new"):
        tap.http("request", 1, method="GET", url=URL, headers=[], why=why)
    tap.http("end", 1, outcome="complete", status=200, buffered=True)
    row = folded(journal).row(0)
    assert row.requests == 5
    assert row.flags == ("redirected", "resumed", "authorized", "buffered")


@pytest.mark.parametrize(
    ("end", "status", "failed"),
    [
        ({"outcome": "failed", "error": "refused", "stage": "connect"}, None, True),
        ({"outcome": "closed-early"}, 200, True),
        ({"outcome": "aborted"}, 200, False),
        ({"outcome": "complete"}, 401, True),
        ({"outcome": "complete"}, 307, False),
    ],
)
def test_failures_are_told(end: dict[str, Any], status: int | None, failed: bool) -> None:
    journal, tap = journal_of()
    tap.http("request", 1, method="POST", url=URL, headers=[])
    if status is not None:
        tap.http("response", 1, status=status, headers=[])
    tap.http("end", 1, **end)
    assert folded(journal).row(0).failed is failed


def test_purposes_bodies_and_sessions_have_names() -> None:
    journal, tap = journal_of()
    tap.http("request", 1, method="GET", url=URL, headers=[], purpose="token \x1b[31m")
    tap.http_body(1, b"{}")
    tap.http("end", 1, outcome="complete")
    tap.http("request", 2, method="DELETE", url=URL, headers=[])
    tap.sent(b'{"jsonrpc":"2.0","id":7,"result":{}}', exchange=3)
    tap.sent(b"nonsense", exchange=4)
    exchanges = folded(journal)
    assert exchanges.row(0).what == "token ␛[31m"
    assert exchanges.row(0).outcome == "complete"
    assert [exchanges.row(at).what for at in (1, 2, 3)] == ["DELETE session", "an answer", "invalid nonsense"]


def test_a_recording_gives_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    journal, tap = journal_of(path)
    call(tap, 1, b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
    tap.http("request", 2, method="GET", url=URL, headers=[])
    live = [folded(journal).row(at) for at in range(2)]
    journal.close()
    opened = Journal.open(path)
    read = folded(opened)
    assert [read.row(at) for at in range(2)] == live
    opened.close()


def test_odd_facts_and_numbers_do_not_raise() -> None:
    journal = Journal.create()
    for number in (3_000_000_000, 1, 3_000_000_000):
        for facts in (
            {"what": "request", "method": 3, "url": None, "why": ["x"], "purpose": 4},
            {"what": "end", "phases": {"x": "y", "wait": -1, "tls": True}, "bytes": "many", "status": "200"},
            {"what": "something new"},
        ):
            journal.append(Kind.HTTP, data=facts, exchange=number)
    exchanges = folded(journal)
    assert [exchanges.number(at) for at in range(len(exchanges))] == [3_000_000_000, 1]
    assert exchanges.index(3_000_000_000) == 0
    assert exchanges.index(77) == -1
    assert exchanges.row(0).phases == {}


def test_phases_come_in_their_order() -> None:
    assert list(phases_of({"body": 1, "later": 2, "dns": 3})) == ["dns", "body", "later"]
    assert phases_of("no") == {}


def test_words_may_stand_in_different_steps_of_an_exchange() -> None:
    journal, tap = journal_of()
    call(tap, 1, b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
    call(
        tap, 2, b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add"}}', url="http://y/mcp"
    )
    tap.stderr(b"tools of no exchange")
    found = Found(Exchanges(journal), "TOOLS http://y")
    while found.advance(ALL):
        pass
    assert [found[row] for row in range(len(found))] == [1]
    assert found.index(0) == 0
    assert found.scanned == 1
    call(tap, 3, b'{"jsonrpc":"2.0","id":3,"method":"tools/list"}', url="http://y/mcp")
    found.advance(ALL)
    assert [found[row] for row in range(len(found))] == [1, 2]


def test_a_late_match_takes_its_place() -> None:
    journal, tap = journal_of()
    for number in (1, 2):
        tap.http("request", number, method="GET", url=URL, headers=[])
    found = Found(Exchanges(journal), "teapot")
    for number in (2, 1):
        tap.http("response", number, status=418, reason="teapot", headers=[])
        found.advance(ALL)
    assert [found[row] for row in range(len(found))] == [0, 1]


def test_a_hundred_thousand_are_numbers() -> None:
    journal, tap = journal_of()
    for number in range(1, 100_001):
        tap.http("request", number, method="GET", url=URL, headers=[])
    exchanges = Exchanges(journal)
    while exchanges.advance(0.01):
        pass
    assert len(exchanges) == 100_000
    assert exchanges.row(99_999).number == 100_000


def found(journal: Journal, filter: str) -> list[int]:
    """The numbers of the exchanges that a filter finds."""
    search = Found(Exchanges(journal), filter)
    while search.advance(ALL):
        pass
    return [search.exchanges.number(search[row]) for row in range(len(search))]


def test_the_terms_of_a_filter_are_joined_by_exchange() -> None:
    journal, tap = journal_of()
    call(tap, 1, b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
    call(tap, 2, b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add"}}')
    tap.http("request", 3, method="GET", url=URL, headers=[])
    tap.http("response", 3, status=401, reason="", headers=[])
    assert found(journal, "tool:add") == [2]
    assert found(journal, "not tool:add") == [1, 3]
    assert found(journal, "status:401 or method:tools/list") == [1, 3]
    assert found(journal, "status:401 $.params") == []
    assert found(journal, 'kind:http $.params.name == "add"') == [2], "in different rows of it"
    assert found(journal, "* not status:401") == [1, 2]
    assert found(journal, "not *") == []


def test_an_exchange_goes_when_it_is_meant_no_more() -> None:
    journal, tap = journal_of()
    tap.http("request", 1, method="POST", url=URL, headers=[])
    tap.sent(b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}', exchange=1)
    pending, failed = Found(Exchanges(journal), "status:pending"), Found(Exchanges(journal), "not status:2xx")
    for search in (pending, failed):
        search.advance(ALL)
        assert len(search) == 1
    tap.http("response", 1, status=200, reason="", headers=[])
    tap.received(b'{"jsonrpc":"2.0","id":1,"result":{}}', exchange=1)
    for search in (pending, failed):
        search.advance(ALL)
        search.advance(ALL)
        assert len(search) == 0
