"""Answers of any shape."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.auth.document import LIMIT, LONGEST, body, read, text
from inspector.session.auth.steps import Got

JSON = (("Content-Type", "application/json; charset=utf-8"),)


@pytest.mark.parametrize(
    ("got", "problem"),
    [
        (Got(1, None, error="the name cannot be resolved"), "the name cannot be resolved"),
        (Got(1, None), "gave no answer"),
        (Got(1, 404), "answered 404"),
        (Got(1, 307), "redirects (307) to nowhere, which"),
        (Got(1, 301, (("Location", "/x"),)), "redirects (301) to /x, which is not followed"),
        (Got(1, 200, JSON, b"  "), "an empty body"),
        (Got(1, 200, JSON, b"[1]"), "JSON that is no object"),
        (Got(1, 200, JSON, b"<!doctype html>"), "a web page"),
        (Got(1, 200, (("content-type", "text/html"),), b"Not found"), "a web page"),
        (Got(1, 200, (("content-type", "text/plain"),), b"a=b"), "something else than JSON (text/plain)"),
        (Got(1, 200, JSON, b"\xff\xfe"), "something else than JSON"),
        (Got(1, 200, JSON, b'{"a":' * 20_000 + b"1" + b"}" * 20_000), "nested too deeply"),
        (Got(1, 200, JSON, b" " * (LIMIT + 1)), "more than 512 KiB"),
    ],
)
def test_what_is_no_document_says_why(got: Got, problem: str) -> None:
    document = read(got)
    assert problem in document.problem
    assert document.value == {}


def test_what_is_odd_is_said_and_used() -> None:
    document = read(Got(1, 200, (), b'\xef\xbb\xbf{"a": "1", "a": "2"}'))
    assert document.text("a") == "2"
    assert document.faults == (
        "its JSON is odd: duplicate-key",
        "its content type is missing instead of application/json",
    )


def test_values_have_the_type_that_they_are_said_to_have() -> None:
    value = {"a": 1, "b": ["x", 2, None, "y", "\x1b[2J"], "c": "x" * (LONGEST + 1), "d": {"e": 1}, "f": None}
    document = read(Got(1, 200, JSON, json.dumps(value).encode()))
    assert [document.text(key) for key in "abcdfz"] == [""] * 6
    assert document.texts("b") == ("x", "y")
    assert document.texts("d") is None
    assert document.wrong(a=str, b=list, d=list, f=list, z=list) == ["a", "d"]


def test_half_a_character_is_no_text() -> None:
    assert text("\ud800") == ""
    assert text("line\nbreak") == ""


@given(st.binary(), st.sampled_from([200, 400]))
def test_nothing_raises(raw: bytes, status: int) -> None:
    document = body(Got(1, status, JSON, raw))
    assert document.problem or isinstance(document.value, dict)
