"""Which lines of a JSON document are shown, and which are folded away. Draws nothing."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from inspector.app.widgets.json_lines import NOWHERE, JsonLines


class Folds:
    """Which lines are shown: all but those inside a folded container, and not the root of a tree.

    The root container of a document has no line of its own on screen: its members say what it is.
    """

    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines
        self._folded = array("I")
        self.rows: Sequence[int] = range(0)
        self.grow()

    @property
    def first(self) -> int:
        """The first line that is shown."""
        return 1 if len(self._lines) > 1 else 0

    @property
    def _foldable(self) -> bool:
        # Where a container ends is known only when all is read; and what is no JSON is shown as text.
        return self._lines.done and not self._lines.trouble

    def grow(self) -> None:
        """Take in the lines that were read since; folding begins when the document is complete."""
        if not self._folded:
            self.rows = range(self.first, len(self._lines))

    def row(self, line: int) -> int:
        """The row that shows `line`, or the container that hides it."""
        return min(max(0, bisect_right(self.rows, line) - 1), max(0, len(self.rows) - 1))

    def is_folded(self, line: int) -> bool:
        """Whether what is inside `line` is hidden."""
        at = bisect_left(self._folded, line)
        return at < len(self._folded) and self._folded[at] == line

    def fold(self, line: int) -> bool:
        """Hide what is inside `line`. Returns whether that changed anything."""
        if not self._foldable or not self._lines.is_container(line) or self.is_folded(line):
            return False
        self._folded.insert(bisect_left(self._folded, line), line)
        self._arrange()
        return True

    def unfold(self, line: int) -> bool:
        """Show what is inside `line`. Returns whether that changed anything."""
        if not self.is_folded(line):
            return False
        del self._folded[bisect_left(self._folded, line)]
        self._arrange()
        return True

    def reveal(self, line: int) -> None:
        """Unfold every container around `line`."""
        changed = False
        parent = self._lines.parent(line)
        while self._folded and parent != NOWHERE:
            if self.is_folded(parent):
                del self._folded[bisect_left(self._folded, parent)]
                changed = True
            parent = self._lines.parent(parent)
        if changed:
            self._arrange()

    def fold_to(self, depth: int) -> None:
        """Fold every container at `depth` or deeper, and unfold all above."""
        if self._foldable:
            self._folded = array("I", self._lines.containers(max(1, depth)))
            self._arrange()

    def unfold_all(self) -> None:
        """Show every line."""
        self._folded = array("I")
        self._arrange()

    def _arrange(self) -> None:
        """Make the rows anew: runs of lines between one folded container and the next that shows."""
        if not self._folded:
            self.rows = range(self.first, len(self._lines))
            return
        rows = array("I")
        line, folded = self.first, self._folded
        while line < len(self._lines):
            at = bisect_left(folded, line)
            if at == len(folded):
                rows.extend(range(line, len(self._lines)))
                break
            rows.extend(range(line, folded[at] + 1))
            line = self._lines.end(folded[at]) + 1
        self.rows = rows
