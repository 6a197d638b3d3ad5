"""`mcp-inspect record`: stand between a host and a stdio server, and write down what crosses."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.errors import UsageError

HELP_END = examples(
    "mcp-inspect record -- python server.py",
    "mcp-inspect record --faults slow.toml -- python server.py",
    "mcp-inspect record -o session.mcp.jsonl -- npx -y @modelcontextprotocol/server-everything",
)


def record(
    wanted: Wanted,
    record: Annotated[
        str | None, typer.Option("-o", "--record", metavar="FILE", help="The recording to make.")
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the recording is to be found by: attach NAME.")
    ] = "",
    control: Annotated[
        bool, typer.Option("--control", help="Let who attaches hold, change and answer messages.")
    ] = False,
    faults: Annotated[
        str | None,
        typer.Option("--faults", metavar="FILE", help="--control, with these rules to begin with."),
    ] = None,
    redact: Annotated[
        list[str] | None,
        typer.Option(
            "--redact", metavar="RULE", help="Never record this name, $.path or /pattern/; repeatable."
        ),
    ] = None,
) -> int:
    """Stand between a host and its stdio server: every byte as it is, and a recording of it.

    A host's configuration has this line in the place of the server's command (mcp-inspect wrap writes it
    there). Without --record the recording is one of those in the user's state directory. The exit code is the
    server's; 127 and 126 where it cannot be started.
    """
    command = wanted.line.command
    if not command or not command[0]:
        raise UsageError(
            "record needs the command of a server", next="For example mcp-inspect record -- python server.py"
        )
    if record in ("", "-"):
        raise UsageError("--record takes the name of a file", next="stdout belongs to the server")
    if sys.platform == "win32":
        raise UsageError(
            "record does not work on Windows: no program can stand in for another there unnoticed",
            next="A server over HTTP is recorded by mcp-inspect proxy URL",
        )
    from inspector.proxy.record import record as stand_between  # forks, so nothing else may run by then

    stand_between(command, record, redact or (), name=name, control=control, faults=faults)
