"""What a person is shown of a change: a unified diff in which nothing stands that might be secret.

Of the neighbourhood only names are shown: every value that is not command or argument of the entry, and every
comment, is an ellipsis, because tokens stand in both. The lines are not safe for a terminal.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace

from inspector.hosts.editing.change import is_toml, place_of, quoted
from inspector.hosts.editing.json_text import STRING as JSON_STRING
from inspector.hosts.editing.spans import Place, Span
from inspector.hosts.editing.toml_text import STRING as TOML_STRING
from inspector.hosts.editing.toml_text import values_in
from inspector.hosts.facts import words
from inspector.hosts.recording import recorded
from inspector.hosts.server import Server

_AROUND = 3  # lines before and after
_LONG = 120  # characters of a line beside the entry, beyond which they are left out
_JSON = re.compile(
    r"(?P<comment>//[^\r\n]*+|/\*.*?\*/)"
    rf"|(?:(?P<string>{JSON_STRING})|[^\s,:\[\]{{}}\"/]++)(?P<key>(?=\s*:))?",
    re.DOTALL,
)
_TOML = re.compile(
    r"(?P<comment>#[^\r\n]*+)"
    rf"|(?:(?P<string>{TOML_STRING})|[^\s,#\[\]{{}}\"'=]++)(?P<key>(?=[ \t]*[=.]))?",
    re.DOTALL,
)
_PLAIN = frozenset({"true", "false", "null", "stdio", "http", "sse", "custom"})


def diff(server: Server, before: bytes, after: bytes) -> list[str]:
    """A unified diff of two texts of the server's file; lines without their ends, none for equal ones."""
    old, new = (_lines(server, raw.decode("utf-8")) for raw in (before, after))
    same = _same(old, new)
    tail = _same(old[same:][::-1], new[same:][::-1])
    skipped = max(same - _AROUND, 0)
    ends = [len(each) - max(tail - _AROUND, 0) for each in (old, new)]
    name = server.file.name
    found = list(
        difflib.unified_diff(
            old[skipped : ends[0]], new[skipped : ends[1]], name, name, n=_AROUND, lineterm=""
        )
    )
    return [_moved(line, skipped) if line.startswith("@@") else line for line in found]


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (this, that) in pairs if this != that), min(len(one), len(other)))


def _moved(line: str, by: int) -> str:
    """The head of a hunk for lines that were counted from another one."""
    return re.sub(r"([-+])(\d+)", lambda each: f"{each[1]}{int(each[2]) + by}", line)


def _lines(server: Server, text: str) -> list[str]:
    """The text as it may be shown."""
    place = place_of(server, text)
    toml = is_toml(server.file)
    open_ = _open(server, text, place)
    values = iter(values_in(text)) if toml else iter((Span(0, len(text)),))
    value = next(values, None)
    made: list[str] = []
    length = at = 0
    cuts = (place.entry.start, place.entry.end)
    marks: list[int] = []  # the same in what is made
    for token in (_TOML if toml else _JSON).finditer(text):
        marks += [length + cut - at for cut in cuts if at <= cut <= token.start()]
        while value is not None and value.end <= token.start():
            value = next(values, None)
        of_a_key = token["key"] is not None or value is None or token.start() < value.start
        made += text[at : token.start()], open_.get(token.start()) or _veiled(token, of_a_key)
        length += sum(map(len, made[-2:]))
        at = token.end()
    marks += [length + cut - at for cut in cuts if at <= cut]
    return _near("".join((*made, text[at:])), marks[0], marks[-1])


def _near(text: str, start: int, end: int) -> list[str]:
    """The lines of a text; where one of them is as long as a document, only what is near to the entry."""
    begins, ends = text.rfind("\n", 0, start) + 1, f"{text}\n".index("\n", end)
    head = "… " if start - begins > _LONG else text[begins:start]
    rest = " …" if ends - end > _LONG else text[end:ends]
    near = f"{text[:begins]}{head}{text[start:end]}{rest}{text[ends:]}"
    return near.removesuffix("\n").replace("\r\n", "\n").split("\n")


def _open(server: Server, text: str, place: Place) -> dict[int, str]:
    """What may be shown of command and arguments, by where each stands: without what sounds secret."""
    toml = is_toml(server.file)
    spans = [place.command.value, *place.elements]
    spelt = [each.of(text) for each in spans]
    argv = tuple(map(_toml_word if toml else _json_word, spelt))
    found = recorded(argv)
    front = found.front if found is not None else ()
    command, *args = argv[len(front) :]
    safe = (*front, *words(replace(server, command=command, args=tuple(args))))
    return {
        span.start: literal if word == said else quoted(said)
        for span, literal, word, said in zip(spans, spelt, argv, safe, strict=True)
    }


def _json_word(spelt: str) -> str:
    return _text(json.loads(spelt))


def _toml_word(spelt: str) -> str:
    return _text(tomllib.loads(f"word = {spelt}")["word"])


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=repr)


def _veiled(token: re.Match[str], of_a_key: bool) -> str:
    """What stands in the place of a word, a string or a comment; its line breaks stay."""
    if token["comment"] is not None:
        mark = token[0][:2] if token[0][0] == "/" else "#"
        return _each(token[0]) if "\n" in token[0] else f"{mark} …"
    if of_a_key or token[0].strip("\"'") in _PLAIN:
        return token[0]
    if token["string"] is None:
        return "…"
    return '"…"' if "\n" not in token[0] else _each(token[0])


def _each(text: str) -> str:
    return re.sub(r"[^\r\n]+", "…", text)
