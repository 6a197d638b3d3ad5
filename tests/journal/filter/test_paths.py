from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.filter.paths import holds
from inspector.journal.filter.syntax import parse
from inspector.journal.filter.terms import Path

DOCUMENT: Any = {
    "a": {"b c": [1, 2.5, "x", None, True, {"n": "Oslo"}], "empty": {}},
    "name": "größe",
    "zero": 0,
    "big": 10**30,
}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("$", True),
        ("$.a", True),
        ("$.b", False),
        ("$.a.empty", True),
        ('$.a["b c"][0]', True),
        ('$.a["b c"][-1].n', True),
        ('$.a["b c"][6]', False),
        ("$.a[0]", False),
        ("$.name[0]", False),
        ("$.*", True),
        ("$.a.empty[*]", False),
        ('$.a["b c"][*] == 2.5', True),
        ('$.a["b c"][*] == 1', True),
        ('$.a["b c"][3] == null', True),
        ('$.a["b c"][4] == true', True),
        ('$.a["b c"][4] == 1', False),
        ('$.a["b c"][0] == true', False),
        ("$.zero == false", False),
        ("$.zero != 1", True),
        ("$.nothing != 1", False),
        ("$.zero <= 0", True),
        ("$.zero < 0", False),
        ("$.big > 1e29", True),
        ("$.big >= 1e31", False),
        ('$.name > "a"', True),
        ("$.name > 1", False),
        ("$.name =~ /^GRÖ/i", True),
        ("$.zero =~ /0/", False),
        ('$.a["b c"][*].n == "Oslo"', True),
    ],
)
def test_what_stands_at_a_path(text: str, there: bool) -> None:
    path = parse(text)
    assert isinstance(path, Path)
    assert holds(DOCUMENT, path) == there


def test_there_is_an_end_to_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.journal.filter.paths._MOST", 10)
    path = parse("$[*][*] == 1")
    assert isinstance(path, Path)
    assert not holds([[0] * 20, [1]], path)
