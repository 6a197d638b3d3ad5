"""How questions of a server are put to a person, and what is made of what they type."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.cli.asking import Asking, about
from inspector.session.answers import Policies
from inspector.session.inbox import Entry, Inbox
from inspector.session.peer import Answer
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify, encode

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Who\x1b?", "minLength": 1},
        "age": {"type": "integer", "default": 36},
        "colour": {"type": "string", "enum": ["red", "blue"]},
        "sure": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
    },
    "required": ["name"],
}


HI = {"type": "text", "text": "Hi\x07"}


class Tap:
    def client(self, what: str, /, **data: Any) -> None:
        pass


async def put(method: str, params: Any, *typed: str) -> tuple[Entry, str, list[str]]:
    """The question after it was put, what was said, and what was left to type."""
    inbox = Inbox(Tap(), Policies.every("ask"), lambda: {"elicitation": {"url": {}, "form": {}}}, tuple)  # type: ignore[arg-type]
    body = encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    frame = classify(body)
    event = Event(0, 0.0, Kind.MESSAGE, Direction.S2C, 1, body, frame=frame)
    entry = inbox.ask(frame, event, key="k")
    said: list[str] = []
    left = list(typed)

    async def ask(prompt: str) -> str | None:
        said.append(prompt)
        return left.pop(0) if left else None

    await Asking(inbox, ask, lambda *lines: said.extend(lines)).put(entry)
    return entry, "\n".join(said), left


def result(entry: Entry) -> Any:
    assert isinstance(entry.reply, Answer)
    return entry.reply.result


def form(*typed: str) -> Any:
    return put("elicitation/create", {"message": "Who\u202e?", "requestedSchema": SCHEMA}, *typed)


async def test_a_form_field_by_field() -> None:
    entry, said, _ = await form("Ada", "", "2", "y", "1, b")
    assert result(entry) == {
        "action": "accept",
        "content": {"name": "Ada", "age": 36, "colour": "blue", "sure": True, "tags": ["a", "b"]},
    }
    assert "Who‹U+202E›?" in said
    assert "age (whole number) [36]: " in said
    assert "1 red, 2 blue" in said


async def test_what_is_left_out() -> None:
    entry, _, _ = await form("Ada", "", "", "", "")
    assert result(entry)["content"] == {"name": "Ada", "age": 36}


async def test_what_does_not_fit_is_told_and_asked_again_or_sent() -> None:
    entry, said, _ = await form("Ada", "old", "", "", "", "", "Ada", "40", "green", "", "", "s")
    assert "! age must be integer, is string" in said
    assert result(entry)["content"] == {"name": "Ada", "age": 40, "colour": "green"}


@pytest.mark.parametrize(
    ("typed", "action", "state"),
    [
        (["!d"], "decline", "declined"),
        (["Ada", "!cancel"], "cancel", "cancelled"),
        ([], "decline", "declined"),
    ],
)
async def test_answering_otherwise(typed: list[str], action: str, state: str) -> None:
    entry, said, _ = await form(*typed)
    assert result(entry) == {"action": action}
    assert entry.state == state
    assert ("standard input has ended" in said) is (not typed)


async def test_a_url_is_shown_whole_and_never_opened() -> None:
    url = "https://user@xn--80ak6aa92e.com/a?b"
    entry, said, _ = await put("elicitation/create", {"message": "Go", "mode": "url", "url": url}, "", "y")
    assert result(entry) == {"action": "accept"}
    assert url in said
    assert "reads “аррӏе.com”" in said
    assert "! What stands before the @ is a user name, not the host." in said
    entry, said, _ = await put("elicitation/create", {"mode": "url", "url": 3}, "!d")
    assert "an address without a host" in said
    assert result(entry) == {"action": "decline"}


async def test_a_sample_and_roots() -> None:
    messages = [
        {"role": "user", "content": HI},
        3,
        {"content": [{"type": "image"}]},
    ]
    entry, said, _ = await put("sampling/createMessage", {"messages": messages, "systemPrompt": "Be"}, "Yo")
    assert result(entry)["content"]["text"] == "Yo"
    assert "user: Hi␇" in said
    assert "system: Be" in said
    assert "[image]" in said
    entry, _, _ = await put("sampling/createMessage", {}, "!d")
    assert entry.state == "declined"
    entry, _, _ = await put("roots/list", {}, "file:///a", "")
    assert result(entry) == {"roots": [{"uri": "file:///a"}]}


@pytest.mark.parametrize("schema", [None, [], {"type": "object", "properties": {"x": {"$ref": "#"}}}])
async def test_schemas_of_any_kind(schema: Any) -> None:
    entry, _, _ = await put("elicitation/create", {"requestedSchema": schema}, "", "s")
    assert result(entry)["action"] == "accept"
    assert about(entry) == "elicitation/create"
