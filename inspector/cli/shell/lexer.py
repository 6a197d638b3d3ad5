"""A line taken apart into words as a POSIX shell does it, with the place of each.

Quotes and backslashes are those of `shlex` in POSIX mode; nothing is expanded. Unlike in `shlex` a `#`
begins a comment only where a word could begin, as in a shell: URIs have fragments. The places are for
completing a word that is still being typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.errors import UsageError

_BLANK = " \t\r\n"
_QUOTES = {"'": "single", '"': "double"}
_PLAIN = re.compile(r"[^\s'\"\\#@\[][^\s'\"\\]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """One word.

    Attributes:
        text: What it means.
        start: Where it begins in the line, quotes included.
        end: Where it ends.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A line as words.

    Attributes:
        words: In order; the last one may be unfinished.
        open: The quote, or the backslash, that the line leaves unfinished; empty where it leaves none.
    """

    words: tuple[Word, ...]
    open: str = ""


def scan(line: str) -> Scanned:
    """Take a line apart; never fails."""
    words: list[Word] = []
    text: list[str] = []
    start, quote, at = -1, "", 0
    while at < len(line):
        character = line[at]
        following = line[at + 1 : at + 2]
        at += 1
        if quote and character == quote:
            quote = ""
        elif character == "\\" and (not quote or (quote == '"' and following in ('"', "\\"))):
            start = at - 1 if start < 0 else start
            if not following:
                return Scanned((*words, Word("".join(text), start, at)), "\\")
            text.append(following)
            at += 1
        elif quote:
            text.append(character)
        elif character in _BLANK:
            if start >= 0:
                words.append(Word("".join(text), start, at - 1))
            text, start = [], -1
        elif character == "#" and start < 0:
            return Scanned(tuple(words))
        else:
            start = at - 1 if start < 0 else start
            if character in _QUOTES:
                quote = character
            else:
                text.append(character)
    if start >= 0:
        words.append(Word("".join(text), start, len(line)))
    return Scanned(tuple(words), quote)


def split(line: str) -> list[str]:
    """The words of a line; none for a comment or a blank line.

    A line that begins with `[` is a JSON array of the words, for programs: nothing needs to be quoted.

    Raises:
        UsageError: A quote is not ended, or the array is none of texts.
    """
    if line.lstrip().startswith("["):
        return _array(line)
    scanned = scan(line)
    if scanned.open == "\\":
        raise UsageError("The line ends with a backslash", next="Leave it out, or write two of them")
    if scanned.open:
        where = scanned.words[-1].start + 1
        raise UsageError(
            f"A {_QUOTES[scanned.open]} quote is not ended, in the word that begins at column {where}",
            next=f"End it with {scanned.open}",
        )
    return [word.text for word in scanned.words]


def _array(line: str) -> list[str]:
    from inspector.cli.words import parse_json

    words = parse_json(line, "The line", 'For example ["call", "echo", "text=hi"]')
    if not all(isinstance(word, str) for word in words):
        raise UsageError(
            "A line that is a JSON array holds texts alone", next='For example ["call", "add", "a=1"]'
        )
    return list(words)


def quoted(text: str) -> str:
    """`text` as one word of a line."""
    if _PLAIN.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"
