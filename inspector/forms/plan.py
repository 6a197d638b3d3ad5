"""What a form asks for: a JSON Schema turned into a tree of fields.

Understands what people write in tool schemas: objects, lists, scalars, choices, optional and nullable,
local references, `allOf`. All else becomes a field of kind `json`, which is edited as JSON in place, so
that no schema is out of reach. A schema comes from the server and may be anything: nothing here raises.
Whether a value is valid is not for here (`inspector.forms.check`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from inspector.forms import json_text
from inspector.forms.hint import hint
from inspector.forms.resolve import Schema, straighten
from inspector.forms.unset import UNSET

Kind = Literal["string", "number", "integer", "boolean", "enum", "object", "array", "null", "json"]

DEEPEST = 12
MOST_FIELDS = 10_000

_SCALARS: Mapping[str, Kind] = {
    "string": "string",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "null": "null",
}
_TYPES = frozenset({*_SCALARS, "object", "array"})
# An object or list with one of these is more than its named members or its one kind of item.
_BEYOND_OBJECT = ("patternProperties", "propertyNames", "oneOf", "$dynamicRef", "$recursiveRef")
_BEYOND_ARRAY = ("prefixItems", "additionalItems", "contains", "oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a field may have, and how the schema calls it."""

    value: Any
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One place of a form.

    All texts are the server's: they may hold anything, and be of any length.

    Attributes:
        key: The name of the property; empty for the root and for the items of a list.
        kind: How it is edited. `json` is what this plan does not take apart.
        required: It must be there. The root and the items of a list always are.
        nullable: Null is allowed beside what `kind` says.
        default: What the schema proposes, fitting or not; `UNSET` where it proposes nothing.
        choices: `enum` only: the values to choose from, in the schema's order.
        hint: Bounds and format in words.
        children: `object` only: the members, in the schema's order.
        item: `array` only: what each item is.
        const: The one value that is allowed, else `UNSET`.
        types: The JSON types that the schema names; empty if it names none.
    """

    key: str = ""
    title: str = ""
    description: str = ""
    kind: Kind = "json"
    required: bool = True
    nullable: bool = False
    default: object = UNSET
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    examples: tuple[Any, ...] = ()
    children: tuple[Field, ...] = ()
    item: Field | None = None
    const: object = UNSET
    types: tuple[str, ...] = ()

    @property
    def takes_input(self) -> bool:
        """There is something to enter: false for an object without members."""
        return self.kind != "object" or bool(self.children)


def plan(schema: Any) -> Field:
    """The form for `schema`, which may be any value at all. Never raises."""
    try:
        return _Planner(schema).field("", schema, required=True, refs=frozenset(), depth=0)
    except RecursionError:
        return Field()


class _Planner:
    """One run over one schema; counts fields, because references can multiply them without end."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MOST_FIELDS

    def field(self, key: str, schema: Any, *, required: bool, refs: frozenset[str], depth: int) -> Field:
        self._left -= 1
        straight = straighten(self._root, schema, refs)
        if straight is None:
            return _described(Field(key, required=required), schema)
        found = straight.schema
        field = _described(Field(key, required=required, nullable=straight.nullable), found)
        types = _types(found)
        field = replace(field, types=types)
        if (choices := _choices(found)) is not None:
            const = choices[0].value if len(choices) == 1 else UNSET
            return replace(field, kind="enum", choices=choices, const=const)
        if "anyOf" in found and not (types == ("object",) and _only_required(found["anyOf"])):
            return replace(field, types=types or _branch_types(found["anyOf"]))
        if len(types) != 1:
            return replace(field, types=types or _branch_types(found.get("oneOf")))
        (word,) = types
        if word in _SCALARS:
            kind = _SCALARS[word]
            plain = "oneOf" not in found
            return replace(field, kind=kind, hint=hint(kind, found)) if plain else field
        if depth >= DEEPEST or self._left <= 0:
            return field
        if word == "object":
            return self._object(field, found, straight.refs, depth)
        return self._array(field, found, straight.refs, depth)

    def _object(self, field: Field, schema: Schema, refs: frozenset[str], depth: int) -> Field:
        properties = schema.get("properties", {})
        if any(word in schema for word in _BEYOND_OBJECT) or not isinstance(properties, Mapping):
            return field
        open_ended = depth > 0 or schema.get("additionalProperties", False) is not False
        if not properties and open_ended:
            return field
        if len(properties) > self._left:
            return field
        wanted = schema.get("required")
        names = {name for name in wanted if isinstance(name, str)} if isinstance(wanted, list) else set()
        children = tuple(
            self.field(str(name), part, required=name in names, refs=refs, depth=depth + 1)
            for name, part in properties.items()
        )
        return replace(field, kind="object", children=children)

    def _array(self, field: Field, schema: Schema, refs: frozenset[str], depth: int) -> Field:
        items = schema.get("items")
        if any(word in schema for word in _BEYOND_ARRAY) or not isinstance(items, Mapping):
            return field
        item = self.field("", items, required=True, refs=refs, depth=depth + 1)
        return replace(field, kind="array", item=item, hint=hint("array", schema))


def _described(field: Field, schema: Any) -> Field:
    """`field` with the words that `schema` has for it."""
    if not isinstance(schema, Mapping):
        return field
    examples = schema.get("examples")
    return replace(
        field,
        title=_text(schema.get("title")),
        description=_text(schema.get("description")),
        default=schema.get("default", UNSET),
        examples=tuple(examples) if isinstance(examples, list) else (),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _types(schema: Schema) -> tuple[str, ...]:
    """The types that `schema` names, or that its other keywords leave no doubt about."""
    named = schema.get("type")
    if isinstance(named, str):
        return (named,) if named in _TYPES else ()
    if isinstance(named, list):
        return tuple(dict.fromkeys(word for word in named if isinstance(word, str) and word in _TYPES))
    if "properties" in schema:
        return ("object",)
    return ("array",) if "items" in schema else ()


def _branch_types(branches: Any) -> tuple[str, ...]:
    if not isinstance(branches, list):
        return ()
    found = [_types(branch) if isinstance(branch, Mapping) else () for branch in branches]
    return tuple(dict.fromkeys(word for words in found for word in words)) if all(found) else ()


def _only_required(branches: Any) -> bool:
    """Branches that only say which members go together: the members stay as they are."""
    return isinstance(branches, list) and all(
        isinstance(branch, Mapping) and branch.keys() <= {"required", "title", "description"}
        for branch in branches
    )


def _choices(schema: Schema) -> tuple[Choice, ...] | None:
    if "const" in schema:
        return (_choice(schema["const"], None),)
    values = schema.get("enum")
    if isinstance(values, list) and values:
        names = schema.get("enumNames")
        titles = names if isinstance(names, list) and len(names) == len(values) else [None] * len(values)
        return tuple(map(_choice, values, titles))
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and branches and all(_is_const(branch) for branch in branches):
            return tuple(_choice(one["const"], one.get("title"), one.get("description")) for one in branches)
    return None


def _is_const(branch: Any) -> bool:
    return (
        isinstance(branch, Mapping)
        and "const" in branch
        and branch.keys() <= {"const", "title", "description", "type"}
    )


def _choice(value: Any, title: Any, description: Any = None) -> Choice:
    shown = value if isinstance(value, str) and value.strip() else json_text.write(value)
    return Choice(value, _text(title) or shown, _text(description))
