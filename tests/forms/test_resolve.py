from __future__ import annotations

from inspector.forms.resolve import lookup, straighten

NONE: frozenset[str] = frozenset()


def test_a_reference_keeps_the_outer_words() -> None:
    root = {"$defs": {"p": {"type": "string", "title": "Inner", "minLength": 1}}}
    found = straighten(root, {"$ref": "#/$defs/p", "title": "Outer"}, NONE)
    assert found is not None
    assert found.schema == {"type": "string", "title": "Outer", "minLength": 1}
    assert found.refs == {"#/$defs/p"}


def test_all_of_is_merged_unless_it_contradicts() -> None:
    found = straighten(
        {},
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
                {"properties": {"b": {}}, "required": ["b"]},
                True,
            ]
        },
        NONE,
    )
    assert found is not None
    assert found.schema["properties"] == {"a": {"type": "string"}, "b": {}}
    assert found.schema["required"] == ["a", "b"]
    assert straighten({}, {"allOf": [{"type": "string"}, {"type": "number"}]}, NONE) is None


def test_null_is_set_apart() -> None:
    for schema in (
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"oneOf": [{"type": "null", "title": "None"}, {"type": "string"}]},
        {"type": ["string", "null"]},
        {"type": "string", "nullable": True},
    ):
        found = straighten({}, schema, NONE)
        assert found is not None
        assert found.nullable
        assert found.schema == {"type": "string"}


def test_pointers() -> None:
    root = {"$defs": {"a/b": {"x~y": [{"z": 1}]}}}
    assert lookup(root, "#/$defs/a~1b/x~0y/0") == {"z": 1}
    assert lookup(root, "#") is root
    for nowhere in ("#/$defs/c", "#/$defs/a~1b/x~0y/7", "#/$defs/a~1b/x~0y/²", "#anchor", "http://h/x", ""):
        assert lookup(root, nowhere) is None


def test_circles_end() -> None:
    root = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    assert straighten(root, {"$ref": "#/$defs/a"}, NONE) is None
    assert straighten(root, {"$ref": 7}, NONE) is None
    assert straighten(root, {"allOf": [{"allOf": 7}]}, NONE) is None
