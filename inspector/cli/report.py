"""A diagnosis on the terminal: a mark and a word for each check, then the cause and the next step.

What it says was made safe where it was found; what is only noted is faint, and nothing is said by colour
alone. This module prints; it examines nothing.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from inspector.cli.paint import paint_for
from inspector.cli.render import width
from inspector.errors import AuthNeeded

if TYPE_CHECKING:
    from inspector.doctor.report import Cause, Check, Report, State
    from inspector.errors import InspectError
    from inspector.journal.journal import Journal
    from inspector.transport.target import Target

_MARKS = {"ok": "✓", "note": "·", "warning": "!", "failed": "✗", "skipped": "–"}
_PLAIN_MARKS = {"ok": "+", "note": ".", "warning": "!", "failed": "x", "skipped": "-"}
_WORD = max(map(len, _MARKS))
_QUIET = ("ok", "skipped")
_NARROW = 24
_FEW = 3
_PROSE = re.compile(r"[A-Z][a-z]* ")  # a line to paste begins with a command, a path or a variable


def report_lines(report: Report, stream: TextIO | None = None) -> list[str]:
    """The whole report.

    Args:
        report: What was found.
        stream: Where it will be printed; stdout where `None`.
    """
    stream = stream or sys.stdout
    paint = paint_for(stream)
    lines = [paint.strong(report.target) + paint.faint(f" · {report.transport}")]
    lines += _checks(_told_once(_gathered(report.checks)), stream)
    if report.cause is None:
        return [*lines, "", *_works(report, stream)]
    return [*lines, "", *_cause(report.cause, stream)]


def short_lines(report: Report, stream: TextIO, sentence: str = "") -> list[str]:
    """What stands below the sentence of an error: the checks up to the cause, the cause, the next step.

    Empty where no cause was found. What follows the cause is its consequence, and stands in `doctor`.

    Args:
        report: What was found.
        stream: Where it will be printed.
        sentence: The error's own, which is not said again.
    """
    cause = report.cause
    if cause is None:
        return []
    said, says = sentence.lower(), cause.says.lower()
    if sentence and (said in says or says in said):  # the sentence is the cause
        return list(_next(cause, stream))
    names = [check.name for check in report.checks]
    at = names.index(cause.check) if cause.check in names else len(names)
    before = [check for check in report.checks[:at] if check.state != "skipped"]
    passed = ", ".join(check.title for check in before if check.state in ("ok", "note"))
    telling = [check for check in before if check.state not in ("ok", "note")]
    telling += report.checks[at : at + 1]
    shown = tuple(replace(check, evidence=_brief(check.evidence, sentence)) for check in telling)
    return [*_row("ok", passed, stream), *_checks(shown, stream), *_cause(cause, stream, said=shown)]


def explain(error: InspectError, journal: Journal, target: Target) -> None:
    """Add to `error` what the journal tells of its cause: facts for `--json`, and notes for people.

    The next step is that of the cause from then on, which knows more than whoever met the failure; but
    who authorizes knows best what a login lacks.
    """
    from inspector.doctor.diagnose import examine

    report = examine(journal, target, error)
    if report.cause is None:
        return
    cause = report.cause
    if isinstance(error, AuthNeeded) and error.next:
        cause = replace(cause, next=error.next)
    error.facts["cause"] = {
        "rule": cause.rule,
        "says": cause.says,
        "next": cause.next,
        "check": cause.check,
    }
    error.next = cause.next
    for line in short_lines(replace(report, cause=cause), sys.stderr, error.message):
        error.add_note(line)


def _gathered(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Checks that were skipped one after the other, as one: why the first was is why all were."""
    made: list[Check] = []
    for skipped, group in groupby(checks, lambda check: check.state == "skipped"):
        run = list(group)
        if skipped and len(run) > 1:
            titles = ", ".join(check.title for check in run)
            made.append(replace(run[0], title=f"{len(run)} checks", says=f"{run[0].says}: {titles}"))
        else:
            made += run
    return tuple(made)


