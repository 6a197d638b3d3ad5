"""`mcp-inspect call`: one tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.oneshot import answer, run
from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_result
from inspector.cli.words import Pair, json_object, pairs, parse_json, read_text
from inspector.errors import RequestFailed

if TYPE_CHECKING:
    from inspector.session.outcome import Replied
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect call add a=2 b=40 -- python server.py",
    "mcp-inspect call search 'tags:=[\"new\"]' --json https://example.com/mcp",
)


def call(
    wanted: Wanted,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="The tool's name.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE",
            help="Arguments as text, which the schema of the tool turns into its types; KEY:=JSON is exact.",
        ),
    ] = None,
    args: Annotated[
        str | None,
        typer.Option(
            "--args", metavar="FILE", help="A JSON object of arguments, from a file or - for stdin."
        ),
    ] = None,
) -> int:
    """Call a tool and print its result.

    Arguments of the line win over those of --args. A tool that reports an error exits with 5.
    """
    given = pairs(arguments or ())
    base = json_object(read_text(args), f"--args {args}") if args is not None else {}
    exact = {pair.key: parse_json(pair.text, pair.key) for pair in given if pair.exact}
    typed = [pair for pair in given if not pair.exact]

    async def work(session: Session) -> Replied:
        values = base | exact | await _typed(session, tool, typed)
        outcome = await session.call("tools/call", {"name": tool, "arguments": values})
        return answer(outcome, f"tools/call {tool}")

    reply = run(wanted, work)
    is_error = isinstance(reply.result, dict) and reply.result.get("isError") is True
    if not (wanted.json and is_error):  # with --json a failure leaves stdout empty: the error carries it
        print_result(reply, as_json=wanted.json)
    if is_error:
        raise RequestFailed(f"The tool {tool} returned an error", data=reply.result if wanted.json else None)
    return 0


async def _typed(session: Session, tool: str, typed: list[Pair]) -> dict[str, Any]:
    """The `key=value` arguments as the types that the tool's own schema declares."""
    if not typed:
        return {}
    from inspector.forms.draft import child_of
    from inspector.forms.plan import plan
    from inspector.forms.value import coerce
    from inspector.session.outcome import Replied

    entries: list[Any] = []
    if "tools" in session.catalogue.capabilities:
        listing = await session.list("tools")
        if not isinstance(listing.outcome, Replied):
            answer(listing.outcome, "tools/list")
        entries = [entry for entry in listing.entries if isinstance(entry, dict)]
    # A tool that is not listed, or a list that is refused: the arguments go as text, and the server judges.
    entry: Any = next((entry for entry in entries if entry.get("name") == tool), {})
    root = plan(entry.get("inputSchema"))
    return {pair.key: coerce(child_of(root, pair.key) or {}, pair.text) for pair in typed}
