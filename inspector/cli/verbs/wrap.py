"""`mcp-inspect wrap`: what a host really says to a server is recorded from its next start on."""

from __future__ import annotations

import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path
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
    refuse_url,
    told,
)
from inspector.errors import InspectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.hosts.editing.file import Done
    from inspector.hosts.server import Server, Surroundings

HELP_END = examples(
    "mcp-inspect wrap github --host cursor",
    "mcp-inspect wrap cursor/github --dry-run",
    "mcp-inspect wrap github --control",
)
_STARTS = "import inspector.__main__"


def wrap(
    wanted: Wanted,
    server: Annotated[
        str | None, typer.Argument(metavar="SERVER", help="Its name, as mcp-inspect servers has it.")
    ] = None,
    host: Host = None,
    control: Annotated[
        bool, typer.Option("--control", help="Let who attaches hold, change and answer messages.")
    ] = False,
    faults: Annotated[
        str | None,
        typer.Option("--faults", metavar="FILE", help="--control, with these rules to begin with."),
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Put `mcp-inspect record` in front of a server in the configuration of its host.

    Only command and arguments of that entry change; a copy of the file is kept beside it. Once wrapped, it
    is wrapped anew where this program has moved. mcp-inspect unwrap takes it out again.
    """
    check_line(wanted, "wrap")
    if server is None:
        raise UsageError("wrap takes the name of a server", next="mcp-inspect servers lists them")
    # Imported here: no other line pays for reading what hosts have.
    from inspector.hosts.editing.change import with_recorder, without_any
    from inspector.hosts.editing.file import change
    from inspector.hosts.find import find_in
    from inspector.hosts.recording import front, name_in, named, recorded, with_options
    from inspector.hosts.server import Surroundings

    around = Surroundings.here()
    one = one_of(entries(host, around, every=False), server, around)
    refuse_url(one)
    given = _options(control, faults)
    _check_start(around)
    variables = [*one.env, *(("PYTHONPATH",) if one.env_file else ())]  # which may be among those of the file

    options: tuple[str, ...] = ()

    def words(before: Sequence[str]) -> Sequence[str]:
        nonlocal options
        found = recorded((*before, "command")) if before else None
        options = named(with_options(found.options if found is not None else (), given), one)
        return front(sys.executable, options, variables)

    others = find_in(one.file, around).servers
    done = change(
        one.file, lambda raw: with_recorder(one, raw, words), partial(without_any, others), dry=dry_run
    )
    if wanted.json:
        print_documents([(one, done)], dry=dry_run, many=False)
    elif dry_run:
        print_diff(one, done)
    if done.changed or not dry_run:
        for warning in _warnings(one, done):
            say(f"mcp-inspect: {warning}.")
    if not wanted.json and not (dry_run and done.changed):
        _print(one, done, around, called=name_in(options), host=host)
    return 0


def _options(control: bool, faults: str | None) -> tuple[str, ...]:
    """Those of `record`. A host knows no folder of ours, so that a file is named by its whole path.

    Raises:
        UsageError: The rules cannot be read: the host's server would not start.
    """
    if faults is None:
        return ("--control",) if control else ()
    from inspector.gate.faults import load

    load(Path(faults))
    return (*(("--control",) if control else ()), f"--faults={Path(faults).absolute()}")


def _check_start(around: Surroundings) -> None:
    """Make sure that a host can start this program: with no variables, and from any folder.

    Raises:
        InspectError: It cannot.
    """
    if sys.platform == "win32":
        raise UsageError("mcp-inspect record does not run on Windows", next="Nothing was changed")
    if not Path(sys.executable or "").is_absolute():
        raise InspectError("The path of this Python is not known, so that no host could start it")
    done = subprocess.run(
        [sys.executable, "-E", "-P", "-c", _STARTS],
        cwd=around.home if around.home.is_dir() else None,
        env={"PATH": "/usr/bin:/bin", "HOME": str(around.home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise InspectError(
            f"A host could not start mcp-inspect with {sys.executable}: it is not installed there",
            next="Install it, for example with uv tool install mcp-inspect, and wrap with what is installed",
        )


def _warnings(server: Server, done: Done) -> Iterator[str]:
    """What a person should know of this entry."""
    from inspector.hosts.places import TITLES
    from inspector.wire.visible import visible

    parts = Path(sys.executable).parts
    if any(part == ".cache" or part.startswith(("archive-v", "environments-v")) for part in parts):
        yield f"{sys.executable} is of a temporary environment; what is installed for good will last longer"
    if server.host == "claude-code" and server.file.name == ".claude.json":
        yield "Claude Code writes this file itself while it runs: end it before, or see whether it stays"
    elif server.project or any((each / ".git").exists() for each in done.file.parents):
        yield f"{visible(done.file.name)} belongs to a project, and the path in it is of this machine alone"
    if server.command.startswith("~"):
        yield f"the command begins with ~, which {TITLES[server.host]} may not replace among arguments"
    if not server.enabled:
        yield f"it is switched off in {TITLES[server.host]}"


def _print(server: Server, done: Done, around: Surroundings, *, called: str, host: str | None) -> None:
    from inspector.hosts.facts import shortened, what
    from inspector.hosts.places import TITLES
    from inspector.wire.visible import visible

    if not done.changed:
        print_text(f"{told(server, around)} is wrapped already.")
        return
    copy = shortened(str(done.backup), around.home) if done.backup is not None else ""
    # A file that was named may be one where unwrap does not look by itself, which has another of that name.
    file = host if host is not None and host not in TITLES else None
    restarted = "the host that reads it" if file or server.host == "mcp.json" else TITLES[server.host]
    undone = [server.full_name] if file is None else [server.name, "--host", file]
    print_text(
        f"Wrapped {told(server, around)}.",
        f"  records  {visible(what(server))}",
        *([f"  copy     {visible(copy)}"] if copy else []),
        f"Restart {restarted}, or the server in it. Then:",
        f"  mcp-inspect attach {visible(shlex.quote(called)) if called else '--latest'}",
        "  mcp-inspect sessions",
        f"  mcp-inspect unwrap {visible(shlex.join(undone))}",
    )
