"""Reading what an authorization server or a metadata address answered: JSON of any shape, or none.

Nothing here raises for what came, and every value is handed on with the type that it is said to have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.session.auth.steps import Got
from inspector.wire.parse import parse

LIMIT = 512 * 1024
"""Bytes of a document."""
LONGEST = 65_536
"""Characters of one value; tokens that list a person's groups are the longest."""
_ODD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SHOWN = 200  # characters of an address in a sentence
MOST = 500
"""Entries of one list."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object, or the reason why there is none.

    Attributes:
        value: The object; empty where there is none.
        problem: In words, e.g. `answered 404`; empty for a document.
        faults: What is odd about a document that can be used all the same, in words.
    """

    value: Mapping[str, Any] = field(default_factory=dict, repr=False)
    problem: str = ""
    faults: tuple[str, ...] = ()

    def text(self, key: str) -> str:
        """A string; empty where there is none, or something else."""
        return text(self.value.get(key))

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of strings, without what is no string; `None` where there is no list."""
        value = self.value.get(key)
        if not isinstance(value, list):
            return None
        return tuple(entry for entry in map(text, value[:MOST]) if entry)

    def wrong(self, **types: type) -> list[str]:
        """Keys whose value is present, but of another type than this."""
        return [
            key
            for key, kind in types.items()
            if self.value.get(key) is not None and not isinstance(self.value[key], kind)
        ]


def text(value: object) -> str:
    """A string of sane length without control characters and halves of characters, or nothing."""
    if not isinstance(value, str) or len(value) > LONGEST or _ODD.search(value):
        return ""
    return value


def read(got: Got) -> Document:
    """The document that an answer with status 200 holds."""
    if got.status is None:
        return Document(problem=got.error or "gave no answer")
    if 300 <= got.status < 400:
        there = text(got.header("location"))[:_SHOWN]
        return Document(problem=f"redirects ({got.status}) to {there or 'nowhere'}, which is not followed")
    if got.status != 200:
        return Document(problem=f"answered {got.status}")
    return body(got)


def body(got: Got) -> Document:
    """The document in an answer's body, whatever its status."""
    kind = got.header("content-type").split(";")[0].strip().lower()
    if len(got.body) > LIMIT:
        return Document(problem=f"answered with more than {LIMIT // 1024} KiB")
    faults: list[str] = []
    try:
        value = parse(got.body.decode("utf-8-sig"), faults)
    except RecursionError:
        return Document(problem="answered with JSON that is nested too deeply")
    except ValueError:
        return Document(problem=_no_json(kind, got.body))
    if not isinstance(value, dict):
        return Document(problem="answered with JSON that is no object")
    said = [f"its JSON is odd: {fault}" for fault in dict.fromkeys(map(str, faults))]
    if kind != "application/json" and not kind.endswith("+json"):
        said.append(f"its content type is {kind or 'missing'} instead of application/json")
    return Document(value=value, faults=tuple(said))


def _no_json(kind: str, raw: bytes) -> str:
    if not raw.strip():
        return "answered with an empty body"
    if "html" in kind or raw.lstrip()[:1] == b"<":
        return "answered with a web page instead of JSON"
    return f"answered with something else than JSON ({kind or 'no content type'})"
