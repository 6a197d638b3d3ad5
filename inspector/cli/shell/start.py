"""From the options of `mcp-inspect shell` to lines that run, and to an exit code."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from inspector.cli.asked import person_there
from inspector.cli.oneshot import Console, here, run
from inspector.cli.open import on_terminal
from inspector.cli.output import say, writing
from inspector.cli.shell.here import Here
from inspector.cli.shell.loop import Loop, Stopped
from inspector.cli.shell.printer import Printer
from inspector.cli.shell.reader import Reader
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.session.session import Session


def start(wanted: Wanted, file: str | None, *, strict: bool, text: bool, notifications: bool) -> int:
    """Connect, run the lines, and leave.

    Args:
        wanted: The server and how to talk to it.
        file: Where the lines are; `None` or `-` for standard input.
        strict: Stop at the first line that fails.
        text: Write for people whatever standard output is.
        notifications: Write them in a script too.

    Returns:
        The exit code of the first line that failed; 0 where none did, and where a person typed.

    Raises:
        InspectError: What stopped the lines: the first failure if `strict`, the end of the connection.
    """
    if text and wanted.json:
        raise UsageError("--text and --json exclude each other", next="Leave one of them out")
    file = None if file == "-" else file
    if file is None and wanted.answers == "-":
        raise UsageError(
            "The lines and --answers - both want standard input", next="Give a file to one of them"
        )
    terminal = on_terminal()
    people = text or (terminal and not wanted.json)
    if file is None and terminal:
        from inspector.cli.shell.typed import typed

        return typed(wanted, people=people, strict=strict)
    return _script(wanted, file, strict=strict, people=people, notifications=notifications)


def _script(wanted: Wanted, file: str | None, *, strict: bool, people: bool, notifications: bool) -> int:
    """Run lines that nobody types."""
    fd = _opened(file)
    # Whoever sends lines cannot be asked for anything else on the same way in.
    person = here().person if file is not None and person_there() else None

    async def work(session: Session) -> Stopped:
        printer = Printer(people=people)
        shell = Here.on(session, wanted)
        if notifications:
            session.hear(printer.noticed)
            session.spawn(printer.pump, "notifications")
        return await Loop(shell, Reader(fd), printer, strict=strict, numbered=True).run()

    try:
        with writing():
            stopped = run(replace(wanted, json=False), work, console=Console(person, say, anyio.run))
    except BrokenPipeError:  # whoever read the answers has had enough of them; nothing of ours is buffered
        return 0
    finally:
        if file is not None:
            os.close(fd)
    if stopped.error is not None:
        raise stopped.error
    return stopped.failed.exit_code if stopped.failed is not None else 0


def _opened(file: str | None) -> int:
    if file is not None:
        try:
            return os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise UsageError(f"Cannot read {file}: {error.strerror}", next="Check the path") from None
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        raise UsageError(
            "Standard input is closed", next="--file SCRIPT reads the lines from a file"
        ) from None
