"""The words of a command line in the order that Typer wants: the verb first, then its options.

Options may stand anywhere before `--`; the server is what follows `--`, or else the first word that is
a URL, or else a name: the last word (`list github`), or the one before the verb (`github list`). Which
options take a value is told by the verbs themselves, so that there is one table of them.
This module decides nothing about what the words mean.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from inspector.errors import UsageError
from inspector.journal.redact import redact_url

OPEN = "open"
"""The verb that is meant where none is given: open the app."""

_URL_STARTS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Line:
    """A command line, taken apart.

    Attributes:
        words: The verb, its options and its positional words, for Typer.
        command: What followed the first `--`, untouched; `None` without one.
        url: The server's URL; `None` where there is none.
        name: What a host's configuration calls the server; `None` where the line names none.
    """

    words: tuple[str, ...]
    command: tuple[str, ...] | None = None
    url: str | None = None
    name: str | None = None


def split_at_dashes(argv: Sequence[str]) -> tuple[list[str], tuple[str, ...] | None]:
    """The words before the first `--`, and those after it."""
    if "--" not in argv:
        return list(argv), None
    at = list(argv).index("--")
    return list(argv[:at]), tuple(argv[at + 1 :])


def arrange(
    argv: Sequence[str],
    verbs: Collection[str],
    takes_value: Mapping[str, bool],
    nameless: Collection[str] = (),
) -> Line:
    """Take a command line apart.

    Args:
        argv: Everything after the program's name.
        verbs: The verbs there are.
        takes_value: Every option of every verb, and whether a value follows it.
        nameless: The verbs that connect to nothing that has a name.

    Raises:
        UsageError: The first word is no verb, or an option lacks its value.
    """
    words, command = split_at_dashes(argv)
    options, rest = _sort(words, takes_value)
    url = name = None
    if command is None:
        url = next(filter(is_url, rest), None)
        if url is not None:
            rest.remove(url)
        elif rest:
            name = _take_name(rest, verbs, nameless)
    if not rest:
        return Line(("--help",) if _asks_help(options) else (OPEN, *options), command, url, name)
    if rest[0] not in verbs:
        raise _no_verb(rest, verbs, dashes=command is not None)
    return Line((rest[0], *options, *rest[1:]), command, url, name)


_OWN_WORDS = {"auth": 1}
"""Verbs whose first words are never a server's name, because they make sense without a server."""
_NO_NAME = re.compile(r"""[-./~{[\"].*|.*[=:].*""", re.DOTALL)
"""What stands where a name may: options, paths, JSON, `key=value`, URIs."""


def _take_name(rest: list[str], verbs: Collection[str], nameless: Collection[str]) -> str | None:
    """Take the word that names a server out of the words of a line that has no other server."""
    if rest[0] in verbs:
        at, own = -1, 1 + _OWN_WORDS.get(rest[0], 0)
        if rest[0] in nameless or len(rest) <= own:
            return None
    else:
        at = 0
        if len(rest) > 1 and (rest[1] not in verbs or rest[1] in nameless):
            return None
    return None if not rest[at] or _NO_NAME.fullmatch(rest[at]) else rest.pop(at)


def is_url(word: str) -> bool:
    """Whether `word` names a server by itself."""
    return word.lower().startswith(_URL_STARTS)


# `localhost:3000/mcp`, `//host/mcp`, `ws://host/mcp`: what people write where a URL is wanted.
_ALMOST_A_URL = re.compile(
    r"(?:(?:\w*:)?//(?=\w)|(?=localhost\b|[\w.-]+:\d))([\w.-]+(?::\d+)?(?:/\S*)?)", re.IGNORECASE
)


def url_meant(word: str) -> str:
    """The URL that `word` comes close to; empty where it is nothing of the kind."""
    found = _ALMOST_A_URL.fullmatch(word)
    return f"http://{found[1]}" if found else ""


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def no_url(word: str) -> UsageError | None:
    """The error for a word that stands where a URL does and is none; `None` for one that looks otherwise."""
    meant = url_meant(word)
    if not meant and not _SCHEME.match(word):
        return None
    return UsageError(
        f"{redact_url(word)!r} is no URL that begins with http:// or https://",
        next=f"Did you mean {redact_url(meant)}?" if meant else "Give one like http://localhost:8000/mcp",
    )


def two_servers(second: str) -> UsageError:
    """The error for a line that names a URL where there is a server already."""
    return UsageError(
        f"The line names two servers, and {redact_url(second)} is one too many",
        next="Give a command after --, or one URL",
    )


def _asks_help(options: Sequence[str]) -> bool:
    return "--help" in options or "-h" in options


def _sort(words: Sequence[str], takes_value: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Options with their values, and the positional words."""
    options: list[str] = []
    rest: list[str] = []
    coming = iter(words)
    for word in coming:
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        options.append(word)
        if takes_value.get(word, False):  # `--name=value` and `-nvalue` are one word, and not in the table
            value = next(coming, None)
            if value is None:
                raise UsageError(f"{word} needs a value", next="mcp-inspect --help lists the options")
            options.append(value)
    return options, rest


def _no_verb(rest: Sequence[str], verbs: Collection[str], *, dashes: bool) -> UsageError:
    """The sentence for a first word that means nothing here."""
    if is_url(rest[0]):
        return two_servers(rest[0])
    says = f"{rest[0]!r} is neither a verb nor a URL"
    if len(rest) == 1 and (meant := url_meant(rest[0])):
        return UsageError(says, next=f"Did you mean {meant}?")
    close = difflib.get_close_matches(rest[0], [verb for verb in verbs if verb != OPEN], n=1)
    if close:
        return UsageError(says, next=f"Did you mean {close[0]}?")
    if dashes:
        return UsageError(says, next=f"The verbs are {', '.join(sorted(set(verbs) - {OPEN}))}")
    # Without the options of the line: a header among them may be a secret, and this ends up in logs.
    line = shlex.join(["mcp-inspect", "--", *rest])
    return UsageError(says, next=f"Did you forget -- before the server's command? {line}")
