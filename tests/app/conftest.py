"""What all tests of the app share: style sheets are read once a process, and notices stay."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.notifications import Notification

_READ: dict[tuple[Any, ...], list[RuleSet]] = {}
_read_anew = Stylesheet._parse_rules


def _read(self: Stylesheet, css: str, *args: Any, **options: Any) -> list[RuleSet]:
    key = (css, *args, *sorted(options.items()), *sorted(self._variables.items()))
    if key not in _READ:
        _READ[key] = _read_anew(self, css, *args, **options)
    return _READ[key]


@pytest.fixture(autouse=True, scope="session")
def _style_sheets_once() -> None:
    """Textual reads all of them again for each app: a tenth of the time of these tests."""
    Stylesheet._parse_rules = _read  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _notices_stay() -> None:
    """None goes by itself before a test has looked, however long the machine stands still meanwhile."""
    Notification.time_left = property(lambda notice: notice.timeout * 3600)  # type: ignore[assignment]
