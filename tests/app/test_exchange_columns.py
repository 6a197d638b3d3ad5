"""The columns of the list of exchanges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.app.widgets.exchange_columns import columns_of, origin_of, pieces, titles, where
from inspector.journal.exchanges import ExchangeRow
from inspector.wire.visible import cells

ROW = ExchangeRow(
    number=7,
    time=1.5,
    method="POST",
    url="https://api.example.com/mcp",
    status=200,
    what="tools/call get-sum",
    outcome="complete",
    error="",
    stage="",
    requests=1,
    bytes=214,
    took=0.02,
    phases={"wait": 0.02},
    messages=2,
    events=0,
    flags=(),
    failed=False,
)


def text(row: ExchangeRow, width: int) -> str:
    return "".join(text for text, _ in pieces(row, columns_of(width), "https://api.example.com"))


@pytest.mark.parametrize("width", [30, 46, 60, 70, 78, 100, 118, 198])
def test_a_row_never_exceeds_its_width(width: int) -> None:
    wide = replace(ROW, what="日本語" * 40, url="https://ö.example/" + "x" * 300, number=123456)
    assert cells(text(wide, width)) <= width
    assert cells("".join(word for word, _ in titles(columns_of(width)))) <= width


def test_what_is_odd_is_never_cut_off() -> None:
    odd = replace(ROW, what="tools/call " + "x" * 60, flags=("redirected", "authorized", "buffered"))
    for width in (30, 46, 78, 118):
        assert " +rab " in text(odd, width), width
    assert "· redirected · authorized · buffered" in text(replace(odd, what="ping"), 198)
    assert "+rs" in text(replace(odd, what="", flags=("redirected", "resumed")), 30)


def test_what_there_is_room_for() -> None:
    assert "200" in text(ROW, 46)
    assert "tools/call get-sum" in text(ROW, 70)
    assert text(ROW, 118).split("/mcp")[0].split() == [
        "7",
        "1.500",
        "POST",
        "✓",
        "200",
        "tools/call",
        "get-sum",
    ]
    assert text(ROW, 118).split("/mcp")[1].split() == ["214", "B", "20", "ms", "▒▒▒▒▒▒▒▒"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"status": None, "outcome": "failed", "stage": "dns", "failed": True}, "✗ dns"),
        ({"status": 401, "failed": True}, "✗ 401"),
        ({"status": 307}, "↪ 307"),
        ({"outcome": ""}, "… 200"),
        ({"outcome": "", "status": None}, "… asked"),
        ({"outcome": "closed-early", "failed": True}, "✗ 200 cut"),
        ({"outcome": "aborted", "status": None}, "- aborted"),
        ({"flags": ("buffered",)}, "· buffered"),
    ],
)
def test_how_it_fares_is_a_shape_and_a_word(change: dict[str, object], says: str) -> None:
    shown = text(replace(ROW, **change), 118)  # type: ignore[arg-type]
    assert says in shown
    assert shown.startswith("!") is ("✗" in shown or "buffered" in shown)


def test_the_servers_own_host_goes_without_saying() -> None:
    assert where("https://API.example.com/mcp?x=1", "https://api.example.com") == "/mcp?x=1"
    assert where("https://api.example.com", "https://api.example.com") == "/"
    assert where("https://auth.example.com/token", "https://api.example.com") == "auth.example.com/token"
    assert where("nonsense", "") == "nonsense"
    assert origin_of("http://[::1]:80/x") == "http://[::1]:80"
    assert origin_of("nonsense") == ""
