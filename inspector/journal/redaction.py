"""The user's own rules for what must not be written down: by names, by places in messages, by patterns.

They come beside what is always left out (`inspector.journal.redact`), and hold for both directions. A value
becomes a fingerprint, so that equal ones can be told from different ones; other bytes of a message stay as
they are. What crosses the wire is not touched: a journal writes down, folds and shows what is left. How JSON
is gone through is the business of `inspector.journal.redact_json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from inspector.errors import UsageError
from inspector.journal.redact import fingerprint
from inspector.settings import config_path, read_table

if TYPE_CHECKING:
    from inspector.journal.filter.spans import Spans
    from inspector.journal.redact_json import JsonRules

KEYS = ("names", "paths", "patterns")
_ESCAPED = re.compile(r"\\u00(2[dD]|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])")
"""Of a letter, a digit, `-` or `_`: what a name may be spelt with, and mean the same."""
_LIMIT = 0.05
"""Seconds for a pattern on one text. What takes longer is left out as a whole."""
_MOST = 200  # rules; each is looked for in every message
_LONGEST = 200  # characters of a name


class Redaction:
    """Rules, and what they leave of a text, a message or the facts of an event.

    Args:
        names: Of members, headers, options and parameters. Case, `-` and `_` say nothing.
        paths: Places in a message, as the filter language writes them: `$.params.arguments.password`.
        patterns: Regular expressions; what they match in texts goes.

    Raises:
        UsageError: One sentence why a rule cannot be meant.
    """

    def __init__(
        self, names: Iterable[str] = (), paths: Iterable[str] = (), patterns: Iterable[str] = ()
    ) -> None:
        self.names = tuple(dict.fromkeys(names))
        self.paths = tuple(dict.fromkeys(paths))
        self.patterns = tuple(dict.fromkeys(patterns))
        self._plain_names = frozenset(map(plain_name, self.names))
        self._named = _named(self.names)
        self._searches: list[Spans] = []
        self._check()

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self.names or self.paths or self.patterns)

    def _check(self) -> None:
        if len(self.names) + len(self.paths) + len(self.patterns) > _MOST:
            raise UsageError(f"There are more than {_MOST} rules of redaction")
        for name in self.names:
            if not plain_name(name) or len(name) > _LONGEST:
                raise UsageError(f"{name!r} is no name to leave out", next="For example password or api-key")
        for path in self.paths:
            path_steps(path)
        if self.patterns:
            from inspector.journal.filter.spans import Spans  # most have no patterns

            for pattern in self.patterns:
                try:
                    self._searches.append(Spans(pattern))
                except ValueError as wrong:
                    raise UsageError(f"{pattern!r} cannot be looked for. {wrong}") from None

    def header(self) -> dict[str, Any]:
        """What a recording says of them. A pattern may hold a secret itself, so they are only counted."""
        said = {"names": list(self.names), "paths": list(self.paths), "patterns": len(self.patterns)}
        return {"redaction": {key: value for key, value in said.items() if value}}

    def means(self, name: str) -> bool:
        """Whether what is called so is left out."""
        return bool(self._plain_names) and plain_name(name) in self._plain_names

    @cached_property
    def _json(self) -> JsonRules:
        from inspector.journal.redact_json import JsonRules  # read when the first message comes

        return JsonRules([path_steps(path) for path in self.paths], self.means, self.text)

    def body(self, body: bytes, *, message: bool = False) -> bytes:
        """What is left of bytes: of JSON by all rules, of any other text by names and patterns.

        Args:
            body: Of a message, a line, a body.
            message: It is meant as a message. One that is no JSON and has a name in it is left out whole.
        """
        if not body:
            return body
        text = body.decode("utf-8", "surrogateescape")
        if message or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
            clean = self._json.clean(text, protected=message)
            if clean is not None:
                return body if clean == text else clean.encode("utf-8", "surrogateescape")
            plain = plain_name(text)
            if message and any(name in plain for name in self._plain_names):
                return f"{fingerprint(text)} ({len(body)} bytes that are no JSON and name a secret)".encode()
        clean = self.text(text)
        return body if clean == text else clean.encode("utf-8", "surrogateescape")

    def text(self, text: str) -> str:
        """What is left of a text: `NAME=…`, `NAME: …` and what patterns match go."""
        if self._named is not None:
            spelt = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)  # of JSON within a text
            if spelt != text and len(self._named.findall(spelt)) != len(self._named.findall(text)):
                text = spelt
            text = self._named.sub(_hidden, text)
        for search in self._searches:
            found = search.find(text, _LIMIT)
            if found is None:
                return f"{fingerprint(text)} ({len(text)} characters that took too long to look through)"
            for start, end in reversed(found):
                text = text[:start] + fingerprint(text[start:end]) + text[end:]
        return text

    def facts(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What is left of the facts of an event; `what` and the names of its own members stay."""
        return {name: value if name == "what" else self._fact(name, value) for name, value in data.items()}

    def target(self, target: Mapping[str, Any]) -> dict[str, Any]:
        """What is left of what a header says of its target."""
        return {name: self._fact(name, value) for name, value in target.items()}

    def _fact(self, name: str, value: Any) -> Any:
        if name in ("headers", "argv") and isinstance(value, list | tuple):
            return self._pairs(value) if name == "headers" else self._argv(value)
        return self._inside(value)

    def _inside(self, value: Any, depth: int = 0) -> Any:
        match value:
            case str():
                return self.text(value)
            case Mapping() if depth < 50:
                return {
                    str(key): _whole(each) if self.means(str(key)) else self._inside(each, depth + 1)
                    for key, each in value.items()
                }
            case list() | tuple() if depth < 50:
                return [self._inside(each, depth + 1) for each in value]
        return value

    def _pairs(self, pairs: Sequence[Any]) -> list[Any]:
        return [
            [pair[0], _whole(pair[1]) if self.means(str(pair[0])) else self._inside(pair[1])]
            if isinstance(pair, list | tuple) and len(pair) == 2
            else self._inside(pair)
            for pair in pairs
        ]

    def _argv(self, words: Sequence[Any]) -> list[Any]:
        made: list[Any] = []
        option = ""
        for word in words:
            hidden = option and self.means(option) and isinstance(word, str)
            made.append(_whole(word) if hidden else self._inside(word))
            option = word.lstrip("-") if isinstance(word, str) and word.startswith("-") else ""
        return made


