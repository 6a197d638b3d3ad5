"""Secrets in what is copied: a recording has their fingerprints only, so variables stand for them.

Which variable stands for what is told beside the text; the text itself fails where one is not set. The names
are made of names only: of a header, of an option, of a query's parameter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from inspector.copying.quoting import python_text, word

_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{8}(?![0-9a-f])")
_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,40})[=:] *(?:[A-Za-z]+ +)?$")
_TITLE = re.compile(r"-{0,2}([A-Za-z][A-Za-z0-9_-]{0,40})")
_SCHEMES = re.compile(r"(?:proxy-)?authorization", re.IGNORECASE)
_TAKEN = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "PWD",
        "TERM",
        "LANG",
        "IFS",
        "ENV",
        "HOSTNAME",
        "UID",
        "SECONDS",
    }
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that stands for a secret.

    Attributes:
        name: Letters, digits and underscores.
        of: What it is the value of, a few safe words.
    """

    name: str
    of: str


Parts: TypeAlias = Sequence[str | Variable]
"""A text with the secrets in it taken out."""


@dataclass(slots=True)
class Variables:
    """The variables of one copy, each secret one.

    Attributes:
        all: In the order in which they occur.
    """

    all: list[Variable] = field(default_factory=list)
    _by_secret: dict[str, Variable] = field(default_factory=dict)

    def parts(self, text: str, before: str = "", what: str = "") -> Parts:
        """`text` with variables for its fingerprints.

        Args:
            text: Redacted already.
            before: What stands before it, such as the option whose value it is.
            what: What it is of: `header`, `URL`, `argument`.
        """
        found: list[str | Variable] = []
        at = 0
        for secret in _FINGERPRINT.finditer(text):
            if secret.start() > at:
                found.append(text[at : secret.start()])
            found.append(
                self._variable(secret[0], text[: secret.start()], text[secret.end() :], before, what)
            )
            at = secret.end()
        return (*found, text[at:]) if at < len(text) or not found else tuple(found)

    def named(self, name: str, of: str) -> Variable:
        """A variable that the program had by this very name."""
        made = Variable(name, of)
        if made not in self.all:
            self.all.append(made)
        return made

    def notes(self) -> tuple[str, ...]:
        """What each stands for, a line each."""
        return tuple(f"Set {each.name} first: {each.of}." for each in self.all)

    def _variable(self, secret: str, left: str, right: str, before: str, what: str) -> Variable:
        if secret in self._by_secret:
            return self._by_secret[secret]
        title = _TITLE.fullmatch(before)
        named = _NAMED.search(left) or (_NAMED.search(f"{title[1]}: {left}") if title is not None else None)
        if "://" in left and right.lstrip(":").startswith("@"):
            says = "password"
        elif named is not None:
            says = "token" if _SCHEMES.fullmatch(named[1]) else named[1]
        else:
            says = "secret"
        made = Variable(self._free(says), f"the {says} of the {what}, which the recording does not hold")
        self._by_secret[secret] = made
        self.all.append(made)
        return made

    def _free(self, says: str) -> str:
        name = re.sub(r"[^A-Z0-9]+", "_", says.upper()).strip("_") or "SECRET"
        name = f"SECRET_{name}" if name in _TAKEN or not name[0].isalpha() else name
        taken, made, number = {each.name for each in self.all}, name, 1
        while made in taken:
            number += 1
            made = f"{name}_{number}"
        return made


def shell_word(parts: Parts) -> str:
    """One word of a shell's line; it stops the line where a variable is not set.

    Raises:
        UsageError: No word can hold it.
    """
    said = (f'"${{{part.name}:?}}"' if isinstance(part, Variable) else word(part) for part in _merged(parts))
    return "".join(said) or "''"


def python_expression(parts: Parts) -> str:
    """A Python expression for the text; it raises `KeyError` where a variable is not set."""
    said = [
        f'os.environ["{part.name}"]' if isinstance(part, Variable) else python_text(part)
        for part in _merged(parts)
    ]
    return " + ".join(said) or '""'


def _merged(parts: Parts) -> list[str | Variable]:
    """Texts that stand side by side as one; without empty ones."""
    found: list[str | Variable] = []
    for part in parts:
        before = found[-1] if found else None
        if isinstance(part, str) and isinstance(before, str):
            found[-1] = before + part
        elif part:
            found.append(part)
    return found
