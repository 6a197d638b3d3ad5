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


def test_declining() -> None:
    assert declined("elicitation-url", frame("elicitation/create"), declared=True).result == {
        "action": "decline"
    }
    assert declined("sampling", frame("sampling/createMessage"), declared=True).error == (
        -1,
        "The user declined sampling/createMessage",
    )
    refused = declined("elicitation-form", frame("elicitation/create"), declared=False).error
    assert refused is not None
    assert refused[0] == -32601
