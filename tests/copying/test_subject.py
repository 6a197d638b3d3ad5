"""What a row is part of, and what of its parameters is the user's."""

from __future__ import annotations

import pytest

from inspector.copying.subject import answer_of, asked, headers_of, request_of, wanted_version
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from tests.copying.recorded import journal_of


def test_what_every_client_writes_by_itself_is_left_out() -> None:
    meta = {"progressToken": 1, "io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    journal, rows = journal_of(
        {},
        ("a", {"_meta": meta}),
        ("a", {"_meta": {**meta, "mine": 1}, "x": 2}),
        ("a", {}),
        ("a", None),
        ("a", {"_meta": 5}),
    )
    made = [request_of(journal, row) for row in rows]
    assert [each.own for each in made] == [None, {"x": 2, "_meta": {"mine": 1}}, {}, None, {"_meta": 5}]
    assert [each.modern for each in made] == ["2026-07-28", "2026-07-28", "", "", ""]
    assert not made[0].says("x")
    assert made[1].says("x", "_meta")


def test_an_answer_stands_for_its_request_and_nothing_else_does() -> None:
    journal, rows = journal_of({}, ("a", None), reply={"error": {"code": 1, "message": "m"}})
    asks = journal.append(
        Kind.MESSAGE, Direction.S2C, encode({"jsonrpc": "2.0", "id": 9, "method": "ping"})
    ).seq
    answers = journal.append(
        Kind.MESSAGE, Direction.C2S, encode({"jsonrpc": "2.0", "id": 9, "result": {}})
    ).seq
    stray = journal.append(Kind.MESSAGE, Direction.S2C, encode({"jsonrpc": "2.0", "id": 8, "result": {}})).seq
    batch = journal.append(Kind.MESSAGE, Direction.C2S, b'[{"jsonrpc":"2.0","id":3,"method":"x"}]').seq
    assert request_of(journal, rows[0] + 1).seq == rows[0]
    assert answer_of(request_of(journal, rows[0])).seq == rows[0] + 1
    for row in (0, asks, answers, stray, batch):
        with pytest.raises(UsageError):
            request_of(journal, row)


def test_a_large_message_is_not_said_anew() -> None:
    journal, rows = journal_of({}, ("a", {"x": "y" * 3_000_000}))
    with pytest.raises(UsageError, match="too large"):
        request_of(journal, rows[0])


def test_the_last_request_of_an_exchange_is_what_was_sent() -> None:
    journal = Journal.create()
    for url in ("http://a/", "http://b/"):
        data = {"what": "request", "url": url, "headers": [["A", "b"], ["C"], "D", ["E", 5]]}
        journal.append(Kind.HTTP, Direction.C2S, data=data, exchange=1)
    assert asked(journal, 1)["url"] == "http://b/"
    assert headers_of(asked(journal, 1)) == [("A", "b")]
    assert asked(journal, None) == asked(journal, 7) == {}
    assert headers_of({"headers": "x"}) == []


def test_the_version_that_was_asked_for_on_the_same_connection() -> None:
    journal = Journal.create()
    rows = []
    for version in ("2024-11-05", "auto", "$(x)", "2026-07-28"):
        journal.append(Kind.CLIENT, data={"what": "connecting", "protocol": version})
        body = encode({"jsonrpc": "2.0", "id": 1, "method": "ping"})
        rows.append(journal.append(Kind.MESSAGE, Direction.C2S, body).seq)
    assert [wanted_version(request_of(journal, row)) for row in rows] == ["2024-11-05", "", "", "2026-07-28"]
