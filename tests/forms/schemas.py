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


def pairs() -> st.SearchStrategy[Pair]:
    return st.recursive(
        scalars(), lambda below: nullables(below) | arrays(below) | objects(below), max_leaves=8
    )
