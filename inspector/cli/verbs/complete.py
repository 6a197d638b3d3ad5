"""`mcp-inspect complete`: what an argument may be completed to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.words import pairs
from inspector.cli.work import Result, Work, replied
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect complete --prompt review language=py -- python server.py",
    "mcp-inspect complete --resource 'file:///{path}' path= https://example.com/mcp",
)


def complete(
    wanted: Wanted,
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="ARG=PREFIX",
            help="The argument to complete with what is typed so far; then others that are already set.",
        ),
    ],
    prompt: Annotated[
        str | None, typer.Option("--prompt", metavar="NAME", help="Complete an argument of this prompt.")
    ] = None,
    resource: Annotated[
        str | None,
        typer.Option("--resource", metavar="TEMPLATE", help="Complete a variable of this URI template."),
    ] = None,
) -> Work:
    """Ask what an argument may be completed to.

    One value a line. The server is asked for values that start with PREFIX, which may be empty.
    """
    if (prompt is None) == (resource is None):
        raise UsageError(
            "complete needs either --prompt NAME or --resource TEMPLATE", next="Give one of them"
        )
    first, *others = pairs(arguments, exact=False)
    ref = (
        {"type": "ref/prompt", "name": prompt}
        if prompt is not None
        else {"type": "ref/resource", "uri": resource}
    )
    params: dict[str, Any] = {"ref": ref, "argument": {"name": first.key, "value": first.text}}
    if others:
        params["context"] = {"arguments": {pair.key: pair.text for pair in others}}

    async def work(session: Session) -> Result:
        outcome = await session.call("completion/complete", params)
        reply = answer(outcome, f"completion/complete {first.key}")
        found = values(reply.result)
        says = "" if found else f"the server knows no {first.key} that starts with {first.text!r}."
        return replace(replied(reply), text=lambda: found, says=says)

    return work


def values(result: Any) -> list[str]:
    """The values of a completion, made safe."""
    from inspector.wire.visible import visible

    completion = result.get("completion") if isinstance(result, dict) else None
    found = completion.get("values") if isinstance(completion, dict) else None
    return [visible(str(value)) for value in found] if isinstance(found, list) else []
