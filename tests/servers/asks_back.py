"""A server that asks back, with the `mcp` SDK 2.x: by form, by URL, by sampling and for roots; both eras.

    asks_back.py stdio
    asks_back.py http [PORT]

What is resolved is asked for in the way of the era: as a request in the legacy ones, inside `input_required`
in the modern one. `twice` needs a second round there. `visit` asks by URL in the legacy eras, `consent` in
the modern one.
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, ListRoots, MCPServer, Resolve, Sample
from mcp_types import (
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestURLParams,
    ElicitResult,
    InputRequiredResult,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)
from pydantic import BaseModel, Field

STATE = 'état "7" / {"opaque": [1, 2.0]}'
CONSENT = "https://xn--pypal-4ve.example:8443/consent?client=mcp&state=" + "0123456789abcdef" * 6
server = MCPServer("asks-back", version="1", log_level="CRITICAL")


class Person(BaseModel):
    """A form with defaults."""

    name: str = Field(description="Who you are", min_length=1)
    age: int = Field(default=36, ge=0)
    colour: Literal["red", "blue"] = "blue"
    sure: bool = True


class Word(BaseModel):
    """A form of one field."""

    word: str


def who() -> Elicit[Person]:
    return Elicit("Who are you?", Person)


def first() -> Elicit[Word]:
    return Elicit("The first word?", Word)


def second(before: Annotated[Word, Resolve(first)]) -> Elicit[Word]:
    return Elicit(f"What follows {before.word}?", Word)


def model() -> Sample:
    content = TextContent(type="text", text="Say a word.")
    return Sample([SamplingMessage(role="user", content=content)], max_tokens=10)


def roots() -> ListRoots:
    return ListRoots()


@server.tool()
def greet(person: Annotated[ElicitationResult[Person], Resolve(who)]) -> str:
    """Ask who somebody is."""
    return f"{person.action}: {getattr(person, 'data', None)!r}"


@server.tool()
def twice(after: Annotated[Word, Resolve(second)], word: Annotated[Word, Resolve(first)]) -> str:
    """Ask for a word, and then for another."""
    return f"{word.word} {after.word}"


@server.tool()
def think(said: Annotated[CreateMessageResult, Resolve(model)]) -> str:
    """Ask the model."""
    return f"The model says: {said.content.text}"


@server.tool()
def where(found: Annotated[ListRootsResult, Resolve(roots)]) -> str:
    """Ask for roots."""
    return ", ".join(str(root.uri) for root in found.roots) or "nowhere"


@server.tool()
def both(
    person: Annotated[ElicitationResult[Person], Resolve(who)],
    found: Annotated[ListRootsResult, Resolve(roots)],
    said: Annotated[CreateMessageResult, Resolve(model)],
) -> str:
    """Ask for three things; in the modern era at once."""
    return f"{person.action} {len(found.roots)} {said.content.text}"


@server.tool()
async def visit(ctx: Context) -> str:
    """Ask to visit a URL."""
    result = await ctx.elicit_url("Log in there", "https://xn--80ak6aa92e.example/login", "e1")
    return result.action


@server.tool()
async def consent(ctx: Context) -> str | InputRequiredResult:
    """Ask for consent at a URL."""
    answer = (ctx.input_responses or {}).get("consent")
    if isinstance(answer, ElicitResult):
        return f"{answer.action} with {ctx.request_state}"
    url = ElicitRequestURLParams(mode="url", message="Agree there", url=CONSENT, elicitation_id="c1")
    return InputRequiredResult(input_requests={"consent": ElicitRequest(params=url)}, request_state=STATE)


def main(arguments: list[str]) -> None:
    if arguments[:1] != ["http"]:
        server.run("stdio")
        return
    from serve_app import serve

    serve(server.streamable_http_app(), int(arguments[1]) if len(arguments) > 1 else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
