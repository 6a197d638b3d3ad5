"""How the entries of a sheet wrap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.app.widgets.sheet_lines import Entry, heading, wrapped
from inspector.wire.visible import cells, visible


def rows(text: str, width: int, hang: int = 0) -> list[str]:
    return ["".join(text for text, _ in row) for row in wrapped([(text, "text")], width, hang)]


def test_it_breaks_at_spaces_and_hangs() -> None:
    assert rows("one two three four five", 12, 2) == ["one two ", "  three four", "  five"]


def test_a_word_without_spaces_is_cut() -> None:
    assert rows("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert rows("", 4) == [""]
    assert rows("  abcdefghij", 6, 2) == ["  abcd", "efghij"]  # too narrow to hang


def test_a_word_that_no_row_holds_begins_where_it_stands() -> None:
    assert rows("url  " + "x" * 20, 16, 2) == ["url  " + "x" * 11, "  " + "x" * 9]


def test_roles_stay_with_their_words() -> None:
    found = list(wrapped([("status ", "muted"), ("401 Unauthorized", "error")], 11))
    assert found == [[("status ", "muted"), ("401 ", "error")], [("Unauthorize", "error")], [("d", "error")]]


def test_no_text_begins_with_space_but_an_indent() -> None:
    found = list(wrapped([("  ", "text"), ("end", "muted"), ("      ", "text"), (" ok", "error")], 40))
    assert found == [[("  ", "text"), ("end       ", "muted"), ("ok", "error")]]


def test_an_entry_is_text_too() -> None:
    entry = Entry("a", (("first", "strong"),), more=((("second", "text"),),))
    assert (entry.plain, entry.whole) == ("first", "first\nsecond")
    assert heading("h", "Title").rest


@given(st.text(max_size=60), st.integers(2, 20), st.integers(0, 12))
def test_no_row_is_too_wide_and_no_word_is_lost(text: str, width: int, hang: int) -> None:
    shown = visible(text)
    found = rows(shown, width, hang)
    assert all(cells(row) <= width for row in found)
    assert "".join("".join(found).split()) == "".join(shown.split())
