"""What a server's `WWW-Authenticate` headers ask for.

A parser of RFC 9110 section 11.6.1 that takes anything: what does not fit the grammar is skipped and
noted. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LIMIT = 16_384
"""Characters of all headers together that are looked at."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|\Z))")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACE = re.compile(r"[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_GAP = re.compile(r"[ \t,]*")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One challenge.

    Attributes:
        name: As sent, e.g. `Bearer`.
        parameters: By name in lower case; the first of several of one name.
        token68: Instead of parameters.
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    token68: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Bearer challenges of a response ask for (RFC 6750 section 3, RFC 9728 section 5.1).

    Attributes:
        schemes: Every challenge, in order, of any scheme.
        resource_metadata, scope, error, error_description: Of the first Bearer challenge that has each; a
            DPoP challenge counts where there is no Bearer one.
        faults: What did not fit the grammar, in words.
    """

    schemes: tuple[Scheme, ...] = ()
    resource_metadata: str = ""
    scope: str = ""
    error: str = ""
    error_description: str = ""
    faults: tuple[str, ...] = ()

    @property
    def bearer(self) -> bool:
        """Whether there is a Bearer challenge at all."""
        return any(scheme.name.lower() == "bearer" for scheme in self.schemes)


def asked(headers: Iterable[tuple[str, str]]) -> Asked:
    """Read every `WWW-Authenticate` header of a response."""
    values = [value for name, value in headers if name.lower() == "www-authenticate"]
    faults: list[str] = []
    schemes: list[Scheme] = []
    left = LIMIT
    for value in values:
        if len(value) > left:
            faults.append(f"the challenges are longer than {LIMIT} characters")
        schemes += _schemes(value[:left], faults)
        left = max(0, left - len(value))
    wanted = [scheme for scheme in schemes if scheme.name.lower() == "bearer"]
    wanted += [scheme for scheme in schemes if scheme.name.lower() == "dpop"]
    return Asked(
        schemes=tuple(schemes),
        resource_metadata=_first(wanted, "resource_metadata"),
        scope=" ".join(_first(wanted, "scope").split()),
        error=_first(wanted, "error"),
        error_description=_first(wanted, "error_description"),
        faults=tuple(dict.fromkeys(faults)),
    )


def _first(schemes: Sequence[Scheme], name: str) -> str:
    return next((scheme.parameters[name] for scheme in schemes if name in scheme.parameters), "")


def _schemes(text: str, faults: list[str]) -> list[Scheme]:
    """The challenges of one header. Each turn takes at least one character, so that it ends."""
    found: list[Scheme] = []
    at = _end(_GAP, text, 0)
    while at < len(text):
        name = _TOKEN.match(text, at)
        if name is None:
            at = _skip(text, at, faults)
        elif found and _EQUALS.match(text, name.end()):
            at = _parameter(text, name, found, faults)
        else:
            at = _begin(text, name, found)
        at = _end(_GAP, text, at)
    return found


def _begin(text: str, name: re.Match[str], found: list[Scheme]) -> int:
    """A new challenge, with its token68 where it has one."""
    at = _end(_SPACE, text, name.end())
    token = _TOKEN68.match(text, at) if at > name.end() else None
    # A lone token before a comma is a token68; a token before "=" is the name of a parameter.
    if token is not None and token.end() > at:
        found.append(Scheme(name[0], {}, token[0]))
        return token.end()
    found.append(Scheme(name[0]))
    return at


def _parameter(text: str, name: re.Match[str], found: list[Scheme], faults: list[str]) -> int:
    at = _end(_EQUALS, text, name.end())
    quoted, bare = _QUOTED.match(text, at), _TOKEN.match(text, at)
    if quoted is not None:
        value, at = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), quoted.end()
    elif bare is not None:
        value, at = _unquoted(text, at, faults)
    else:
        return _skip(text, at, faults)
    key, last = name[0].lower(), found[-1]
    if key in last.parameters:
        faults.append(f"the parameter {key!r} is given twice")
        return at
    found[-1] = Scheme(last.name, {**last.parameters, key: value}, last.token68)
    return at


def _unquoted(text: str, at: int, faults: list[str]) -> tuple[str, int]:
    """A value without quotes. Servers leave them away around URLs, which are then no tokens."""
    end = at
    while end < len(text) and text[end] not in ' \t,"':
        end += 1
    if not _TOKEN.fullmatch(text, at, end):
        faults.append("a value that needs quotes has none")
    return text[at:end], end


def _skip(text: str, at: int, faults: list[str]) -> int:
    faults.append("it does not follow the grammar of RFC 9110 section 11.6.1")
    comma = text.find(",", at)
    return len(text) if comma < 0 else comma + 1


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
