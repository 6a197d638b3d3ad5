"""Words as a POSIX shell takes them apart; `shlex` is the judge where there is no comment."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.cli.shell.lexer import quoted, scan, split
from inspector.errors import UsageError

LINES = st.text(st.sampled_from("ab='\"\\ \t{:é"), max_size=30)


@given(LINES)
def test_words_are_those_of_shlex(line: str) -> None:
    try:
        expected = shlex.split(line)
    except ValueError:
        with pytest.raises(UsageError):
            split(line)
    else:
        assert split(line) == expected


@given(st.lists(st.text(max_size=8), min_size=1))
def test_what_is_quoted_is_one_word(texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    assert split("x " + " ".join(map(quoted, texts))) == ["x", *texts]


@given(LINES)
def test_a_word_stands_where_it_says(line: str) -> None:
    for word in scan(line).words:
        assert 0 <= word.start < word.end <= len(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  # call echo", []),
        ("#!/usr/bin/env mcp-inspect", []),
        ("read demo://a#b", ["read", "demo://a#b"]),
        ("ping # it lives", ["ping"]),
        ("call echo text='a # b'", ["call", "echo", "text=a # b"]),
        ("call echo ''", ["call", "echo", ""]),
        ('["call", "echo", "text=a \'b\'"]', ["call", "echo", "text=a 'b'"]),
    ],
)
def test_comments_and_arrays(line: str, words: list[str]) -> None:
    assert split(line) == words


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("call echo 'text=hi", "A single quote is not ended, in the word that begins at column 11"),
        ('call echo text="hi', "A double quote is not ended, in the word that begins at column 11"),
        ("call \\", "The line ends with a backslash"),
        ('["call", 1]', "texts alone"),
        ('["call"', "The line is not JSON"),
    ],
)
def test_what_cannot_be_taken_apart(line: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        split(line)
    assert says in caught.value.message
    assert caught.value.next
