"""What is kept of a question, and what an answer makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.question import Question, id_text, identity, question_of, state_of
from inspector.wire.jsonrpc import Frame, classify, encode


def frame(**message: Any) -> Frame:
    return classify(encode({"jsonrpc": "2.0", "id": 1, **message}))


def asks(method: str, **params: Any) -> Question:
    return question_of(3, None, frame(method=method, params=params), "request", 2)


def test_an_elicitation() -> None:
    question = asks("elicitation/create", message="Who\x1b?", mode="url", elicitationId="e")
    assert (question.says, question.mode, question.elicitation) == ("Who␛?", "url", '"e"')
    assert (question.ident, question.cause) == (identity(3, None, "1"), 2)
    assert asks("elicitation/create", message="x" * 900, mode=["url"]).mode == ""


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        (
            [{"content": {"type": "text", "text": "one"}}, {"content": [{"type": "image"}, {"text": "two"}]}],
            "two",
        ),
        ([{"content": 3}], ""),
        ([3], ""),
        ("x", ""),
    ],
)
def test_a_sampling_says_its_last_text(messages: Any, says: str) -> None:
    assert asks("sampling/createMessage", messages=messages).says == says


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"error": {"code": -1, "message": "no"}}, "declined"),
        ({"result": {"action": "decline"}}, "declined"),
        ({"result": {"action": "cancel"}}, "cancelled"),
        ({"result": {"action": "accept"}}, "answered"),
        ({"result": 3}, "answered"),
    ],
)
def test_what_an_answer_makes_of_it(answer: dict[str, Any], state: str) -> None:
    said = frame(**answer)
    assert state_of(asks("elicitation/create"), said.shape, said) == state


def test_ids_as_they_are_compared() -> None:
    assert [id_text(value) for value in ("1", 1, 1.5, True, None, [1])] == ['"1"', "1", "1.5", "", "", ""]