def plain_name(name: str) -> str:
    """A name as it is compared: `API_Key`, `api-key` and `apikey` are one."""
    return name.replace("-", "").replace("_", "").strip().casefold()


def path_steps(path: str) -> tuple[Any, ...]:
    """The steps of a path of the filter language: texts, places from 0, `STAR`.

    Raises:
        UsageError: It is no such path.
    """
    from inspector.journal.filter.error import FilterError
    from inspector.journal.filter.syntax import parse
    from inspector.journal.filter.terms import Path

    try:
        node = parse(path)
    except FilterError:
        node = None
    steps = node.steps if isinstance(node, Path) and not node.op else ()
    if not steps or any(isinstance(step, int) and step < 0 for step in steps):
        says = f"{path!r} is no place in a message"
        raise UsageError(says, next="For example $.params.arguments.password or $.result.content[*].text")
    return steps


def redaction_of(table: Mapping[str, Any], given: Iterable[str] = ()) -> Redaction | None:
    """The rules of a table `[redact]` and of options beside it; `None` where there are none.

    Args:
        table: `names`, `paths` and `patterns`, each a list of texts.
        given: As `--redact` takes them: a path begins with `$`, a pattern stands between slashes.

    Raises:
        UsageError: A rule cannot be meant, or the table says something else.
    """
    rules: dict[str, list[str]] = {key: [] for key in KEYS}
    for key, value in table.items():
        fits = isinstance(value, list) and all(isinstance(each, str) and each for each in value)
        if key not in rules or not fits:
            says = f"redact.{key} is a list of texts" if key in rules else f"there is no setting redact.{key}"
            raise UsageError(f"{config_path()}: {says}", next=f"There are {', '.join(KEYS)}")
        rules[key] += value
    for text in given:
        if text.startswith("$"):
            rules["paths"].append(text)
        elif len(text) > 2 and text.startswith("/") and text.endswith("/"):
            rules["patterns"].append(text[1:-1])
        else:
            rules["names"].append(text)
    made = Redaction(**rules)
    return made or None


_GIVEN: list[str] = []


def also_redact(rules: Iterable[str]) -> None:
    """Let every recording that this program begins from now on follow these rules as well.

    Raises:
        UsageError: One cannot be meant.
    """
    rules = list(rules)
    redaction_of({}, rules)
    _GIVEN[:] = rules


def configured_redaction() -> Redaction | None:
    """The rules of the user's configuration and of this program's options, for a recording that begins.

    Raises:
        UsageError: The configuration cannot be read, or a rule cannot be meant: nothing must be written then.
    """
    return redaction_of(read_table("redact"), _GIVEN)


def _whole(value: Any) -> str:
    return fingerprint(value if isinstance(value, str) else repr(value))


def _named(names: Sequence[str]) -> re.Pattern[str] | None:
    """What finds `NAME=VALUE`, `"NAME": "VALUE"` and the like in a text, in time by its length."""
    if not names:
        return None
    spelt = "|".join("[-_]{0,2}".join(map(re.escape, re.sub(r"[-_\s]", "", name))) for name in names)
    return re.compile(
        rf"(?<![A-Za-z0-9])((?:{spelt})\\?[\"']?\s{{0,8}}[:=]\s{{0,8}})"
        r"(\\?\"(?:[^\"\\]++|\\[^\"])*+\\?\"|'[^']*+'|(?:(?:Bearer|Basic)\s)?[^\s\"',;&{}\[\]()]++)",
        re.IGNORECASE,
    )


def _hidden(found: re.Match[str]) -> str:
    value = found[2]
    mark = '\\"' if value.startswith('\\"') else value[0] if value[0] in "\"'" else ""
    bare = value[len(mark) : len(value) - len(mark)] if mark else value
    return f"{found[1]}{mark}{fingerprint(bare) if bare else ''}{mark}"
