"""What is declared in each version, of what is served."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.session.options import Options
from inspector.session.serving import ANSWERABLE, SERVABLE, capabilities, declares, kind_of
from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.versions import V1, V3, V4, V5


def test_each_version_has_its_words() -> None:
    assert capabilities(SERVABLE, V1) == {"roots": {"listChanged": True}, "sampling": {}}
    assert capabilities(ANSWERABLE, V3) == {"roots": {}, "sampling": {}, "elicitation": {}}
    assert capabilities(SERVABLE, V4) == {
        "roots": {"listChanged": True},
        "sampling": {"context": {}, "tools": {}},
        "elicitation": {"form": {}, "url": {}},
        "tasks": {
            "list": {},
            "cancel": {},
            "requests": {"sampling": {"createMessage": {}}, "elicitation": {"create": {}}},
        },
    }
    assert capabilities({"tasks", "sampling"}, V4)["tasks"]["requests"] == {"sampling": {"createMessage": {}}}
    assert capabilities(ANSWERABLE, V5) == {
        "roots": {},
        "sampling": {},
        "elicitation": {"form": {}, "url": {}},
    }
    assert capabilities(SERVABLE, V5)["roots"] == {}
    assert capabilities({"elicitation.url"}, V3) == {}
    assert capabilities({"elicitation.url"}, V4) == {"elicitation": {"url": {}}}
    assert capabilities((), V5) == {}
    assert capabilities(SERVABLE, "1.0") == {}


def test_extensions_are_declared_by_their_identifiers() -> None:
    served = {"io.modelcontextprotocol/ui", TASKS_EXTENSION, "com.example/odd", "roots"}
    apps = {"mimeTypes": ["text/html;profile=mcp-app"]}
    assert capabilities(served, V5) == {
        "roots": {},
        "extensions": {"com.example/odd": {}, TASKS_EXTENSION: {}, "io.modelcontextprotocol/ui": apps},
    }
    legacy = capabilities(served, V3)["extensions"]
    assert legacy == {"com.example/odd": {}, "io.modelcontextprotocol/ui": apps}


def test_what_is_served_may_be_kept_back() -> None:
    options = Options(serves=ANSWERABLE, undeclared=frozenset({"sampling", "elicitation.url"}))
    assert options.declared(V5) == {"roots": {}, "elicitation": {"form": {}}}


def test_what_is_given_by_hand_wins() -> None:
    options = Options(serves=ANSWERABLE, capabilities={"sampling": 7, "x": {}})
    assert options.declared(V1) == {"roots": {}, "sampling": 7, "x": {}}


@pytest.mark.parametrize(
    ("declared", "form", "url"),
    [
        ({}, False, False),
        ({"elicitation": {}}, True, False),
        ({"elicitation": {"url": {}}}, False, True),
        ({"elicitation": {"form": {}, "url": {}}}, True, True),
        ({"elicitation": 3}, True, False),
    ],
)
def test_modes(declared: Any, form: bool, url: bool) -> None:
    assert declares(declared, "elicitation-form") is form
    assert declares(declared, "elicitation-url") is url


def test_kinds() -> None:
    assert kind_of("elicitation/create", {}) == "elicitation-form"
    assert kind_of("elicitation/create", {"mode": "url"}) == "elicitation-url"
    assert kind_of("tasks/get", {}) == "other"
    assert declares({"roots": {}}, "roots")
    assert not declares({}, "other")
