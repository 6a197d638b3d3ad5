"""`mcp-inspect request`: any method, the raw answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, indented
from inspector.cli.words import json_object, read_text
from inspector.cli.work import Result, Work

if TYPE_CHECKING:
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect request tools/list -- python server.py",
    'mcp-inspect request tools/call \'{"name": "add"}\' --json https://example.com/mcp',
)


def request(
    wanted: Wanted,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="Any method, known or not.")],
    params: Annotated[
        str | None, typer.Argument(metavar="PARAMS", help="A JSON object, or - to read it from stdin.")
    ] = None,
) -> Work:
    """Send any request and print its result as the server sent it."""
    text = read_text("-") if params == "-" else params
    values = json_object(text, "Standard input" if params == "-" else "PARAMS") if text is not None else None

    async def work(session: Session) -> Result:
        reply = answer(await session.call(method, values), method)
        return Result(reply.raw_result or dump(reply.result), lambda: indented(reply.raw_result).split("\n"))

    return work
