"""Whether the server still answers over HTTP: a fold over how its exchanges went.

There is no connection that could break in HTTP: only the next request tells that nobody is there any more.
It asks nothing by itself and knows no MCP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.widgets.exchange_columns import origin_of
from inspector.wire.event import Direction, Kind
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_SLICE = 8192
_UNREACHED = ("dns", "connect", "tls")
_LONGEST = 200


class Reach:
    """Looks at what is new in a journal, once a frame.

    Args:
        journal: What is folded.

    Attributes:
        lost: Why the server was not reached last time, safe for a terminal; empty while it answers.
    """

    def __init__(self, journal: Journal) -> None:
        self.lost = ""
        self._journal = journal
        self._seen = 0
        url = journal.header.target.get("url")
        self._origin = origin_of(url).lower() if isinstance(url, str) else ""

    def advance(self) -> None:
        """Take in what is new; reads the events of few exchanges only."""
        journal, first = self._journal, self._seen
        self._seen = min(len(journal), first + _SLICE)
        if not self._origin:
            return
        for seq in range(self._seen - 1, first - 1, -1):  # the newest that tells anything counts
            if journal.kind(seq) is Kind.HTTP and not journal.size(seq) and self._tells(seq):
                return

    def _tells(self, seq: int) -> bool:
        direction = self._journal.direction(seq)
        if direction is Direction.C2S:
            return False
        data = self._journal.data(seq)
        unreached = data.get("outcome") == "failed" and data.get("stage") in _UNREACHED
        if not (direction is Direction.S2C or unreached) or not self._of_server(seq):
            return False
        error = data.get("error")
        self.lost = clip(visible(str(error or "it was not reached")), _LONGEST) if unreached else ""
        return True

    def _of_server(self, seq: int) -> bool:
        """Whether its exchange went to the server itself, and not where that sent us."""
        number = self._journal.exchange(seq)
        rows = self._journal.rows_of_exchange(number) if number is not None else []
        url = self._journal.data(rows[0]).get("url") if rows else None
        return isinstance(url, str) and origin_of(url).lower() == self._origin
