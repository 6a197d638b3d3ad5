from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.forms.plan import Field, plan
from inspector.forms.unset import UNSET


def child(schema: dict[str, Any], **root: Any) -> Field:
    return plan({"type": "object", "properties": {"x": schema}, **root}).children[0]


def test_a_tool_with_two_numbers() -> None:
    field = plan(
        {
            "type": "object",
            "properties": {
                "a": {"type": "number", "description": "First"},
                "b": {"type": "integer", "default": 40, "minimum": 0},
            },
            "required": ["a"],
        }
    )
    assert [(one.key, one.kind, one.required, one.default, one.hint) for one in field.children] == [
        ("a", "number", True, UNSET, ""),
        ("b", "integer", False, 40, "≥ 0"),
    ]
    assert field.children[0].description == "First"
    assert field.takes_input


@pytest.mark.parametrize(
    ("schema", "kind", "nullable"),
    [
        ({"type": "string"}, "string", False),
        ({"type": ["string", "null"]}, "string", True),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None, "title": "X"}, "integer", True),
        ({"type": "null"}, "null", False),
        ({"const": 5}, "enum", False),
        ({"enum": ["a", 1, None]}, "enum", False),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, "enum", True),
        ({"type": "array", "items": {"type": "string"}}, "array", False),
        ({"items": {"type": "string"}}, "array", False),
        ({"properties": {"y": {}}}, "object", False),
        ({"$ref": "#/$defs/point"}, "object", False),
        ({"allOf": [{"$ref": "#/$defs/point"}], "description": "here"}, "object", False),
        ({"type": "object", "properties": {"y": {}}, "anyOf": [{"required": ["y"]}]}, "object", False),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object", False),
        ({"type": "object", "properties": {"y": {}}, "patternProperties": {"^a": {}}}, "object", False),
        ({"type": "array", "items": [{}, {}]}, "array", False),
        ({"type": "array", "prefixItems": [{}], "items": {}}, "array", False),
        ({"type": ["string", "number"]}, "variant", False),
        ({"type": ["string", "object", "null"]}, "variant", True),
        ({"oneOf": [{"type": "object"}, {"type": "string"}]}, "variant", False),
        ({"anyOf": [{"type": "string", "format": "email"}, {"type": "string"}]}, "string", False),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number", False),
        ({"anyOf": [{"$ref": "#/$defs/point"}]}, "object", False),
        ({"$ref": "#point"}, "object", False),
        ({"enum": ["a", "b"], "type": ["string", "null"]}, "enum", True),
        # As JSON:
        ({}, "json", False),
        ({"type": "object"}, "json", False),
        ({"type": "object", "patternProperties": {"^(a+)+$": {}}}, "json", False),
        ({"type": "array"}, "json", False),
        ({"$ref": "http://example.com/schema"}, "json", False),
        ({"$ref": "#/$defs/nowhere"}, "json", False),
        ({"type": "banana"}, "json", False),
    ],
)
def test_kinds(schema: dict[str, Any], kind: str, nullable: bool) -> None:
    point = {"$anchor": "point", "type": "object", "properties": {"x": {"type": "number"}}}
    field = child(schema, **{"$defs": {"point": point}})
    assert (field.kind, field.nullable) == (kind, nullable)


def test_choices_and_their_titles() -> None:
    names = child({"type": "string", "enum": ["r", "g"], "enumNames": ["Red", "Green"]})
    assert [(one.value, one.title) for one in names.choices] == [("r", "Red"), ("g", "Green")]
    consts = child({"oneOf": [{"const": 1, "title": "One", "description": "uno"}, {"const": ""}]})
    assert [(one.value, one.title, one.description) for one in consts.choices] == [
        (1, "One", "uno"),
        ("", '""', ""),
    ]
    mixed = child({"anyOf": [{"enum": ["a"], "title": "A"}, {"enum": ["b", "c"], "type": "string"}]})
    assert [(one.value, one.title) for one in mixed.choices] == [("a", "A"), ("b", "b"), ("c", "c")]
    assert child({"const": "only"}).const == "only"


def test_forms_to_choose_from_have_a_name_each() -> None:
    circle = {"properties": {"kind": {"const": "circle"}, "r": {"type": "number"}}, "required": ["kind"]}
    shape = child(
        {
            "type": "object",
            "properties": {"id": {"type": "integer"}},
            "oneOf": [
                circle,
                {"title": "Box", "properties": {"w": {}}},
                {"$ref": "#/$defs/line"},
                {"properties": {"a": {}}},
                {"properties": {"b": {}}},
            ],
        },
        **{"$defs": {"line": {"properties": {"l": {}}}}},
    )
    assert [one.title for one in shape.variants] == ["circle", "Box", "line", "object 4", "object 5"]
    assert [one.key for one in shape.variants[0].children] == ["kind", "r", "id"]
    assert [one.title for one in child({"type": ["integer", "array"]}).variants] == ["integer", "array"]