def _told_once(checks: tuple[Check, ...]) -> Iterator[Check]:
    """Without evidence that stands above already: whole, or the line that it begins with."""
    told: set[str] = set()
    for check in checks:
        lines = check.evidence
        if told.issuperset(lines):
            lines = ()
        elif lines[0] in told:
            lines = lines[1:]
        if check.state not in _QUIET:
            told.update(lines)
        yield replace(check, evidence=lines)


def _brief(evidence: tuple[str, ...], sentence: str) -> tuple[str, ...]:
    """A few lines of evidence, none that the error's sentence quotes; a long list is for `doctor`."""
    lines = tuple(line for line in evidence if line.strip() not in sentence)
    return lines if len(lines) <= _FEW else ()


def _checks(checks: Iterable[Check], stream: TextIO) -> Iterator[str]:
    paint = paint_for(stream)
    checks = tuple(checks)
    titles = max((len(check.title) for check in checks), default=0)
    for check in checks:
        yield from _row(check.state, check.says, stream, f"{check.title:<{titles}}  ")
        if check.state not in _QUIET:
            indent = " " * (_WORD + titles + 8)
            yield from (paint.faint(f"{indent}{line}") for line in check.evidence)


def _row(state: State, says: str, stream: TextIO, title: str = "") -> Iterator[str]:
    """A mark, a word, and what there is to say in as many lines as it takes."""
    if not says:
        return
    paint = paint_for(stream)
    marks = _MARKS if _can_write(stream, "".join(_MARKS.values())) else _PLAIN_MARKS
    head = f"  {marks[state]} {state:<{_WORD}}  {title}"
    indent = " " * len(head)
    first, *rest = _filled(says, len(head)) or [""]
    if state == "failed":
        head = paint.alarm(head)
    elif state == "skipped":
        head, first, rest = paint.faint(head), paint.faint(first), [paint.faint(line) for line in rest]
    yield f"{head}{first}".rstrip()
    yield from (f"{indent}{line}" for line in rest)


def _cause(cause: Cause, stream: TextIO, said: tuple[Check, ...] = ()) -> Iterator[str]:
    """The cause, unless the check that found it has `said` the same just above; and the next step."""
    paint = paint_for(stream)
    if not any(check.name == cause.check and check.says == cause.says for check in said):
        yield from _labelled(paint.alarm("Cause:"), _sentence(cause.says))
    yield from _next(cause, stream)


def _next(cause: Cause, stream: TextIO) -> Iterator[str]:
    first, *rest = _steps(cause.next)
    yield f"{paint_for(stream).strong('Next:')}  {first}"
    yield from (f"       {line}" for line in rest)


def _steps(text: str) -> list[str]:
    """The next step in lines; a command in it is never broken and ends its line: it is there to be pasted."""
    prose, colon, command = text.partition(": ")
    if not _PROSE.match(text) or _filled(text, 7) == [text]:
        return [text]
    if not colon:
        return _filled(text, 7)
    return [*_filled(prose + ":", 7), command]


def _works(report: Report, stream: TextIO) -> Iterator[str]:
    name = " ".join(filter(None, (report.facts.get("server") or {}).values()))
    version, era = report.facts.get("version"), report.facts.get("era")
    spoken = f" speaks {version} ({era} era)" if version else " is connected"
    warned = [check.title for check in report.checks if check.state == "warning"]
    but = f"; see the warning{'s' * (len(warned) > 1)}: {', '.join(warned)}" if warned else ""
    yield from _labelled(paint_for(stream).strong("Works:"), f"{name or 'the server'}{spoken}{but}.")


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = _filled(text, 7) or [""]
    yield f"{label} {first}"
    yield from (f"       {line}" for line in rest)


def _filled(text: str, indent: int) -> list[str]:
    """`text` in lines that fit beside `indent` cells; one line where nobody says how wide it may be."""
    columns = width()
    if columns is None or columns - indent < _NARROW:
        return [text]
    return textwrap.wrap(text, columns - indent, break_long_words=False, break_on_hyphens=False)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
