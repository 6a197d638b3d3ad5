"""`mcp-inspect replay`: look at a recording."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.open import open_app
from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_json, print_text, say
from inspector.errors import UsageError
from inspector.wire.visible import size

if TYPE_CHECKING:
    from inspector.journal.filter import Filter
    from inspector.journal.journal import Journal
    from inspector.journal.outline import Row

_BATCH = 1000
_STEP = 0.05  # seconds of looking between two prints
_LONG = 30_000_000  # bytes; half a second

HELP_END = examples(
    "mcp-inspect replay session.jsonl",
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
) -> int:
    """Open a recording in the app, read-only; or print it.

    --text prints one row for each event, --json the events as JSON lines. With a filter it is those that the
    filter means; the app begins with it.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("replay connects to nothing", next=f"mcp-inspect replay {file}")
    if text and wanted.json:
        raise UsageError("--text and --json exclude each other", next="Leave one of them out")

    from inspector.journal.filter import Filter, FilterError
    from inspector.journal.journal import Journal

    try:
        filter = Filter.parse(only)
    except FilterError as error:
        if not wanted.json:
            say(*error.shown())
        raise
    _say_long(Path(file))
    journal = Journal.open(Path(file))
    try:
        if text or wanted.json:
            _say_skipped(journal)
        if text:
            _print_rows(journal, filter)
            return 0
        if wanted.json:
            _print_lines(journal, file, filter)
            return 0
        instead = f"mcp-inspect replay --text {file} prints it"
        return open_app(wanted, None, journal=journal, instead=instead, filter=only)
    finally:
        journal.close()


def _say_long(file: Path) -> None:
    """A recording that takes a moment to open says so, rather than nothing."""
    with contextlib.suppress(OSError, ValueError):  # what is wrong with the file is told by opening it
        if (length := file.stat().st_size) > _LONG:
            say(f"mcp-inspect: reading {size(length)}…")


def _found(journal: Journal, filter: Filter) -> Iterator[Sequence[int]]:
    """The rows that a filter means, some at a time, as they are found.

    A recording is whole: no row that was found goes again.
    """
    from inspector.journal.view import View

    view = View(journal, filter)
    more, taken = True, 0
    while more:
        more = view.advance(_STEP)
        if more and not view.in_order:
            continue
        while taken < len(view):
            until = min(len(view), taken + _BATCH)
            yield [view[at] for at in range(taken, until)]
            taken = until


def _print_rows(journal: Journal, filter: Filter) -> None:
    from inspector.journal.outline import outline

    for rows in _found(journal, filter):
        print_text(*(_row(outline(journal, seq)) for seq in rows))


def _row(row: Row) -> str:
    """One event as a line; what it has nothing to say about takes no room at its end."""
    id = f"id {row.id}" if row.id else ""
    facts = (row.target, id, row.status, row.latency, row.size, row.note, "[!]" if row.flawed else "")
    said = "  ".join(fact for fact in facts if fact)
    return f"{row.seq:6d} {row.time:9.3f} {row.arrow} {row.kind:<12} {row.what:<26} {said}".rstrip()


def _print_lines(journal: Journal, file: str, filter: Filter) -> None:
    """The lines of events as they stand in the file; the header and what is no event are left out."""
    with Path(file).open("rb") as lines:

        def line(offset: int) -> bytes:
            lines.seek(offset)
            return lines.readline().rstrip(b"\r\n")

        offsets = journal.offsets
        for rows in _found(journal, filter):
            print_json(b"\n".join(line(offsets[seq]) for seq in rows))


def _say_skipped(journal: Journal) -> None:
    """What of the file is no event, so that nobody takes the rest for the whole."""
    for skipped in journal.skipped:
        at = f"{skipped.size} bytes at byte {skipped.offset}"
        say(f"mcp-inspect: {at} are left out, because {skipped.says}.")
