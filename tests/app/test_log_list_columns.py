"""The columns of a log message at every width, and what it unfolds to."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from inspector.app.widgets.log_list_columns import (
    folds,
    log_cells,
    log_header,
    log_layout,
    unfolding,
)
from inspector.journal.logged import Origin
from inspector.journal.logs import LogMessage
from inspector.wire.levels import rank


def message(data: Any = "hello", level: str = "info", logger: str = "http") -> LogMessage:
    text = data if isinstance(data, str) else str(data)
    return LogMessage(7, 1.5, level, rank(level), logger, text.replace("\n", "␊"), data)


@pytest.mark.parametrize("width", [30, 44, 59, 60, 69, 70, 86, 140, 300])
@pytest.mark.parametrize("text", ["hello", "日本" * 100, ""])
def test_a_row_takes_exactly_its_cells(width: int, text: str) -> None:
    columns = log_layout(width, time=7, logger=10, request=4)
    pieces = log_cells(message(text, logger="日" * 20), Origin(request=12), columns, False)
    assert sum(cell_len(piece) for piece, _ in pieces) == width
    assert sum(cell_len(piece) for piece, _ in log_header(columns)) == width


def test_what_needs_an_eye_has_a_shape_and_a_colour() -> None:
    columns = log_layout(80, time=7, logger=0, request=0)
    flawed = log_cells(message(level="debug"), Origin(rule="log-level-below"), columns, False)
    assert flawed[0] == ("!", "warning")
    assert [
        log_cells(message(level=level), Origin(), columns, False)[3][1] for level in ("info", "alert")
    ] == [
        "text",
        "error",
    ]
    assert log_cells(message(level="LOUD"), Origin(), columns, False)[3][0].startswith("? LOUD")
    assert log_cells(message(level=""), Origin(), columns, False)[3][0].startswith("? (none)")


def test_what_there_is_to_unfold() -> None:
    columns = log_layout(80, time=7, logger=0, request=0)
    assert not folds(message(), Origin(), columns)
    assert not folds(message({}), Origin(), columns)
    assert folds(message({"a": 1}), Origin(), columns)
    assert folds(message("two\nlines"), Origin(), columns)
    assert folds(message("x" * 200), Origin(), columns)
    assert folds(message(), Origin(rule="log-without-optin"), columns)


def test_what_it_unfolds_to() -> None:
    columns = log_layout(60, time=7, logger=0, request=0)
    origin = Origin(3, None, "log-without-optin", "It was not asked for.")
    lines = unfolding(message("one\n" + "word " * 30), origin, "tools/call say", columns)
    texts = ["".join(text for text, _ in line).strip() for line in lines]
    assert texts[:3] == ["! It was not asked for. (log-without-optin)", "of row 3: tools/call say", "one"]
    assert len(texts) > 5
    assert all(cell_len("".join(text for text, _ in line)) <= 60 for line in lines)
