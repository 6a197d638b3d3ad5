"""`mcp-inspect replay`: look at a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.open import open_app
from inspector.cli.options import Wanted, examples
from inspector.cli.output import say
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.journal.filter import Filter
    from inspector.journal.journal import Journal

HELP_END = examples(
    "mcp-inspect replay session.jsonl",
    "mcp-inspect replay session.jsonl --play 10",
    "mcp-inspect replay session.jsonl --text",
    "mcp-inspect replay session.jsonl 'status:*error or lat:>1s' --text",
)


def replay(
    wanted: Wanted,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A recording, as --record makes it.")],
    only: Annotated[
        str, typer.Argument(metavar="[FILTER]", help="Which rows, in the filter language (docs/filter.md).")
    ] = "",
    text: Annotated[bool, typer.Option("--text", help="Print the rows of the log on stdout.")] = False,
    play: Annotated[
        str, typer.Option("--play", metavar="SPEED", help="Play it in the app: 1, 2, 5, 10, 50 or max.")
    ] = "",
) -> int:
    """Open a recording in the app, read-only; or print it.

    --text prints one row for each event, --json the events as JSON lines. With a filter it is those that the
    filter means; the app begins with it.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("replay connects to nothing", next=f"mcp-inspect replay {file}")
    if text and wanted.json:
        raise UsageError("--text and --json exclude each other", next="Leave one of them out")

    plays = _speed(play, text or wanted.json)

    from inspector.journal.filter import Filter, FilterError
    from inspector.journal.journal import Journal

    try:
        filter = Filter.parse(only)
    except FilterError as error:
        if not wanted.json:
            say(*error.shown())
        raise
    # The app reads it while it is shown; what is printed of all rows is printed while it is read.
    journal = Journal.open(Path(file), whole=False)
    try:
        if text or wanted.json:
            _print(journal, filter, text=text)
            return 0
        instead = f"mcp-inspect replay --text {file} prints it"
        return open_app(wanted, None, journal=journal, instead=instead, filter=only, plays=plays)
    finally:
        journal.close()


def _speed(play: str, prints: bool) -> float | None:
    from inspector.app.opening import speed_of  # reads no app: it is what the app calls speeds

    if not play:
        return None
    speed = speed_of(play)
    if speed is None:
        raise UsageError(f"{play} is no speed", next="--play takes 1, 2, 5, 10, 50 or max")
    if prints:
        raise UsageError("--play is for the app, which --text and --json leave out", next="Leave it out")
    return speed


def _print(journal: Journal, filter: Filter, *, text: bool) -> None:
    from inspector.cli.replaying import print_found, print_lines, print_rows, say_skipped

    if text:
        print_rows(journal, filter)
    elif filter.everything:
        with journal.lines() as lines:
            print_lines(lines)
        return
    else:
        print_found(journal, filter)
    say_skipped(journal)
