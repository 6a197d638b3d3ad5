"""`mcp-inspect repeat`: one call many times, and what became of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.oneshot import Ended, run
from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, print_json, print_text, say
from inspector.cli.words import exact, json_object, number, pairs
from inspector.errors import ConnectionFailed, InspectError, RequestFailed, UsageError

if TYPE_CHECKING:
    from inspector.session.owner import Session
    from inspector.session.repeating import Plan, Repeating

HELP_END = examples(
    "mcp-inspect repeat -n 1000 --concurrency 8 tools/call echo text=hi -- python server.py",
    "mcp-inspect repeat -n 20 --rate 2 resources/read file:///notes.md --json https://example.com/mcp",
    "mcp-inspect repeat -n 100 completion/complete '{\"ref\": {}}' -- python server.py",
)
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_LOST = frozenset({"timed out", "lost", "no HTTP response"})


def repeat(
    wanted: Wanted,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="Any method, known or not.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] [KEY=VALUE|JSON]",
            help="The name of the tool or prompt, or the URI, and its arguments as of `call`; "
            "of other methods the parameters, as KEY=VALUE or one JSON object.",
        ),
    ] = None,
    times: Annotated[str, typer.Option("-n", metavar="N", help="How often; up to 100,000.")] = "10",
    concurrency: Annotated[
        str, typer.Option("--concurrency", metavar="C", help="How many calls wait at once; up to 256.")
    ] = "1",
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="R", help="Calls that begin per second, at the most.")
    ] = None,
) -> int:
    """Make a call many times, and print what became of the calls.

    Outcomes are counted, with percentiles of their times, and so are different results. Ctrl+C prints what
    there is. Exit codes: 5 where a call ended with an error, of the tool too; 4 where one was not answered.
    """
    from inspector.session.repeating import Plan

    plan = Plan(number(times, "-n"), number(concurrency, "--concurrency"), _rate(rate))
    params, typed = _params(method, words or [])
    made: list[Repeating] = []

    async def work(session: Session) -> None:
        from inspector.session.repeating import Repeating

        given = await _complete(session, params, typed, plan) if method == "tools/call" else params
        made.append(Repeating(session, method, given, plan))
        await made[0].run()

    try:
        run(wanted, work)
    except (KeyboardInterrupt, Ended):
        if made:
            made[0].stopped = made[0].stopped or "interrupted"
            _show(made[0], as_json=wanted.json)
        raise
    _show(made[0], as_json=wanted.json)
    failure = _failure(made[0])
    if failure is None:
        return 0
    say(f"mcp-inspect: {failure.message}.")
    return failure.exit_code


def _rate(text: str | None) -> float:
    try:
        rate = math.inf if text is None else float(text)
    except ValueError:
        rate = math.nan
    if not rate > 0:
        raise UsageError("--rate takes a number above 0", next="For example --rate 5")
    return rate


def _params(method: str, words: list[str]) -> tuple[Any, list[Any]]:
    """The parameters that the words say, and the arguments whose types the schema of the tool decides."""
    key = _NAMED_BY.get(method)
    if len(words) == 1 and words[0].lstrip().startswith("{"):
        return json_object(words[0], "The parameters"), []
    if key is None:
        given = pairs(words)
        return {pair.key: exact(pair) if pair.exact else pair.text for pair in given} or None, []
    if not words:
        raise UsageError(f"{method} needs a {key}", next="mcp-inspect repeat --help shows examples")
    given = pairs(words[1:])
    if method == "resources/read":
        return {key: words[0]}, []
    fixed = {pair.key: exact(pair) if pair.exact else pair.text for pair in given}
    return {key: words[0], "arguments": fixed}, [pair for pair in given if not pair.exact]


async def _complete(session: Session, params: Any, typed: list[Any], plan: Plan) -> Any:
    """The call of a tool with arguments of the types of its schema; says where the tool is destructive."""
    from inspector.cli.verbs.call import by_schema, list_tools
    from inspector.wire.visible import clip, visible

    name = params.get("name")
    entry = (await list_tools(session)).get(name) if isinstance(name, str) else None
    notes = entry.get("annotations") if isinstance(entry, Mapping) else None
    if isinstance(notes, Mapping) and notes.get("destructiveHint") is True and not notes.get("readOnlyHint"):
        shown = clip(visible(str(name)), 80)
        say(f"mcp-inspect: {shown} says that it is destructive; it is called {plan.times:,} times.")
    if not typed:
        return params
    return {**params, "arguments": {**params["arguments"], **by_schema(entry, typed)}}


def _failure(done: Repeating) -> InspectError | None:
    """The failure that ends the command; `None` where every call came to a result."""
    failed, of = done.tally.failed, done.plan.times
    if done.stopped and done.tally.done < of:
        return ConnectionFailed(f"{done.tally.done:,} of {of:,} calls were made: {done.stopped}")
    if not failed:
        return None
    says = f"{failed:,} of {of:,} calls failed"
    lost = any(word in _LOST for word in done.tally.kinds)
    return ConnectionFailed(says) if lost else RequestFailed(says)


def _show(done: Repeating, *, as_json: bool) -> None:
    from inspector.session.repeating import HEADINGS, summary, table
    from inspector.wire.visible import cells, clip, visible

    if as_json:
        print_json(dump(_document(done)))
        return
    rows = [HEADINGS, *table(done.tally)]
    widths = [max(cells(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for row in rows:
        sized = zip(row, widths, strict=True)
        print_text(
            "  ".join(
                text.rjust(width) if at else text.ljust(width) for at, (text, width) in enumerate(sized)
            )
        )
    print_text(summary(done.tally, done.seconds))
    for kind in done.tally.kinds.values():
        if kind.says:
            print_text(f"{kind.word}: {clip(visible(kind.says), 200)}")


def _document(done: Repeating) -> dict[str, Any]:
    tally = done.tally
    return {
        "method": done.method,
        "times": done.plan.times,
        "concurrency": done.plan.at_once,
        "done": tally.done,
        "failed": tally.failed,
        "seconds": round(done.seconds, 6),
        "perSecond": round(tally.done / done.seconds, 3) if done.seconds else None,
        "bytes": tally.bytes,
        "differentResults": len(tally.results),
        "results": sorted(tally.results.values(), reverse=True)[:20],
        "stopped": done.stopped or None,
        "milliseconds": _percentiles(tally.times),
        "outcomes": [
            {
                "outcome": kind.word,
                "count": kind.count,
                **({"says": kind.says} if kind.says else {}),
                "milliseconds": _percentiles(kind.times),
            }
            for kind in tally.kinds.values()
        ],
    }


def _percentiles(times: Any) -> dict[str, float] | None:
    """Milliseconds; `None` where nothing was answered."""
    if not times.count:
        return None
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(times.at(share) * 1000, 3) for name, share in shares.items()}
