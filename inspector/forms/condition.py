"""Whether a value meets the schema of a condition, as far as that can be told cheaply.

`if`, `dependentSchemas` and `dependentRequired` decide which members of an object are asked for. A form asks
at every key, so this is no validator: it knows the keywords that conditions are made of, counts its steps,
and says `None` where it cannot tell. What is valid is told by `inspector.forms.check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.forms import json_text
from inspector.forms.pattern import affordable
from inspector.forms.resolve import lookup

MOST_STEPS = 2_000
_LONGEST = 1_000  # characters of a text that a pattern is tried on
_SILENT = frozenset({
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment",
    "format", "$defs", "definitions", "$schema", "$id", "$anchor", "$dynamicAnchor", "then", "else",
    "contentMediaType", "contentEncoding", "contentSchema",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A schema that a value meets or not.

    Attributes:
        schema: The schema, any value at all.
        wanted: Whether the value is to meet it, or not to.
        root: The whole schema, for references.
    """

    schema: Any
    wanted: bool = True
    root: Any = field(default=None, compare=False, repr=False)

    def holds(self, value: Any) -> bool | None:
        """Whether `value` is as wanted; `None` where that is not known."""
        try:
            met = _Look(self.root).meets(self.schema, value)
        except (RecursionError, ValueError, OverflowError):  # too deep; a number of thousands of digits
            return None
        return None if met is None else met is self.wanted


@dataclass(frozen=True, slots=True)
class Branch:
    """What an object asks for while all of some conditions hold.

    Attributes:
        conditions: On the object itself.
        names: The members that it asks for.
        needs: The members that must be there then.
    """

    conditions: tuple[Condition, ...]
    names: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    def holds(self, value: Any) -> bool | None:
        """Whether it counts for the object `value`; `None` where that is not known."""
        return all_of(condition.holds(value) for condition in self.conditions)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Whether all hold: one no decides, else one unknown."""
    known: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        known = None if answer is None else known
    return known


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Whether one of them holds: one yes decides, else one unknown."""
    return _not(all_of(map(_not, answers)))


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


class _Look:
    """One look at one value; references may multiply schemas without end, so it counts."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MOST_STEPS

    def meets(self, schema: Any, value: Any) -> bool | None:
        self._left -= 1
        if self._left < 0:
            return None
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            return None
        return all_of(self._word(word, schema, value) for word in schema if word not in _SILENT)

    def _word(self, word: str, schema: Mapping[str, Any], value: Any) -> bool | None:
        if word in _PLAIN:
            return _PLAIN[word](schema[word], value)
        return _DEEP[word](self, schema, value) if word in _DEEP else None

    def _ref(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        ref = schema["$ref"]
        return self.meets(lookup(self._root, ref), value) if isinstance(ref, str) else None

    def _each(self, word: str, schema: Mapping[str, Any], value: Any) -> list[bool | None]:
        parts = schema[word]
        return [self.meets(part, value) for part in parts] if isinstance(parts, list) else [None]

    def _all(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        return all_of(self._each("allOf", schema, value))

    def _any(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        return any_of(self._each("anyOf", schema, value))

    def _one(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        answers = self._each("oneOf", schema, value)
        if answers.count(True) > 1:
            return False
        return None if None in answers else answers.count(True) == 1

    def _none(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        return _not(self.meets(schema["not"], value))

    def _if(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        met = self.meets(schema["if"], value)
        branches = [self.meets(schema.get(word, True), value) for word in ("then", "else")]
        if met is None:
            return branches[0] if branches[0] == branches[1] else None
        return branches[0 if met else 1]

    def _properties(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        parts = schema["properties"]
        if not isinstance(value, dict):
            return True
        if not isinstance(parts, Mapping):
            return None
        return all_of(self.meets(part, value[name]) for name, part in parts.items() if name in value)

    def _items(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        if not isinstance(value, list):
            return True
        if "prefixItems" in schema or isinstance(schema["items"], list):
            return None
        return all_of(self.meets(schema["items"], element) for element in value)

    def _contains(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        if not isinstance(value, list):
            return True
        if "minContains" in schema or "maxContains" in schema:
            return None
        return any_of(self.meets(schema["contains"], element) for element in value)

    def _depending(self, schema: Mapping[str, Any], value: Any) -> bool | None:
        needs = schema["dependentRequired"]
        if not isinstance(value, dict) or not isinstance(needs, Mapping):
            return True if not isinstance(value, dict) else None
        return all_of(_required(more, value) for name, more in needs.items() if name in value)


_DEEP: Mapping[str, Callable[[_Look, Mapping[str, Any], Any], bool | None]] = {
    "$ref": _Look._ref,
    "allOf": _Look._all,
    "anyOf": _Look._any,
    "oneOf": _Look._one,
    "not": _Look._none,
    "if": _Look._if,
    "properties": _Look._properties,
    "items": _Look._items,
    "contains": _Look._contains,
    "dependentRequired": _Look._depending,
}


def _type(expected: Any, value: Any) -> bool | None:
    words = expected if isinstance(expected, list) else [expected]
    word = json_text.type_word(value)
    if word == "number" and isinstance(value, float) and value.is_integer() and "integer" in words:
        return True
    return word in words or (word == "integer" and "number" in words)


def _const(expected: Any, value: Any) -> bool | None:
    return json_text.equal(expected, value)


def _enum(expected: Any, value: Any) -> bool | None:
    if not isinstance(expected, list):
        return None
    return any(json_text.equal(one, value) for one in expected[:MOST_STEPS]) or (
        False if len(expected) <= MOST_STEPS else None
    )


def _required(expected: Any, value: Any) -> bool | None:
    if not isinstance(value, dict):
        return True
    return all(name in value for name in expected) if isinstance(expected, list) else None


def _pattern(expected: Any, value: Any) -> bool | None:
    if not isinstance(value, str):
        return True
    if not isinstance(expected, str) or len(value) > _LONGEST or not affordable(expected, len(value)):
        return None
    return re.search(expected, value) is not None


def _bound(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def told(expected: Any, value: Any) -> bool | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        number = isinstance(expected, int | float) and not isinstance(expected, bool)
        return holds(value, expected) if number else None

    return told


def _size(
    kind: type[str | list[Any] | dict[str, Any]], holds: Callable[[Any, Any], bool]
) -> Callable[[Any, Any], bool | None]:
    def told(expected: Any, value: Any) -> bool | None:
        if not isinstance(value, kind):
            return True
        number = isinstance(expected, int | float) and not isinstance(expected, bool)
        return holds(len(value), expected) if number else None

    return told


def _least(value: Any, bound: Any) -> bool:
    return bool(value >= bound)


def _most(value: Any, bound: Any) -> bool:
    return bool(value <= bound)


_PLAIN: Mapping[str, Callable[[Any, Any], bool | None]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "required": _required,
    "pattern": _pattern,
    "minimum": _bound(_least),
    "maximum": _bound(_most),
    "exclusiveMinimum": _bound(lambda value, bound: bool(value > bound)),
    "exclusiveMaximum": _bound(lambda value, bound: bool(value < bound)),
    "minLength": _size(str, _least),
    "maxLength": _size(str, _most),
    "minItems": _size(list, _least),
    "maxItems": _size(list, _most),
    "minProperties": _size(dict, _least),
    "maxProperties": _size(dict, _most),
}
