"""What `wrap` and `unwrap` share: which entry a line means, and what is told of what became of it.

How a file is changed stands in `inspector.hosts.editing`.
"""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.output import dump, print_json, print_text, say
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.hosts.editing.file import Done
    from inspector.hosts.find import Found
    from inspector.hosts.server import Server, Surroundings

Host = Annotated[
    str | None,
    typer.Option("--host", metavar="HOST|FILE", help="Of this host, or in this file of configuration."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; print what would change, without secrets.")
]


def check_line(wanted: Wanted, verb: str) -> None:
    """Make sure that the line names no server but by its name.

    Raises:
        UsageError: It does.
    """
    if wanted.line.url is not None:
        raise _at_a_url("The server", wanted.line.url)
    if wanted.line.command is not None:
        raise UsageError(
            f"{verb} takes the name of a server, and no command", next="mcp-inspect servers lists the names"
        )


def entries(host: str | None, around: Surroundings, *, every: bool) -> Found:
    """What the configuration of a host, of a file, or of all of them has.

    Args:
        host: What `--host` says.
        around: Where it is looked for.
        every: Those too that another entry hides.

    Raises:
        UsageError: There is neither such a host nor such a file.
    """
    from dataclasses import replace

    from inspector.hosts.find import find, find_all, find_in
    from inspector.hosts.places import TITLES

    if host is not None and host not in TITLES:
        if not _is_file(host):
            near = difflib.get_close_matches(host, TITLES, n=1)
            hosts = f"Use one of {', '.join(TITLES)}, or a file"
            raise UsageError(f"There is no host {host!r}", next=f"Did you mean {near[0]}?" if near else hosts)
        found = find_in(Path(host), around)
    else:
        found = (find_all if every else find)(around)
        if host is not None:
            found = replace(found, servers=tuple(each for each in found.servers if each.host == host))
    from inspector.wire.visible import visible

    for trouble in found.troubles:
        say(f"mcp-inspect: {visible(trouble)}.")
    return found


def _is_file(word: str) -> bool:
    return "/" in word or "\\" in word or word.endswith((".json", ".jsonc", ".toml")) or Path(word).exists()


def one_of(found: Found, name: str, around: Surroundings) -> Server:
    """The entry that is meant by a name; a person is asked where several may be.

    Raises:
        UsageError: There is none, or several, and nobody can be asked.
    """
    meant = [each for each in found.servers if each.full_name == name]
    meant = meant or [each for each in found.servers if each.name == name]
    if not meant:
        return found.get(name)  # which says what is near
    if len(meant) == 1:
        return meant[0]
    from inspector.cli.asked import person_there

    if person_there():
        return _asked(meant, name, around)
    names = list(dict.fromkeys(each.full_name for each in meant))
    if len(names) == 1:
        raise UsageError(
            f"{name!r} stands in several places: {', '.join(_place(each, around) for each in meant)}",
            next="Give a file with --host FILE, or run it in the folder of the project",
        )
    raise UsageError(
        f"Several hosts have a server called {name!r}",
        next=f"Name one of {', '.join(names)}, or give --host",
    )


def _asked(meant: Sequence[Server], name: str, around: Surroundings) -> Server:
    from inspector.hosts.facts import what
    from inspector.wire.visible import clip, visible

    say(f"Several places have a server called {visible(name)}:")
    for number, each in enumerate(meant, 1):
        say(f"  {number}  {visible(each.full_name)}  {visible(_place(each, around))}")
        say(f"     {clip(visible(what(each)), 200)}")
    sys.stderr.write(f"Which one? [1-{len(meant)}] ")
    sys.stderr.flush()
    typed = sys.stdin.readline().strip()
    if not typed.isdecimal() or not 1 <= int(typed) <= len(meant):
        raise UsageError("That is none of them", next="Nothing was changed")
    return meant[int(typed) - 1]


def _place(server: Server, around: Surroundings) -> str:
    """Where an entry stands, in words."""
    from inspector.hosts.facts import shortened

    file = shortened(str(server.file), around.home)
    return f"{file} of {shortened(server.at[1], around.home)}" if server.at[0] == "projects" else file


def refuse_url(server: Server) -> None:
    """Make sure that an entry starts a program.

    Raises:
        UsageError: It is at a URL, which `record` cannot stand in front of.
    """
    if not server.command:
        raise _at_a_url(server.full_name, server.url)


def _at_a_url(who: str, url: str) -> UsageError:
    from inspector.journal.redact import redact_url

    return UsageError(
        f"{who} is at a URL, and wrap stands in front of a command; for a URL there is proxy",
        next=f"mcp-inspect proxy {shlex.quote(redact_url(url))}",
    )


def print_diff(server: Server, done: Done) -> None:
    """What would change, in the colours of a terminal."""
    from inspector.cli.paint import paint_for
    from inspector.wire.visible import visible

    paint = paint_for(sys.stdout)
    for line in _diff(server, done):
        safe = visible(line)
        marked = {"+": paint.added, "-": paint.removed, "@": paint.faint}.get(safe[:1], str)
        print_text(paint.strong(safe) if safe.startswith(("---", "+++")) else marked(safe))


def _diff(server: Server, done: Done) -> list[str]:
    from inspector.hosts.editing.shown import diff

    return diff(server, done.before, done.after)


def print_documents(done: Sequence[tuple[Server, Done]], *, dry: bool, many: bool) -> None:
    """The same for programs: one object, or a list of them."""
    documents: list[dict[str, Any]] = [
        {
            "name": server.name,
            "host": server.host,
            "file": str(each.file),
            "changed": each.changed and not dry,
            "backup": str(each.backup) if each.backup is not None else None,
            **({"diff": _diff(server, each)} if dry else {}),
        }
        for server, each in done
    ]
    print_json(dump(documents if many else documents[0]))


def told(server: Server, around: Surroundings) -> str:
    """An entry and where it stands, in a line of text that is safe for a terminal."""
    from inspector.wire.visible import visible

    return visible(f"{server.full_name} in {_place(server, around)}")
