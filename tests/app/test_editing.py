"""A message as a text, and the bytes that come of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.app.editing import Draft, begin, made_up, turned

CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}'


def typed(draft: Draft, old: str, new: str) -> Draft:
    return replace(draft, text=draft.text.replace(old, new))


def test_what_was_not_changed_goes_byte_for_byte() -> None:
    odd = b'{ "id" : 1.50, "method":"ping","jsonrpc":"2.0" }'
    draft = begin(odd)
    assert not draft.changed
    assert draft.given == odd
    assert draft.warning(odd, piped=True) == ""


def test_an_argument_is_changed_and_sent_in_one_line() -> None:
    draft = begin(CALL)
    assert draft.mode == "JSON"
    changed = typed(draft, '"a": 1', '"a": 41')
    assert changed.given == CALL.replace(b'"a":1', b'"a":41')
    assert changed.warning(CALL, piped=True) == ""


def test_what_json_would_lose_begins_as_bytes() -> None:
    assert begin(b'{"id":1,"id":2,"jsonrpc":"2.0","method":"ping"}').mode == "Bytes"
    assert begin(b"\xff{").mode == "Bytes"
    assert begin(b"\xff{").text == "\\xff{"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"add"', '"add', "not JSON"),
        ('"id": 1', '"id": 2', "another id"),
        ('"id": 1', '"id": "1"', "another id"),
        ('"method": "tools/call",', "", "this is"),
    ],
)
def test_what_is_odd_is_said_and_can_be_sent(old: str, new: str, says: str) -> None:
    draft = typed(begin(CALL), old, new)
    assert draft.warning(CALL, piped=True).startswith(says)
    assert b"\n" not in draft.given


def test_two_messages_on_a_pipe() -> None:
    draft = begin(CALL, "Bytes")
    twice = replace(draft, text=f"{draft.text}\n{draft.text}")
    assert twice.given == CALL + b"\n" + CALL
    assert "more than one" in twice.warning(CALL, piped=True)
    assert "more than one" not in twice.warning(CALL, piped=False)


def test_from_json_to_bytes_and_back() -> None:
    draft = typed(begin(CALL), '"a": 1', '"a": 41')
    as_bytes = turned(draft)
    assert as_bytes is not None
    assert as_bytes.mode == "Bytes"
    assert as_bytes.changed
    assert as_bytes.given == draft.given
    again = turned(as_bytes)
    assert again is not None
    assert (again.mode, again.text, again.changed) == ("JSON", draft.text, True)
    assert turned(replace(as_bytes, text="{")) is None
    untouched = turned(begin(CALL))
    assert untouched is not None
    assert not untouched.changed


def test_what_is_made_up_is_changed_from_the_beginning() -> None:
    assert made_up('{"a": 1}').given == b'{"a":1}'
    assert made_up('{"a": 1').given == b'{"a": 1'
