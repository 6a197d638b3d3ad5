"""The diagnosis of a command: which checks there are, in which order, and which one names the cause.

Each check stands in a file of its own and is a function of what was seen and where it was started. The
first one that failed names the cause; a connection that works has none, whatever was noted beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.doctor import command, ending, handshake, interpreter, program, stdout
from inspector.doctor.complaints import GROUPS, Complaint
from inspector.doctor.listening import listen
from inspector.doctor.place import Place
from inspector.doctor.report import Report
from inspector.doctor.seen import Seen, agreed_facts, look
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, Verdict, again, passed, skipped
from inspector.wire.visible import seconds

if TYPE_CHECKING:
    from inspector.errors import InspectError
    from inspector.journal.journal import Journal
    from inspector.transport.target import StdioTarget


def examine(journal: Journal, target: StdioTarget, failure: InspectError | None) -> Report:
    """What the newest connection of `journal` tells, with local lookups.

    Args:
        journal: Where the attempt stands.
        target: The command that was started, or was not.
        failure: How it ended for whoever connected; `None` where nothing failed.
    """
    seen = look(journal, target, failure)
    place = Place.of(target)
    verdicts = _verdicts(seen, place)
    checks = tuple(verdict.check for verdict in verdicts)
    cause = next((verdict.cause for verdict in verdicts if verdict.cause is not None), None)
    facts: dict[str, Any] = {**agreed_facts(seen, journal), "times": handshake.times(seen)}
    exited = seen.exited
    if exited is not None and seen.ended_by_itself:
        facts["exit"] = {key: exited.data.get(key) for key in ("code", "signal")}
    return Report(target=target.title, transport="stdio", checks=checks, cause=cause, facts=facts)


def _verdicts(seen: Seen, place: Place) -> list[Verdict]:
    target = seen.target
    complaints = [] if seen.connected else listen(seen, place)
    before: list[Callable[[], Verdict]] = [
        lambda: directory(target, place),
        lambda: command.examine(target, place),
        lambda: program.examine(target, place),
        lambda: interpreter.examine(seen, place, _of("interpreter", complaints)),
        lambda: interpreter.script(seen, place, _of("script", complaints)),
    ]
    verdicts = [check() for check in before]
    if seen.connected:  # an emulator, or a wrapper, does what the look at the file did not know of
        verdicts = [_only_noted(verdict) for verdict in verdicts]
    verdicts.append(_started(seen, verdicts))
    for group, title in GROUPS:
        complaint = _of(group, complaints)
        if complaint is not None:
            verdicts.append(complaint.found.verdict(group, title))
    verdicts += [
        stdout.examine(seen),
        ending.examine(seen, place),
        handshake.examine(seen, place),
        handshake.stages(seen),
    ]
    return verdicts


def _of(group: str, complaints: list[Complaint]) -> Complaint | None:
    return next((each for each in complaints if each.group == group), None)


def _only_noted(verdict: Verdict) -> Verdict:
    if verdict.cause is None:
        return verdict
    return Verdict(check=replace(verdict.check, state="note"))


def directory(target: StdioTarget, place: Place) -> Verdict:
    """The directory to start in."""
    name, title = "directory", "Working directory"
    if os.path.isdir(place.cwd):
        return passed(name, title, place.cwd)
    exists = os.path.exists(place.cwd)
    parent = place.cwd
    while not os.path.isdir(parent) and os.path.dirname(parent) != parent:
        parent = os.path.dirname(parent)
    unexpanded = target.cwd is not None and target.cwd.startswith("~")
    return Found(
        rule=Rule.DIRECTORY_IS_FILE if exists else Rule.DIRECTORY_MISSING,
        finds=f"{place.cwd} is a file" if exists else f"There is no {place.cwd}",
        says=f"The working directory {target.cwd} "
        + ("is a file" if exists else f"does not exist; {parent} is the last of it that does"),
        next=again(replace(target, cwd=_better(target, place, parent, unexpanded))),
    ).verdict(name, title)


def _better(target: StdioTarget, place: Place, parent: str, unexpanded: bool) -> str:
    if unexpanded and target.cwd is not None:
        home = os.path.expanduser(target.cwd)
        if os.path.isdir(home):
            return home
    return os.path.dirname(place.cwd) if os.path.isfile(place.cwd) else parent


def _started(seen: Seen, before: list[Verdict]) -> Verdict:
    name, title = "started", "Process started"
    event = seen.started
    if event is not None:
        took = seen.since(event)
        says = f"Process {event.data.get('pid')}, in {seconds(took)}"
        return passed(name, title, says, took=took, rows=(event.seq,))
    if any(verdict.cause is not None for verdict in before):
        return skipped(name, title, "It could not be started")
    reason = seen.failure.message if seen.failure is not None else "nothing was tried"
    return Found(
        rule=Rule.CANNOT_START,
        finds=reason,
        says=f"The system refused to start {seen.target.title}",
        next="Start the same command in a shell, and read what that says",
    ).verdict(name, title)
