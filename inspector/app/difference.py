"""What is different between two JSON values, as lines for two columns. Pure; no widget, no journal.

Objects are compared member by member, arrays by their items, texts line by line; a text that is JSON on
both sides is compared as JSON. Work is bounded by time, rows and the length of lines, and what was left
out is said. All lines are safe for a terminal.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from inspector.app.aligning import ADDED, REMOVED, SAME, aligned
from inspector.forms import json_text
from inspector.wire.visible import visible

CONTEXT: Final = 3
"""Equal lines that are kept on either side of a difference."""
LONGEST: Final = 2.0
"""Seconds."""
MOST_ROWS: Final = 20_000
_DEEPEST = 60  # levels; what is below is compared as one line
_WIDEST = 400  # characters of a line
_HASHED = 20_000_000  # characters of items that are written down to be compared
_EACH = 200  # of them, for what each item costs by itself
_INDENT = 2
_BEFORE = 60  # characters before the first difference of two long lines

CHANGED, SKIPPED, NOTE = "changed", "skipped", "note"


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        kind: `same`, `changed`, `removed`, `added`; `skipped` says how many equal lines are left out, `note`
            that the rest is.
        left: The line of the first value; empty where it has none. Both are the same where nothing differs.
        right: The line of the second.
        path: Of a difference: keys and indexes, joined by dots.
    """

    kind: str
    left: str = ""
    right: str = ""
    path: str = ""

    @property
    def differs(self) -> bool:
        """Whether it is a difference."""
        return self.kind in (CHANGED, REMOVED, ADDED)


def difference(left: Any, right: Any) -> list[Row]:
    """The differences of two parsed values with some lines around them; no row that differs: none.

    Takes up to `LONGEST` seconds: use a thread.
    """
    walk = _Walk()
    try:
        walk.pair(0, "", left, right, ())
    except _Enough:
        walk.out.note("… the rest is not compared: that would take too long")
    except RecursionError:
        walk.out.note("… the rest is not compared: it is nested too deeply")
    return walk.out.end()


class _Enough(Exception):
    """Time or rows are spent."""


