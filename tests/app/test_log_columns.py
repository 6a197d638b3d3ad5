"""The columns of the message log at every width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.app.widgets.log_columns import cells_of, header, layout
from inspector.journal.outline import Row


def row(**facts: object) -> Row:
    usual: dict[str, object] = {
        "seq": 55,
        "time": 12.004,
        "arrow": "→",
        "kind": "request",
        "what": "tools/call",
        "target": "get-sum",
        "id": "9",
        "status": "ok",
        "latency": "3 ms",
        "size": "94 B",
        "note": "",
        "flawed": False,
    }
    return Row(**(usual | facts))  # type: ignore[arg-type]


def line(width: int, **facts: object) -> str:
    columns = layout(width, number=3, time=6)
    return "".join(text for text, _ in cells_of(row(**facts), columns))


def roles(width: int, **facts: object) -> dict[str, str]:
    columns = layout(width, number=3, time=6)
    return {text.strip(): role for text, role in cells_of(row(**facts), columns) if text.strip()}


def test_everything_at_two_hundred_cells() -> None:
    assert line(200).split() == [
        "55",
        "12.004",
        "→",
        "request",
        *["tools/call", "get-sum", "9", "✓", "ok", "3", "ms", "94", "B"],
    ]


def test_eighty_cells_share_one_column_between_latency_and_size() -> None:
    assert line(78).split()[-2:] == ["3", "ms"]
    assert line(78, arrow="←", kind="response").split()[-2:] == ["94", "B"]
    assert "…/progress 3/10" in line(78, kind="notification", what="notifications/progress", target="3/10")


@pytest.mark.parametrize("width", [20, 30, 45, 60, 72, 78, 100, 118, 198])
def test_header_and_rows_stand_in_the_same_columns(width: int) -> None:
    columns = layout(width, number=3, time=6)
    titles = "".join(text for text, _ in header(columns))
    assert cell_len(titles) <= width
    assert cell_len(line(width)) <= width
    if "status" in titles:
        assert titles.index("status") == line(width).index("✓")
    assert titles.index("method") == line(width).index("tools")


def test_what_goes_wrong_is_told_by_shape_word_and_role() -> None:
    assert roles(118, kind="error", status="error", note="-32002 Resource not found")["✗ error"] == "error"
    assert roles(118, kind="response", what="", target="", status="unknown")["? unknown"] == "warning"
    assert roles(118)["✓ ok"] == "muted"
    assert line(118, flawed=True).startswith("!")
    assert line(118).startswith(" ")


def test_a_reply_that_went_wrong_says_why_where_there_is_no_room_for_its_target() -> None:
    facts = {"kind": "error", "what": "resources/read", "target": "demo://resource/static/document/a.md"}
    assert "Resource not f" in line(118, note="-32002 Resource not found", **facts)
    assert "demo://" in line(198, note="-32002 Resource not found", **facts)


QUIET = {"arrow": "·", "id": "", "status": "", "latency": "", "size": "", "target": ""}


def test_what_is_no_message_has_the_rest_of_the_row_for_its_words() -> None:
    facts = {
        **QUIET,
        "kind": "stderr",
        "what": "",
        "note": "warning: this option is deprecated, use that",
    }
    assert facts["note"].strip() in line(78, **facts)
    assert roles(78, **facts)["stderr"] == "muted"
    assert roles(78, **{**facts, "kind": "stdout"})["stdout"] == "warning"


@pytest.mark.parametrize(
    ("kind", "what", "note", "role"),
    [
        ("process", "exited", "with code 3", "warning"),
        ("process", "exited", "by SIGSEGV", "warning"),
        ("process", "exited", "with code 0", "muted"),
        ("process", "exited", "by SIGTERM, after terminate", "muted"),
        ("http", "response", "404 Not Found", "warning"),
        ("http", "response", "200 OK", "muted"),
        ("http", "end", "complete", "muted"),
        ("http", "end", "closed-early", "warning"),
        ("client", "warning", "the cursor repeats", "warning"),
        ("client", "negotiated", "the server chose it", "muted"),
    ],
)
def test_only_what_needs_an_eye_has_a_colour(kind: str, what: str, note: str, role: str) -> None:
    assert roles(118, **{**QUIET, "kind": kind, "what": what, "note": note})[what] == role


@given(st.integers(10, 250), st.text("a漢é", max_size=40), st.text("b字", max_size=40), st.text(max_size=9))
def test_no_row_is_wider_than_the_log(width: int, what: str, target: str, note: str) -> None:
    safe = note.encode("ascii", "ignore").decode()
    assert cell_len(line(max(40, width), what=what, target=target, note=safe)) <= max(40, width)


def test_a_violation_of_an_authorization_needs_an_eye() -> None:
    step = {"kind": "auth", "what": "token", "id": "", "status": "", "latency": "", "size": "", "note": "no"}
    assert roles(118, **step, target="violation")["token"] == "warning"
    assert roles(118, **step, target="ok")["token"] == "muted"
