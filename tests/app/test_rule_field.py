"""Where the filter of a rule begins while it is typed."""

from __future__ import annotations

import pytest

from inspector.app.widgets.rule_field import _actions, filter_at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", -1),
        ("ho", -1),
        ("hold", -1),
        ("hold ", 4),
        ("hold method:to", 4),
        ("delay 500ms", -1),
        ("delay 500ms every 3 method:tools/call tool:a", 19),
        ("delay often ", -1),
        ('error -32603 "out of order" tool:', 27),
        ('replace {"a": 1} tool:', 16),
    ],
)
def test_the_filter_begins_behind_the_action(text: str, at: int) -> None:
    assert filter_at(text) == at


def test_the_first_word_is_offered_with_what_it_means() -> None:
    found = _actions("d", 1)
    assert [option.text for option in found.options] == ["delay 500ms ", "drop ", "duplicate "]
    assert all(option.says for option in found.options)
    assert (found.start, found.end) == (0, 1)
    assert _actions("delay x", 7).options == ()
