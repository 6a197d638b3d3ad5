"""Which scopes are asked for."""

from __future__ import annotations

import pytest

from inspector.session.auth.scope import choose, missing, union


def test_union_and_missing_keep_the_order() -> None:
    assert union("b a", "a c", "") == "b a c"
    assert missing("a b", "c a d c") == "c d"


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ({"challenged": "a b", "supported": ["x"]}, "a b"),
        ({"supported": ["x", "y"]}, "x y"),
        ({}, ""),
        ({"supported": []}, ""),
        ({"supported": ["x"], "server": ["x", "z", "offline_access"]}, "x offline_access"),
        ({"supported": ["x"], "server": ["x"]}, "x"),
        ({"server": ["x", "offline_access"]}, ""),
        ({"supported": ["x", "offline_access"], "server": ["x"]}, "x"),
        ({"supported": ["x"], "server": ["offline_access"], "offline": False}, "x"),
        ({"challenged": "b", "previous": "a"}, "a b"),
        ({"given": "only this", "challenged": "a", "server": ["offline_access"]}, "only this"),
        ({"given": "", "challenged": "a"}, ""),
    ],
)
def test_the_strategy_of_the_specification(said: dict[str, object], scope: str) -> None:
    defaults: dict[str, object] = {"given": None, "challenged": "", "supported": None, "server": None}
    chosen, why = choose(**(defaults | said))  # type: ignore[arg-type]
    assert chosen == scope
    assert why
