"""Bold, faint, red and green on a terminal; nothing at all anywhere else, or where NO_COLOR is set.

Only for text that was made safe before. Nothing is said by style alone.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Paint:
    """How to mark text on one stream.

    Attributes:
        on: Whether it is marked at all.
    """

    on: bool

    def strong(self, text: str) -> str:
        """A heading."""
        return self._marked("1", text)

    def faint(self, text: str) -> str:
        """What is beside the point."""
        return self._marked("2", text)

    def alarm(self, text: str) -> str:
        """The mark of a failure."""
        return self._marked("1;31", text)

    def added(self, text: str) -> str:
        """A line that comes, in a comparison."""
        return self._marked("32", text)

    def removed(self, text: str) -> str:
        """A line that goes."""
        return self._marked("31", text)

    def _marked(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.on and text else text


PLAIN = Paint(False)


def paint_for(stream: TextIO) -> Paint:
    """The marks that `stream` can show; https://no-color.org decides before the terminal does."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return PLAIN
    # The old Windows console prints escape sequences as they are; those that do not say so.
    return Paint(sys.platform != "win32" or "WT_SESSION" in os.environ or "ANSICON" in os.environ)
