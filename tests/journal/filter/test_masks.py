"""Masks say of a stretch of rows what is true of each of its rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.columns import ASIDE, FLAWED, MADE, STATUS_AT, pack
from inspector.journal.filter.masks import Flags, Piece, unanswered
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind, Shape

Word = tuple[Kind, Direction, Shape, Status, int]
_words = st.tuples(
    st.sampled_from(Kind),
    st.sampled_from(Direction),
    st.sampled_from(Shape),
    st.sampled_from(Status),
    st.sampled_from([0, FLAWED, MADE, MADE | ASIDE, FLAWED | MADE | ASIDE]),
)


def piece_of(words: list[int], peers: list[int] | None = None) -> Piece:
    journal = Journal.create(target={"argv": ["x"]})
    for word in words:
        journal.columns.add(0, 0.0, word, 0, 0, 0, 0)
    for row, peer in enumerate(peers or ()):
        journal.columns.peer[row] = peer
    return Piece(journal, 0, len(words))


@given(st.lists(_words, min_size=1, max_size=40), st.sampled_from(Status), st.booleans())
def test_flags_are_what_is_true_of_each_row(words: list[Word], wanted: Status, aside: bool) -> None:
    piece = piece_of([pack(*word[:3]) | word[3] << STATUS_AT | word[4] for word in words])
    for flags, meant in (
        (Flags(lambda kind, *_: kind is Kind.NOTE, aside=aside), lambda word: word[0] is Kind.NOTE),
        (Flags(lambda *each: each[2] in (Shape.ERROR, Shape.BATCH), aside=aside), _error_or_batch),
        (Flags(lambda *each: each[3] == wanted, aside=aside), lambda word: word[3] is wanted),
        (Flags(lambda *each: sum(each) % 3 == 0, aside=aside), lambda word: sum(word[:4]) % 3 == 0),
    ):
        rows = [row for row, word in enumerate(words) if meant(word) and (aside or not word[4] & ASIDE)]
        assert piece.rows(flags.mask(piece)) == rows


def _error_or_batch(word: Word) -> bool:
    return word[2] in (Shape.ERROR, Shape.BATCH)


def test_rows_without_another_half() -> None:
    piece = piece_of([0] * 5, [-1, 0, 255, 1 << 20, -1])
    assert piece.rows(unanswered(piece)) == [0, 4]
