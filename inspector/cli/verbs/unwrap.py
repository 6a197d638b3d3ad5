"""`mcp-inspect unwrap`: the configuration of a host as it was before `wrap`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_text, say
from inspector.cli.wrapping import (
    DryRun,
    Host,
    check_line,
    entries,
    one_of,
    print_diff,
    print_documents,
    told,
)
from inspector.errors import InspectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.hosts.editing.file import Done
    from inspector.hosts.find import Found
    from inspector.hosts.server import Server, Surroundings

HELP_END = examples("mcp-inspect unwrap cursor/github", "mcp-inspect unwrap --all --dry-run")


def unwrap(
    wanted: Wanted,
    server: Annotated[
        str | None, typer.Argument(metavar="SERVER", help="Its name, as mcp-inspect servers has it.")
    ] = None,
    host: Host = None,
    all_: Annotated[bool, typer.Option("--all", help="Every server that is wrapped.")] = False,
    dry_run: DryRun = False,
) -> int:
    """Take `mcp-inspect record` out of the configuration of hosts.

    Where nothing else has changed, the file is to the byte what it was before wrap.
    """
    check_line(wanted, "unwrap")
    if (server is None) != all_:
        raise UsageError(
            "unwrap takes the name of a server, or --all", next="mcp-inspect servers shows what is recorded"
        )
    from inspector.hosts.server import Surroundings

    around = Surroundings.here()
    found = entries(host, around, every=True)
    chosen = _every(found) if server is None else [_one(found, server, around)]
    return _take_out(chosen, wanted, around, dry=dry_run, many=all_)


def _every(found: Found) -> list[Server]:
    return [each for each in found.servers if each.recorder]


def _one(found: Found, name: str, around: Surroundings) -> Server:
    """The entry that is meant: of several those that are wrapped, and of these those that win here."""
    from inspector.hosts.find import find

    wrapped = [each for each in _every(found) if name in (each.name, each.full_name)]
    here = find(around).servers
    near = [each for each in wrapped if each in here]
    meant = near or wrapped or [each for each in found.servers if each in here]
    if any(name in (each.name, each.full_name) for each in meant):
        found = replace(found, servers=tuple(meant))
    return one_of(found, name, around)


def _take_out(
    chosen: Sequence[Server], wanted: Wanted, around: Surroundings, *, dry: bool, many: bool
) -> int:
    """Take it out of one after the other; what cannot be changed keeps none of them from being."""
    from inspector.cli.output import say_failure
    from inspector.hosts.editing.change import without_recorder
    from inspector.hosts.editing.file import change

    all_done: list[tuple[Server, Done]] = []
    code = 0
    for each in chosen:
        try:
            done = change(each.file, partial(without_recorder, each), dry=dry, returning=True)
        except InspectError as error:
            if not many:
                raise
            say_failure(error, as_json=wanted.json)
            code = code or error.exit_code
            continue
        all_done.append((each, done))
    if wanted.json:
        print_documents(all_done, dry=dry, many=many)
        return code
    for each, done in all_done:
        _print(each, done, around, dry=dry)
    if not chosen:
        print_text("No server is wrapped.")
    return code


def _print(server: Server, done: Done, around: Surroundings, *, dry: bool) -> None:
    from inspector.hosts.facts import shortened
    from inspector.wire.visible import visible

    if not done.changed:
        print_text(f"{told(server, around)} is not wrapped.")
        return
    if dry:
        print_diff(server, done)
        return
    print_text(f"Unwrapped {told(server, around)}.")
    if done.backup is not None:
        say(f"mcp-inspect: it was {visible(shortened(str(done.backup), around.home))} before.")
