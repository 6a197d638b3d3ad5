"""`mcp-inspect servers`: what the configuration of hosts names."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, print_json, print_text, say, table
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.hosts.find import Found
    from inspector.hosts.server import Server, Surroundings

HELP_END = examples("mcp-inspect servers", "mcp-inspect servers cursor/github", "mcp-inspect servers --json")


def servers(
    wanted: Wanted,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One of them, with all of it.")] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take back that NAME may be started without a question.")
    ] = False,
) -> int:
    """List the servers in the configuration of Claude, Cursor, VS Code and other hosts; start none.

    A name may stand in the place of a command or a URL: at the end of any line, or before the verb.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("servers connects to nothing", next="mcp-inspect servers")
    if forget and name is None:
        raise UsageError("--forget needs the name of a server", next="mcp-inspect servers NAME --forget")
    # Imported here: no other line pays for reading what hosts have.
    from inspector.hosts.find import find
    from inspector.hosts.server import Surroundings
    from inspector.wire.visible import visible

    around = Surroundings.here()
    found = find(around)
    for trouble in found.troubles:
        say(f"mcp-inspect: {visible(trouble)}.")
    if name is not None and forget:
        return _forget(found.get(name), as_json=wanted.json)
    if name is not None:
        return _one(found.get(name), around, as_json=wanted.json)
    if wanted.json:
        print_json(dump([_document(each, around) for each in found.servers]))
        return 0
    if not found.servers:
        print_text("No configuration of a host names a server.")
    _print(found, around)
    return 0


def _print(found: Found, around: Surroundings) -> None:
    import shutil

    from inspector.hosts.facts import shortened, what
    from inspector.hosts.places import TITLES
    from inspector.wire.visible import visible

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for number, (place, group) in enumerate(groupby(found.servers, key=lambda each: (each.host, each.file))):
        file = visible(shortened(str(place[1]), around.home))
        print_text(*([""] if number else []), f"{TITLES[place[0]]}  {file}")
        rows = [(found.short(each), what(each) + _beside(each)) for each in group]
        print_text(*table(rows, width))


def _beside(server: Server) -> str:
    """What is different when its host starts it."""
    return ("" if server.enabled else "  (off there)") + ("  (recorded there)" if server.recorder else "")


def _one(server: Server, around: Surroundings, *, as_json: bool) -> int:
    if as_json:
        print_json(dump(_document(server, around)))
        return 0
    from inspector.hosts.facts import facts
    from inspector.wire.visible import visible

    print_text(visible(server.full_name))
    agreed = {"given": "yes", "new": "no", "changed": "not since it has changed"}
    rows = [
        *facts(server, around.home),
        ("agreed to", agreed.get(_standing(server, around), "it cannot be meant")),
    ]
    width = max(len(word) for word, _ in rows)
    print_text(*(f"  {word.ljust(width)}  {visible(text)}" for word, text in rows))
    return 0


def _document(server: Server, around: Surroundings) -> dict[str, object]:
    from inspector.hosts.facts import document

    return {**document(server), "consent": _standing(server, around) or None}


def _standing(server: Server, around: Surroundings) -> str:
    """Whether it may be started without a question; empty where it cannot be meant here."""
    from inspector.hosts.variables import as_written, meant
    from inspector.kept.consent import Consents

    try:
        target = meant(server, around, as_written(server)).target
    except UsageError:
        return ""
    return Consents().look(server, target).state


def _forget(server: Server, *, as_json: bool) -> int:
    from inspector.kept.consent import Consents

    gone = Consents().forget(server.full_name)
    if as_json:
        print_json(dump({"forgotten": gone}))
    else:
        print_text("It is asked about again." if gone else "Nobody had agreed to it.")
    return 0
