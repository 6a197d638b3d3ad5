"""One schema, straightened out: local references followed, `allOf` of simple schemas merged, null set apart.

References into the same document only; nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Schema = Mapping[str, Any]

_MOST_STEPS = 32
# Of two schemas that are merged, the outer one's words describe the field.
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "$comment", "$id", "$schema"}
)


@dataclass(frozen=True, slots=True)
class Straight:
    """A schema without references.

    Attributes:
        schema: The merged schema; its parts may hold references again.
        refs: The references on the way from the root to here, to see circles.
        nullable: Null is allowed beside what `schema` says.
    """

    schema: Schema
    refs: frozenset[str]
    nullable: bool = False


def straighten(root: Any, schema: Any, refs: frozenset[str]) -> Straight | None:
    """`schema` without `$ref` and `allOf` at its top, or `None` where it cannot be had that simply."""
    nullable = False
    for _ in range(_MOST_STEPS):
        if not isinstance(schema, Mapping):
            return None
        if "$ref" in schema:
            ref = schema["$ref"]
            if not isinstance(ref, str) or ref in refs:
                return None
            refs |= {ref}
            step = _merge(_without(schema, "$ref"), lookup(root, ref))
        elif "allOf" in schema:
            step = _merge_all(schema)
        elif (rest := _not_null(schema)) is not None:
            nullable = True
            step = rest
        else:
            return Straight(schema, refs, nullable)
        if step is None:
            return None
        schema = step
    return None


def lookup(root: Any, ref: str) -> Any:
    """What a local reference (`#`, `#/$defs/name`) points at; `None` if it is not local or leads nowhere."""
    if ref == "#":
        return root
    if not ref.startswith("#/"):
        return None
    here = root
    for part in ref[2:].split("/"):
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(here, Mapping) and key in here:
            here = here[key]
        elif (
            isinstance(here, list)
            and key.isascii()
            and key.isdigit()
            and len(key) < 9
            and int(key) < len(here)
        ):
            here = here[int(key)]
        else:
            return None
    return here


def _without(schema: Schema, key: str) -> Schema:
    return {name: value for name, value in schema.items() if name != key}


def _merge_all(schema: Schema) -> Schema | None:
    parts = schema["allOf"]
    if not isinstance(parts, list):
        return None
    merged: Schema | None = _without(schema, "allOf")
    for part in parts[:_MOST_STEPS]:
        merged = None if merged is None else _merge(merged, part)
    return merged if len(parts) <= _MOST_STEPS else None


def _merge(outer: Schema, inner: Any) -> Schema | None:
    """Both at once, or `None` where they say different things about the same keyword."""
    if inner is True:
        return outer
    if not isinstance(inner, Mapping):
        return None
    merged = dict(outer)
    for key, value in inner.items():
        if key not in merged:
            merged[key] = value
        elif key == "properties":
            both = _merge_properties(merged[key], value)
            if both is None:
                return None
            merged[key] = both
        elif key == "required" and isinstance(value, list) and isinstance(merged[key], list):
            merged[key] = [*merged[key], *value]
        elif key in ("$defs", "definitions", "allOf") and type(value) is type(merged[key]):
            # Looked up from the root alone; two lists of `allOf` are one.
            merged[key] = [*merged[key], *value] if key == "allOf" else merged[key]
        elif key not in _ANNOTATIONS and merged[key] != value:
            return None
    return merged


def _merge_properties(outer: Any, inner: Any) -> Schema | None:
    if not isinstance(outer, Mapping) or not isinstance(inner, Mapping):
        return None
    merged = dict(outer)
    for key, value in inner.items():
        merged[key] = {"allOf": [merged[key], value]} if key in merged else value
    return merged


def _not_null(schema: Schema) -> Schema | None:
    """What is left of `schema` beside null; `None` if null is not set apart in it."""
    for word in ("anyOf", "oneOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and len(branches) > 1:
            rest = [branch for branch in branches if not _is_null(branch)]
            if len(rest) == len(branches):
                continue
            outer = _without(schema, word)
            if len(rest) == 1:
                return _merge(outer, rest[0])
            return {**outer, word: rest} if rest else None
    types = schema.get("type")
    if isinstance(types, list) and len(types) > 1 and "null" in types:
        rest = [word for word in types if word != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest} if rest else None
    if schema.get("nullable") is True:  # OpenAPI's spelling
        return _without(schema, "nullable")
    return None


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("const", ...) is None)
