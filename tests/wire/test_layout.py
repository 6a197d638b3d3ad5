"""JSON laid out: every token as sent, nothing that steers a terminal."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.layout import escaped, indented


def test_tokens_stay_as_they_were_sent() -> None:
    assert indented(b'{"b":1.50,"a":[1E5,{}],"b":"\\u0041"}') == (
        '{\n  "b": 1.50,\n  "a": [\n    1E5,\n    {}\n  ],\n  "b": "\\u0041"\n}'
    )


def test_what_steers_a_terminal_is_escaped() -> None:
    assert escaped('"\x9b\u202e\U000e0041"\r') == '"\\u009b\\u202e\\udb40\\udc41" '


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_the_value_is_the_same(value: object) -> None:
    assert json.loads(
        indented(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    ) == json.loads(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )
