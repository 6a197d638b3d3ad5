"""Requests that are one call, and what the rows of one say."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.journal.legs import Place
from inspector.journal.outline import outline
from inspector.journal.pairing import Status
from inspector.journal.related import Related
from inspector.wire import jsonrpc
from tests.journal.conftest import Scribe

FORM = {"method": "elicitation/create", "params": {"mode": "form", "message": "Who?"}}
URL = {"method": "elicitation/create", "params": {"mode": "url", "url": "https://example.com"}}


def wants(asked: dict[str, Any] | None = None, state: str = "") -> dict[str, Any]:
    result: dict[str, Any] = {"resultType": "input_required"}
    if asked is not None:
        result["inputRequests"] = asked
    return result | ({"requestState": state} if state else {})


def trip(scribe: Scribe) -> None:
    """A call of three legs: rows 1 to 11; and a call of one leg."""
    scribe.client("connecting")
    scribe.asks(5, params={"name": "trip"})
    scribe.replies(5, wants({"who": FORM, "where": URL}, "s1"))
    scribe.client(
        "answered", by="user", state="answered", asked="elicitation-form", number=1, request=2, key="who"
    )
    scribe.client(
        "answered", by="policy", state="declined", asked="elicitation-url", number=2, request=2, key="where"
    )
    scribe.client("leg", first=1, request=1, id=6, number=2)
    scribe.asks(6, params={"name": "trip"})
    scribe.replies(6, wants(state="s2"))
    scribe.client("leg", first=1, request=6, id=7, number=3)
    scribe.answers(jsonrpc.notification("notifications/message", {"level": "info", "data": "between"}))
    scribe.asks(7, params={"name": "trip"})
    scribe.replies(7, {"content": []})
    scribe.asks(8, params={"name": "trip"})
    scribe.replies(8)


@pytest.fixture(params=["as it happens", "read back"])
def journal(scribe: Scribe, request: pytest.FixtureRequest) -> Journal:
    trip(scribe)
    return scribe.journal if request.param == "as it happens" else scribe.reopened()


def test_the_requests_of_a_call_know_each_other(journal: Journal) -> None:
    legs = journal.legs
    assert [legs.place(row) for row in (1, 6, 10, 12)] == [Place(1, 1), Place(1, 2), Place(1, 3), None]
    assert legs.of(6) == legs.of(1) == (1, 6, 10)
    assert legs.of(12) == (12,)
    assert [legs.sent_by(row) for row in (5, 8, 3)] == [6, 10, -1]
    assert legs.answers_to(2) == (3, 4)
    assert not legs.coming


def test_a_result_that_wants_input_is_not_the_end(journal: Journal) -> None:
    asks_back, ok = Status.ASKS_BACK, Status.OK
    assert [journal.status(row) for row in (1, 2, 6, 7, 10, 11)] == [asks_back] * 4 + [ok, ok]
    assert [journal.peer(row) for row in (1, 6, 10)] == [2, 7, 11]
    assert not any(journal.flawed(row) for row in range(len(journal)))


def test_what_the_rows_of_a_call_say(journal: Journal) -> None:
    rows = {seq: outline(journal, seq) for seq in range(len(journal))}
    assert {seq: row.note for seq, row in rows.items() if seq not in (0, 9)} == {
        1: "",
        2: "wants input: 2 questions, form, url",
        3: "by you",
        4: "declined by policy",
        5: "as id 6",
        6: "leg 2 of id 5",
        7: "wants to be asked again",
        8: "as id 7",
        10: "leg 3 of id 5",
        11: "after 3 legs",
        12: "",
        13: "",
    }
    assert [rows[seq].target for seq in (3, 5)] == ["form who", "2 of id 5"]
    assert rows[1].status == rows[2].status == "asks back"


def test_every_row_of_a_call_leads_to_its_request(journal: Journal) -> None:
    related = Related(journal)
    assert [related.request_of(row) for row in (3, 4, 5, 8)] == [1, 1, 6, 10]


def test_ids_start_anew_with_a_connection(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.client("leg", first=1, request=1, id=2, number=2)
    assert scribe.journal.legs.coming
    scribe.client("connecting")
    scribe.asks(2)
    assert scribe.journal.legs.place(4) is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"first": "x", "number": 2, "id": 3},
        {"first": 99, "number": 2, "id": 3},
        {"first": -1, "number": 2, "id": 3},
        {"first": 1, "number": None, "id": 3},
        {"first": 1, "number": 2, "id": None, "request": -5},
        {"first": 1, "number": 2, "id": 10**5000},
        {"first": 1, "number": 2, "id": "\ud800"},
    ],
)
def test_what_is_no_leg(scribe: Scribe, data: dict[str, Any]) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.client("leg", **data)
    scribe.client("answered", **data)
    scribe.asks(3)
    for journal in (scribe.journal, scribe.reopened()):
        assert journal.legs.of(4) == (4,)
        for seq in range(len(journal)):
            outline(journal, seq)
            assert Related(journal).request_of(seq) in (-1, 1)
