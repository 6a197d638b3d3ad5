from __future__ import annotations

import pytest

from inspector.journal import view as views
from inspector.journal.view import View
from inspector.wire.event import Direction, Kind

from .conftest import Scribe


def found(view: View) -> list[int]:
    while view.advance(1.0):
        pass
    return [view[at] for at in range(len(view))]


@pytest.fixture
def filled(scribe: Scribe) -> Scribe:
    scribe.asks(1, "tools/call", {"name": "Get-Sum"})  # 0
    scribe.replies(1, {"text": "größe"})  # 1
    scribe.answers(b'{"jsonrpc":"2.0","id":2,"result":{"text":"gr\\u00f6\\u00dfe \\ud83d\\ude00"}}')  # 2
    scribe.journal.append(Kind.STDERR, Direction.S2C, b'a "quoted" C:\\path')  # 3
    scribe.journal.append(Kind.STDERR, Direction.S2C, b"raw \xff needle")  # 4
    scribe.client("warning", says="careful with that")  # 5
    scribe.answers(b"not json")  # 6
    return scribe


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("get-sum", [0, 1]),
        ("TOOLS/", [0, 1]),
        ("c2s", [0]),
        ("request tools", [0]),
        ("größe", [1, 2]),
        ("GRÖSSE", []),
        ("GRÖ", [1, 2]),
        ("😀", [2]),
        ('"quoted"', [3]),
        ("c:\\path", [3]),
        ("needle", [4]),
        ("NEEDLE raw", [4]),
        ("stderr", [3, 4]),
        ("stderr quoted", [3]),
        ("careful that", [5]),
        ("careful json", []),
        ("not-json", [6]),
        ("request", [0]),
        ("s2c", [1, 2, 3, 4, 6]),
        ("seq", []),
        ("size", []),
        ("nowhere", []),
        ("", [0, 1, 2, 3, 4, 5, 6]),
        ("   ", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
@pytest.mark.parametrize("piece", [1, 300, 1 << 18])
def test_words(
    filled: Scribe, text: str, rows: list[int], piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_PIECE", piece)
    assert found(View(filled.journal, text)) == rows


def test_a_body_that_holds_the_key_of_base64_is_no_trap(scribe: Scribe) -> None:
    scribe.answers(b'{"base64":"needle"}')
    scribe.journal.append(Kind.STDERR, Direction.S2C, b"\xff")
    assert found(View(scribe.journal, "needle")) == [0]


def test_a_reply_that_comes_later_is_found_with_its_request(scribe: Scribe) -> None:
    view = View(scribe.journal, "get-sum")
    scribe.asks(1, "tools/call", {"name": "get-sum"})
    scribe.asks(2, "tools/call", {"name": "echo"})
    assert found(view) == [0]
    scribe.replies(2, {})
    assert found(view) == [0]
    scribe.replies(1, {})
    assert found(view) == [0, 3]


def test_it_goes_on_with_what_is_new(filled: Scribe) -> None:
    view = View(filled.journal, "careful")
    assert found(view) == [5]
    assert view.scanned == 1.0
    filled.client("warning", says="careful again")
    assert view.scanned < 1.0
    assert found(view) == [5, 7]


def test_the_budget_is_kept_by_pieces(filled: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_PIECE", 1)
    view = View(filled.journal, "careful")
    steps = 0
    while view.advance(0.0):
        steps += 1
    assert steps == 6
    assert [view[at] for at in range(len(view))] == [5]


def test_places(filled: Scribe) -> None:
    view = View(filled.journal, "stderr")
    assert found(view) == [3, 4]
    assert [view.index(seq) for seq in (0, 3, 4, 5)] == [0, 0, 1, 2]
    assert 3 in view
    assert 5 not in view
    assert "x" not in view
    everything = View(filled.journal)
    assert len(everything) == 7
    assert [everything.index(seq) for seq in (-1, 3, 99)] == [0, 3, 7]
    assert (everything[0], everything[-1]) == (0, 6)
    assert everything.scanned == 1.0
    assert not everything.advance(1.0)
    with pytest.raises(IndexError):
        everything[7]


def test_an_empty_journal(scribe: Scribe) -> None:
    view = View(scribe.journal, "x")
    assert not view.advance(1.0)
    assert (len(view), view.scanned) == (0, 1.0)
