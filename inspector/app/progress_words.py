"""The progress of a call in words: a bar, how far, how fast, how much longer, and what was said last.

Whatever a server reports is shown as it is, with a mark where it cannot be. Pure; text of the server in it is
safe already (`inspector.journal.progress`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from inspector.wire.visible import cells, clip, seconds

if TYPE_CHECKING:
    from inspector.journal.progress import Progress

Styled: TypeAlias = tuple[str, str]
"""A text and its style, as `Content.assemble` takes them."""

_DONE, _EDGE, _OPEN = "━", "╸", "─"
_BLOCK = 8
"""Cells of the piece that runs along the bar where nobody knows how long it is."""
_QUIET = 5.0
"""Seconds without a word after which that is said."""
_WORTH = 2.0
"""Seconds that a call must have taken before anybody guesses how much longer it takes."""


def progress_lines(
    progress: Progress, elapsed: float, quiet: float, width: int, *, over: bool = False
) -> list[list[Styled]]:
    """One line for the bar and its numbers, and one for the latest messages where there are any.

    Args:
        progress: What was reported.
        elapsed: Seconds since the call began.
        quiet: Seconds since the latest report.
        width: Cells of a line.
        over: The call has ended: nothing runs, and nothing is guessed.
    """
    told = _numbers(progress, elapsed, quiet, over=over)
    taken = sum(cells(text) + 2 for text, _ in told)
    room = min(max(10, width // 3), width - taken)
    if room < 4:
        first = told
    else:
        first = [*_bar(progress, elapsed, room, over=over), *((f"  {text}", style) for text, style in told)]
    said = list(progress.said)
    return [first, _history(said, width)] if said else [first]


def progress_brief(progress: Progress) -> str:
    """How far it came, for a sentence: `42 of 100`; empty where nothing was reported."""
    if progress.value is None:
        return ""
    of = "" if progress.total is None else f" of {number(progress.total)}"
    return f"{number(progress.value)}{of}"


def number(value: float) -> str:
    """A number that a server reported: `1,024`, `0.5`, `1.3e+20`."""
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}"
    return f"{value:.4g}"


def _bar(progress: Progress, elapsed: float, room: int, *, over: bool) -> list[Styled]:
    share = progress.share
    if share is None:
        if over:
            return [(_OPEN * room, "$foreground-disabled")]
        at = int(elapsed * 10) % (room + _BLOCK)
        start, end = max(0, at - _BLOCK), min(room, at)
        parts = (
            (_OPEN * start, "$foreground-disabled"),
            (_DONE * (end - start), "$text-primary"),
            (_OPEN * (room - end), "$foreground-disabled"),
        )
        return [part for part in parts if part[0]]
    halves = math.floor(share * room * 2)
    done = _DONE * (halves // 2) + _EDGE * (halves % 2)
    style = "$foreground-muted" if over else "$text-primary"
    parts_known = ((done, style), (_OPEN * (room - len(done)), "$foreground-disabled"))
    return [part for part in parts_known if part[0]]


def _numbers(progress: Progress, elapsed: float, quiet: float, *, over: bool) -> list[Styled]:
    told: list[Styled] = []
    value, total = progress.value, progress.total
    if value is not None and total is not None and total > 0:
        told.append((f"{_percent(value / total)} %", "bold"))
    if value is not None:
        told.append((progress_brief(progress), ""))
    silent = not over and quiet > max(_QUIET, 3 * elapsed / max(1, progress.notices))
    rate, left = progress.rate, progress.left
    if silent:
        told.append((f"nothing new for {_span(quiet)}", "$text-warning"))
    elif rate is not None and rate > 0:
        told.append((f"{_rate(rate)}/s", "$foreground-muted"))
        if left is not None and left >= 1 and elapsed >= _WORTH and not over:
            told.append((f"about {_span(left)} left", "$foreground-muted"))
    if progress.beyond:
        told.append(("! more than its total", "$text-warning"))
    if progress.backwards:
        told.append(("! did not always increase", "$text-warning"))
    return told


def _percent(share: float) -> str:
    percent = share * 100
    return number(math.floor(percent)) if abs(percent) < 1e6 else number(percent)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if 10 <= rate < 1e9 else f"{rate:.2g}"


def _span(duration: float) -> str:
    return f"{duration:.0f} s" if duration < 59.5 else seconds(duration)


def _history(said: list[str], width: int) -> list[Styled]:
    """The latest message, and before it as many of the earlier ones as fit."""
    line: list[Styled] = [(clip(said[-1], width), "")]
    used = cells(line[0][0])
    for earlier in reversed(said[:-1]):
        used += cells(earlier) + 3
        if used > width:
            break
        line[:0] = [(earlier, "$foreground-muted"), (" · ", "$foreground-disabled")]
    return line
