"""Arguments that were sent before: of this session by its journal, of others by the user's file.

It shows nothing. `Recall` says what was sent to an item, `Steps` walks through that and back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from inspector.forms.json_text import equal
from inspector.forms.unset import UNSET
from inspector.kept.arguments import MOST, Remembered, server_key
from inspector.wire.event import Direction, Shape

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.journal.journal import Journal
    from inspector.kept.arguments import ArgumentHistory

_MOST_LOOKED_AT = 500  # requests of one session
_LONGEST = 100_000  # bytes of a request
_METHODS = {"tools": "tools/call", "prompts": "prompts/get"}


class Recall:
    """What was sent to the items of one server.

    Args:
        journal: This session, or a recording.
        history: The user's file; `None` where nothing is remembered from session to session.
    """

    def __init__(self, journal: Journal, history: ArgumentHistory | None) -> None:
        self._journal = journal
        self._history = history

    def of(self, item: Item) -> list[Remembered]:
        """What was sent to `item`, the newest first, nothing twice."""
        kept = self._history.of(self._server, item.section, item.key) if self._history is not None else []
        found: list[Remembered] = []
        for one in (*self._of_session(item), *kept):
            again = next((at for at, other in enumerate(found) if equal(other.value, one.value)), -1)
            if again < 0:
                found.append(one)
            elif found[again].at is None and one.at is not None:
                found[again] = one
        return found[:MOST]

    def keep(self, item: Item, value: Any) -> None:
        """Remember for other sessions what was sent; where nothing is remembered, do nothing."""
        if self._history is not None:
            self._history.keep(self._server, item.section, item.key, value, item.schema)

    @property
    def _server(self) -> str:
        name = self._journal.catalogue.server_info.get("name")
        return server_key(name if isinstance(name, str) else "", self._journal.header.target)

    def _of_session(self, item: Item) -> Iterator[Remembered]:
        method = _METHODS.get(item.section)
        if method is None:
            return
        rows = self._journal.rows_with_method(method)
        for seq in reversed(rows[-_MOST_LOOKED_AT:]):
            asked = (
                self._journal.direction(seq) is Direction.C2S and self._journal.shape(seq) is Shape.REQUEST
            )
            if asked and not self._journal.aside(seq) and self._journal.size(seq) <= _LONGEST:
                value = _arguments(self._journal.body(seq), item.key)
                if value is not UNSET:
                    yield Remembered(value, when=f"at {self._journal.time(seq):.3f} s")


def _arguments(body: bytes, name: str) -> Any:
    """The arguments of a request to `name`; `UNSET` where it is another's, or has none."""
    try:
        params = json.loads(body)["params"]
        same = params["name"] == name
        value = params.get("arguments")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return UNSET
    # A round trip repeats the arguments beside what was asked: the first leg has them already.
    return value if same and isinstance(value, dict) and "inputResponses" not in params else UNSET


class Steps:
    """A walk through what was sent, begun at what is typed: that is the newest of all, and is kept.

    Attributes:
        typed: What stood there when the walk began.
        shown: What the walk has put there last.
    """

    def __init__(self, found: Sequence[Remembered], typed: Any) -> None:
        self._found = [one for one in found if not equal(one.value, typed)]
        self._at = -1
        self.typed = typed
        self.shown = typed

    def step(self, by: int) -> bool:
        """Go to older ones (1) or back to newer ones (-1); False where there is no such one."""
        to = self._at + by
        if not -1 <= to < len(self._found):
            return False
        self._at = to
        self.shown = self.typed if to < 0 else self._found[to].value
        return True

    def says(self, now: float | None = None) -> str:
        """Where the walk is: `3 of 7 · 2 min ago · token was left out`."""
        if not self._found:
            return "Nothing else was sent that is remembered"
        if self._at < 0:
            return f"What you typed · {len(self._found)} sent before"
        one = self._found[self._at]
        parts = [f"{self._at + 1} of {len(self._found)}"]
        if one.at is not None:
            parts.append(ago((time.time() if now is None else now) - one.at))
        elif one.when:
            parts.append(one.when)
        if one.left_out:
            parts.append(f"{', '.join(one.left_out)} {'were' if len(one.left_out) > 1 else 'was'} not kept")
        return " · ".join(parts)


def ago(seconds: float) -> str:
    """How long ago, in one unit: `2 min ago`."""
    if seconds < 60:
        return "just now"
    for size, unit in ((86_400 * 365, "year"), (86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if unit in ('year', 'day') and count > 1 else ''} ago"
    return ""
