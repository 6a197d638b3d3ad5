"""The rows of a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.app.widgets.text_lines import TextLines, safe_text


def rows(text: str, width: int) -> list[str]:
    lines = TextLines(text, width)
    while lines.advance(1):
        pass
    return [lines.row(row) for row in range(len(lines))]


def test_breaks_at_spaces_and_keeps_empty_lines() -> None:
    assert rows("one two three\n\nfour", 8) == ["one two ", "three", "", "four"]


def test_a_long_word_is_broken_by_width() -> None:
    assert rows("abcdefgh", 3) == ["abc", "def", "gh"]


def test_wide_characters_take_two_cells() -> None:
    assert rows("漢字漢字", 4) == ["漢字", "漢字"]
    assert rows("ab 漢字", 5) == ["ab ", "漢字"]


def test_controls_are_made_visible_and_lines_stay_lines() -> None:
    assert safe_text("a\x1b[31m\r\nb\tc\u202e") == "a␛[31m\nb   c‹U+202E›"


def test_slices_find_the_same_rows() -> None:
    lines = TextLines("word " * 20_000, 40)
    slices = 1
    while lines.advance(0):
        slices += 1
    assert slices > 2
    assert [lines.row(row) for row in range(len(lines))] == rows("word " * 20_000, 40)


@given(st.text(), st.integers(2, 30))
def test_rows_hold_all_of_the_text_and_fit(text: str, width: int) -> None:
    lines = TextLines(text, width)
    while lines.advance(1):
        pass
    parts = [lines.text[lines.start(row) : lines.start(row + 1)] for row in range(len(lines))]
    assert "".join(parts) == lines.text
    assert all(cell_len(lines.row(row).rstrip(" ")) <= width for row in range(len(lines)))
    assert all(lines.at(lines.start(row)) == row for row in range(len(lines)))
