"""`mcp-inspect doctor`: which step of a connection fails, why, and what to do."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.oneshot import Ended, silently
from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_json, print_text, say
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.doctor.report import Report
    from inspector.journal.journal import Journal
    from inspector.transport.target import Target
    from inspector.wire.event import Event

_LONG = 3.0
"""Seconds without a report after which it is told what is waited for."""
_ENDS = frozenset({"closed", "disconnecting", "failed"})

HELP_END = examples(
    "mcp-inspect doctor --as-host -- npx -y @scope/server",
    "mcp-inspect doctor https://example.com/mcp",
)


def doctor(
    wanted: Wanted,
    as_host: Annotated[
        bool,
        typer.Option(
            "--as-host", help="Start the command with the environment and directory of a desktop program."
        ),
    ] = False,
    paths: Annotated[
        bool, typer.Option("--paths", help="Ask a URL's server at the usual paths of an endpoint as well.")
    ] = False,
) -> int:
    """Connect, and say which step fails, why, and what to do.

    Nothing is called on the server. A command that says nothing is started again in other ways; a URL is
    asked a little more than a connection asks. Exit code 0 if it works, 3 if authorization is missing,
    4 if it fails.
    """
    from inspector.transport.target import HttpTarget

    target = wanted.target()
    if as_host and isinstance(target, HttpTarget):
        raise UsageError("--as-host starts a command, and the server is a URL", next="Leave it out")
    if paths and not isinstance(target, HttpTarget):
        raise UsageError("--paths belongs to a URL, and the server is a command", next="Leave it out")
    report = _examined(wanted, target, as_host=as_host, paths=paths)
    if wanted.json:
        print_json(json.dumps(report.document(), ensure_ascii=False, default=str).encode("utf-8", "replace"))
    else:
        from inspector.cli.report import report_lines

        print_text(*report_lines(report))
    return report.exit_code


def _examined(wanted: Wanted, target: Target, *, as_host: bool, paths: bool) -> Report:
    options = wanted.options()

    import anyio

    from inspector.cli.paint import paint_for
    from inspector.cli.trace import tracer
    from inspector.doctor.diagnose import diagnose
    from inspector.journal.journal import Journal
    from inspector.transport.signals import terminate_on_signals
    from inspector.transport.target import HttpTarget

    journal = Journal.create(wanted.recording(), target=target.describe())

    async def work() -> tuple[list[Report], int | None]:
        done: list[Report] = []
        async with terminate_on_signals() as caught, anyio.create_task_group() as tasks:
            if sys.stderr.isatty() and not wanted.trace:
                tasks.start_soon(_tell_what_takes_long, journal)
            try:
                report = await diagnose(
                    target, journal, options, authorizer=authorizer, as_host=as_host, paths=paths
                )
                done.append(report)
            except UsageError as error:  # raised below, as it is and in no group
                wrong.append(error)
            tasks.cancel_scope.cancel()
        return done, None if done else caught.exit_code

    wrong: list[UsageError] = []

    try:
        authorizer = silently(wanted, target, journal) if isinstance(target, HttpTarget) else None
        if wanted.trace:
            journal.add_listener(tracer(say, paint_for(sys.stderr)))
        done, code = anyio.run(work)
        _say_trouble(journal)
    finally:
        journal.close()
    if wrong:
        raise wrong[0]
    if code is not None:
        raise Ended(code)
    (report,) = done
    return report


async def _tell_what_takes_long(journal: Journal) -> None:
    """What is waited for, once it takes long, and whenever that changes."""
    import anyio

    from inspector.wire.event import Kind
    from inspector.wire.visible import clip, visible

    doing: list[str] = []

    def watch(event: Event) -> None:
        reason = event.data.get("reason")
        if event.kind is Kind.CLIENT and event.what not in _ENDS and isinstance(reason, str):
            doing.append(clip(visible(f"{event.what}: {reason}"), 200))

    forget = journal.add_listener(watch)
    told = ""
    try:
        while True:
            await anyio.sleep(_LONG)
            if doing and doing[-1] != told:
                told = doing[-1]
                say(f"mcp-inspect: still at it: {told}")
    finally:
        forget()


def _say_trouble(journal: Journal) -> None:
    if journal.trouble:
        say(f"mcp-inspect: the recording is not complete: {journal.trouble}")
