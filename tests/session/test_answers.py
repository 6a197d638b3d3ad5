"""Answers that are known beforehand, and how one declines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import UsageError
from inspector.session.answers import Answers, accepted, declined
from inspector.session.peer import Answer
from inspector.wire.jsonrpc import Frame, classify

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "n": {"type": "integer", "default": 3}},
    "required": ["name"],
}
FORM = {"message": "?", "requestedSchema": SCHEMA}
URL = {"message": "?", "mode": "url", "url": "https://a.example"}


def frame(method: str, params: Any = None) -> Frame:
    return classify(
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}).encode()
    )


def given(document: Any, method: str, params: Any = None) -> Any:
    answer = Answers(document)(frame(method, params))
    return None if answer is None else answer.result


def test_defaults_stand_under_what_is_given() -> None:
    assert accepted(FORM).result == {"action": "accept", "content": {"n": 3}}
    assert accepted(FORM, {"name": "x", "n": 4}).result["content"] == {"n": 4, "name": "x"}
    assert accepted(URL).result == {"action": "accept"}
    assert accepted({"requestedSchema": [1]}).result == {"action": "accept", "content": {}}


@pytest.mark.parametrize(
    ("elicitation", "form", "url"),
    [
        ("accept", {"action": "accept", "content": {"n": 3}}, {"action": "accept"}),
        ("cancel", {"action": "cancel"}, {"action": "cancel"}),
        ({"name": "x"}, {"action": "accept", "content": {"n": 3, "name": "x"}}, None),
        ({"action": "x"}, {"action": "accept", "content": {"n": 3, "action": "x"}}, None),
        ({"action": "accept", "content": {}}, {"action": "accept", "content": {}},
         {"action": "accept", "content": {}}),
    ],
)  # fmt: skip
def test_elicitation(elicitation: Any, form: Any, url: Any) -> None:
    assert given({"elicitation": elicitation}, "elicitation/create", FORM) == form
    assert given({"elicitation": elicitation}, "elicitation/create", URL) == url
    assert given({"roots": []}, "elicitation/create", FORM) is None


def test_a_list_answers_one_by_one() -> None:
    answers = Answers({"sampling": ["a", {"role": "assistant"}], "elicitation": ["decline"]})
    sample = frame("sampling/createMessage")
    first, second, third = answers(sample), answers(sample), answers(sample)
    assert first is not None
    assert first.result["content"] == {"type": "text", "text": "a"}
    assert second == Answer({"role": "assistant"})
    assert third is None
    assert answers.serves == {"sampling", "elicitation.form", "elicitation.url"}
    assert Answers({"elicitation": {"name": "x"}, "roots": []}).serves == {"elicitation.form", "roots"}


def test_roots(tmp_path: Path) -> None:
    roots = [str(tmp_path), "file:///b", {"uri": "x"}]
    made = given({"roots": roots}, "roots/list")["roots"]
    assert made == [{"uri": tmp_path.as_uri(), "name": tmp_path.name}, {"uri": "file:///b"}, {"uri": "x"}]
    assert given({}, "roots/list") is None
    assert given({"roots": []}, "no/such") is None


@pytest.mark.parametrize(
    "document",
    [[], {"root": []}, {"roots": "."}, {"sampling": 1}, {"elicitation": "yes"}, {"elicitation": [None]}],
)
def test_what_is_no_document_of_answers(document: Any) -> None:
    with pytest.raises(UsageError):
        Answers(document)


ALL: dict[str, Any] = {"roots": {}, "sampling": {}, "elicitation": {"form": {}, "url": {}}}


def test_declining() -> None:
    assert declined("elicitation-url", frame("elicitation/create"), ALL).result == {"action": "decline"}
    assert declined("sampling", frame("sampling/createMessage"), ALL).error == (
        -1,
        "The user declined sampling/createMessage",
    )


@pytest.mark.parametrize(
    ("kind", "declared", "code"),
    [
        ("elicitation-form", {}, -32601),
        ("sampling", {}, -32601),
        ("elicitation-url", {"elicitation": {"form": {}}}, -32602),
        ("elicitation-url", {"elicitation": {}}, -32602),
        ("elicitation-form", {"elicitation": {"url": {}}}, -32602),
    ],
)
def test_what_is_not_declared_is_refused_by_its_own_code(kind: Any, declared: Any, code: int) -> None:
    """2025-11-25, client/elicitation, "Error Handling": a mode is a matter of the parameters."""
    refused = declined(kind, frame("elicitation/create"), declared)
    assert refused.error is not None
    assert refused.error[0] == code


@pytest.mark.parametrize("given", [{"tools": []}, {"toolChoice": {"mode": "auto"}}])
def test_tools_for_a_model_that_has_none_are_an_error(given: Any) -> None:
    """2025-11-25, `CreateMessageRequestParams.tools`: the client must return an error."""
    asked = frame("sampling/createMessage", given)
    refused = declined("sampling", asked, ALL)
    assert refused.error is not None
    assert refused.error[0] == -32602
    assert declined("sampling", asked, {"sampling": {"tools": {}}}).error == (
        -1,
        "The user declined sampling/createMessage",
    )
