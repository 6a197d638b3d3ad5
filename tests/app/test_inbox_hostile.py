"""Whatever a server asks: a thousand questions, a megabyte, deep and wide schemas, characters that lie."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.panes.inbox import Inbox
from inspector.app.widgets.form import SchemaForm
from tests.app.asking import AskingServer, asked, elicit, roots, sample, visit
from tests.app.stage import Stage

SIZE = (100, 32)
ODD = "\x1b[31m\x9b2Jred\u202e\u200b[/bold]\x00"


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"in": schema}}
    return schema


def wide(count: int) -> dict[str, Any]:
    return {"type": "object", "properties": {f"field-{n}": {"type": "string"} for n in range(count)}}


async def opened(stage: Stage) -> Inbox:
    await stage.press("1", "i")
    inbox = stage.screen.query_one(Inbox)
    await stage.until(lambda: inbox.pane.asking is not None)
    await stage.settled()
    return inbox


def painted(stage: Stage) -> str:
    """All that stands on the screen."""
    return "\n".join(strip.text for strip in stage.screen._compositor.render_strips())


async def test_a_thousand_questions() -> None:
    server = AskingServer(*(elicit(number) for number in range(1100)))
    async with asked((80, 24), server) as stage:
        keeper = stage.app.keeper
        assert keeper is not None
        assert keeper.session is not None
        session = keeper.session
        await stage.until(lambda: len(session.inbox.entries) == 1100)
        inbox = await opened(stage)
        await stage.until(lambda: len(inbox._listed) == 1100)
        assert len(session.inbox.waiting) == 1000
        assert "1000 waiting · 100 over" in painted(stage)
        assert len(stage.app._notifications) <= 3
        await stage.press("end", "home", "f2", "pagedown")
        await stage.settled()
        assert len(session.inbox.waiting) == 999


@pytest.mark.parametrize(
    "schema",
    [
        deep(60),
        wide(2000),
        {"type": "object", "properties": {ODD: {"type": "string", "title": ODD, "description": ODD}}},
        {"type": "object", "properties": {"pick": {"enum": [f"{ODD}{n}" for n in range(5000)]}}},
        {"type": "object", "properties": {"pick": {"type": "array", "items": {"enum": list(range(3000))}}}},
        {"$ref": "#"},
        3,
        [],
        {"type": ODD, "properties": ODD, "required": 7},
    ],
    ids=["deep", "wide", "odd", "endless-enum", "endless-choice", "cycle", "number", "list", "nonsense"],
)
async def test_schemas(schema: Any) -> None:
    server = AskingServer(elicit(1, schema=schema))
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.until(lambda: inbox.query(SchemaForm))
        await stage.press("enter", "down", "ctrl+t", "ctrl+t", "escape")
        await stage.settled()
        assert not set("\x1b\x9b\u202e\u200b\x00") & set(painted(stage))
        await stage.press("f5")
        await stage.settled()
        await stage.press("f5")  # once more, past what is no value
        await stage.until(lambda: server.answers)


@pytest.mark.parametrize(
    "question",
    [
        elicit(1, message="x" * 1_000_000),
        elicit(ODD, message=ODD * 1000),
        sample(1, systemPrompt="y" * 1_000_000, tools=[{"name": ODD, "inputSchema": deep(40)}] * 300),
        sample(1, messages=[{"role": ODD, "content": [{"type": ODD, "text": ODD}] * 120}] * 120),
        sample(1, messages=ODD, tools=7, maxTokens={"a": [ODD] * 500}),
        visit(1, url="https://" + "a" * 100_000 + ".example/"),
        visit(1, url=f"https://{ODD}.example/{ODD}"),
        visit(1, url=None, message=None),
        {**roots(1), "params": ODD},
        {**elicit(1), "params": [1, 2]},
        {"jsonrpc": "2.0", "id": 1, "method": ODD * 5000, "params": deep(40)},
    ],
    ids=[
        "message",
        "odd",
        "sampling",
        "messages",
        "no-messages",
        "host",
        "odd-url",
        "no-url",
        "roots",
        "list",
        "method",
    ],
)
async def test_questions(question: dict[str, Any]) -> None:
    server = AskingServer(question)
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        for _ in range(3):
            await stage.press("right_square_bracket")
            await stage.settled()
            assert not set("\x1b\x9b\u202e\u200b\x00") & set(painted(stage))
        await stage.press("l", "i", "y", "f2")
        await stage.until(lambda: server.answers)
        await stage.settled()
        assert inbox.pane.asking is not None
        assert inbox.pane.asking.ended == "declined by you"
        assert not set("\x1b\x9b\u202e\u200b\x00") & set(painted(stage))
