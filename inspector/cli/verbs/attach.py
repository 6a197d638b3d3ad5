"""`mcp-inspect attach`: look at a session while it is recorded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.open import on_terminal, open_app
from inspector.cli.options import Wanted, examples
from inspector.cli.output import say
from inspector.errors import UsageError
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.kept.sessions import Session, Sessions

_PAUSE = 0.2
"""Seconds between two looks for a recording that begins."""

HELP_END = examples(
    "mcp-inspect attach",
    "mcp-inspect attach --latest",
    "mcp-inspect attach weather",
    "mcp-inspect attach ./session.mcp.jsonl",
)


def attach(
    wanted: Wanted,
    session: Annotated[
        str | None,
        typer.Argument(metavar="[SESSION]", help="Its name, words of its server, its ID, or a file."),
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="The newest that is being recorded; waits where none is.")
    ] = False,
) -> int:
    """Look at a session in the app while it is recorded, or at one that has ended.

    It follows what the app, record, proxy or another program with --record writes. Nothing is started and
    nobody is dialled. Without SESSION there is a list to choose from. A SESSION that is neither recorded nor
    running yet is waited for: attach may stand there before the host starts.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("attach connects to nothing", next="mcp-inspect attach SESSION")
    if latest and session is not None:
        raise UsageError("SESSION and --latest exclude each other", next="Leave one of them out")
    if not on_terminal() and not wanted.web:
        raise UsageError(
            "The app needs a terminal, and there is none", next="mcp-inspect sessions lists sessions"
        )
    path = _path(wanted, session, latest=latest)
    return 0 if path is None else look(wanted, path)


def look(wanted: Wanted, path: Path) -> int:
    """Open a recording in the app, and follow it."""
    from inspector.gate.remote import of_writer
    from inspector.journal.journal import Journal

    instead = f"mcp-inspect replay --text {path} prints it"
    journal = Journal.open(path, whole=False)
    try:
        return open_app(wanted, None, journal=journal, instead=instead, controls=of_writer(path))
    finally:
        journal.close()


def _path(wanted: Wanted, session: str | None, *, latest: bool) -> Path | None:
    """The recording; `None` where nobody chose one."""
    from inspector.kept.sessions import Sessions

    if session is not None and Path(session).is_file():
        return Path(session)
    home = Sessions()
    if latest:
        return _wait(home, None)
    if session is not None:
        return _named(home, session)
    # Imported here: where the line names a session nobody has to choose.
    from inspector.app.choosing import choose_session

    return choose_session()


def _named(home: Sessions, session: str) -> Path:
    """By words what goes on, or begins; what is over by its number or the start of its name."""
    every = home.all()
    words = session.casefold()
    found = _called([each for each in every if each.running], session)
    if found is not None:
        return found.file.path
    if session.isdecimal() or any(each.id.casefold().startswith(words) for each in every):
        return home.find(session, every).file.path
    if session.endswith(".jsonl") or session.startswith(("/", "./", "../")):  # a name that nobody gives
        raise UsageError(f"There is no file {visible(session)}", next="mcp-inspect sessions lists recordings")
    return _wait(home, session)


def _wait(home: Sessions, name: str | None) -> Path:
    """The newest recording that is being written, by what it is called; waited for where none is."""
    said = False
    while True:
        found = _called(home.running(), name)
        if found is not None:
            return found.file.path
        if not said:
            said = True
            what = "a session" if name is None else f"a session of {visible(name)}"
            say(f"mcp-inspect: waiting for {what} to be recorded… (ctrl+c to leave)")
            if name is not None:
                say(f"mcp-inspect: those before: mcp-inspect sessions {visible(name)}")
        time.sleep(_PAUSE)


def _called(sessions: Sequence[Session], name: str | None) -> Session | None:
    """The first one that is meant: by the name that it was given, else by words of its server."""
    if name is None:
        return next(iter(sessions), None)
    given = (each for each in sessions if each.is_called(name))
    return next(given, None) or next((each for each in sessions if name.casefold() in each.words), None)
