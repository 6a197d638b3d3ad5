"""Percentiles by nearest rank: exact while there are few values, to one in a hundred beyond."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.percentiles import ERROR, MOST, Percentiles

SHARES = (0.0, 0.01, 0.5, 0.95, 0.99, 1.0)


def nearest(values: list[float], share: float) -> float:
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=200))
def test_few_values_are_exact(values: list[float]) -> None:
    seen = Percentiles()
    for value in values:
        seen.add(value)
    assert seen.exact
    assert [seen.at(share) for share in SHARES] == [nearest(values, share) for share in SHARES]
    assert (seen.count, seen.least, seen.most) == (len(values), min(values), max(values))


@pytest.mark.parametrize("spread", [0.3, 3.0])
def test_many_values_are_right_to_one_in_a_hundred(spread: float) -> None:
    chance = random.Random(4)
    values = [max(1e-6, chance.lognormvariate(-4, spread)) for _ in range(3 * MOST)]
    seen = Percentiles()
    for value in values:
        seen.add(value)
    assert not seen.exact
    for share in SHARES:
        assert seen.at(share) == pytest.approx(nearest(values, share), rel=ERROR * 1.0001)
    assert (seen.at(0), seen.at(1)) == (pytest.approx(min(values), rel=ERROR * 1.0001), max(values))


def test_nothing_and_the_extremes() -> None:
    assert Percentiles().at(0.5) == 0
    seen = Percentiles()
    for value in [0.0] * MOST + [1e30]:
        seen.add(value)
    assert (seen.at(0.5), seen.at(1), seen.least) == (pytest.approx(1e-6), 1e30, 0)
