"""Whether a value is of the kind that a field asks for, and which of several forms suits it best.

By kind and by what must be there, not by bounds: those are for `inspector.forms.check`.
"""

from __future__ import annotations

from typing import Any

from inspector.forms import json_text
from inspector.forms.choices import key_of
from inspector.forms.plan import Field

_MOST_ITEMS = 100
_MOST_LOOKS = 20_000


def fits(field: Field, value: Any) -> bool:
    """`value` is of the field's kind, or a null that it allows. Says nothing of what is inside it."""
    if value is None and field.nullable:
        return True
    if field.kind == "enum":
        key = key_of(value)
        if key is not None:
            return key in field.lookup
        return any(json_text.equal(choice.value, value) for choice in field.choices)
    if field.kind == "variant":
        return any(fits(variant, value) for variant in field.variants)
    word = json_text.type_word(value)
    if field.kind == "json":
        return not field.types or word in field.types or (word == "integer" and "number" in field.types)
    if field.kind == "number":
        return word in ("number", "integer")
    if field.kind == "integer":
        return word == "integer" or (word == "number" and value.is_integer())
    return word == field.kind


def best_variant(field: Field, value: Any) -> int | None:
    """The number of the variant that `value` suits best, the first of equals; `None` if it suits none."""
    found: tuple[tuple[int, int], int] | None = None
    looks = [_MOST_LOOKS]
    for index, variant in enumerate(field.variants):
        if fits(variant, value):
            found = min(found or ((1 << 60, 0), -1), (_amiss(variant, value, looks), index))
    return found[1] if found is not None else None


def _amiss(field: Field, value: Any, looks: list[int]) -> tuple[int, int]:
    """How many places in `value` are wrong for `field`, and how many it does not know."""
    looks[0] -= 1
    if not fits(field, value):
        return 1, 0
    if looks[0] < 0 or (value is None and field.nullable):
        return 0, 0
    if field.kind == "variant":
        return min(_amiss(variant, value, looks) for variant in field.variants)
    found: list[tuple[int, int]] = []
    if field.kind == "object" and isinstance(value, dict):
        named = {child.key: child for child in field.children}
        found = [(1, 0) for child in field.children if child.required and child.key not in value]
        for key, member in value.items():
            below = named.get(key) or field.unnamed(key)
            found.append((0, 2) if below is None else _amiss(below, member, looks))
    elif field.kind == "array" and isinstance(value, list):
        for index, element in enumerate(value[:_MOST_ITEMS]):
            below = field.element(index)
            found.append((1, 0) if below is None else _amiss(below, element, looks))
    elif field.kind == "json" and not field.types:
        return 0, 1
    return sum(wrong for wrong, _ in found), sum(unknown for _, unknown in found)
