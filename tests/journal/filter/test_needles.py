from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.filter.needles import needle


@given(st.text(min_size=1, max_size=6), st.booleans())
def test_a_text_is_found_as_json_spells_it(text: str, ascii: bool) -> None:
    line = json.dumps({"x": f"before {text} after"}, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    short = {"\b": "\\b", "\f": "\\f"}  # a word has no such characters
    if not any(each in text for each in short):
        assert needle(text).search(line.lower())


@pytest.mark.parametrize(
    ("glob", "line", "found"),
    [
        ("*get-*", b"x get-sum y", b"get-"),
        ("g*m", b"get-sum", b"get-sum"),
        ("g*m", b"get sum", None),
        ("a*b*c*d*e", b"a1b2c3d*e", b"a1b2c3d*e"),
    ],
)
def test_a_star_stands_for_characters_of_one_word(glob: str, line: bytes, found: bytes | None) -> None:
    hit = needle(glob, glob=True).search(line)
    assert (hit[0] if hit else None) == found


def test_stars_take_no_time() -> None:
    assert not needle("*a*a*a*b", glob=True).search(b"a" * 30_000)
