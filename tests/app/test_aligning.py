"""Which items of two sequences belong together, also where that is made to cost much."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app import aligning
from inspector.app.aligning import ADDED, REMOVED, SAME, aligned

texts = st.lists(st.sampled_from("abcdefghij"), max_size=12)


def shown(left: list[str], right: list[str]) -> tuple[list[str], list[str], int]:
    """What stands on either side, put together again, and how many equal items were found."""
    one, other, equal = [], [], 0
    for tag, place, at, to in aligned(left, right):
        if tag != ADDED:
            assert tag == SAME or place == at
            one.append(left[at])
        if tag != REMOVED:
            assert place == to
            other.append(right[to])
        equal += tag == SAME and left[at] == right[to]
    return one, other, equal


@given(texts, texts, st.sampled_from([0, 4, 1_000_000]), st.sampled_from([0, 1_000]))
def test_every_item_is_told_once_and_in_order(
    left: list[str], right: list[str], square: int, anchored: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aligning, "_SQUARE", square)
        patch.setattr(aligning, "_ANCHORED", anchored)
        assert shown(left, right)[:2] == (left, right)


def test_what_stands_once_on_either_side_holds_long_sequences_together() -> None:
    left = [str(n) for n in range(30_000)]
    right = ["new", *(line if n % 2 else f"{line}!" for n, line in enumerate(left)), "end"]
    one, other, equal = shown(left, right)
    assert (one, other, equal) == (left, right, 15_000)


def test_long_sequences_are_never_matched_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    class Counted(SequenceMatcher[str]):
        def __init__(self, junk: None, a: list[str], b: list[str], autojunk: bool) -> None:
            sizes.append(len(a) * len(b))
            super().__init__(junk, a, b, autojunk)

    monkeypatch.setattr(aligning, "SequenceMatcher", Counted)
    left = [str(n // 2) for n in range(8_000)]  # each twice: nothing holds them together
    right = [str(n // 2) if n % 4 else "x" for n in range(8_000)]
    assert shown(left, right)[:2] == (left, right)
    left = [line for n in range(40) for line in (f"anchor {n}", *map(str, range(n, n + 500)))]
    right = [line for n in range(40) for line in (f"anchor {n}", *map(str, range(n + 1, n + 501)))]
    assert shown(left, right)[:2] == (left, right)
    assert sum(sizes) <= 4_000_000
