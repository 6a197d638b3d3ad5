"""Markdown as lines: what each construct becomes, and that none of it does anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app.markdown import LONGEST, Line, lines_of


def plain(text: str) -> list[str]:
    return [line.lead + "".join(piece for piece, _ in line.pieces) for line in lines_of(text) or ()]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# A *title*\n\nand text\nthat goes on", ["# A title", "", "and text that goes on"]),
        ("Title\n=====", ["# Title"]),
        ("- one\n- two\n  - inner\n\nafter", ["• one", "• two", "  • inner", "", "after"]),
        ("3. one\n4. two", ["3. one", "4. two"]),
        ("> said\n> on", ["│ said on"]),
        ("```python\nx = 1\n\ty\n```", ["python", "  x = 1", "      y"]),
        ("a  \nb", ["a", "b"]),
        ("| a | bb |\n|---|---|\n| ccc | d |", ["a   │ bb", "ccc │ d"]),
        ("---", ["─" * 12]),
        ("~~gone~~ `code`", ["gone `code`"]),
        ("", []),
    ],
)
def test_constructs(text: str, lines: list[str]) -> None:
    assert plain(text) == lines


def test_links_and_pictures_show_where_they_lead_as_words() -> None:
    assert plain("[here](https://a.example/x) ![dot](http://b.example/p.png)") == [
        "here (https://a.example/x) [picture: dot] (http://b.example/p.png)"
    ]
    assert plain("[x](javascript:alert(1))") == ["[x](javascript:alert(1))"]


def test_html_and_markup_of_ours_are_text() -> None:
    assert plain("<b>x</b> [bold]y[/bold]\n\n<script>z</script>") == [
        "<b>x</b> [bold]y[/bold]",
        "",
        "<script>z</script>",
    ]


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred", "`\x1b]0;t\x07`", "```\n\u202eback\n```", "[a](x\x9bc)", "| \x1b |\n|-|\n| \x00 |"],
)
def test_what_steers_a_terminal_is_shown_instead(text: str) -> None:
    for line in plain(text):
        assert line.isprintable()
        assert "\u202e" not in line


def test_what_is_too_long_is_no_markdown() -> None:
    assert lines_of("a" * (LONGEST + 1)) is None
    assert lines_of("# a\n" * (LONGEST // 4)) is not None


@pytest.mark.parametrize("piece", ["[", "![", "[[](", "- a\n", "> ", "*a_ ", "<a ", "`a", "|a", "1. ", "&"])
def test_a_flood_ends(piece: str) -> None:
    found = lines_of(piece * (LONGEST // len(piece) // 4))
    assert found is not None


@given(st.text(alphabet="ab #*_`[](){}<>!|-=+.\n\t\\~&1\x1b\u202e", max_size=200))
def test_nothing_raises_and_all_is_safe(text: str) -> None:
    for line in lines_of(text) or ():
        assert isinstance(line, Line)
        assert (line.lead + "".join(piece for piece, _ in line.pieces)).isprintable()
