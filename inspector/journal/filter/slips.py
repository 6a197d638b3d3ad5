"""Words that are meant as in another language: `!x`, `lat>5s`, `a || b`, `latency:>5s`.

As text they would find nothing, and nobody would know why. It reads one word; the grammar is in syntax.py.
"""

from __future__ import annotations

import difflib
import re

from inspector.journal.filter.fields import FIELDS

FALSE_FRIENDS = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
"""What other languages say, and what it is here."""

_LONGEST = 40
_OPERATOR = re.compile(r"==|!=|<=|>=|=~|[<>=]")
_HEAD = re.compile(r"([A-Za-z][A-Za-z_-]*):")
_ALSO = {"latency": "lat", "duration": "lat", "direction": "dir"}
"""What people call a field whose name is too far from it to be likely by its letters."""


def slip(word: str) -> tuple[str, str] | None:
    """What is wrong with a word that is no term yet, and what is expected instead; `None` if it is text."""
    if word in FALSE_FRIENDS:
        return f"{word} is not part of the language", FALSE_FRIENDS[word]
    text = f'"{word[:_LONGEST]}{"…" if len(word) > _LONGEST else ""}" in quotes for the text'
    if _OPERATOR.fullmatch(word):
        says = f"{word} has no path before it"
        return says, f"a field such as method:tools/call or lat:>500ms, a path before {word}, or {text}"
    if word[0] == "!" or (word[0] == "-" and _fields_name(word[1:], ":")):
        return f"{word[0]} is not part of the language", f"not {word[1:_LONGEST]}, or {text}"
    if (name := _fields_name(word)) and (operator := _OPERATOR.match(word, len(name))) is not None:
        meant = _as_field(name, operator[0], word[operator.end() :][:_LONGEST])
        return f"A colon is missing behind {name}", f"{meant}, or {text}"
    return _no_field(word)


def _fields_name(word: str, behind: str = "") -> str:
    """The field that a word begins with, as it stands there and with `behind` after it."""
    letters = re.match(r"[A-Za-z]+", word)
    known = letters is not None and letters[0].lower() in FIELDS and word.startswith(behind, letters.end())
    return letters[0] if letters is not None and known else ""


def _as_field(name: str, operator: str, value: str) -> str:
    not_ = "not " if operator == "!=" else ""
    if operator in ("<", "<=", ">", ">=") or FIELDS[name.lower()].sort in ("seconds", "moment", "bytes"):
        return f"{not_}{name}:{operator if operator[0] in '<>' else '='}{value}"
    return f"{not_}{name}:{value}"


def _no_field(word: str) -> tuple[str, str] | None:
    """A word with a colon that is so near to a field that it must be meant."""
    head = _HEAD.match(word)
    if head is None:
        return None
    name = head[1].lower()
    near = [_ALSO[name]] if name in _ALSO else difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.75)
    if not near:
        return None
    shown = head[1][:_LONGEST]
    return f"There is no field {shown}", f'{near[0]}: , or "{shown}:…" in quotes for the text'
