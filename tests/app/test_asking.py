"""Questions in words."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.asking import Asking, Questions, age, item_of
from inspector.app.items import Item
from inspector.journal.asked import Asked
from inspector.journal.catalogue import Catalogue
from inspector.journal.journal import Journal
from inspector.journal.question import Question
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind


def question(**given: Any) -> Question:
    made = Question(3, None, "1", "elicitation/create")
    for name, value in given.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "not answered"),
        ({"state": "answered", "by": "user"}, "answered by you"),
        ({"state": "answered", "by": "server", "origin": "refusal"}, "done by the server"),
        ({"state": "cancelled", "by": "server"}, "withdrawn by the server"),
        ({"state": "cancelled", "by": "user"}, "cancelled by you"),
        ({"state": "declined", "by": "policy"}, "declined by policy"),
        ({"state": "expired"}, "expired"),
        ({"state": "\x1b[31m", "by": "nobody"}, "␛[31m"),
    ],
)
def test_how_a_question_ended(given: dict[str, Any], says: str) -> None:
    assert Asking(question(**given), None).ended == says


def test_words_of_a_question() -> None:
    assert Asking(question(), None).word == "form"
    assert Asking(question(mode="url"), None).word == "URL"
    assert Asking(question(method="x\u202ey"), None).word == "x‹U+202E›y"
    assert Asking(question(method=""), None).word == "?"
    assert Asking(question(method="roots/list"), None).says == "Which folders may I work in?"
    assert Asking(question(origin="leg", leg=2), None).round == "round 2 of at most 10"
    assert Asking(question(origin="leg", task="t"), None).round == ""
    assert not Asking(question(), None).waiting


def test_ages() -> None:
    assert [age(0, now) for now in (-5, 7.9, 125, 3725)] == ["0 s", "7 s", "2:05", "1:02:05"]


def test_what_is_over_is_listed_newest_first_and_groups_stay_together() -> None:
    journal = Journal.create()
    call = journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(1, "tools/call", {"name": "ship"}))
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.request(1, "roots/list"))
    wanted = {"a": {"method": "roots/list"}, "b": {"method": "sampling/createMessage"}}
    result = {"resultType": "input_required", "inputRequests": wanted}
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(1, result))
    fold = Asked(journal)
    fold.advance(1)
    questions = Questions(journal)
    listed = questions.listed(fold.questions, None)
    assert [(each.question.key, each.group) for each in listed] == [("a", 2), ("b", 2), (None, 1)]
    assert {each.cause for each in listed} == {"tools/call ship"}
    assert questions.name(-1) == ""
    assert questions.name(call.seq) == "tools/call ship"


def test_the_capability_that_a_call_is_of() -> None:
    catalogue = Catalogue()
    catalogue.tools = [{"name": "ship", "description": "Send."}]
    found = item_of("tools/call", {"name": "ship"}, catalogue)
    assert found is not None
    assert found.text("description") == "Send."
    assert item_of("resources/read", {"uri": "a:b"}, catalogue) == Item("resources", {"uri": "a:b"})
    assert item_of("tools/call", {"name": 3}, catalogue) is None
    assert item_of("tasks/get", {}, catalogue) is None
