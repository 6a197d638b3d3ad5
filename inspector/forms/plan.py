"""What a form asks for: a JSON Schema turned into a tree of fields.

Understands objects (named members, others by pattern or at will, members that depend on others), lists,
tuples, scalars, choices of values and of forms, optional and nullable, local references, `allOf`. All else
becomes a field of kind `json`, which is edited as JSON in place, so that no schema is out of reach. A
schema comes from the server and may be anything: nothing here raises. Whether a value is valid is not for
here (`inspector.forms.check`); so a field never asks for less than the schema allows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from inspector.forms.choices import Choice, choices_of, lookup_of, text
from inspector.forms.condition import Branch, Condition
from inspector.forms.hint import hint
from inspector.forms.pattern import affordable
from inspector.forms.resolve import ANNOTATIONS, LATER, Schema, laters, merge, straighten, without
from inspector.forms.unset import UNSET

Kind = Literal["string", "number", "integer", "boolean", "enum", "object", "array", "null", "variant", "json"]

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
MOST_VARIANTS = 64
MOST_PATTERNS = 32
_LONGEST_NAME = 1_000
# What says that a branch of oneOf or anyOf asks for something of its own.
_ASKS = frozenset({"type", "properties", "items", "prefixItems", "enum", "const", "$ref", "allOf", "oneOf",
                   "anyOf", "additionalProperties", "patternProperties", LATER})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rest:
    """The members of an object that have no name of their own in the schema.

    Attributes:
        field: What each of them is.
        pattern: A regular expression for their names; empty: for all that no pattern matches.
    """

    field: Field
    pattern: str = ""


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
        lookup: `enum` only: the values of `choices`, as `choices.key_of` writes them.
        hint: Bounds and format in words.
        children: `object` only: the members, in the schema's order.
        rests: `object` only: what members are that `children` does not name; empty where the schema
            does not speak of any.
        branches: `object` only: what it asks for while conditions hold.
        later: `object` only: the members of `children` that only branches ask for.
        heads: `array` only: what the first items are, each at its place; `item` is what follows.
        item: `array` only: what each item is; `None` where no more may come.
        least: `array` only: so many items are demanded.
        variants: `variant` only: the forms to choose from, each with a title.
        const: The one value that is allowed, else `UNSET`.
        types: The JSON types that the schema names; empty if it names none.
        secret: The schema says that it is a password, or only ever written.
        demands: The schema itself, straightened: bounds, format, pattern.
    """

    key: str = ""
    title: str = ""
    description: str = ""
    kind: Kind = "json"
    required: bool = True
    nullable: bool = False
    default: object = UNSET
    choices: tuple[Choice, ...] = ()
    lookup: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    hint: str = ""
    examples: tuple[Any, ...] = ()
    children: tuple[Field, ...] = ()
    rests: tuple[Rest, ...] = ()
    branches: tuple[Branch, ...] = ()
    later: frozenset[str] = frozenset()
    heads: tuple[Field, ...] = ()
    item: Field | None = None
    least: int = 0
    variants: tuple[Field, ...] = ()
    const: object = UNSET
    types: tuple[str, ...] = ()
    secret: bool = False
    demands: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def takes_input(self) -> bool:
        """There is something to enter: false for an object without members."""
        return self.kind != "object" or bool(self.children or self.rests)

    @property
    def multiple(self) -> bool:
        """A list of values that the schema lists: several may be chosen."""
        return self.kind == "array" and not self.heads and self.item is not None and self.item.kind == "enum"

    def member(self, name: str) -> Field | None:
        """The field of the member `name`, named by the schema or not; `None` where the plan knows of none."""
        return next((child for child in self.children if child.key == name), None) or self.unnamed(name)

    def unnamed(self, name: str) -> Field | None:
        """The field of the member `name`, which is none of `children`."""
        for rest in self.rests:
            if rest.pattern and len(name) <= _LONGEST_NAME and re.search(rest.pattern, name):
                return rest.field
        return next((rest.field for rest in self.rests if not rest.pattern), None)

    def element(self, index: int) -> Field | None:
        """The field of the item at `index`; `None` where no more items may come."""
        return self.heads[index] if 0 <= index < len(self.heads) else self.item


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
        field = replace(field, types=types, demands=found)
        if (choices := choices_of(found)) is not None:
            const = choices[0].value if len(choices) == 1 else UNSET
            return replace(field, kind="enum", choices=choices, lookup=lookup_of(choices), const=const)
        base, branches = _branches(found, types)
        if len(branches) == 1 and depth < DEEPEST and self._left > 0:
            both = merge(base, branches[0])
            inner = branches[0] if both is None else both
            one = self.field(key, inner, required=required, refs=straight.refs, depth=depth + 1)
            return replace(one, nullable=one.nullable or field.nullable)
        if branches:
            return self._variants(field, base, branches, straight.refs, depth)
        if len(types) != 1:
            return field
        (word,) = types
        if word in _SCALARS:
            kind = _SCALARS[word]
            return replace(field, kind=kind, hint=hint(kind, found))
        if depth >= DEEPEST or self._left <= 0:
            return field
        if word == "object":
            return self._object(field, found, straight.refs, depth)
        return self._array(field, found, straight.refs, depth)

    def _variants(
        self, field: Field, base: Schema, branches: list[Any], refs: frozenset[str], depth: int
    ) -> Field:
        """A choice of forms: each branch together with what the schema says beside it."""
        field = replace(field, types=field.types or _types_of(branches))
        if depth >= DEEPEST or self._left <= 0 or len(branches) > MOST_VARIANTS:
            return field
        base = {key: value for key, value in base.items() if key not in ANNOTATIONS}
        found: list[Field] = []
        for branch in branches:
            both = merge(branch, base) if isinstance(branch, Mapping) else base
            one = self.field("", branch if both is None else both, required=True, refs=refs, depth=depth + 1)
            found.append(replace(one, title=_title(branch, one)))
        kinds = {one.kind for one in found}
        if kinds in ({"string"}, {"boolean"}) or kinds <= {"number", "integer"}:
            kind = "number" if "number" in kinds else found[0].kind
            hints = " or ".join(dict.fromkeys(one.hint for one in found if one.hint))
            nullable = field.nullable or any(one.nullable for one in found)
            secret = field.secret or any(one.secret for one in found)
            demands = found[0].demands
            return replace(field, kind=kind, hint=hints, nullable=nullable, secret=secret, demands=demands)
        return replace(field, kind="variant", variants=tuple(_told_apart(found)))

    def _object(self, field: Field, schema: Schema, refs: frozenset[str], depth: int) -> Field:
        named = schema.get("properties", {})
        if not isinstance(named, Mapping):
            return field
        later = list(itertools.islice(self._later(schema, refs, ()), MOST_VARIANTS))
        properties = _with_later(named, [inside for _, inside in later])
        if len(properties) > self._left:
            return field
        closed = schema.get("additionalProperties", True) is False
        patterns = schema.get("patternProperties")
        rests = self._rests(schema, refs, depth)
        if not properties and not rests and (depth > 0 or "additionalProperties" in schema) and not closed:
            return field
        if isinstance(patterns, Mapping) and patterns and not rests:
            return field
        names = _names(schema.get("required"))
        children = tuple(
            self.field(str(name), part, required=name in names, refs=refs, depth=depth + 1)
            for name, part in properties.items()
        )
        return replace(
            field,
            kind="object",
            children=children,
            rests=rests,
            branches=(*(branch for branch, _ in later), *self._needs(schema)),
            later=frozenset(name for name in properties if name not in named),
            hint=hint("object", schema),
        )

    def _later(
        self, schema: Schema, refs: frozenset[str], above: tuple[Condition, ...]
    ) -> Iterator[tuple[Branch, Mapping[str, Any]]]:
        """What a straight object asks for on conditions, each with its members; conditions may nest."""
        for part in laters(schema)[:MOST_VARIANTS]:
            straight = straighten(self._root, part.schema, refs)
            if straight is None:
                continue
            conditions = (*above, Condition(part.condition, part.wanted, self._root))
            inside = straight.schema.get("properties")
            members = inside.items() if isinstance(inside, Mapping) else ()
            asked = {name: below for name, below in members if below is not False}
            yield Branch(conditions, frozenset(asked), _names(straight.schema.get("required"))), asked
            for branch in self._needs(straight.schema):
                yield replace(branch, conditions=(*conditions, *branch.conditions)), {}
            if len(conditions) < DEEPEST:
                yield from self._later(straight.schema, straight.refs, conditions)

    def _needs(self, schema: Schema) -> Iterator[Branch]:
        """`dependentRequired`: members that must be there beside others."""
        needs = schema.get("dependentRequired")
        for name, more in needs.items() if isinstance(needs, Mapping) else ():
            yield Branch((Condition({"required": [name]}),), needs=_names(more))

    def _rests(self, schema: Schema, refs: frozenset[str], depth: int) -> tuple[Rest, ...]:
        """What members without a name in the schema are; empty where any would do."""
        patterns, others = schema.get("patternProperties"), schema.get("additionalProperties")
        if others is None and "unevaluatedProperties" in schema:
            others = schema["unevaluatedProperties"]
        found: list[Rest] = []
        for pattern, part in patterns.items() if isinstance(patterns, Mapping) else ():
            if not affordable(str(pattern), _LONGEST_NAME) or len(found) >= MOST_PATTERNS:
                return ()
            found.append(Rest(self.field("", part, required=True, refs=refs, depth=depth + 1), str(pattern)))
        if isinstance(others, Mapping):
            found.append(Rest(self.field("", others, required=True, refs=refs, depth=depth + 1)))
        elif found or (others is True and schema.get("properties")):
            found.append(Rest(Field()))
        return tuple(found)

    def _array(self, field: Field, schema: Schema, refs: frozenset[str], depth: int) -> Field:
        items, first = schema.get("items"), schema.get("prefixItems")
        if first is None and isinstance(items, list):  # as up to 2019-09
            first, items = items, schema.get("additionalItems")
        if first is None and not isinstance(items, Mapping):
            return field
        heads = first if isinstance(first, list) else []
        if len(heads) > min(self._left, MOST_VARIANTS):
            return field
        below = [self.field("", part, required=True, refs=refs, depth=depth + 1) for part in heads]
        item = None if items is False else Field()
        if isinstance(items, Mapping):
            item = self.field("", items, required=True, refs=refs, depth=depth + 1)
        least = schema.get("minItems")
        least = min(least, MOST_FIELDS) if isinstance(least, int) and least > 0 else 0
        says = hint("array", schema)
        return replace(field, kind="array", heads=tuple(below), item=item, least=int(least), hint=says)


