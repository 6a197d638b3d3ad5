"""What came back from the browser: an authorization response, however it reached us.

It takes a URL, a query, or a code that was pasted alone, and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

LIMIT = 65_536
"""Characters."""
_NAMES = ("code", "state", "iss", "error", "error_description", "error_uri")
_CODE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """An authorization response (RFC 6749 section 4.1.2, RFC 9207 section 2).

    Attributes:
        parameters: The ones that it may have, by name; the first of several of one name.
        twice: Names that it must not repeat, but does.
        problem: Why it is no response at all, in words; empty for a response.
        bare: It was a code alone.
    """

    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    twice: tuple[str, ...] = ()
    problem: str = ""
    bare: bool = False

    def get(self, name: str) -> str | None:
        return self.parameters.get(name)


def parse(came: object) -> Answer:
    """Read a response. Never raises."""
    if not isinstance(came, str) or not came.strip():
        return Answer(problem="it is empty")
    text = came.strip()
    if len(text) > LIMIT:
        return Answer(problem=f"it is longer than {LIMIT} characters")
    address, mark, query = text.partition("?")
    if not mark and "#" in text:
        address, mark, query = text.partition("#")
    if not mark:
        if "=" not in text or "://" in text:
            return _bare(text)
        query = address
    pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True, errors="replace")
    found: dict[str, str] = {}
    twice: list[str] = []
    for name, value in pairs:
        if name in found:
            twice.append(name)
        elif name in _NAMES:
            found[name] = value
    if not found:
        return (
            _bare(text)
            if "://" not in text and not mark
            else Answer(problem="it carries neither code nor error")
        )
    return Answer(found, tuple(dict.fromkeys(twice)))


def _bare(text: str) -> Answer:
    """A code without anything around it, as some servers show it for copying."""
    if "://" in text:
        return Answer(problem="it carries neither code nor error")
    if not _CODE.fullmatch(text):
        return Answer(problem="it is neither a URL nor a code")
    return Answer({"code": text}, bare=True)
