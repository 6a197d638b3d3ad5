"""A recorded command is known by its words, whoever has written them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.hosts.recording import Recorded, front, name_in, recorded, with_options


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("/p -P -m inspector record -- npx -y", ()),
        ("py -m inspector record --control -- npx -y", ("--control",)),
        ("/p -E -P -m inspector record -o f -- npx -y", ("-o", "f")),
        (r"C:\x\mcp-inspect.exe record -- npx -y", ()),
    ],
)
def test_known(line: str, options: tuple[str, ...]) -> None:
    found = recorded(line.split())
    assert found == Recorded(tuple(line.split())[:-2], ("npx", "-y"), options)


@pytest.mark.parametrize(
    "line",
    [
        "python -m inspector.demo",
        "python -m inspector list -- npx",
        "python -m inspector record --",
        "python server.py -m inspector record -- npx",
        "mcp-inspect list -- npx",
        "my-mcp-inspect record -- npx",
        "npx",
    ],
)
def test_another_command(line: str) -> None:
    assert recorded(line.split()) is None
    assert recorded(["/p", "-m", "inspector", "record", "--", ""]) is None


@given(st.lists(st.text(max_size=3), min_size=1).filter(lambda words: bool(words[0].strip())))
def test_what_is_made_is_known(argv: list[str]) -> None:
    for words in (front("/p"), front("/p", ["--control"], ["A"]), front("/p", (), ["PYTHONPATH"])):
        found = recorded([*words, *argv])
        assert found is not None
        assert (found.front, list(found.argv)) == (words, argv)


def test_options_are_there_once() -> None:
    before = ["-o", "f", "--control", "--faults", "old", "--redact=x"]
    assert with_options(before, ()) == tuple(before)
    assert with_options(before, ["--control"]) == ("-o", "f", "--faults", "old", "--redact=x", "--control")
    once = with_options(before, ["--faults=/new"])
    assert once == ("-o", "f", "--control", "--redact=x", "--faults=/new")
    assert with_options(once, ["--faults=/new"]) == once
    assert with_options(["-o", "--control"], ["--control"]) == ("-o", "--control", "--control")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("", ""),
        ("--name=a/b --control", "a/b"),
        ("-o --name --name x", "x"),
        ("--redact=x --name", ""),
        ("--name=a --name b", "b"),
    ],
)
def test_the_name_that_options_give(options: str, name: str) -> None:
    assert name_in(options.split()) == name


def test_variables_of_a_python() -> None:
    assert front("/p") == ("/p", "-P", "-m", "inspector", "record", "--")
    assert front("/p", ["--control"], ["A", "PYTHONHOME"])[1] == "-E"
