from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.journal.filter import Completion, Filter, FilterError, complete
from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind


@pytest.fixture(scope="module")
def journal() -> Journal:
    journal = Journal.create(target={"argv": ["x"]})
    journal.append(Kind.CLIENT, data={"what": "connecting"})
    for id, name in ((1, "get-sum"), ("b 2", "tool with blank")):
        params = {"name": name, "arguments": {"city": "Oslo", "two words": 1}}
        journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(id, "tools/call", params))
    reply = jsonrpc.response(1, {"content": [{"type": "text", "text": "x"}]})
    journal.append(Kind.MESSAGE, Direction.S2C, reply)
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(99, {}))
    journal.append(
        Kind.HTTP, Direction.S2C, data={"what": "response", "status": 401}, exchange=journal.new_exchange()
    )
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.notification("evil\x1b[31m/method", {}))
    return journal


def texts(found: Completion) -> list[str]:
    return [option.text for option in found.options]


@pytest.mark.parametrize(
    ("text", "start", "among"),
    [
        ("", 0, ["method:", "status:", "$", "not "]),
        ("me", 0, ["method:"]),
        ("get", 0, ["tool:get-sum"]),
        ("call", 0, ["method:tools/call"]),
        ("foo o", 4, ["or "]),
        ("foo ", 4, ["and ", "or ", "not ", "method:"]),
        ("(st", 1, ["status:"]),
        ("method:", 7, ["tools/call", '"evil\\u001b[31m/method"']),
        ("method:call", 7, ["tools/call"]),
        ("tool:", 5, ["get-sum", '"tool with blank"']),
        ('tool:"tool w', 5, ['"tool with blank"']),
        ("id:", 3, ["1", '"b 2"']),
        ("kind:re", 5, ["request", "response"]),
        ("status:", 7, ["pending", "tool-error", "401"]),
        ("finding:", 8, ["rpc-unknown-id"]),
        ("lat:", 4, [">1s"]),
        ("session:", 8, ["1"]),
        ("mark:", 5, ["yes"]),
        ("$", 1, [".params", ".result", ".method"]),
        ("x $.par", 3, [".params"]),
        ("$.params.arguments.", 18, [".city", '["two words"]']),
        ("$.result.content[0].t", 19, [".text", ".type"]),
        ("$.result.content[*].t", 19, [".text"]),
    ],
)
def test_how_it_may_go_on(journal: Journal, text: str, start: int, among: list[str]) -> None:
    found = complete(text, len(text), journal)
    assert found.start == start
    assert set(among) <= set(texts(found))


@pytest.mark.parametrize("text", ['"in quotes m', "/regexm", "$.a = ", "time:>1 $x", "$.params[0]"])
def test_nothing_is_offered_where_nothing_can_be_known(journal: Journal, text: str) -> None:
    assert texts(complete(text, len(text), journal)) == [] or text.endswith(" ")


def test_in_the_middle_the_word_is_replaced(journal: Journal) -> None:
    found = complete("method:tools x", 9, journal)
    assert (found.start, found.end) == (7, 12)


@settings(max_examples=150, deadline=None)
@given(st.text('am:$.["]\\() /*0é', max_size=15), st.data())
def test_what_is_taken_is_part_of_a_filter(journal: Journal, text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    found = complete(text, cursor, journal)
    assert 0 <= found.start <= cursor <= found.end <= len(text)
    for option in found.options:
        if found.start == 0 and option.text[-1] not in ": " and option.text != "$":
            try:
                Filter.parse(option.text)
            except FilterError as error:
                pytest.fail(f"{option.text}: {error}")
