"""`mcp-inspect config`: the user's configuration, shown, edited, found."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, print_json, print_text, say
from inspector.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.kept.config import Config

DOES = ("show", "edit", "path")
HELP_END = examples("mcp-inspect config show", "mcp-inspect config edit")


def config(
    wanted: Wanted,
    what: Annotated[str, typer.Argument(metavar="show|edit|path", help="What to do with it.")] = "show",
) -> int:
    """Show the configuration as it holds, edit its file, or print where that is.

    Keys, theme, layout and defaults of options: docs/config.md describes them.
    """
    from inspector.kept.config import read_config
    from inspector.settings import config_path

    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("config connects to no server", next="mcp-inspect config show")
    if what not in DOES:
        raise UsageError(f"config has no {what!r}", next=f"Use one of {', '.join(DOES)}")
    path = config_path()
    if what == "path":
        print_text(str(path))
        return 0
    if what == "edit":
        if wanted.json:
            raise UsageError("config edit prints nothing", next="mcp-inspect config show --json")
        _edit(path)
    found = read_config(path)
    _check_keys(found)
    if what == "edit":
        say(f"mcp-inspect: {path} is in order")
    elif wanted.json:
        print_json(dump({"path": str(path), "there": found.there, "settings": found.document()}))
    else:
        print_text(*_lines(found))
    return 0


def _check_keys(found: Config) -> None:
    if found.keys:
        from inspector.app.keymap import keymap  # imports the app, which knows its keys

        keymap(found)


def _edit(path: Path) -> None:
    from inspector.app.outside import editor_words
    from inspector.kept.config import TEMPLATE

    words = editor_words(os.environ)
    if not path.exists():
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_text(TEMPLATE, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"Cannot write {path}: {error.strerror}") from None
    try:
        code = subprocess.run([*words, str(path)], check=False).returncode
    except OSError as error:
        raise UsageError(f"Cannot run {words[0]}: {error.strerror}", next="Set EDITOR") from None
    if code:
        raise UsageError(f"{words[0]} ended with {code}", next="Set EDITOR, or edit the file by other means")


def _lines(found: Config) -> list[str]:
    """The settings as TOML; what depends on something else is left out."""
    lines = [f"# {found.path}{'' if found.there else ' (not there: all is as it comes)'}"]
    document = found.document()
    keys = document.pop("keys")
    tables = {name: document.pop(name) for name in ("layout", "defaults", "redact", "recordings")}
    tables |= {f"keys.{place}": names for place, names in keys.items()}
    lines += [f"{name} = {json.dumps(value)}" for name, value in document.items()]
    for table, values in tables.items():
        lines += ["", f"[{table}]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items() if value is not None]
    return lines