def test_members_that_depend_on_others_have_a_place() -> None:
    field = plan(
        {
            "type": "object",
            "properties": {"how": {"enum": ["mail", "call"]}, "a": {"type": "string"}},
            "allOf": [
                {
                    "if": {"properties": {"how": {"const": "mail"}}},
                    "then": {"properties": {"to": {"type": "string"}}},
                },
                {
                    "if": {},
                    "then": {"properties": {"n": {"type": "integer"}}},
                    "else": {"properties": {"n": {}}},
                },
            ],
            "dependentSchemas": {"a": {"properties": {"b": {"type": "boolean"}}, "required": ["b"]}},
        }
    )
    assert [(one.key, one.kind, one.required) for one in field.children] == [
        ("how", "enum", False),
        ("a", "string", False),
        ("b", "boolean", False),
        ("to", "string", False),
        ("n", "variant", False),
    ]


def test_members_without_a_name_in_the_schema() -> None:
    field = plan(
        {
            "type": "object",
            "properties": {"a": {}},
            "patternProperties": {"^x-": {"type": "integer"}},
            "additionalProperties": {"type": "string"},
        }
    )
    found = {name: field.member(name) for name in ("a", "x-1", "b")}
    assert [one.kind for one in found.values() if one is not None] == ["json", "integer", "string"]
    closed = plan({"type": "object", "patternProperties": {"^x-": {}}, "additionalProperties": False})
    assert closed.member("b") == Field()  # it can be sent all the same
    assert closed.takes_input


def test_tuples() -> None:
    field = child({"prefixItems": [{"type": "string"}, {"enum": [1]}], "items": False, "minItems": 1})
    assert [one.kind for one in field.heads] == ["string", "enum"]
    assert field.least == 1
    assert field.element(2) is None
    assert (child({"prefixItems": [{}], "items": {"type": "null"}}).element(7) or Field()).kind == "null"


def test_several_of_the_listed_values() -> None:
    assert child({"type": "array", "items": {"enum": ["a", "b"]}}).multiple
    assert child({"type": "array", "items": {"anyOf": [{"const": "a", "title": "A"}]}}).multiple
    assert not child({"type": "array", "items": {"type": "string"}}).multiple


def test_json_fields_tell_their_types() -> None:
    assert child({"type": ["string", "number"]}).types == ("string", "number")
    assert child({"anyOf": [{"type": "string"}, {"type": "array"}]}).types == ("string", "array")
    assert child({"anyOf": [{"type": "string"}, {}]}).types == ()


def test_a_tree_is_cut_where_it_repeats() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "name": {"type": "string"}}}
    field = child({"$ref": "#/$defs/node"}, **{"$defs": {"node": node}})
    assert [(one.key, one.kind) for one in field.children] == [("next", "json"), ("name", "string")]
    assert plan({"$ref": "#"}).kind == "json"


def test_depth_and_number_are_capped() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(200):
        deep = {"type": "object", "properties": {"x": deep}}
    field, depth = plan(deep), 0
    while field.kind == "object":
        field, depth = field.children[0], depth + 1
    assert field.kind == "json"
    assert depth < 20

    assert len(plan({"type": "object", "properties": {f"p{n}": {} for n in range(5000)}}).children) == 5000

    levels = {
        f"l{n}": {"type": "object", "properties": {f"p{m}": {"$ref": f"#/$defs/l{n + 1}"} for m in range(20)}}
        for n in range(10)
    }
    assert plan({"$ref": "#/$defs/l0", "$defs": levels}).kind == "object"


def test_no_arguments() -> None:
    for schema in ({"type": "object"}, {"type": "object", "properties": {}}):
        assert plan(schema).kind == "object"
        assert not plan(schema).takes_input
    assert plan({"type": "object", "additionalProperties": True}).kind == "json"


WORDS = (
    "type properties required items enum const oneOf anyOf allOf $ref $defs default title description "
    "examples enumNames minimum maximum minLength pattern format nullable additionalProperties "
    "multipleOf minItems uniqueItems exclusiveMinimum patternProperties prefixItems if then else "
    "dependentSchemas dependentRequired unevaluatedProperties $dynamicRef $anchor"
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
HOSTILE = st.recursive(
    LEAVES | st.sampled_from(["string", "object", "#", "null"]),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(WORDS.split(" ")), below, max_size=5)
    ),
    max_leaves=30,
)


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_nothing_that_a_server_sends_raises(schema: object) -> None:
    assert isinstance(plan(schema), Field)
    assert isinstance(plan({"type": "object", "properties": {"x": schema}}), Field)


def test_a_schema_nested_without_end() -> None:
    deep: Any = {}
    for _ in range(50_000):
        deep = {"allOf": [deep]}
    assert plan(deep).kind == "json"
    for word in ("items", "anyOf", "not"):
        deep = {}
        for _ in range(50_000):
            deep = {"type": "array", word: deep if word == "items" else [deep]}
        assert plan(deep).kind in ("json", "array")


def test_a_null_with_a_title_is_a_choice() -> None:
    field = plan({"anyOf": [{"const": 1, "title": "One"}, {"const": None, "title": "Nothing"}]})
    assert [choice.title for choice in field.choices] == ["One", "Nothing"]
    plain = plan({"anyOf": [{"const": 1, "title": "One"}, {"const": None}]})
    assert (plain.nullable, [choice.value for choice in plain.choices]) == (True, [1])
