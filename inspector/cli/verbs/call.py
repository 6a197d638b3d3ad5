"""`mcp-inspect call`: one tool."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.held import warnings
from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.output import say
from inspector.cli.saved import Elsewhere, asked, keep
from inspector.cli.words import Pair, exact, json_object, pairs, place, read_text, seconds
from inspector.cli.work import Result, Work, replied
from inspector.errors import RequestFailed

if TYPE_CHECKING:
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect call add a=2 b=40 -- python server.py",
    "mcp-inspect call search 'tags:=[\"new\"]' --json https://example.com/mcp",
    "mcp-inspect call weather city=Oslo --save oslo -- python server.py",
    "mcp-inspect call --saved oslo days=3",
)


def call(
    wanted: Wanted,
    tool: Annotated[str | None, typer.Argument(metavar="TOOL", help="The tool's name.")] = None,
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
    task: Annotated[
        bool, typer.Option("--task", help="As a task, followed to its end; required ones are so anyway.")
    ] = False,
    ttl: Annotated[
        str | None,
        typer.Option(
            "--ttl", metavar="SECONDS", help="As a task that is kept so long, if the server agrees."
        ),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="As a task, and print that instead of waiting for its result.")
    ] = False,
    saved: Annotated[
        str | None,
        typer.Option(
            "--saved", metavar="NAME", help="Instead of TOOL: a call that was kept, and its server."
        ),
    ] = None,
    save: Annotated[
        str | None,
        typer.Option("--save", metavar="NAME", help="Keep the call under a name, without secrets."),
    ] = None,
) -> Work:
    """Call a tool and print its result.

    Arguments of the line win over those of --args. A tool that reports an error exits with 5.
    """
    kept = None if ttl is None else seconds(ttl, "--ttl")
    forced = task or detach or ttl is not None
    named = asked(tool, arguments, saved)
    tool, given = named.tool, pairs(named.words)
    base = json_object(read_text(args), place(args)) if args is not None else {}
    fixed = {**named.base} | base | {pair.key: exact(pair) for pair in given if pair.exact}
    typed = [pair for pair in given if not pair.exact]

    async def work(session: Session, tool: str = named.tool) -> Result:
        from inspector.cli.tasks import created, followed, tasks_of

        tasks = tasks_of(session)
        listed = await list_tools(session) if typed or save or (tasks.supported and not tasks.modern) else {}
        values = fixed | by_schema(listed.get(tool), typed)
        params = {"name": tool, "arguments": values}
        what, made = f"tools/call {tool}", None
        if missing := named.missing(values):
            say(f"mcp-inspect: {missing}.")
        if forced or tasks.support(listed.get(tool)) == "required":
            outcome, made = await tasks.start(params, ttl=kept)
        else:
            outcome = await session.call("tools/call", params)
        hint = _hint(tool, listed)
        try:
            reply = answer(outcome, what)
            if made is not None and detach:
                return created(session, reply, made)
            if made is not None:
                reply = await followed(tasks, made, what)
            elif forced:
                say(f"mcp-inspect: {what} was answered at once, and is no task.")
        except RequestFailed as error:
            error.next = hint or error.next
            raise
        if save is not None:
            schema = (listed.get(tool) or {}).get("inputSchema")
            say(f"mcp-inspect: {keep(save, tool, values, schema, session.journal)}.")
        failure = partial(_failed, tool, reply.result, hint) if reply.tool_failed else None
        wrong = await warnings(session, tool, reply.result)
        return replace(replied(reply), failure=failure, warnings=wrong)

    return Elsewhere(work, named.target(wanted))


def _failed(tool: str, result: Any, hint: str, as_json: bool) -> RequestFailed:
    """The error that a tool reported. Programs are given no result beside it: it carries that."""
    says = f"The tool {tool} returned an error"
    if not as_json:
        return RequestFailed(says, next=hint)
    from inspector.wire.content import parts, texts
    from inspector.wire.visible import clip

    said = clip(" ".join(next(texts(parts(result)), "")[:2000].split()), 300)
    return RequestFailed(f"{says}: {said}" if said else says, next=hint, data=result)


async def list_tools(session: Session) -> dict[str, Any]:
    """The tools of the server by their names; nothing where it refuses to list them."""
    if not session.declares("tools"):
        return {}
    from inspector.session.outcome import Replied

    listing = await session.list("tools")
    if not isinstance(listing.outcome, Replied):
        answer(listing.outcome, "tools/list")
    named = [entry for entry in listing.entries if isinstance(entry, dict)]
    return {name: entry for entry in reversed(named) if isinstance(name := entry.get("name"), str)}


def by_schema(entry: Any, typed: list[Pair]) -> dict[str, Any]:
    """The `key=value` arguments as the types that the tool's own schema declares.

    Where the tool is not listed they go as text, and the server judges.
    """
    if not typed:
        return {}
    from inspector.forms.draft import child_of
    from inspector.forms.plan import plan
    from inspector.forms.value import coerce

    root = plan((entry or {}).get("inputSchema"))
    return {pair.key: coerce(child_of(root, pair.key) or {}, pair.text) for pair in typed}


def _hint(tool: str, listed: dict[str, Any]) -> str:
    """What to try where a tool fails that its server does not list."""
    if tool in listed or not listed:
        return ""
    import difflib

    close = difflib.get_close_matches(tool, listed, n=1)
    return f"Did you mean {close[0]}?" if close else "mcp-inspect list tools shows what there is"