class _Rows:
    """Collects rows; of long runs of equal ones only the ends."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._last: deque[str] = deque(maxlen=CONTEXT + 1)  # a mark in place of one line gains nothing
        self._left_out = 0
        self._after = 0  # equal lines since the last difference
        self._until = time.monotonic() + LONGEST
        self._ticks = 0

    def _tick(self) -> None:
        self._ticks += 1
        if len(self.rows) > MOST_ROWS or (not self._ticks % 64 and time.monotonic() > self._until):
            raise _Enough

    def same(self, line: str) -> None:
        self._tick()
        if self.rows and self._after < CONTEXT:
            self._after += 1
            self.rows.append(Row(SAME, line, line))
        else:
            self._left_out += len(self._last) == CONTEXT + 1
            self._last.append(line)

    def differ(self, row: Row) -> None:
        self._tick()
        if self._left_out:
            self._left_out += 1
            self._last.popleft()
        self._skip()
        self.rows += [Row(SAME, line, line) for line in self._last]
        self._last.clear()
        self._after = 0
        self.rows.append(row)

    def note(self, says: str) -> None:
        self._left_out += len(self._last)
        self._last.clear()
        self._skip()
        self.rows.append(Row(NOTE, says, says))

    def end(self) -> list[Row]:
        alone = not self._left_out and len(self._last) == 1
        if alone or not self.rows:  # where nothing differs some of it is enough
            self.rows += [Row(SAME, line, line) for line in self._last]
            self._last.clear()
        self._left_out += len(self._last)
        self._skip()
        return self.rows

    def _skip(self) -> None:
        if self._left_out:
            says = f"⋯ {self._left_out} equal line{'s' * (self._left_out > 1)}"
            self.rows.append(Row(SKIPPED, says, says))
        self._left_out = 0


Path = tuple[str | int, ...]


class _Walk:
    def __init__(self) -> None:
        self.out = _Rows()
        self._hashed = _HASHED

    def pair(self, depth: int, key: str, left: Any, right: Any, path: Path) -> None:
        """Two values in the same place."""
        if depth < _DEEPEST:
            if isinstance(left, dict) and isinstance(right, dict):
                inner = self._head(depth, key, "{}" if not left and not right else "")
                self._members(inner, left, right, path)
                return
            if isinstance(left, list) and isinstance(right, list):
                inner = self._head(depth, key, "[]" if not left and not right else "")
                self._items(inner, left, right, path)
                return
            if (
                isinstance(left, str)
                and isinstance(right, str)
                and self._texts(depth, key, left, right, path)
            ):
                return
        if _is_container(left) or _is_container(right):
            if depth >= _DEEPEST and json_text.write(left) == json_text.write(right):
                self.out.same(_line(depth, key, left))
                return
            self._only(REMOVED, depth, key, left, path)
            self._only(ADDED, depth, key, right, path)
        elif type(left) is type(right) and (left == right or left != left):
            self.out.same(_line(depth, key, left))
        else:
            one, other = _window(json_text.write(left), json_text.write(right))
            row = Row(CHANGED, _shown(depth, key, one), _shown(depth, key, other), _path(path))
            self.out.differ(row)

    def _head(self, depth: int, key: str, empty: str) -> int:
        """The line above the members of a container; returns the depth of those."""
        if not key and not depth and not empty:
            return depth
        self.out.same(_shown(depth, key, empty))
        return depth + 1

    def _members(self, depth: int, left: dict[str, Any], right: dict[str, Any], path: Path) -> None:
        for name in [*left, *(name for name in right if name not in left)]:
            if name not in right:
                self._only(REMOVED, depth, name, left[name], (*path, name))
            elif name not in left:
                self._only(ADDED, depth, name, right[name], (*path, name))
            else:
                self.pair(depth, name, left[name], right[name], (*path, name))

    def _items(self, depth: int, left: list[Any], right: list[Any], path: Path) -> None:
        for tag, at, one, other in aligned(self._written(left), self._written(right)):
            if tag == SAME:
                self.pair(depth, str(other), left[one], right[other], (*path, other))
            elif tag == REMOVED:
                self._only(REMOVED, depth, str(one), left[one], (*path, at))
            else:
                self._only(ADDED, depth, str(other), right[other], (*path, at))

    def _written(self, items: list[Any]) -> list[str] | range:
        """What items are told apart by; by nothing where that would cost too much."""
        if len(items) < 2:
            return range(len(items))
        made: list[str] = []
        try:
            for item in items:
                made.append(json.dumps(item, sort_keys=True))
                self._hashed -= len(made[-1]) + _EACH
                if self._hashed < 0:
                    return range(len(items))
        except (TypeError, ValueError, RecursionError):
            return range(len(items))
        return made

    def _texts(self, depth: int, key: str, left: str, right: str, path: Path) -> bool:
        """Two texts, as JSON or by their lines; returns whether that was done."""
        if left == right and "\n" not in left:
            return False
        one, other = _container_in(left), _container_in(right)
        respelled = left != right and json_text.equal(one, other)  # that is a difference of texts alone
        if one is not None and other is not None and not respelled:
            self.pair(depth, f"{key} (JSON in a text)", one, other, path)
            return True
        if "\n" not in left and "\n" not in right:
            return False
        self.out.same(_shown(depth, key, "│"))
        before, after = left.split("\n"), right.split("\n")
        for tag, _, at, to in aligned(before, after):
            old = before[at] if tag != ADDED else ""
            new = after[to] if tag != REMOVED else ""
            if tag == SAME and old == new:
                self.out.same(_text(depth, old))
                continue
            kind = CHANGED if tag == SAME else tag
            old, new = _window(old, new) if kind == CHANGED else (old, new)
            left_line = _text(depth, old) if kind != ADDED else ""
            right_line = _text(depth, new) if kind != REMOVED else ""
            self.out.differ(Row(kind, left_line, right_line, _path(path)))
        return True

    def _only(self, kind: str, depth: int, key: str, value: Any, path: Path) -> None:
        """A value that one side has alone."""
        for line in _lines(depth, key, value):
            left, right = (line, "") if kind == REMOVED else ("", line)
            self.out.differ(Row(kind, left, right, _path(path)))


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | list)


def _container_in(text: str) -> Any:
    """The object or array that a text is; `None` where it is none."""
    if not text[:100].lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if _is_container(value) else None


def _lines(depth: int, key: str, value: Any) -> Iterator[str]:
    """All lines of a value."""
    work: list[tuple[int, str, Any]] = [(depth, key, value)]
    while work:
        depth, key, value = work.pop()
        if not value or not _is_container(value) or depth >= _DEEPEST:
            if isinstance(value, str) and "\n" in value:
                yield _shown(depth, key, "│")
                yield from (_text(depth, line) for line in value.split("\n"))
            else:
                yield _line(depth, key, value)
            continue
        yield _shown(depth, key, "")
        members = value.items() if isinstance(value, dict) else enumerate(value)
        work.extend((depth + 1, str(name), below) for name, below in reversed(list(members)))


def _line(depth: int, key: str, value: Any) -> str:
    return _shown(depth, key, json_text.write(value))


def _shown(depth: int, key: str, words: str) -> str:
    named = f"{key[:_WIDEST]}: {words}" if words else key[:_WIDEST]
    return visible(" " * (_INDENT * depth) + _cut(named if key else words))


def _text(depth: int, line: str) -> str:
    return visible(f"{' ' * (_INDENT * depth)}│ {_cut(line).expandtabs(4)}")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… ({len(text)} characters)"


def _window(one: str, other: str) -> tuple[str, str]:
    """Two long lines from a little before where they begin to differ."""
    if max(len(one), len(other)) <= _WIDEST:
        return one, other
    at, end = 0, min(len(one), len(other))
    while at < end:  # so far they are the same; letter by letter takes seconds
        middle = (at + end + 1) // 2
        if one[at:middle] == other[at:middle]:
            at = middle
        else:
            end = middle - 1
    start = max(0, at - _BEFORE)
    return (one, other) if not start else (f"… {one[start:]}", f"… {other[start:]}")


def _path(path: Path) -> str:
    return visible(".".join(str(step)[:80] for step in path))
