"""`mcp-inspect shell`: many lines over one connection."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.options import Wanted, examples

HELP_END = examples(
    "mcp-inspect shell -- python server.py",
    "mcp-inspect shell --strict -- python server.py < script.mcp",
)


def shell(
    wanted: Wanted,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="SCRIPT", help="Read the lines from a file instead of stdin."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first line that fails, with its exit code.")
    ] = False,
    text: Annotated[bool, typer.Option("--text", help="Text for people, also where nobody types.")] = False,
    notifications: Annotated[
        bool, typer.Option("--notifications", help="In a script, print what the server notifies of as well.")
    ] = False,
) -> int:
    """Run lines such as `call echo text=hi` over one connection.

    On a terminal they are typed, with history and completion. Elsewhere each line is answered by one line
    of JSON. `help` lists what a line may be; docs/shell.md tells all of it.
    """
    # Imported here because `--help` must not load what only connecting needs.
    from inspector.cli.shell.start import start

    return start(wanted, file, strict=strict, text=text, notifications=notifications)
