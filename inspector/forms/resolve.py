"""One schema, straightened out: local references followed, `allOf` merged, conditions and null set apart.

References into the same document only; nothing is ever fetched. What is merged may say less than its parts
together: it is for a form, which asks; whether a value is valid is for `inspector.forms.check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from inspector.forms import json_text

Schema = Mapping[str, Any]

_MOST_STEPS = 32
# Of two schemas that are merged, the outer one's words describe the field.
ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "$comment", "$id", "$schema"}
)
LATER = "\0later"
"""In a straight schema: each `Later`, from if/then/else and dependentSchemas."""

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_CONDITIONS = ("if", "then", "else", "dependentSchemas", "dependencies")
_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


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
        word = next((word for word in _REFERENCES if word in schema), None)
        if word is not None:
            ref = schema[word]
            if not isinstance(ref, str) or ref in refs:
                return None
            refs |= {ref}
            step = merge(without(schema, word), lookup(root, ref))
        elif any(word in schema for word in _CONDITIONS):
            step = _set_apart(schema)
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


@dataclass(frozen=True, slots=True)
class Later:
    """What holds too, while a condition does.

    Attributes:
        condition: The condition's schema.
        wanted: Whether it is to be met, or not to be.
        schema: What holds then. All three are the server's.
    """

    condition: Any
    wanted: bool
    schema: Any


def _set_apart(schema: Schema) -> Schema:
    """`schema` with its conditions under `LATER`."""
    parts = [
        Later(schema["if"], word == "then", schema[word])
        for word in ("then", "else")
        if word in schema and "if" in schema
    ]
    for word in ("dependentSchemas", "dependencies"):
        depending = schema.get(word)
        for name, part in depending.items() if isinstance(depending, Mapping) else ():
            # A list of names is how drafts before 2019-09 write dependentRequired.
            needs = {"required": part} if isinstance(part, list) else part
            parts.append(Later({"required": [name]}, True, needs))
    return {
        **{key: value for key, value in schema.items() if key not in _CONDITIONS},
        LATER: [*laters(schema), *parts],
    }


def laters(schema: Schema) -> list[Later]:
    """What may hold too, beside a straight `schema`."""
    found = schema.get(LATER)
    return [part for part in found if isinstance(part, Later)] if isinstance(found, list) else []


def lookup(root: Any, ref: str) -> Any:
    """What a local reference (`#`, `#/$defs/name`, `#anchor`) points at; `None` if it leads nowhere here."""
    if ref == "#":
        return root
    if not ref.startswith("#/"):
        return _anchored(root, ref)
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


def _anchored(root: Any, ref: str) -> Any:
    """The definition that calls itself `ref`: by `$anchor`, `$dynamicAnchor` or `$id`."""
    for word in ("$defs", "definitions"):
        parts = root.get(word) if isinstance(root, Mapping) else None
        for part in (root, *parts.values()) if isinstance(parts, Mapping) else (root,):
            if not isinstance(part, Mapping):
                continue
            if part.get("$id") == ref and part is not root:
                return part
            if ref[:1] == "#" and ref[1:] in (part.get("$anchor"), part.get("$dynamicAnchor")):
                return part
    return None


def without(schema: Schema, key: str) -> Schema:
    """`schema` without one keyword."""
    return {name: value for name, value in schema.items() if name != key}


def _merge_all(schema: Schema) -> Schema | None:
    parts = schema["allOf"]
    if not isinstance(parts, list):
        return None
    merged: Schema | None = without(schema, "allOf")
    for part in parts[:_MOST_STEPS]:
        merged = None if merged is None else merge(merged, part)
    return merged if len(parts) <= _MOST_STEPS else None


def merge(outer: Schema, inner: Any) -> Schema | None:
    """Both at once, or `None` where no form can hold both."""
    if inner is True:
        return outer
    if not isinstance(inner, Mapping):
        return None
    merged = dict(outer)
    if any(word in inner for word in _CONDITIONS):
        inner = _set_apart(inner)
    for key, value in inner.items():
        if key not in merged:
            merged[key] = value
        elif key in ("oneOf", "anyOf") and merged[key] != value:
            # Where both spellings are taken the inner choice is left to the check.
            merged.setdefault("anyOf" if key == "oneOf" else "oneOf", value)
        elif key not in ANNOTATIONS and merged[key] != value:
            both = _both(key, merged[key], value)
            if both is None:
                return None
            merged[key] = both
    return merged


def _both(key: str, outer: Any, inner: Any) -> Any:
    """One value of the keyword `key` for two, `None` where there is none."""
    if key == "properties":
        return _merge_properties(outer, inner)
    if key in ("required", "allOf", LATER) and isinstance(outer, list) and isinstance(inner, list):
        return [*outer, *inner]
    if key == "type":
        return _types_of_both(outer, inner)
    if key == "enum" and isinstance(outer, list) and isinstance(inner, list):
        return [value for value in outer if any(json_text.equal(value, other) for other in inner)] or None
    if key in ("items", "additionalProperties"):
        return False if outer is False or inner is False else {"allOf": [outer, inner]}
    if key in (*_LOW, *_HIGH) and all(type(bound) in (int, float) for bound in (outer, inner)):
        return max(outer, inner) if key in _LOW else min(outer, inner)
    # Definitions are looked up from the root alone; of two patterns one is shown, and both are checked.
    return None if key in ("const", "enum", *_REFERENCES) else outer


def _types_of_both(outer: Any, inner: Any) -> list[Any] | None:
    one = outer if isinstance(outer, list) else [outer]
    other = inner if isinstance(inner, list) else [inner]
    found = [word for word in one if word in other or (word == "integer" and "number" in other)]
    found += ["integer"] if "number" in one and "integer" in other and "integer" not in found else []
    return found or None


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
            outer = without(schema, word)
            if len(rest) == 1:
                return merge(outer, rest[0])
            return {**outer, word: rest} if rest else None
    types = schema.get("type")
    if isinstance(types, list) and len(types) > 1 and "null" in types:
        rest = [word for word in types if word != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest} if rest else None
    if schema.get("nullable") is True:  # OpenAPI's spelling
        return without(schema, "nullable")
    return None


def _is_null(schema: Any) -> bool:
    """Null and no more: one that has a title is a choice among others."""
    if not isinstance(schema, Mapping):
        return False
    return schema.get("type") == "null" or (schema.get("const", ...) is None and "title" not in schema)
