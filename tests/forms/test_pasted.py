from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.forms.pasted import LONGEST, looks_whole, pasted
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET

FIELD = plan({"type": "object", "properties": {"city": {"type": "string"}, "n": {"type": "integer"}}})
CALL = {"name": "weather", "arguments": {"city": "Oslo"}}


@pytest.mark.parametrize(
    "value",
    [{"city": "Oslo"}, CALL, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": CALL}],
)
def test_arguments_alone_or_in_their_request(value: Any) -> None:
    assert pasted(FIELD, f"  {json.dumps(value, indent=2)}\n") == {"city": "Oslo"}


@pytest.mark.parametrize("text", ["Oslo", "", '{"city": ', "[1]", '"{}"', "{city}", "{" * 100_000])
def test_an_ordinary_paste(text: str) -> None:
    assert pasted(FIELD, text) is UNSET


def test_into_text_only_what_has_a_member_in_common() -> None:
    assert pasted(FIELD, '{"query": 1}', into_text=True) is UNSET
    assert pasted(FIELD, '{"query": 1}') == {"query": 1}
    assert pasted(FIELD, '{"query": 1, "n": 2}', into_text=True) == {"query": 1, "n": 2}


def test_a_form_that_asks_for_such_members_itself() -> None:
    field = plan({"type": "object", "properties": {"name": {}, "arguments": {"type": "object"}}})
    assert pasted(field, json.dumps(CALL)) == CALL


def test_a_form_of_no_object_is_not_filled() -> None:
    assert pasted(plan({"type": "string"}), "{}") is UNSET


def test_what_is_too_long_is_not_looked_at() -> None:
    assert looks_whole(" {")
    assert not looks_whole("{" + " " * LONGEST)
