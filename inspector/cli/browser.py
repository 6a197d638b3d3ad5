"""`--web`: the app in a browser instead of on this terminal, by running this very line once for each tab."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Annotated

import typer

from inspector.cli.argv import Line
from inspector.errors import UsageError

Web = Annotated[
    bool, typer.Option("--web", help="Serve the app to a browser on this machine, and print its URL.")
]
OPTIONS = ("web",)
"""Its fields of `Wanted`."""
_DRIVER = "textual.drivers.web_driver:WebDriver"


def in_browser() -> bool:
    """Whether a browser is this app's terminal: the server of `--web` began it."""
    return os.environ.get("TEXTUAL_DRIVER") == _DRIVER


def line_for_a_tab(line: Line) -> tuple[str, ...]:
    """The words that run the same line on a terminal."""
    words = [word for word in line.words if word != "--web"]
    if line.name is not None:  # what it stands for is found again
        words.append(line.name)
    elif line.url is not None:
        words.append(line.url)
    elif line.command is not None:
        words += ["--", *line.command]
    return (sys.executable, "-P", "-m", "inspector.cli.main", *words)


def serve_instead(line: Line) -> int:
    """Serve what `line` opens until Ctrl+C; returns the exit code.

    Raises:
        UsageError: The extra is not installed.
    """
    if importlib.util.find_spec("textual_serve") is None:
        raise UsageError(
            "--web needs textual-serve, which is not installed", next="pip install 'mcp-inspect[web]'"
        )
    # Imported here: a server of web pages, which nothing else wants.
    from inspector.app.web import serve
    from inspector.cli.output import print_text, say

    def ready(url: str) -> None:
        print_text(url)
        say("mcp-inspect: whoever has this URL, on this machine, has the app. Ctrl+C ends it.")

    return serve(line_for_a_tab(line), ready)
