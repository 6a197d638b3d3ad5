"""A diagnosis on the terminal: a mark and a word for each check, then the cause and the next step.

What it says was made safe where it was found; what is only noted is faint, and nothing is said by colour
alone. This module prints; it examines nothing.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from inspector.cli.paint import paint_for
from inspector.cli.render import width

if TYPE_CHECKING:
    from inspector.doctor.report import Cause, Check, Report
    from inspector.errors import InspectError
    from inspector.journal.journal import Journal
    from inspector.transport.target import Target

_MARKS = {"ok": "✓", "note": "·", "warning": "!", "failed": "✗", "skipped": "–"}
_PLAIN_MARKS = {"ok": "+", "note": ".", "warning": "!", "failed": "x", "skipped": "-"}
_WORD = max(map(len, _MARKS))
_NARROW = 40


def report_lines(report: Report, stream: TextIO | None = None) -> list[str]:
    """The whole report.

    Args:
        report: What was found.
        stream: Where it will be printed; stdout where `None`.
    """
    stream = stream or sys.stdout
    paint = paint_for(stream)
    lines = [paint.strong(report.target) + paint.faint(f" · {report.transport}")]
    lines += _checks(report.checks, stream)
    if report.cause is None:
        return [*lines, "", *_works(report, stream)]
    return [*lines, "", *_cause(report.cause, stream)]


def short_lines(report: Report, stream: TextIO) -> list[str]:
    """What stands below the sentence of an error: the checks that say something, and the cause.

    Empty where nothing was found that the sentence does not say.
    """
    if report.cause is None:
        return []
    cause = report.cause
    telling = tuple(
        check if check.name == cause.check else replace(check, evidence=())
        for check in report.checks
        if check.state != "skipped"
    )
    return [*_checks(telling, stream), *_cause(cause, stream)]


def explain(error: InspectError, journal: Journal, target: Target) -> None:
    """Add to `error` what the journal tells of its cause: a fact for `--json`, and notes for people."""
    from inspector.doctor.diagnose import examine

    report = examine(journal, target, error)
    if report.cause is None:
        return
    cause = report.cause
    error.facts["cause"] = {
        "rule": cause.rule,
        "says": cause.says,
        "next": cause.next,
        "check": cause.check,
    }
    for line in short_lines(report, sys.stderr):
        error.add_note(line)


def _checks(checks: tuple[Check, ...], stream: TextIO) -> Iterator[str]:
    paint = paint_for(stream)
    marks = _MARKS if _can_write(stream, "".join(_MARKS.values())) else _PLAIN_MARKS
    titles = max((len(check.title) for check in checks), default=0)
    for check in checks:
        quiet = check.state in ("ok", "skipped")
        head = f"  {marks[check.state]} {check.state:<{_WORD}}  {check.title:<{titles}}  "
        first, *rest = _filled(check.says, len(head)) or [""]
        if check.state == "failed":
            head = paint.alarm(head)
        elif check.state == "skipped":
            head, first = paint.faint(head), paint.faint(first)
        yield f"{head}{first}".rstrip()
        indent = " " * (_WORD + titles + 8)
        yield from (f"{indent}{line}" for line in rest)
        if not quiet:
            yield from (paint.faint(f"{indent}{line}") for line in check.evidence)


def _cause(cause: Cause, stream: TextIO) -> Iterator[str]:
    paint = paint_for(stream)
    yield from _labelled(paint.alarm("Cause:"), _sentence(cause.says))
    # Never broken: it is there to be pasted.
    yield f"{paint.strong('Next:')}  {cause.next}"


def _works(report: Report, stream: TextIO) -> Iterator[str]:
    name = " ".join(filter(None, (report.facts.get("server") or {}).values()))
    version, era = report.facts.get("version"), report.facts.get("era")
    spoken = f" speaks {version} ({era} era)" if version else " is connected"
    yield from _labelled(paint_for(stream).strong("Works:"), f"{name or 'the server'}{spoken}.")


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
