"""`mcp-inspect prompt`: one prompt, filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.words import pairs
from inspector.cli.work import Result, Work, replied

if TYPE_CHECKING:
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect prompt review language=python code='x = 1' -- python server.py",
    "mcp-inspect prompt hello --json https://example.com/mcp",
)


def prompt(
    wanted: Wanted,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The prompt's name.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Arguments; those of prompts are always text."),
    ] = None,
) -> Work:
    """Get a prompt and print its messages."""
    values = {pair.key: pair.text for pair in pairs(arguments or (), exact=False)}
    params: dict[str, Any] = {"name": name, "arguments": values} if values else {"name": name}

    async def work(session: Session) -> Result:
        return replied(answer(await session.call("prompts/get", params), f"prompts/get {name}"))

    return work
