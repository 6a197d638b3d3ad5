"""`mcp-inspect complete`: what an argument may be completed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.oneshot import answer, run
from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_result, print_text, say
from inspector.cli.words import pairs
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.session.outcome import Replied
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
) -> int:
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

    async def work(session: Session) -> Replied:
        return answer(await session.call("completion/complete", params), f"completion/complete {first.key}")

    reply = run(wanted, work)
    if wanted.json:
        print_result(reply, as_json=True)
    else:
        values = _values(reply.result)
        print_text(*values)
        if not values:
            say(f"mcp-inspect: the server knows no {first.key} that starts with {first.text!r}.")
    return 0


def _values(result: Any) -> list[str]:
    from inspector.wire.visible import visible

    completion = result.get("completion") if isinstance(result, dict) else None
    values = completion.get("values") if isinstance(completion, dict) else None
    return [visible(str(value)) for value in values] if isinstance(values, list) else []
