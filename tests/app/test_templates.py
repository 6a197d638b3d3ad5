"""Resource templates: their variables, their faults, what they expand to."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.templates import expand, problem, schema
from inspector.errors import UsageError

WHOLE = "repo://{owner}/{+name}{/path*}{?labels*,page}{#part:3}"


def test_variables_and_which_of_them_may_be_many() -> None:
    made = schema(WHOLE)
    assert made is not None
    assert list(made["properties"]) == ["owner", "name", "path", "labels", "page", "part"]
    assert made["required"] == ["owner", "name"]
    assert made["properties"]["owner"] == {"type": "string"}
    assert [way["type"] for way in made["properties"]["path"]["anyOf"]] == ["array", "string", "object"]
    assert "first 3" in made["properties"]["part"]["description"]
    assert schema("test://static/{a}{a}") == {
        "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]
    }  # fmt: skip
    assert schema("test://static") is None


@pytest.mark.parametrize(
    ("values", "uri"),
    [
        ({"owner": "a b", "name": "x/y"}, "repo://a%20b/x/y"),
        ({"owner": "o", "name": "n", "path": ["src", "a/b"]}, "repo://o/n/src/a%2Fb"),
        ({"owner": "o", "name": "n", "labels": {"a": "1", "b": None}, "page": 2}, "repo://o/n?a=1&page=2"),
        ({"owner": "o", "name": "n", "labels": ["x", None, "y"]}, "repo://o/n?labels=x&labels=y"),
        ({"owner": True, "name": "n", "part": "abcdef", "path": []}, "repo://true/n#abc"),
        (None, "repo:///"),
    ],
)
def test_uris(values: Any, uri: str) -> None:
    assert expand(WHOLE, values) == uri


@pytest.mark.parametrize("value", [[["x"]], {"a": {"b": "c"}}, "\ud800"])
def test_values_that_fit_no_template(value: Any) -> None:
    with pytest.raises(UsageError, match="do not fit"):
        expand("x:{a}", {"a": value})


@pytest.mark.parametrize(
    "template", ["", "x:y", "x:{a}", "x:{+a,b*}{?c:12}{.d.e}", "x:{%41}", WHOLE, "ü:{a}"]
)
def test_what_is_a_template(template: str) -> None:
    assert problem(template) == ""


@pytest.mark.parametrize(
    "template", ["x:{a", "x:a}", "x:{}", "x:{a b}", "x:{ü}", "x:{=a}", "x:{a:0}", "x:{a**}", "a b", "{{a}}"]
)
def test_what_is_none(template: str) -> None:
    assert "RFC 6570" in problem(template)


@pytest.mark.parametrize("template", ["{" * 200_000, "{a" * 100_000, "x:" + "{a}" * 100_000])
def test_what_is_longer_than_any_uri_is_not_expanded(template: str) -> None:
    with pytest.raises(UsageError, match="longer than any URI"):
        expand(template, {"a": "1"})
    assert len(problem(template)) < 300
