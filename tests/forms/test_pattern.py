"""The estimate: everyday patterns pass, every known way to make an engine backtrack does not."""

from __future__ import annotations

import re
import warnings

import pytest

from inspector.forms.pattern import affordable


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("^[a-z]+$", 1000),
        ("^(red|green|blue)$", 1000),
        (r"^\d{4}-\d{2}-\d{2}$", 1000),
        ("^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", 36),
        (r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$", 50),
        ("^[a-z]+(-[a-z]+)*$", 12),
        (r"^[)(*+?{}|]\(\)$", 100),
    ],
)
def test_everyday_patterns_are_run(pattern: str, length: int) -> None:
    assert affordable(pattern, length)


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("(a+)+$", 30),
        ("^(a|a)*$", 40),
        ("^(a|aa)+$", 40),
        ("^(?:(?:a+)+)+$", 30),
        ("^(a?){40}a{40}$", 40),
        ("^" + "a?" * 40 + "a" * 40, 40),
        ("a*a*a*a*a*b", 1000),
        ("^((a*)*)*$", 25),
        ("x" * 5000, 10),
        ("(", 1),
        ("*", 1),
        ("(" * 900, 1),
    ],
)
def test_what_could_run_for_ever_is_not(pattern: str, length: int) -> None:
    assert not affordable(pattern, length)


def test_python_says_nothing_on_the_terminal_about_a_pattern() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        re.purge()
        assert affordable("[[a]&&b--c||d~~e]", 10)
    assert said == []
