"""The one place where the command line opens the app, and says so where it cannot."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from inspector.cli.authorization import auth_options, in_keychain
from inspector.cli.browser import in_browser, serve_instead
from inspector.cli.output import say
from inspector.cli.watched import watched
from inspector.errors import InspectError, UsageError
from inspector.transport.target import HttpTarget

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.gate.gate import Controls
    from inspector.journal.journal import Journal
    from inspector.transport.target import Target


def on_terminal() -> bool:
    """Whether a person sits on both ends."""
    # Standard input is `None` where it was closed before the start.
    return in_browser() or (sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty())


def open_app(
    wanted: Wanted,
    target: Target | None,
    *,
    journal: Journal | None = None,
    instead: str = "mcp-inspect list prints what a server offers",
    filter: str = "",
    plays: float | None = None,
    controls: Controls | None = None,
) -> int:
    """Run the app until its user quits.

    Args:
        wanted: How to connect and whether to record.
        target: The server; `None` to look at `journal` only, or to let a person choose where there is none.
        journal: A recording to look at.
        instead: What to do where there is no terminal.
        filter: Which rows of `journal` the log shows first.
        plays: How many times faster than recorded `journal` is played.
        controls: Who decides about what the program holds that writes `journal`.

    Returns:
        The exit code.

    Raises:
        UsageError: There is no terminal, or an option cannot be meant here.
    """
    options, record = wanted.options(), wanted.recording()
    watch = watched(wanted.watch, wanted.watch_call)
    # For the server that the line names: one that is chosen afterwards gets none of it.
    authorization = auth_options(wanted) if isinstance(target, HttpTarget) else None
    if wanted.json:
        raise UsageError("The app has no --json", next=instead)
    if wanted.trace:
        raise UsageError("The app shows every message itself and has no --trace", next="Leave it out")
    if wanted.web:
        return serve_instead(wanted.line)
    if not on_terminal():
        raise UsageError("The app needs a terminal, and there is none", next=instead)

    name = wanted.line.name or ""
    wants = wanted.line.command is not None or wanted.line.url is not None  # else the verb brings its server
    if target is None and journal is None:
        # Imported here: where the line names a server nobody has to choose.
        from inspector.app.choosing import choose

        chosen = choose()
        if chosen is None:
            return 0
        target, name, wants = chosen.target, chosen.name, True
    if wants and target is not None and not wanted.no_record:
        _remember(target, name)

    gc.disable()  # until the first paint: what is imported stays, and to look through it takes a tenth
    from inspector.app.app import run_app

    return run_app(
        target,
        options=options,
        record=record,
        no_record=wanted.no_record,
        journal=journal,
        authorization=authorization,
        keychain=in_keychain(),
        watch=watch,
        call_again=wanted.watch_call,
        filter=filter,
        plays=plays,
        controls=controls,
    )


def _remember(target: Target, name: str) -> None:
    """Let this be first in the list of the connect screen; it must not get in the way of connecting."""
    from inspector.kept.recent import Recents

    try:
        Recents().add(target, name)
    except InspectError as problem:
        say(f"mcp-inspect: {problem.message}. It is not remembered.")
