"""Another value in one place, and every other byte as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.serving.rewrite import answered_to, replaced, subscribed, with_members

ODD = b'{ "x" : 1.50, "id":7 , "result":{"a": 1e3,"a":2} }'


def test_nothing_else_changes() -> None:
    assert replaced(ODD, b'"n"', "id") == ODD.replace(b":7", b':"n"')
    assert replaced(ODD, b"1", "no", "where") == ODD
    assert replaced(b"not JSON", b"1", "id") == b"not JSON"


@given(st.integers() | st.text(max_size=9), st.integers() | st.text(max_size=9))
def test_the_id_of_the_request_at_hand(recorded: int | str, live: int | str) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": recorded, "result": {"id": recorded}}).encode()
    ids = [json.dumps(each, ensure_ascii=False) for each in (recorded, live)]
    found = json.loads(answered_to(body, ids[0], ids[0], ids[1]))
    assert found == {"jsonrpc": "2.0", "id": live, "result": {"id": recorded}}


@pytest.mark.parametrize(
    ("recorded", "replied", "live", "now"),
    [
        ("2", "2.0", "7", "7.0"),
        ("2", '"2"', "7", '"7"'),
        ('"2"', "2", '"7"', "7"),
        ('"2"', "2", '"seven"', '"seven"'),
        ("2", "null", "7", "null"),
        ("2", "99", "7", "99"),
    ],
)
def test_an_id_that_was_spelled_wrongly_is_so_again(recorded: str, replied: str, live: str, now: str) -> None:
    body = b'{"id":' + replied.encode() + b',"result":{}}'
    assert answered_to(body, recorded, replied, live) == b'{"id":' + now.encode() + b',"result":{}}'


def test_the_subscription_of_the_client_at_hand() -> None:
    key = "io.modelcontextprotocol/subscriptionId"
    for member in ("params", "result"):
        body = json.dumps({member: {"_meta": {key: 3, "x": 1}}}).encode()
        assert json.loads(subscribed(body, b'"s"'))[member]["_meta"] == {key: "s", "x": 1}


def test_members_stand_in_front_and_only_where_there_are_none() -> None:
    assert with_members(b'{"result":{"b":2}}', {"a": 1, "b": 9}) == b'{"result":{"a":1,"b":2}}'
    assert with_members(b'{"result":{}}', {"a": 1}) == b'{"result":{"a":1}}'
    for same in (b'{"result":[]}', b'{"error":{}}', b'{"result":{"a":1}}', b"x"):
        assert with_members(same, {"a": 1}) == same
