"""`key=value`, `key:=JSON`, and JSON from the line or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli.words import Pair, exact, json_object, number, pairs, parse_json, place, read_text
from inspector.errors import UsageError


@pytest.mark.parametrize(
    ("word", "pair"),
    [
        ("a=1", Pair("a", "1", False)),
        ("a=", Pair("a", "", False)),
        ("a:=1", Pair("a", "1", True)),
        ("a=b=c", Pair("a", "b=c", False)),
        ("a=x:=y", Pair("a", "x:=y", False)),
        ("a.b=1", Pair("a.b", "1", False)),
        ("ns:a=1", Pair("ns:a", "1", False)),
    ],
)
def test_pairs(word: str, pair: Pair) -> None:
    assert pairs([word]) == [pair]


@pytest.mark.parametrize("word", ["a", "=1", ":=1", ""])
def test_no_pair(word: str) -> None:
    with pytest.raises(UsageError, match="is not key=value"):
        pairs([word])


def test_where_everything_is_text() -> None:
    with pytest.raises(UsageError, match="texts"):
        pairs(["a:=1"], exact=False)


@pytest.mark.parametrize("text", ["{", "NaN", "[" * 100_000, "'a'"])
def test_no_json(text: str) -> None:
    with pytest.raises(UsageError, match="tags is not JSON"):
        parse_json(text, "tags")


def test_exact_json() -> None:
    assert exact(Pair("a", "[1]", True)) == [1]
    with pytest.raises(UsageError, match="a is not JSON") as caught:
        exact(Pair("a", "b", True))
    assert "a= takes text" in caught.value.next


def test_an_empty_text_is_said_to_be_empty() -> None:
    with pytest.raises(UsageError, match="Standard input is empty"):
        json_object(" \n", place("-"))


def test_json_objects() -> None:
    assert json_object('{"a": [1]}', "PARAMS") == {"a": [1]}
    with pytest.raises(UsageError, match="PARAMS is not a JSON object"):
        json_object("[1]", "PARAMS")


def test_text_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbf{}")
    assert read_text(str(tmp_path / "a")) == "{}"
    (tmp_path / "b").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="is not UTF-8"):
        read_text(str(tmp_path / "b"))
    with pytest.raises(UsageError, match="No such file"):
        read_text(str(tmp_path / "c"))


@pytest.mark.parametrize("text", ["0", "-1", "many", "", "1.5", "²", "1" * 10])
def test_no_number_of_things(text: str) -> None:
    with pytest.raises(UsageError, match="--count takes a number above 0"):
        number(text, "--count")


def test_a_number_of_things() -> None:
    assert number("012", "--count") == 12
