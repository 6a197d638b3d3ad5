"""Starting a command as a graphical host would: few variables, a short PATH, another directory.

A server that works in a terminal and not in a desktop program fails at one of three: its command is not
on the short PATH, a path in its arguments is relative, or a variable of the person's shell is missing.
So the command is started in those surroundings for real, and where that fails once more in the person's
own, to tell what the difference is. What hosts give stands in `inspector.doctor.place`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.doctor.place import Place, host_cwd, host_env
from inspector.doctor.program import shebang
from inspector.doctor.report import Cause, Check, Report
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import again, passed, safe
from inspector.transport.target import StdioTarget

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.owner import Options

NAME, TITLE = "host", "As a host starts it"


def as_host(target: StdioTarget) -> StdioTarget:
    """`target` with the environment and the directory of a graphical host."""
    env = {**host_env(), **target.env}
    return StdioTarget(target.argv, env, target.cwd if target.cwd is not None else host_cwd(), inherit=False)


async def diagnose(target: StdioTarget, journal: Journal, options: Options | None) -> Report:
    """Start `target` as a host does, and where that fails as the person does.

    Raises:
        UsageError: `options.protocol` is no version.
    """
    from inspector.doctor.diagnose import attempt

    hosted = as_host(target)
    theirs, ours = Place.of(hosted), Place.of(target)
    differences = _differences(target, theirs, ours)
    facts = {"host": {"path": list(theirs.directories), "cwd": theirs.cwd}}
    report = await attempt(hosted, journal, options)
    if report.cause is None:
        check = passed(NAME, TITLE, "It works in the surroundings of a host as well", evidence=differences)
        return _with(report, check.check, report.cause, facts)
    own = await attempt(target, journal, options)
    if own.cause is not None:
        says = "It fails in your own surroundings too, so that comes first"
        check = passed(NAME, TITLE, says, evidence=differences, state="note")
        return _with(own, check.check, own.cause, facts)
    cause = _difference(target, hosted, theirs, ours, report.cause)
    says = "It works in your own surroundings and fails in those of a host"
    failed = Check(name=NAME, title=TITLE, state="failed", says=says, evidence=tuple(differences))
    return _with(report, failed, cause, facts)


def _with(report: Report, check: Check, cause: Cause | None, facts: Mapping[str, object]) -> Report:
    return replace(report, checks=(*report.checks, check), cause=cause, facts={**report.facts, **facts})


def _differences(target: StdioTarget, theirs: Place, ours: Place) -> list[str]:
    lines = [f"PATH of a host: {theirs.path}"]
    only = [each for each in ours.directories if each not in theirs.directories]
    if only:
        lines.append(f"on your PATH only: {os.pathsep.join(only)}")
    if target.argv and (name := target.argv[0]) and theirs.which(name) != ours.which(name):
        lines.append(
            f"{name}: {theirs.which(name) or 'not found'}; in your shell {ours.which(name) or 'not found'}"
        )
    lines.append(f"directory: {theirs.cwd}; yours is {ours.cwd}")
    missing = sum(1 for name in ours.env if name not in theirs.env)
    lines.append(f"variables of yours that it does not get: {missing}")
    return [safe(line) for line in lines]


def _difference(target: StdioTarget, hosted: StdioTarget, theirs: Place, ours: Place, cause: Cause) -> Cause:
    """What of the surroundings makes the difference."""
    return (
        _command(target, hosted, theirs, ours, cause)
        or _paths(target, hosted, theirs, ours)
        or _variable(hosted, ours, cause)
        or Cause(
            rule=Rule.HOST_ENVIRONMENT,
            says=safe(f"It works in your shell and not as a host starts it: {cause.says}"),
            next=cause.next,
            check=NAME,
        )
    )


def _command(
    target: StdioTarget, hosted: StdioTarget, theirs: Place, ours: Place, cause: Cause
) -> Cause | None:
    name = target.argv[0]
    found = ours.which(name)
    if found is None or theirs.which(name) == found:
        return None
    options: tuple[str, ...] = ()
    if _wants_more(found, theirs):  # npx by its full path still looks for node on PATH
        options = ("-e", f"PATH={os.pathsep.join((os.path.dirname(found), theirs.path))}")
    elsewhere = theirs.which(name)
    if elsewhere is None:
        rule = Rule.HOST_COMMAND_NOT_FOUND
        says = f"{name} is {found} in your shell, and on no directory that a host searches"
    elif cause.check in ("interpreter", "script", "package", "exit", "environment"):
        rule = Rule.HOST_OTHER_COMMAND
        says = (
            f"{name} is {found} in your shell, and {elsewhere} for a host, which lacks what the server needs"
        )
    else:
        return None
    return Cause(
        rule=rule, says=safe(says), next=safe(again(hosted, (found, *target.argv[1:]), *options)), check=NAME
    )


def _wants_more(path: str, theirs: Place) -> bool:
    try:
        with open(path, "rb") as file:
            script = shebang(file.read(512))
    except OSError:  # what cannot be read is no script that can be started
        return False
    return script is not None and theirs.which(script.command) is None


def _paths(target: StdioTarget, hosted: StdioTarget, theirs: Place, ours: Place) -> Cause | None:
    """Words of the command that lead to a file from the person's directory, and nowhere from a host's."""
    relative = [
        word
        for word in target.argv
        if not os.path.isabs(word)
        and not word.startswith("-")
        and os.path.exists(ours.at(word))
        and not os.path.exists(theirs.at(word))
    ]
    if not relative:
        return None
    words = tuple(ours.at(word) if word in relative else word for word in target.argv)
    return Cause(
        rule=Rule.HOST_RELATIVE_PATH,
        says=safe(
            f"{relative[0]} is looked for from {theirs.cwd}, where a host starts servers, and not from yours"
        ),
        next=safe(again(hosted, words)),
        check=NAME,
    )


def _variable(hosted: StdioTarget, ours: Place, cause: Cause) -> Cause | None:
    found = re.search(r"environment variable ([A-Za-z_]\w*)", cause.says)
    if cause.rule != Rule.VARIABLE_MISSING or found is None or not ours.env.get(found[1]):
        return None
    name = found[1]
    return Cause(
        rule=Rule.HOST_VARIABLE_MISSING,
        says=f"{name} is set in your shell, and a host does not hand it on to the server",
        next=again(hosted, None, "-e", f"{name}=…"),
        check=NAME,
    )
