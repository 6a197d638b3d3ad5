"""A small value that a schema takes, for a person to fill in: what is required and no more. Pure.

It is made of what the plan of a form knows: constants, defaults, choices, examples, types. Bounds and
patterns are none of it, so that a value may still be too short or too small.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.forms.plan import Field, plan
from inspector.forms.unset import UNSET

MOST_ITEMS = 100
_PLAIN: Mapping[str, Any] = {"string": "", "number": 0, "integer": 0, "boolean": False, "null": None}
_OF_TYPES: Mapping[str, Any] = {"object": {}, "array": [], **_PLAIN}


def smallest(schema: Any) -> Any:
    """The value; `None` where the schema does not say what it wants. Never raises."""
    return _of(plan(schema))


def _of(field: Field) -> Any:
    for proposed in (field.const, field.default, *(each.value for each in field.choices), *field.examples):
        if proposed is not UNSET:
            return proposed
    match field.kind:
        case "object":
            wanted = [each for each in field.children if each.required and each.key not in field.later]
            return {each.key: _of(each) for each in wanted}
        case "array":
            return _items(field)
        case "variant":
            return _of(field.variants[0]) if field.variants else None
    known = _PLAIN.get(field.kind, next((_OF_TYPES[each] for each in field.types if each in _OF_TYPES), None))
    return known.copy() if isinstance(known, dict | list) else known


def _items(field: Field) -> list[Any]:
    count = min(max(field.least, len(field.heads)), MOST_ITEMS)
    wanted = [field.element(number) for number in range(count)]
    return [_of(each) for each in wanted if each is not None]
