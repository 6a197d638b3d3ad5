"""How the help of a verb is written: Typer's, without the words of Python, and with the server in its usage.

What the options are is told by `inspector.cli.options`.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import typer

from inspector.cli import authorization
from inspector.cli.output import print_text

_PYTHON_TYPE = re.compile(r" <(?:str|list\[str\])>(?=\s)")
_AT_LINE_END = re.compile(r" +$", re.MULTILINE)
_BRACED = re.compile(r"\{(\S+)\}")
SERVERLESS = (
    "attach",
    "config",
    "copy",
    "demo",
    "keys",
    "record",
    "replay",
    "serve",
    "servers",
    "sessions",
    "unwrap",
    "wrap",
)
"""Verbs that connect to nothing that the line names. `demo` alone connects at all."""
_OWN_USAGE = ("auth",)
_LAST_OPTION = "Show this message and exit.\n"


def show_help(context: typer.Context, asked: bool) -> None:
    """Typer's help without the words of Python, and with the server at the end of the usage."""
    if not asked:
        return
    usage, gap, rest = plain_help(context.get_help()).partition("\n\n")
    if context.info_name == "proxy":
        usage += " (URL | NAME)"
    elif context.parent is not None and context.info_name not in (*SERVERLESS, *_OWN_USAGE):
        usage += " (-- COMMAND... | URL | NAME)"
    elif context.info_name in _OWN_USAGE:
        usage += " [URL | NAME]"
    elif context.info_name == "record":
        usage += " -- COMMAND..."
    # What stands under the options, before the examples.
    options, last, end = rest.partition(_LAST_OPTION)
    rest = f"{options}{last}{_about_authorization(context)}{end}" if last else rest
    print_text(f"{usage}{gap}{rest}".removesuffix("\n"))
    raise typer.Exit()


def plain_help(text: str) -> str:
    """Typer's help without the words of Python and the braces of its usage."""
    usage, gap, rest = text.partition("\n\n")
    # As many spaces as the words had letters: what stands in columns stays in them.
    rest = _PYTHON_TYPE.sub(lambda found: " " * len(found[0]), rest)
    rest = _AT_LINE_END.sub("", rest)
    # Typer puts brackets around what may be left out also where its name has some.
    usage = usage.replace("[[", "[").replace("]]", "]")
    return _BRACED.sub(r"\1", usage) + gap + rest


def _about_authorization(context: typer.Context) -> str:
    """The options about authorization in the help of `auth`, and in every other where they are listed."""
    if context.info_name in (*SERVERLESS, "proxy"):
        return ""
    if context.info_name not in _OWN_USAGE:
        return "\nAuthorization (--client-id, --scope, --no-browser, ...): mcp-inspect auth --help\n"
    formatter = context.make_formatter()
    records = []
    for param in context.command.params:
        if getattr(param, "rich_help_panel", None) == authorization.PANEL:
            shown: Any = copy.copy(param)
            shown.hidden = False
            records.append(shown.get_help_record(context))
    with formatter.section(authorization.PANEL):
        formatter.write_dl([record for record in records if record is not None])
    return f"\n{formatter.getvalue()}"
