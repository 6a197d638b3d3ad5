"""The lines of a JSON document: an index over its exact bytes.

One line is one value: a member of an object, an element of an array, or the document itself. The index
holds a handful of numbers a line in arrays and no object, so a document of many megabytes costs little
more than its own bytes; key and value are cut out of the bytes again when a line is looked at. That keeps
what a parser would lose: spelling of numbers, order of keys, duplicate keys, any depth.

Nothing here draws, and nothing here decides whether a message is valid: the tokenizer accepts a little more
than JSON (`NaN`, leading zeros, raw control characters in strings), since a debugger has to show those too.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from time import perf_counter
from typing import Final

OBJECT: Final = 0
ARRAY: Final = 1
STRING: Final = 2
NUMBER: Final = 3
WORD: Final = 4

NOWHERE: Final = 0xFFFF_FFFF
"""The parent of the root."""

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# Group 1 is empty and marks where the line starts; 2 to 5 are the value; 6 ends the container. Possessive
# quantifiers keep every pattern linear, also on a string of many megabytes that never ends.
_VALUE = (
    rb"(?:("
    + _STRING
    + rb")|(-?+[0-9][0-9.eE+-]*+)|((?:true|false|null|NaN|-?+Infinity)(?![A-Za-z0-9_]))|([{\[]))"
)
_SPACE = rb"[ \t\r\n]*+"
_KEY = _STRING + _SPACE + b":" + _SPACE


def _pattern(line: bytes, close: bytes = rb"(?!)") -> re.Pattern[bytes]:
    return re.compile(_SPACE + b"(?:" + line + _VALUE + b"|(" + close + b"))", re.DOTALL)


_ROOT = _pattern(b"()")
_FIRST = (_pattern(b"()" + _KEY, rb"\}"), _pattern(b"()", rb"\]"))
_NEXT = (_pattern(b"," + _SPACE + b"()" + _KEY, rb"\}"), _pattern(b"," + _SPACE + b"()", rb"\]"))
_LINE = (re.compile(b"(" + _STRING + b")" + _SPACE + b":" + _SPACE, re.DOTALL), re.compile(b""))
_TAIL = re.compile(_SPACE)
_SCALAR = (re.compile(rb""), re.compile(rb""), re.compile(_STRING, re.DOTALL), re.compile(rb"[0-9.eE+-]+"),
           re.compile(rb"-?[A-Za-z]+"))  # fmt: skip

_SLICE = 2_000
"""Tokens between two looks at the clock."""


class JsonLines:
    """The index of one document, built in slices.

    Args:
        body: The exact bytes.

    Attributes:
        body: The exact bytes.
        done: Whether the whole document has been read.
        trouble: Why the bytes are no JSON document, one clause; empty while they may be one.
        longest: Bytes of the longest line so far, without indentation.
    """

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.done = False
        self.trouble = ""
        self.longest = 0
        self._kind = bytearray()
        self._start = array("I")
        self._depth = array("I")
        self._parent = array("I")
        self._index = array("I")
        self._end = array("I")
        self._count = array("I")
        self._build: Iterator[None] = self._read()

    def __len__(self) -> int:
        return len(self._kind)

    def advance(self, budget: float) -> bool:
        """Read on for about `budget` seconds. Returns whether there is more to read."""
        until = perf_counter() + budget
        for _ in self._build:
            if perf_counter() >= until:
                return True
        return not self.done

    def kind(self, line: int) -> int:
        """`OBJECT`, `ARRAY`, `STRING`, `NUMBER` or `WORD`."""
        return self._kind[line]

    def depth(self, line: int) -> int:
        """Containers around the line; 0 for the root."""
        return self._depth[line]

    def parent(self, line: int) -> int:
        """The line of the container around it; `NOWHERE` for the root."""
        return self._parent[line]

    def end(self, line: int) -> int:
        """The last line inside a container; the line itself for a scalar."""
        return self._end[line]

    def count(self, line: int) -> int:
        """Members or elements of a container; 0 for a scalar."""
        return self._count[line]

    def is_container(self, line: int) -> bool:
        """Whether there is something inside to fold away."""
        return line < len(self._kind) and self._kind[line] <= ARRAY and self._count[line] > 0

    def index(self, line: int) -> int:
        """Position among its siblings, from 0."""
        return self._index[line]

    def key(self, line: int) -> bytes | None:
        """The key as it is spelled between its quotes; `None` outside objects."""
        parent = self._parent[line]
        if parent == NOWHERE or self._kind[parent] != OBJECT:
            return None
        found = _LINE[OBJECT].match(self.body, self._start[line])
        return found.group(1)[1:-1] if found else b""

    def span(self, line: int) -> tuple[int, int]:
        """Where the exact bytes of the line's value stand."""
        start = self._start[line]
        parent = self._parent[line]
        if parent != NOWHERE and self._kind[parent] == OBJECT:
            found = _LINE[OBJECT].match(self.body, start)
            start = found.end() if found else start
        kind = self._kind[line]
        if kind > ARRAY:
            scalar = _SCALAR[kind].match(self.body, start)
            return start, scalar.end() if scalar else start
        return start, self._close(line, start)

    def _close(self, line: int, start: int) -> int:
        """Where a container's closing bracket has been passed.

        After the last thing inside stand only space and brackets, one for each container that ends there:
        this one's is as many brackets on as it lies above that thing.
        """
        last = self._end[line]
        at = self.span(last)[1] if last != line and self._kind[last] > ARRAY else self._after_open(last)
        brackets = self._depth[last] - self._depth[line] + (1 if self._kind[last] <= ARRAY else 0)
        for _ in range(brackets):
            found = _TAIL.match(self.body, at)
            at = (found.end() if found else at) + 1
        return min(at, len(self.body))

    def _after_open(self, line: int) -> int:
        found = _LINE[OBJECT].match(self.body, self._start[line]) if self.key(line) is not None else None
        return (found.end() if found else self._start[line]) + 1

    def path(self, line: int) -> str:
        """The line's place as a JSONPath (RFC 9535), e.g. `$.params.arguments['my key'][0]`."""
        steps: list[str] = []
        while (parent := self._parent[line]) != NOWHERE:
            key = self.key(line)
            steps.append(f"[{self._index[line]}]" if key is None else _step(decode(key)))
            line = parent
        return "$" + "".join(reversed(steps))

    def at(self, offset: int) -> int:
        """The line that holds the byte at `offset`."""
        return max(0, bisect_right(self._start, offset) - 1)

    def start(self, line: int) -> int:
        """Where the line's key or value begins; the end of the bytes past the last line."""
        return self._start[line] if line < len(self._start) else len(self.body)

    def containers(self, depth: int) -> Iterator[int]:
        """The lines of all containers with something inside that lie at `depth` or deeper."""
        kinds, depths, counts = self._kind, self._depth, self._count
        return (i for i in range(len(kinds)) if kinds[i] <= ARRAY and counts[i] and depths[i] >= depth)

    def _read(self) -> Iterator[None]:
        """The tokenizer: one match a line, a stack of numbers, no recursion."""
        body, at = self.body, 3 if self.body.startswith(b"\xef\xbb\xbf") else 0
        kinds, starts, depths = self._kind, self._start, self._depth
        parents, indexes, ends, counts = self._parent, self._index, self._end, self._count
        stack = array("I")
        parent, kind, depth, index, line = NOWHERE, OBJECT, 0, 0, 0
        pattern = _ROOT
        tick = 0
        while (found := pattern.match(body, at)) is not None:
            tick += 1
            if not tick % _SLICE:
                yield
            token = found.lastindex or 0
            at = found.end()
            if token == 6:
                ends[parent], counts[parent] = line - 1, index
                index = indexes[parent] + 1
                parent = stack.pop()
                depth -= 1
            else:
                start = found.start(1)
                starts.append(start)
                depths.append(depth)
                parents.append(parent)
                indexes.append(index)
                ends.append(line)
                counts.append(0)
                self.longest = max(self.longest, at - start) if token != 5 else self.longest
                if token == 5:
                    kind = OBJECT if body[at - 1] == 0x7B else ARRAY
                    kinds.append(kind)
                    stack.append(parent)
                    parent, index, pattern = line, 0, _FIRST[kind]
                    depth += 1
                    line += 1
                    continue
                kinds.append(token)
                index += 1
                line += 1
            if parent == NOWHERE:
                break
            pattern = _NEXT[kinds[parent]]
        self._finish(at, depth, whole=parent == NOWHERE and line > 0)

    def _finish(self, at: int, depth: int, *, whole: bool) -> None:
        found = _TAIL.match(self.body, at)
        at = found.end() if found else at
        if not whole or at < len(self.body):
            if at >= len(self.body):
                open_ones = "1 bracket is" if depth == 1 else f"{depth} brackets are"
                self.trouble = f"it ends while {open_ones} open" if depth else "it is empty"
            else:
                self.trouble = f"it makes no sense from byte {at} on"
        self.done = True


