"""The HTTP headers that repeat a modern request's body, and the legality of `x-mcp-header` annotations.

Specification 2026-07-28, basic/transports/streamable-http, "Request Metadata". Pure functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.wire.repeated import encode

ANNOTATION = "x-mcp-header"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SAFE_INTEGER = 2**53 - 1
_PRIMITIVE = {"string", "integer", "boolean"}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const")
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Annotation:
    """A parameter that is repeated in a header.

    Attributes:
        path: The keys that lead to it in the arguments.
        header: The full name, `Mcp-Param-…`.
    """

    path: tuple[str, ...]
    header: str


def annotated(schema: Any) -> list[Annotation]:
    """The legal annotations of a tool's `inputSchema`, in its order. Never raises."""
    return [found for found, wrong in _judged(schema) if not wrong]


def problems(schema: Any) -> list[str]:
    """Why a conforming client hides this tool over HTTP: one sentence for each illegal annotation."""
    return [wrong for _, wrong in _judged(schema) if wrong] + _out_of_reach(schema)


def parameters(schema: Any, arguments: Any) -> dict[str, str]:
    """The `Mcp-Param-*` headers of one call.

    A parameter that is absent, null or no scalar has no header. A value that does not fit its schema, an
    integer beyond 2^53-1 among them, is repeated exactly as it stands in the body: the server is to judge it.
    """
    made: dict[str, str] = {}
    for annotation in annotated(schema):
        text = _spelled(_at(arguments, annotation.path))
        if text is not None:
            made[annotation.header] = encode(text)
    return made


def _at(arguments: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(arguments, Mapping):
            return None
        arguments = arguments.get(key)
    return arguments


def _spelled(value: Any) -> str | None:
    match value:
        case str():
            return value
        case bool() | int():
            return json.dumps(value)
        case float():
            return str(int(value)) if value.is_integer() else json.dumps(value)
    return None


def _judged(schema: Any) -> Iterator[tuple[Annotation, str]]:
    """Each annotation in reach, with what is wrong with it (empty if nothing is)."""
    seen: set[str] = set()
    for path, part in _reachable(schema, ()):
        if ANNOTATION not in part:
            continue
        name = part[ANNOTATION]
        where = ".".join(path) or "the schema itself"
        wrong = _wrong(name, part, path, where)
        if not wrong and name.lower() in seen:
            wrong = f"{ANNOTATION} {name!r} of {where} stands twice"
        if not wrong:
            seen.add(name.lower())
        yield Annotation(path, f"Mcp-Param-{name}"), wrong


def _wrong(name: Any, part: Mapping[str, Any], path: tuple[str, ...], where: str) -> str:
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        return f"{ANNOTATION} of {where} is not a header name: {name!r}"
    if not path:
        return f"{ANNOTATION} stands on the schema itself"
    declared = part.get("type")
    kinds = declared if isinstance(declared, list) else [declared]
    named = [kind for kind in kinds if kind != "null"]
    if not named or not all(isinstance(kind, str) and kind in _PRIMITIVE for kind in named):
        return f"{ANNOTATION} of {where} stands on type {declared!r}, not on string, integer or boolean"
    bounds = [part.get(key) for key in _BOUNDS]
    if any(type(bound) is int and abs(bound) > _SAFE_INTEGER for bound in bounds):
        return f"{ANNOTATION} of {where} allows integers beyond 2^53-1"
    return ""


def _reachable(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The schema and all that is reached from it through `properties` keys only."""
    if not isinstance(schema, Mapping) or len(path) > _DEEPEST:
        return
    yield path, schema
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        for name, part in properties.items():
            yield from _reachable(part, (*path, str(name)))


def _out_of_reach(schema: Any) -> list[str]:
    """Annotations that stand where no chain of `properties` leads."""
    reached = {id(part) for _, part in _reachable(schema, ())}
    found: list[str] = []
    waiting: list[tuple[Any, str]] = [(schema, "")]
    while waiting:  # a loop of our own: schemas nest deeper than Python's stack
        part, below = waiting.pop()
        if isinstance(part, list):
            waiting.extend((item, below) for item in part)
        elif isinstance(part, Mapping):
            if ANNOTATION in part and id(part) not in reached and below not in ("properties", "default"):
                found.append(f"{ANNOTATION} stands under {below!r}, where no chain of properties leads")
            waiting.extend((value, str(key)) for key, value in part.items())
    return found
