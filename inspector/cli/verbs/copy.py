"""`mcp-inspect copy`: a row of a recording as JSON, a command, curl, Python or a test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, escaped, print_json, print_text, say
from inspector.errors import UsageError

HELP_END = examples(
    "mcp-inspect copy session.jsonl 12 --as curl | bash",
    "mcp-inspect copy session.jsonl 12 --as pytest > test_weather.py",
)


def copy(
    wanted: Wanted,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A recording, as --record makes it.")],
    row: Annotated[str, typer.Argument(metavar="ROW", help="A row's number, as replay --text shows it.")],
    form: Annotated[
        str,
        typer.Option("--as", metavar="FORM", help="json, line, command, curl, python or pytest."),
    ] = "command",
) -> int:
    """Print a row of a recording as something to paste or to run.

    Commands are quoted for bash and zsh, so that nothing in them is run but the command. What to know of
    it, such as variables to set for secrets, goes to stderr.
    """
    from inspector.copying.copy import copied
    from inspector.journal.journal import Journal

    if not (row.isascii() and row.isdigit() and len(row) < 16):
        raise UsageError(f"ROW is the number of a row, not {row!r}", next=f"mcp-inspect replay --text {file}")
    journal = Journal.open(Path(file))
    try:
        made = copied(journal, int(row), form)
    finally:
        journal.close()
    if wanted.json:
        print_json(dump({"as": form, "text": made.text, "notes": made.notes}))
        return 0
    for note in made.notes:
        say(f"mcp-inspect: {note}")
    if form == "line" and not sys.stdout.isatty():
        print_json(made.octets)
    else:
        print_text(escaped(made.text) if form == "line" else made.text)
    return 0
