from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from inspector.forms.check import MOST_PROBLEMS, Problem, check
from inspector.forms.draft import initial
from inspector.forms.plan import plan
from inspector.forms.value import UNSET, value_of
from tests.forms.schemas import ANY_JSON, Pair, pairs
from tests.forms.test_plan import HOSTILE


def sentences(schema: Any, value: Any) -> list[str]:
    return [problem.sentence for problem in check(schema, value)]


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        ({"type": "number"}, "a", "must be number, is string"),
        ({"type": ["string", "null"]}, 1, "must be string or null, is integer"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, "must be string or null, is integer"),
        ({"anyOf": [{"minimum": 2}, {"type": "null"}]}, 1, "must be at least 2"),
        ({"anyOf": [{"minimum": 2}, {"multipleOf": 2}]}, 1, "fits none of the schema's 2 forms"),
        ({"anyOf": [{"const": 2}, {"enum": [3]}]}, 1, "fits none of the schema's 2 forms"),
        ({"oneOf": [{}, {}]}, 1, "must fit exactly one of the schema's 2 forms"),
        ({"enum": ["a", 1]}, 2, 'must be one of "a", 1'),
        ({"const": None}, 2, "must be null"),
        ({"minimum": 3}, 2, "must be at least 3"),
        ({"exclusiveMaximum": 2}, 2, "must be less than 2"),
        ({"multipleOf": 5}, 2, "must be a multiple of 5"),
        ({"minLength": 1}, "", "must have at least 1 character, has 0"),
        ({"maxItems": 2}, [1, 2, 3], "must have at most 2 items, has 3"),
        ({"pattern": "^a"}, "b", 'must match the pattern "^a"'),
        ({"not": {}}, 1, "is what the schema rules out"),
        ({"additionalProperties": False}, {"q": 1}, 'has members that the schema does not know: ["q"]'),
        ({"propertyNames": {"maxLength": 1}}, {"qq": 1}, "must have at most 1 character, has 2"),
        (False, 1, "is not allowed at all"),
        ({"contains": {"type": "null"}}, [1], "lacks an item that the schema demands"),
        ({"format": "email"}, "nobody", "must be an email address"),
        ({"format": "date"}, "1.2.2026", "must be a date, like 2026-01-31"),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, 'is required beside "a"'),
    ],
)
def test_short_sentences(schema: Any, value: Any, says: str) -> None:
    assert [problem.says for problem in check(schema, value)] == [says]


def test_of_several_forms_the_one_that_is_meant_says_what_is_wrong() -> None:
    card = {"properties": {"kind": {"const": "card"}, "code": {"minLength": 3}}, "required": ["kind", "code"]}
    bank = {"properties": {"kind": {"const": "bank"}, "iban": {"minLength": 5}}, "required": ["kind"]}
    for word in ("oneOf", "anyOf"):
        schema = {
            "properties": {"pay": {word: [card, {"anyOf": [bank, {"type": "null"}]}, {"type": "array"}]}}
        }
        assert [one.sentence for one in check(schema, {"pay": {"kind": "bank", "iban": "x"}})] == [
            "pay.iban must have at least 5 characters, has 1"
        ]
        assert [one.path for one in check(schema, {"pay": {"kind": "cash"}})] == [("pay",)]


def test_paths() -> None:
    schema = {
        "properties": {"a": {"items": {"required": ["b"]}}, "c": {"uniqueItems": True}},
    }
    assert check(schema, {"a": [{"b": 1}, {}], "c": [1, {"x": 1.0}, 1.0, {"x": 1}]}) == [
        Problem(("a", 1, "b"), "is required", missing=True),
        Problem(("c", 2), "is there twice"),
        Problem(("c", 3), "is there twice"),
    ]
    assert sentences(schema, {"a": [{}]}) == ["a.0.b is required"]


def test_the_declared_dialect_is_used() -> None:
    draft4 = {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": True}
    assert len(check(draft4, 1)) == 1
    draft7 = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}]}
    assert len(check(draft7, [1])) == 1
    assert check({"$schema": "urn:unheard-of", "prefixItems": [{"type": "string"}]}, [1]) != []


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    schema = {
        "$id": "http://127.0.0.1:9/root",
        "properties": {"a": {"$ref": "http://127.0.0.1:9/x"}, "b": {"$ref": "y.json"}, "c": {"type": "null"}},
    }
    assert sentences(schema, {"a": 1, "b": 1, "c": 1}) == [
        'a is unchecked where the schema says $ref: "http://127.0.0.1:9/x"',
        'b is unchecked where the schema says $ref: "y.json"',
        "c must be null, is integer",
    ]


def test_local_references_are_followed() -> None:
    schema = {
        "$defs": {
            "n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}, "v": {"type": "null"}}}
        },
        "$ref": "#/$defs/n",
    }
    assert sentences(schema, {"next": {"next": {"v": 1}}}) == ["next.next.v must be null, is integer"]


def test_bombs_end() -> None:
    doubling: dict[str, Any] = {f"x{n}": {"allOf": [{"$ref": f"#/$defs/x{n + 1}"}] * 2} for n in range(40)}
    doubling["x40"] = {}
    (problem,) = check({"$defs": doubling, "$ref": "#/$defs/x0"}, 1)
    assert "too long" in problem.says
    (problem,) = check({"$ref": "#"}, 1)
    assert "too deeply" in problem.says
    assert check({"pattern": "^(a+)+$"}, "a" * 40 + "!") == []
    backtracking = {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}
    assert check(backtracking, {"a" * 40 + "!": 1}) == []
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert len(check({"items": {"$ref": "#"}}, deep)) == 1
    assert len(check({"items": {"type": "null"}}, [1] * 10_000)) == MOST_PROBLEMS


@given(HOSTILE, ANY_JSON)
@settings(max_examples=300, deadline=None)
def test_nothing_that_a_server_sends_raises(schema: Any, value: Any) -> None:
    for problem in check(schema, value):
        assert problem.sentence


@given(pairs(), ANY_JSON)
@settings(max_examples=200, deadline=None)
def test_the_library_agrees(pair: Pair, value: Any) -> None:
    schema, _ = pair
    assert (check(schema, value) == []) == Draft202012Validator(schema).is_valid(value)


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_what_a_fresh_form_yields_is_valid_or_the_reason_is_told(pair: Pair) -> None:
    schema, _ = pair
    field = plan(schema)
    value, problems = value_of(field, initial(field))
    if not problems:
        assert value is UNSET or check(schema, value) == []


def test_jsonschema_is_imported_by_the_first_check_only() -> None:
    program = (
        "import sys, inspector.forms.value, inspector.forms.check as c;"
        "assert 'jsonschema' not in sys.modules and 're' in sys.modules;"
        "c.check({}, 1); assert 'jsonschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_is_missing_in_the_form_that_is_meant_is_said_there() -> None:
    cat = {
        "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
        "required": ["kind", "lives"],
    }
    dog = {"properties": {"kind": {"const": "dog"}}, "required": ["kind"]}
    assert sentences({"properties": {"pet": {"oneOf": [cat, dog]}}}, {"pet": {"kind": "cat"}}) == [
        "pet.lives is required"
    ]
