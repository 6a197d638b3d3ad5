"""Parts of results: what people see of a tool's answer, a resource, a prompt."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.content import Part, parts, repeats, tokens_of

PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x20\x00\x00\x00\x10\x08\x06\x00\x00\x00"
).decode()


def test_the_blocks_of_a_tool_result_become_parts_in_order() -> None:
    found = parts(
        {
            "content": [
                {"type": "text", "text": "hello"},
                {"type": "image", "data": PNG, "mimeType": "image/png"},
                {"type": "audio", "data": "AAAA", "mimeType": "audio/wav"},
                {"type": "resource_link", "uri": "file:///a", "name": "a", "title": "A file"},
                {"type": "resource", "resource": {"uri": "file:///b", "text": "inside"}},
            ],
            "structuredContent": {"a": 1},
        }
    )
    assert [part.kind for part in found] == ["text", "image", "audio", "link", "text", "structured"]
    assert found[1].dimensions() == (32, 16)
    assert found[3].name == "A file"
    assert found[4].uri == "file:///b"


def test_a_resource_and_a_prompt_are_read_alike() -> None:
    contents = parts({"contents": [{"uri": "x:1", "text": "t"}, {"uri": "x:2", "blob": "AAEC"}]})
    assert [(part.kind, part.size) for part in contents] == [("text", 1), ("blob", 3)]
    assert contents[1].payload() == b"\x00\x01\x02"
    messages = parts({"messages": [{"role": "user", "content": {"type": "text", "text": "hi"}}]})
    assert (messages[0].role, messages[0].text) == ("user", "hi")


def test_null_structured_content_is_a_value_not_an_absence() -> None:
    assert parts({"content": [], "structuredContent": None}) == [
        Part("structured", "null", mime="application/json")
    ]


@pytest.mark.parametrize(
    ("data", "payload"), [("AAEC", b"\x00\x01\x02"), ("AA\nEC", b"\x00\x01\x02"), ("not base64!", None)]
)
def test_data_is_decoded_only_where_it_is_base64(data: str, payload: bytes | None) -> None:
    assert Part("blob", base64=data).payload() == payload


@pytest.mark.parametrize("stem", ["../../etc/passwd", "a/b", "\x1b[31m", "", "..", "con:stream"])
def test_a_file_name_is_of_our_own_making(stem: str) -> None:
    name = Part("image", mime="image/png").file_name(stem)
    assert name.endswith(".png")
    assert not set(name) & set("/\\:\x1b")
    assert not name.startswith(".")


@pytest.mark.parametrize(
    ("mime", "ending"),
    [
        ("text/markdown; charset=utf-8", ".md"),
        ("application/x-msdownload", ".bin"),
        ("application/x-desktop", ".bin"),
        ("text/x-sh", ".bin"),
        ("../../x", ".bin"),
    ],
)
def test_the_ending_is_one_of_ours_too(mime: str, ending: str) -> None:
    assert Part("blob", mime=mime).file_name("a") == f"a{ending}"


def test_what_is_known_of_data_is_one_line() -> None:
    assert Part("image", base64=PNG, mime="image/png").facts == "image/png, 29 B, 32 x 16 pixels"
    assert Part("image", base64=f"{PNG[:20]}\n{PNG[20:]}").dimensions() == (32, 16)
    assert Part("blob", base64="AAEC").facts == "blob, 3 B"


def test_annotations_are_words() -> None:
    notes = {"audience": ["user", "assistant"], "priority": 0.7, "lastModified": "2026-01-02"}
    (part,) = parts({"content": [{"type": "text", "text": "x", "annotations": notes}]})
    assert part.notes == "for user and assistant, priority 0.7, of 2026-01-02"
    hostile = {"audience": ["\x1b[31m" * 99, {}, 3], "priority": float("nan")}
    (part,) = parts({"content": [{"type": "text", "text": "x", "annotations": hostile}]})
    assert "\x1b" not in part.notes
    assert len(part.notes) < 120


@pytest.mark.parametrize(
    ("text", "same"), [('{"a": 1}', True), ('{"a":2}', False), ("a is 1", False), ("[" * 9999, False)]
)
def test_a_text_that_repeats_the_structured_content_is_known(text: str, same: bool) -> None:
    found = parts({"content": [{"type": "text", "text": text}], "structuredContent": {"a": 1}})
    assert repeats(found[-1], found) is same


def test_tokens_are_those_of_what_a_model_is_given() -> None:
    text, data = Part("text", "word " * 40), Part("image", base64=PNG)
    structured = Part("structured", "abcd " * 4)
    assert tokens_of([text, data, structured]) == 50
    assert tokens_of([structured]) == 5
    assert tokens_of([data]) == 0


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
blocks = st.dictionaries(
    st.sampled_from(["type", "text", "data", "mimeType", "uri", "resource", "role", "content"]),
    json_values | st.sampled_from(["text", "image", "resource_link", "resource"]),
)


@given(
    st.dictionaries(
        st.sampled_from(["content", "contents", "messages", "structuredContent"]),
        json_values | st.lists(blocks),
    )
    | json_values
)
def test_nothing_that_a_server_sends_raises(result: Any) -> None:
    for part in parts(result):
        part.payload()
        part.dimensions()
        assert part.file_name(part.name)
        assert part.size >= 0
