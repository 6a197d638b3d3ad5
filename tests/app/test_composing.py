"""Bytes as text that can be edited, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.app.composing import TEMPLATES, bytes_of, text_of
from inspector.app.panes.again import how_often, params_of
from inspector.wire.event import Shape
from inspector.wire.jsonrpc import classify


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_nothing_is_lost(raw: bytes) -> None:
    text = text_of(raw)
    assert bytes_of(text) == raw
    assert "\r" not in text


def test_what_can_be_seen_stays() -> None:
    assert text_of('{"a": "é\\n"}\n'.encode()) == '{"a": "é\\n"}\n'
    assert text_of(b"\xff\x00\x1b\\x41") == r"\xff\x00\x1b\x5cx41"
    assert text_of("\u202e".encode()) == r"\xe2\x80\xae"
    assert bytes_of(r"\xC3\xa9") == "é".encode()


def test_templates_are_what_they_are_called() -> None:
    shapes = {name: classify(make(7)).shape for name, make in TEMPLATES}
    assert shapes["ping"] is shapes["request"] is Shape.REQUEST
    assert shapes["notification"] is Shape.NOTIFICATION
    assert shapes["batch"] is Shape.BATCH
    assert shapes["broken JSON"] is Shape.INVALID


def test_how_often() -> None:
    plan = how_often(" 1,000 x 8 @ 50 ")
    assert (plan.times, plan.at_once, plan.rate) == (1000, 8, 50.0)
    assert how_often("3").at_once == 1


def test_each_of_many_has_a_token_of_its_own() -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1,"_meta":{"progressToken":5}}}'
    assert params_of(body, frozenset()) == {"a": 1}
    assert params_of(body, frozenset({"token"})) == {"a": 1, "_meta": {"progressToken": 5}}
    assert params_of(b'{"id":1,"method":"m","params":[1]}', frozenset()) == [1]
