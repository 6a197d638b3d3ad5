from __future__ import annotations

from array import array

import pytest

from inspector.journal.columns import (
    MOST_METHODS,
    NO_ID,
    NO_METHOD,
    ODD_ID,
    UNLISTED_METHOD,
    Columns,
    id_key,
    pack,
    rows_with,
)
from inspector.wire.event import Direction, Kind, Shape


def test_a_word_of_flags_holds_every_combination() -> None:
    columns = Columns()
    for kind in Kind:
        for direction in Direction:
            for shape in Shape:
                row = columns.add(0, 0.0, pack(kind, direction, shape), 0, 0, 0, 0)
                columns.set_status(row, 10)
                columns.set_status(row, 7)
                columns.set_flawed(row)
                flags = columns.flags[row]
                assert (flags & 15, flags >> 4 & 3, flags >> 6 & 7) == (kind, direction, shape)
                assert columns.status(row) == 7


def test_sizes_beyond_32_bits() -> None:
    columns = Columns()
    sizes = [0, 1, (1 << 32) - 2, (1 << 32) - 1, 1 << 40]
    rows = [columns.add(0, 0.0, 0, 0, 0, 0, size) for size in sizes]
    assert [columns.size(row) for row in rows] == sizes


def test_methods_are_numbers_and_the_table_is_bounded() -> None:
    columns = Columns()
    assert columns.number_of(None) == NO_METHOD
    assert columns.name_of(NO_METHOD) is None
    first = columns.number_of("ping")
    assert columns.number_of("ping") == first
    assert columns.name_of(first) == "ping"
    assert columns.number_of("x" * 1000) == UNLISTED_METHOD
    numbers = {columns.number_of(f"m{number}") for number in range(MOST_METHODS * 2)}
    assert UNLISTED_METHOD in numbers
    assert max(numbers) == MOST_METHODS - 1


def test_an_id_has_a_number_that_is_the_same_for_capital_letters() -> None:
    assert id_key('"aBc"') == id_key('"ABC"') != id_key('"abd"')
    assert id_key("7") == id_key('"7"') == id_key("7.0") != id_key("70")
    assert {id_key('"é"'), id_key('"a\\"b"')} == {ODD_ID}
    assert id_key("7") not in (NO_ID, ODD_ID)


def test_an_event_costs_40_bytes() -> None:
    columns = Columns()
    columns.add(0, 0.0, 0, 0, 0, 0, 0)
    assert columns.nbytes() == 40


@pytest.mark.parametrize("number", [0, 1, 256, 65_536, 0x01010101, 0xFFFFFFFF])
def test_numbers_are_not_found_across_two_rows(number: int) -> None:
    column = array("I", [0, 1, 256, 0x01000000, 0x01010101, 0x00010101, 0xFFFFFFFF, 0x00FFFFFF, 0, 65_536])
    assert rows_with(column, [number, number], 0, 10) == [row for row in range(10) if column[row] == number]
    assert rows_with(column, [number, 1], 1, 3) == [row for row in (1, 2) if column[row] in (number, 1)]
