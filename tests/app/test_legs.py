"""The legs of a call in words, from the journal alone."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.legs import Leg, leg_entries, legs_mark, read_legs
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from inspector.wire.visible import cells

FORM = {"method": "elicitation/create", "params": {"mode": "form"}}
ODD = {"method": "x\x1b[31m/\u202e"}


class Trip:
    """A call that is written down leg by leg."""

    def __init__(self) -> None:
        ticks = iter(range(1000))
        self.journal = Journal.create(target={}, clock=lambda: float(next(ticks)))
        self.rows: list[int] = []

    def asks(self, params: dict[str, Any] | None = None) -> None:
        id = len(self.rows) + 1
        if self.rows:
            self._client("leg", first=self.rows[0], request=self.rows[-1], id=id, number=id)
        body = jsonrpc.request(id, "tools/call", {"name": "x", **(params or {})})
        self.rows.append(self.journal.append(Kind.MESSAGE, Direction.C2S, body).seq)

    def replies(self, **result: Any) -> int:
        body = jsonrpc.response(len(self.rows), result)
        return self.journal.append(Kind.MESSAGE, Direction.S2C, body).seq

    def wants(self, **result: Any) -> int:
        return self.replies(resultType="input_required", **result)

    def answered(self, reply: int, key: str, state: str = "answered", by: str = "user") -> None:
        self._client("answered", by=by, state=state, asked="other", number=1, request=reply, key=key)

    def _client(self, what: str, **data: Any) -> None:
        self.journal.append(Kind.CLIENT, data={"what": what, **data})

    def legs(self) -> list[Leg]:
        return read_legs(self.journal, self.rows)

    def told(self, width: int = 88, *, waits: bool = False, running: bool = False) -> list[str]:
        entries = leg_entries(self.legs(), width, waits=waits, running=running)
        assert all(cells(entry.plain) == width for entry in entries)
        assert [entry.link for entry in entries] == self.rows
        return [" ".join(entry.plain.split()) for entry in entries]


def test_who_answered_what_and_what_was_echoed() -> None:
    trip = Trip()
    trip.asks()
    reply = trip.wants(inputRequests={"a": FORM, "b": FORM, "c": ODD}, requestState="opaque")
    trip.answered(reply, "a")
    trip.answered(reply, "b", "declined", "policy")
    trip.answered(reply, "c", by="script")
    trip.asks({"requestState": "opaque"})
    trip.wants(requestState="other")
    trip.asks({"requestState": "another"})
    trip.replies(content=[])
    odd = "x␛[31m/‹U+202E›"
    assert trip.told(120) == [
        f"1 id 1 form by you, form declined by policy, {odd} by the file 1.00 s waited 5.00 s state 8 B",
        "2 id 2 wants to be asked again 1.00 s waited 2.00 s state 7 B changed",
        "3 id 3 ✓ ok 1.00 s",
    ]
    assert [leg.exact for leg in trip.legs()] == [True, False, None]


def test_what_waits_and_what_was_left_without_an_answer() -> None:
    trip = Trip()
    trip.asks()
    assert trip.told(running=True) == ["1 id 1 running"]
    reply = trip.wants(inputRequests={"a": FORM, "b": FORM})
    before = legs_mark(trip.journal, trip.rows)
    assert trip.told(waits=True, running=True) == ["1 id 1 ○ waits for you: form, form 1.00 s"]
    trip.answered(reply, "a")
    assert legs_mark(trip.journal, trip.rows) != before
    assert trip.told(waits=True, running=True) == ["1 id 1 ○ waits for you: form 1.00 s"]
    assert trip.told() == ["1 id 1 form by you, form unanswered 1.00 s"]


def test_many_questions_are_counted() -> None:
    trip = Trip()
    trip.asks()
    trip.wants(inputRequests={str(n): FORM if n else {"method": "roots/list"} for n in range(5)})
    assert trip.told(running=True) == ["1 id 1 roots, 4 × form 1.00 s"]


@pytest.mark.parametrize(
    "asked", [5, "x", None, {"a": 5}, {"a": None}, {"a": {"method": 5, "params": []}}, []]
)
def test_whatever_a_result_asks(asked: Any) -> None:
    trip = Trip()
    trip.asks()
    trip.wants(inputRequests=asked, requestState={"a": [1]})
    trip.asks()
    trip.replies(isError=True)
    assert trip.legs()[0].asks_back
    assert trip.legs()[1].status is Status.TOOL_ERROR
    assert trip.told(40)[1].startswith("2 id 2 ✗ tool error")
