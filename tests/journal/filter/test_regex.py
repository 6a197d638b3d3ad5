from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.journal.filter import regex
from inspector.journal.filter.automaton import Automaton, tree_of
from inspector.journal.filter.regex import check, search
from inspector.journal.filter.terms import Regex

_PIECES = st.sampled_from(
    [
        "a",
        "b",
        ".",
        "[ab]",
        "[^a]",
        r"\w",
        r"\d",
        r"\s",
        r"\b",
        "^",
        "$",
        "(a|bc)",
        "(?:ab)",
        "(?i:A)",
        "é",
        r"\B",
    ]
)
_TIMES = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "*?"])
_PATTERNS = st.lists(st.tuples(_PIECES, _TIMES), min_size=1, max_size=5).map(
    lambda pairs: "".join(
        piece + (times if piece not in "^$" and piece[:2] not in (r"\b", r"\B") else "")
        for piece, times in pairs
    )
)


@settings(max_examples=400, deadline=None)
@given(
    _PATTERNS,
    st.text("abcABé1_ \n", min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from([0, re.M, re.S]),
)
def test_the_automaton_finds_what_the_library_finds(
    pattern: str, text: str, ignore_case: bool, flag: int
) -> None:
    flags = flag | (re.IGNORECASE if ignore_case else 0)
    found = Automaton(tree_of(pattern, flags)).occurs(text, 10)
    assert found == (re.search(pattern, text, flags) is not None)


@pytest.mark.parametrize("source", ["(a+)+$", "(a|a)*b", "a*a*a*a*a*a*b", "(.*)(.*)(.*)x$", "(a?){40}a{40}"])
def test_no_text_takes_long(source: str) -> None:
    found = search(Regex(source))
    before = found.unsure
    assert not found.occurs("a" * 20_000 + "!" if "x" in source or "b" in source or "$" in source else "!")
    assert found.unsure - before <= 1


def test_time_is_limited_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex, "LIMIT", 0.0)
    found = regex.Search(Regex("(a|b)+c"))
    assert not found.occurs("ab" * 10_000 + "c")
    assert found.unsure == 1
    monkeypatch.setattr(regex, "LIMIT", 10.0)
    assert found.occurs("ab" * 10_000 + "c")
    assert found.unsure == 1


def test_many_characters_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.journal.filter.automaton._MOST_KNOWN", 50)
    automaton = Automaton(tree_of("x.*y", 0))
    assert automaton.occurs("x" + "".join(map(chr, range(256, 900))) + "y", 10)
    assert automaton._known <= 51


@pytest.mark.parametrize(
    "source", ["(?:){4000000000}", "((((){1000}){1000}){1000}){1000}", "(a{0}){4000000000}b"]
)
def test_nothing_many_times_is_written_out_once(source: str) -> None:
    assert check(Regex(source)) is None
    assert search(Regex(source)).occurs("b" * 100_000)


@pytest.mark.parametrize(
    ("source", "says", "at"),
    [
        ("(a", "No regular expression", 0),
        ("a**", "No regular expression", 2),
        (r"(a)\1", "refers back", 0),
        ("(?=a)", "looks ahead", 0),
        ("(?<!a)b", "looks ahead or behind", 0),
        ("a{5000}", "too large", 0),
        ("a" * 501, "too long", 500),
    ],
)
def test_what_is_not_taken(source: str, says: str, at: int) -> None:
    wrong = check(Regex(source))
    assert wrong is not None
    assert says in wrong.says
    assert wrong.at == at


@pytest.mark.parametrize(
    ("source", "literal"),
    [
        ("foo.*barn", "barn"),
        ("(name)=x", "name"),
        ("a|b", ""),
        ("(abc)?x", "x"),
        ("größe", "gr"),
        ("[ac]b", "b"),
    ],
)
def test_the_literal_that_must_be_there(source: str, literal: str) -> None:
    assert search(Regex(source)).literal == literal


def test_short_texts_are_left_to_the_library() -> None:
    found = search(Regex("foo.*bar"))
    assert found.occurs("x foo y bar")
    assert found.occurs("foo " * 20_000 + "bar")
    assert not found.occurs("foo")
    assert search(Regex("FOO", ignore_case=True)).occurs("foo")
