"""The options that make the app watch files and restart the server, and what they may mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from inspector.errors import UsageError

Watch = Annotated[
    list[str] | None,
    typer.Option(
        "--watch", metavar="PATH", help="Restart the server when a file below PATH changes; repeatable."
    ),
]
WatchCall = Annotated[
    bool, typer.Option("--watch-call", help="Make the last call again after such a restart.")
]
OPTIONS = ("watch", "watch_call")
"""Their fields of `Wanted`."""


def watched(paths: Sequence[str] | None, calls: bool) -> tuple[Path, ...]:
    """The files and folders to watch.

    Raises:
        UsageError: There is no such path, or a call is to be made again after nothing.
    """
    if calls and not paths:
        raise UsageError("--watch-call says what follows a restart", next="Give --watch PATH as well")
    found = tuple(Path(path).expanduser() for path in paths or ())
    for path in found:
        if not path.exists():
            raise UsageError(f"--watch {path}: there is no such file or folder", next="Name one that exists")
    return found