def _names(words: Any) -> frozenset[str]:
    """A list of names, as `required` has it."""
    return (
        frozenset(word for word in words if isinstance(word, str)) if isinstance(words, list) else frozenset()
    )


def _with_later(named: Mapping[str, Any], later: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The members that a schema names, and those that only its branches do."""
    more: dict[str, list[Any]] = {}
    for inside in later:
        for name, below in inside.items():
            if name not in named and below not in more.setdefault(name, []):
                more[name].append(below)
    return {**named, **{name: one[0] if len(one) == 1 else {"anyOf": one} for name, one in more.items()}}


def _described(field: Field, schema: Any) -> Field:
    """`field` with the words that `schema` has for it."""
    if not isinstance(schema, Mapping):
        return field
    examples = schema.get("examples")
    return replace(
        field,
        title=text(schema.get("title")),
        description=text(schema.get("description")),
        default=schema.get("default", UNSET),
        examples=tuple(examples) if isinstance(examples, list) else (),
        secret=schema.get("format") == "password" or schema.get("writeOnly") is True,
    )


def _types(schema: Schema) -> tuple[str, ...]:
    """The types that `schema` names, or that its other keywords leave no doubt about."""
    named = schema.get("type")
    if isinstance(named, str):
        return (named,) if named in _TYPES else ()
    if isinstance(named, list):
        return tuple(dict.fromkeys(word for word in named if isinstance(word, str) and word in _TYPES))
    if any(word in schema for word in ("properties", "patternProperties")):
        return ("object",)
    return ("array",) if "items" in schema or "prefixItems" in schema else ()


def _branches(schema: Schema, types: tuple[str, ...]) -> tuple[Schema, list[Any]]:
    """The forms among which `schema` lets one choose, and what it says beside them."""
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and any(map(_asks, branches)):
            return without(schema, word), [branch for branch in branches if branch is not False]
    words = [word for word in types if word != "integer" or "number" not in types]
    if len(words) > 1:
        return without(schema, "type"), [{"type": word} for word in words]
    return schema, []


def _types_of(branches: list[Any]) -> tuple[str, ...]:
    found = [_types(branch) if isinstance(branch, Mapping) else () for branch in branches]
    return tuple(dict.fromkeys(word for words in found for word in words)) if all(found) else ()


def _title(branch: Any, field: Field) -> str:
    """What to call a variant: its title, a constant member of it, the definition it is, or its kind."""
    if isinstance(branch, Mapping) and text(branch.get("title")):
        return text(branch["title"])
    if field.title:
        return field.title
    if field.const is not UNSET:
        return field.choices[0].title
    for child in field.children:
        if child.const is not UNSET and child.required:
            return child.choices[0].title
    ref = text(branch.get("$ref")) if isinstance(branch, Mapping) else ""
    kind = field.kind if field.kind != "json" else " or ".join(field.types) or "any JSON"
    return ref.rpartition("/")[2] or kind


def _told_apart(found: list[Field]) -> Iterator[Field]:
    """`found` with titles that differ."""
    titles = [one.title for one in found]
    for number, one in enumerate(found, 1):
        yield replace(one, title=f"{one.title} {number}") if titles.count(one.title) > 1 else one


def _asks(branch: Any) -> bool:
    """The branch asks for something of its own, and does not only say which members go together."""
    return isinstance(branch, Mapping) and bool(branch.keys() & _ASKS)
