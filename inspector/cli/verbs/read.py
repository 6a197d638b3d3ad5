"""`mcp-inspect read`: one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.work import Result, Work, replied

if TYPE_CHECKING:
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect read file:///notes.txt -- python server.py",
    "mcp-inspect read demo://config.json --json https://example.com/mcp",
)


def read(
    wanted: Wanted, uri: Annotated[str, typer.Argument(metavar="URI", help="The resource's URI.")]
) -> Work:
    """Read a resource and print its contents.

    Where the server is a URL and the resource's URI is one too, the server comes first.
    """

    async def work(session: Session) -> Result:
        return replied(answer(await session.call("resources/read", {"uri": uri}), f"resources/read {uri}"))

    return work