def decode(spelled: bytes) -> str:
    """The text of what stands between the quotes of a JSON string; what cannot be decoded stays as it is."""
    text = spelled.decode("utf-8", "replace")
    if "\\" not in text:
        return text
    try:
        decoded = json.loads(f'"{text}"', strict=False)
    except ValueError:  # a bad escape, or a text that was cut inside one
        return text
    return decoded if isinstance(decoded, str) else text


def pattern_for(text: str) -> re.Pattern[bytes]:
    """What finds `text` in the bytes of a document, in upper or lower case, written out or as an escape."""
    return re.compile(b"".join(_spellings(character) for character in text), re.IGNORECASE)


def _spellings(character: str) -> bytes:
    # An ASCII letter is never escaped in practice, and a plain literal lets the search run at full speed.
    if character.isascii() and character.isprintable() and character not in '"\\/':
        return re.escape(character.encode())
    forms: list[bytes] = []
    for form in dict.fromkeys((character, character.lower(), character.upper())):
        forms.append(re.escape(form.encode("utf-8", "replace")))
        forms.append(re.escape(json.dumps(form)[1:-1].encode()))
        forms.append(re.escape(json.dumps(form, ensure_ascii=False)[1:-1].encode("utf-8", "replace")))
    if character == "/":
        forms.append(rb"\\/")
    return b"(?:" + b"|".join(dict.fromkeys(forms)) + b")"


_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def _step(key: str) -> str:
    if _PLAIN_KEY.match(key):
        return f".{key}"
    quoted = json.dumps(key, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{quoted}']"
