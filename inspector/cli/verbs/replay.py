"""`mcp-inspect replay`: look at a recording."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.open import open_app
from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_json, print_text, say
from inspector.errors import UsageError
from inspector.wire.visible import size

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.journal.outline import Row

_BATCH = 1000
_LONG = 30_000_000  # bytes; half a second

HELP_END = examples("mcp-inspect replay session.jsonl", "mcp-inspect replay session.jsonl --text")


def replay(
    wanted: Wanted,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A recording, as --record makes it.")],
    text: Annotated[bool, typer.Option("--text", help="Print the rows of the log on stdout.")] = False,
) -> int:
    """Open a recording in the app, read-only; or print it.

    --text prints one row for each event, --json the events as JSON lines.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("replay connects to nothing", next=f"mcp-inspect replay {file}")
    if text and wanted.json:
        raise UsageError("--text and --json exclude each other", next="Leave one of them out")

    from inspector.journal.journal import Journal

    _say_long(Path(file))
    journal = Journal.open(Path(file))
    try:
        if text or wanted.json:
            _say_skipped(journal)
        if text:
            _print_rows(journal)
            return 0
        if wanted.json:
            _print_lines(journal, file)
            return 0
        return open_app(wanted, None, journal=journal, instead=f"mcp-inspect replay --text {file} prints it")
    finally:
        journal.close()


def _say_long(file: Path) -> None:
    """A recording that takes a moment to open says so, rather than nothing."""
    with contextlib.suppress(OSError, ValueError):  # what is wrong with the file is told by opening it
        if (length := file.stat().st_size) > _LONG:
            say(f"mcp-inspect: reading {size(length)}…")


def _print_rows(journal: Journal) -> None:
    from inspector.journal.outline import outline

    for start in range(0, len(journal), _BATCH):
        rows = range(start, min(start + _BATCH, len(journal)))
        print_text(*(_row(outline(journal, seq)) for seq in rows))


def _row(row: Row) -> str:
    """One event as a line; what it has nothing to say about takes no room at its end."""
    id = f"id {row.id}" if row.id else ""
    facts = (row.target, id, row.status, row.latency, row.size, row.note, "[!]" if row.flawed else "")
    said = "  ".join(fact for fact in facts if fact)
    return f"{row.seq:6d} {row.time:9.3f} {row.arrow} {row.kind:<12} {row.what:<26} {said}".rstrip()


def _print_lines(journal: Journal, file: str) -> None:
    """The line of every event as it stands in the file; the header and what is no event are left out."""
    with Path(file).open("rb") as lines:

        def line(offset: int) -> bytes:
            lines.seek(offset)
            return lines.readline().rstrip(b"\r\n")

        offsets = journal.offsets
        for start in range(0, len(offsets), _BATCH):
            print_json(b"\n".join(map(line, offsets[start : start + _BATCH])))


def _say_skipped(journal: Journal) -> None:
    """What of the file is no event, so that nobody takes the rest for the whole."""
    for skipped in journal.skipped:
        at = f"{skipped.size} bytes at byte {skipped.offset}"
        say(f"mcp-inspect: {at} are left out, because {skipped.says}.")
