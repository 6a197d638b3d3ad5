"""Schemas of the kind that forms take apart, together with values that are valid against them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from inspector.forms.json_text import equal

Pair = tuple[dict[str, Any], Any]

TEXTS = st.text(max_size=12)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=6,
)


@st.composite
def enums(draw: st.DrawFn) -> Pair:
    values: list[Any] = []
    for value in draw(st.lists(st.none() | st.booleans() | NUMBERS | TEXTS, min_size=1, max_size=4)):
        if not any(equal(value, other) for other in values):
            values.append(value)
    chosen = draw(st.sampled_from(values))
    spelling = draw(st.sampled_from(["enum", "oneOf", "anyOf"]))
    if spelling == "enum":
        return {"enum": values}, chosen
    return {spelling: [{"const": value, "title": f"<{value}>"} for value in values]}, chosen


def scalars() -> st.SearchStrategy[Pair]:
    return st.one_of(
        TEXTS.map(lambda value: ({"type": "string"}, value)),
        st.integers().map(lambda value: ({"type": "integer"}, value)),
        st.integers(-(10**6), 10**6).map(lambda value: ({"type": "integer"}, float(value))),
        NUMBERS.map(lambda value: ({"type": "number"}, value)),
        st.booleans().map(lambda value: ({"type": "boolean"}, value)),
        st.just(({"type": "null"}, None)),
        ANY_JSON.map(lambda value: ({}, value)),
        enums(),
    )


@st.composite
def nullables(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    schema, value = draw(below)
    return {"anyOf": [schema, {"type": "null"}]}, draw(st.sampled_from([value, None]))


@st.composite
def arrays(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    schema, value = draw(below)
    return {"type": "array", "items": schema}, [value] * draw(st.integers(0, 3))


@st.composite
def objects(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    members = draw(st.dictionaries(TEXTS, below, min_size=1, max_size=4))
    required = [key for key in members if draw(st.booleans())]
    there = [key for key in members if key in required or draw(st.booleans())]
    schema = {
        "type": "object",
        "properties": {key: part for key, (part, _) in members.items()},
        "required": required,
    }
    extra = draw(st.dictionaries(TEXTS, ANY_JSON, max_size=2))
    value = {key: members[key][1] for key in there}
    return schema, {**{key: more for key, more in extra.items() if key not in members}, **value}


@st.composite
def variants(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    """A choice of forms, and a value of one of them."""
    found = draw(st.lists(below, min_size=1, max_size=3))
    return {"anyOf": [schema for schema, _ in found]}, draw(st.sampled_from(found))[1]


@st.composite
def several_types(draw: st.DrawFn) -> Pair:
    words = {
        "string": TEXTS,
        "integer": st.integers(),
        "boolean": st.booleans(),
        "null": st.none(),
        "array": st.lists(ANY_JSON, max_size=2),
        "object": st.dictionaries(TEXTS, ANY_JSON, max_size=2),
    }
    types = draw(st.lists(st.sampled_from(sorted(words)), min_size=1, max_size=4, unique=True))
    return {"type": types}, draw(words[draw(st.sampled_from(types))])


@st.composite
def several_of(draw: st.DrawFn) -> Pair:
    values = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    chosen = draw(st.lists(st.sampled_from(values), max_size=4))
    return {"type": "array", "items": {"enum": values}}, chosen


@st.composite
def tuples(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    heads = draw(st.lists(below, min_size=1, max_size=3))
    rest = draw(st.none() | below)
    value = [value for _, value in heads][: draw(st.integers(0, 3))]
    schema: dict[str, Any] = {"type": "array", "prefixItems": [schema for schema, _ in heads]}
    if rest is not None:
        schema["items"] = rest[0]
        value += [rest[1]] * draw(st.integers(0, 2)) if len(value) == len(heads) else []
    return schema, value


@st.composite
def open_objects(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    """Members by pattern and at will beside those that the schema names."""
    schema, value = draw(objects(below))
    names = set(schema["properties"])
    named = {key: member for key, member in value.items() if key in names and not key.startswith("x-")}
    schema = {**schema, "required": [key for key in schema["required"] if not key.startswith("x-")]}
    schema["properties"] = {key: part for key, part in schema["properties"].items() if key[:2] != "x-"}
    patterned, other = draw(below), draw(below)
    schema |= {"patternProperties": {"^x-": patterned[0]}, "additionalProperties": other[0]}
    keys = draw(st.lists(TEXTS, max_size=2, unique=True))
    free = {key: other[1] for key in keys if key not in schema["properties"] and key[:2] != "x-"}
    return schema, {**free, **named, **{f"x-{key}": patterned[1] for key in keys}}


@st.composite
def conditional(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    """Members that are demanded where another is there, in three spellings."""
    (one, first), (two, second) = draw(below), draw(below)
    both = draw(st.booleans())
    schema: dict[str, Any] = {"type": "object", "properties": {"a": one}}
    then = {"properties": {"b": two}, "required": ["b"]}
    match draw(st.sampled_from(["if", "schemas", "allOf"])):
        case "if":
            schema |= {"if": {"required": ["a"]}, "then": then}
        case "schemas":
            schema["dependentSchemas"] = {"a": then}
        case _:
            schema["allOf"] = [{"if": {"required": ["a"]}, "then": then, "else": True}]
    schema["dependentRequired"] = {"b": ["a"]}
    return schema, {"a": first, "b": second} if both else {}


@st.composite
def branching(draw: st.DrawFn, below: st.SearchStrategy[Pair]) -> Pair:
    """Members of either branch of a condition on another one; the second branch may branch again."""
    kinds = draw(st.lists(TEXTS, min_size=2, max_size=4, unique=True))
    parts = [draw(below) for _ in kinds]
    schema: dict[str, Any] = {}
    for number in range(len(kinds) - 1, -1, -1):
        then: dict[str, Any] = {"properties": {f"m{number}": parts[number][0]}}
        if draw(st.booleans()):
            then["required"] = [f"m{number}"]
        test = draw(st.sampled_from([{"const": kinds[number]}, {"enum": [kinds[number], 0]}]))
        branch: dict[str, Any] = {"if": {"properties": {"kind": test}, "required": ["kind"]}, "then": then}
        schema = {**branch, "else": schema} if schema and draw(st.booleans()) else {
            **branch, **({"allOf": [schema]} if schema else {})
        }  # fmt: skip
    asked = {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
    chosen = draw(st.integers(0, len(kinds) - 1))
    return {**schema, **asked}, {"kind": kinds[chosen], f"m{chosen}": parts[chosen][1]}


def pairs() -> st.SearchStrategy[Pair]:
    return st.recursive(
        scalars() | several_types() | several_of(),
        lambda below: st.one_of(
            nullables(below),
            arrays(below),
            objects(below),
            variants(below),
            tuples(below),
            open_objects(below),
            conditional(below),
            branching(below),
        ),
        max_leaves=8,
    )
