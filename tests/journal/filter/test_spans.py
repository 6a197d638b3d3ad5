"""Where a pattern matches: as Python's engine says where it is asked, and in bounded time where it is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.filter.spans import Spans

PATTERNS = ["sk-[a-z0-9]+", r"\d{3,4}", "a|bc", r"\bab\b", "(ab)+c?", "[^x]y", "^a", "c$", "(?i)Ab"]


@given(st.sampled_from(PATTERNS), st.text("abcxyABsk-0123 \n", max_size=60))
def test_both_engines_find_the_same(pattern: str, text: str) -> None:
    spans = Spans(pattern)
    expected = [found.span() for found in re.finditer(pattern, text)]
    assert spans.find(text, 5) == expected
    spans._goes_on, spans._factor = False, 1e9
    assert spans.find(text, 5) == expected


@pytest.mark.parametrize(
    ("pattern", "text"), [("(a+)+b", "a" * 30_000), ("(x|x)*y", "x" * 30_000), ("a.*b.*c", "ab" * 30_000)]
)
def test_a_hostile_text_ends(pattern: str, text: str) -> None:
    assert Spans(pattern).find(text, 0.05) in (None, [])


@pytest.mark.parametrize("pattern", ["(", "x*", "", r"(a)\1", "(?=a)b", "a" * 501])
def test_what_cannot_be_run(pattern: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Spans(pattern)
