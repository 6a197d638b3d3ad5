"""A server by the name that a host's configuration has for it, on the command line.

The name becomes what the line could have said instead: a command or a URL, variables, headers. Nothing of it
is started before a person has agreed, once for as long as what would run stays the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.cli.argv import OPEN
from inspector.cli.output import say
from inspector.errors import UsageError
from inspector.hosts.facts import facts
from inspector.hosts.find import UnknownServer, find
from inspector.hosts.server import Surroundings
from inspector.hosts.variables import as_written, inputs_of, meant
from inspector.transport.target import HttpTarget
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.hosts.server import Input, Server
    from inspector.transport.target import Target

_ENDS = "End with -- COMMAND, a URL, or a name that mcp-inspect servers lists"


def resolved(wanted: Wanted, name: str, verbs: Sequence[str]) -> Wanted:
    """`wanted` with what a name stands for in its place. What the line gives beside it wins.

    Args:
        wanted: What the line asks for.
        name: The name on it.
        verbs: What may have been meant instead, where the line has no verb.

    Raises:
        UsageError: There is no such server, it cannot be meant, or nobody has agreed to it.
        InspectError: What was agreed to cannot be read or written.
    """
    around = Surroundings.here()
    server = _found(wanted, name, verbs, around)
    given = _given(server, wanted.input or ())
    _agreed(server, meant(server, around, as_written(server)).target, around, yes=wanted.yes)
    made = meant(server, around, {**_asked(server, given), **given})
    for note in made.notes:
        say(f"mcp-inspect: {visible(note)}.")
    return _instead(wanted, server, made.target)


def _found(wanted: Wanted, name: str, verbs: Sequence[str], around: Surroundings) -> Server:
    found = find(around)
    verb = wanted.line.words[0] if wanted.line.words else OPEN
    try:
        return found.get(name, verbs if verb == OPEN else ())
    except UnknownServer as unknown:
        for trouble in found.troubles:  # it may be called so in a file that cannot be read
            say(f"mcp-inspect: {visible(trouble)}.")
        guess = unknown.next if unknown.next.startswith("Did you mean") else ""
        if verb != OPEN:
            says = f"No server to connect to: none is called {name!r}"
            raise UsageError(says, next=guess or _ENDS) from None
        says = f"{name!r} is neither a verb nor a URL, and no server is called so"
        forgot = f"Did you forget -- before the server's command? mcp-inspect -- {name}"
        raise UsageError(says, next=guess or forgot) from None


def _given(server: Server, words: Sequence[str]) -> dict[str, str]:
    """The values of `--input`."""
    known = {each.id for each in inputs_of(server)}
    given: dict[str, str] = {}
    for word in words:
        id, equals, value = word.partition("=")
        if not equals or not id:
            raise UsageError(
                f"--input takes ID=VALUE, and {id!r} has no =", next="For example --input team=blue"
            )
        if id not in known:
            there = f"It has {', '.join(sorted(known))}" if known else "It has none"
            raise UsageError(f"{server.full_name} has no input {id!r}", next=there)
        given[id] = value
    return given


def _agreed(server: Server, target: Target, around: Surroundings, *, yes: bool) -> None:
    """Make sure that a person wants exactly this to run."""
    from inspector.cli.asked import person_there
    from inspector.kept.consent import Consents

    consents = Consents()
    standing = consents.look(server, target)
    if standing.state == "given":
        return
    does = "connect to" if isinstance(target, HttpTarget) else "start"
    if not yes:
        if not person_there():
            changed = f" since it has changed ({standing.changes[0]})" if standing.changes else ""
            says = f"Nobody has agreed to {does} {server.full_name}{changed}"
            raise UsageError(
                f"{says}, and there is no terminal to ask at",
                next=f"mcp-inspect servers {server.full_name} shows it; --yes agrees",
            )
        width = max(len(word) for word, _ in facts(server, around.home))
        say(f"{visible(server.full_name)}")
        for word, text in facts(server, around.home):
            say(f"  {word.ljust(width)}  {visible(text)}")
        if standing.state == "changed":
            say("It is not what was agreed to before:", *(f"  {visible(each)}" for each in standing.changes))
        if _line(f"{does.capitalize()}{'' if does == 'start' else ' it'}? [y/N] ").lower() not in (
            "y",
            "yes",
        ):
            raise UsageError(f"{server.full_name} was not agreed to", next="Nothing was started")
    consents.give(server, target)


def _asked(server: Server, given: Mapping[str, str]) -> dict[str, str]:
    """What a person types for the inputs that the line does not give."""
    from inspector.cli.asked import person_there

    missing = [each for each in inputs_of(server) if each.id not in given]
    return {each.id: _value(each) for each in missing} if person_there() else {}


def _value(wanted: Input) -> str:
    title = visible(wanted.title or wanted.id)
    if wanted.secret:
        import getpass

        return getpass.getpass(f"{title} (hidden): ") or wanted.default
    choice = f" ({visible(', '.join(wanted.options))})" if wanted.options else ""
    default = f" [{visible(wanted.default)}]" if wanted.default else ""
    while True:
        typed = _line(f"{title}{choice}{default}: ") or wanted.default
        if not wanted.options or typed in wanted.options:
            return typed
        say("That is none of them.")


def _line(prompt: str) -> str:
    """One line of the person at the terminal; empty at its end. Nothing beyond that line is taken from it."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    held = b""
    while not held.endswith(b"\n"):
        more = os.read(sys.stdin.fileno(), 1024)  # a terminal gives a line at a time
        if not more:
            break
        held += more
    return held.decode("utf-8", "replace").strip()


def _instead(wanted: Wanted, server: Server, target: Target) -> Wanted:
    """What the line says with the server in the place of its name."""
    line = replace(wanted.line, name=server.full_name)
    if not isinstance(target, HttpTarget):
        return replace(
            wanted,
            line=replace(line, command=target.argv),
            env=[*(f"{name}={value}" for name, value in target.env.items()), *(wanted.env or ())],
            cwd=wanted.cwd or target.cwd,
        )
    own = wanted.header or []
    names = {header.partition(":")[0].strip().lower() for header in own}
    kept = [f"{name}: {value}" for name, value in target.headers if name.lower() not in names]
    return replace(
        wanted,
        line=replace(line, url=target.url),
        header=[*kept, *own],
        transport=wanted.transport or target.transport,
        unix_socket=wanted.unix_socket or target.unix_socket,
    )
