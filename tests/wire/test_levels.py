"""The levels of log messages."""

from __future__ import annotations

from inspector.wire.levels import LEVELS, UNKNOWN, rank


def test_levels_in_order() -> None:
    assert [rank(level) for level in LEVELS] == list(range(8))
    assert rank("debug") < rank("emergency") < UNKNOWN


def test_what_is_no_level() -> None:
    for other in ("WARNING", "", None, 3, ["info"], {}):
        assert rank(other) == UNKNOWN
