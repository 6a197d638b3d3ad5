"""Lines above the one that is edited: the screen that comes of them, and where the cursor is then."""

from __future__ import annotations

import pyte
import pytest

from inspector.cli.shell.above import MOST_AT_ONCE, Above, _inserted, _rows
from inspector.wire.visible import cells


@pytest.mark.parametrize("row", [2, 8, 9])
def test_a_line_is_inserted_and_the_cursor_goes_with_what_is_edited(row: int) -> None:
    screen = pyte.Screen(40, 10)
    stream = pyte.Stream(screen)
    stream.feed("\r\n" * row + "demo> call ec\x1b[3D")
    for number in range(3):
        stream.feed(_inserted(f"notice {number}"))
    stream.feed("X")
    shown = [line.rstrip() for line in screen.display if line.strip()]
    assert shown == ["notice 0", "notice 1", "notice 2", "demo> callXec"]
    assert screen.cursor.x == 11


def test_a_long_line_takes_rows_and_a_huge_one_is_cut() -> None:
    assert _rows("a" * 25, 11) == ["a" * 10, "a" * 10, "a" * 5]
    assert _rows("", 11) == [""]
    huge = _rows("ab世" * 1000, 11)
    assert len(huge) == 8
    assert huge[-1].endswith("…")
    assert all(cells(row) < 11 for row in huge)


def test_of_a_flood_the_last_lines_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    above = Above()
    with above.editing("> "):
        above.put(f"line {number}" for number in range(1000))
        assert above.waits
        assert capsys.readouterr().out == ""
    told = capsys.readouterr().out.splitlines()
    assert told == [f"… {1000 - MOST_AT_ONCE} lines more", *(f"line {n}" for n in range(980, 1000))]
    above.put(["at once"])
    assert capsys.readouterr().out == "at once\n"
