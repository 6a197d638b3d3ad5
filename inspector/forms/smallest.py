"""A small value that a schema takes, for a person to fill in: what is required and no more. Pure.

It is made of what the plan of a form knows: constants, defaults, choices, examples, types, bounds, formats.
Of patterns it meets the simple ones; what a schema asks for beyond that (`contains`, `not`, conditions) may
still be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.forms.plan import Field, plan
from inspector.forms.scalars import number, text
from inspector.forms.unset import UNSET

MOST_ITEMS = 100
_OF_TYPES: Mapping[str, Any] = {"object": {}, "array": [], "boolean": False, "null": None}


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
    return _scalar(field.kind if field.kind != "json" else next(iter(field.types), ""), field.demands)


def _scalar(type: str, demands: Mapping[str, Any]) -> Any:
    if type == "string":
        return text(demands)
    if type in ("number", "integer"):
        return number(demands, whole=type == "integer")
    known = _OF_TYPES.get(type)
    return known.copy() if isinstance(known, dict | list) else known


def _items(field: Field) -> list[Any]:
    count = min(max(field.least, len(field.heads)), MOST_ITEMS)
    wanted = [field.element(at) for at in range(count)]
    apart = field.demands.get("uniqueItems") is True
    return [_another(each, at) if apart else _of(each) for at, each in enumerate(wanted) if each is not None]


def _another(field: Field, at: int) -> Any:
    """The value of an item that must not be the same as those before, where that is easily had."""
    if field.kind == "enum" and field.const is UNSET:
        return field.choices[at % len(field.choices)].value
    made = _of(field)
    if not at or field.const is not UNSET:
        return made
    if field.kind in ("number", "integer"):
        return number(
            {**field.demands, "exclusiveMinimum": _another(field, at - 1)}, whole=field.kind == "integer"
        )
    return f"{made}{at}" if field.kind == "string" else made
