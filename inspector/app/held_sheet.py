"""What is held, and what became of what was, as lines of a sheet; and the rules. Draws nothing.

The link of a line is the row of the message, of a rule its number. Everything is safe for a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inspector.app.giving_up import Waiter
from inspector.app.standing import clock
from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line
from inspector.journal.outline import outline
from inspector.wire.visible import cells, clip, visible

if TYPE_CHECKING:
    from inspector.journal.holding import Held, InForce, Past
    from inspector.journal.journal import Journal

MOST_HELD, MOST_PAST = 300, 200
"""Lines of a sheet; the log has the rest."""
_LEFT = 4
_HOW = "Nothing is held. n types a rule: hold method:tools/call; I in the log breaks on what is like the row."
_KEYS = "   ⏎ forward  alt+u all  w later  2 twice"
_READS = "a recording: what was held, and what was done to it"
_UNHELD = "recorded without breakpoints: they need record --control, or wrap --control"
_MARKS = {
    "forwarded": ("✓ ", "muted"),
    "changed": ("✎ ", "accent"),
    "answered": ("✎ ", "accent"),
    "let-go": ("✓ ", "muted"),
    "dropped": ("✗ ", "warning"),
}
_WORDS = {
    "changed": "forwarded, changed",
    "duplicated": "forwarded twice",
    "delayed": "delayed",
    "answered": "answered",
    "let-go": "let go",
}


def about(journal: Journal, row: int) -> Pieces:
    """A message in words: `→ tools/call get-sum  id 9`, `← reply to tools/call get-sum  id 9`."""
    shown = outline(journal, row)
    reply = shown.kind in ("response", "error")
    before = "" if not reply else "reply to " if shown.kind == "response" else "error for "
    what = f"{before}{shown.what or shown.kind}"
    return (
        (f"{shown.arrow} ", "muted"),
        (f"{what} ", "text"),
        (f"{clip(shown.target, 40)}  " if shown.target else " ", "strong"),
        (f"id {shown.id}  " if shown.id else "", "muted"),
        (shown.size, "muted"),
    )


def head_words(
    held: Sequence[Held], past: Sequence[Past], now: float, *, over: bool, live: bool = False
) -> tuple[str, str]:
    """What stands above the lists: how much is held and for how long, and the keys for it.

    Args:
        held: What is held, the oldest first.
        past: What was.
        now: On the journal's clock.
        over: Nothing can be decided any more.
        live: It is between a host and a server now, and still nothing can be decided.
    """
    words = []
    if held:
        words = [f"{len(held):,} held, the oldest for {clock(max(0.0, now - held[0].since))}"]
    elif past:
        words = ["Nothing is held", f"{len(past):,} before"]
    if over:
        words.append(_UNHELD if live else _READS)
    return " · ".join(words) or _HOW, "" if over or not held else _KEYS


def held_entries(
    journal: Journal, held: Sequence[Held], waits: Sequence[Waiter], now: float, width: int
) -> list[Entry]:
    """What is held, the oldest first, each with its age and who will give up when."""
    found = []
    for each, waiter in zip(held[:MOST_HELD], waits, strict=False):
        age = clock(max(0.0, now - each.since))
        left: Pieces = (("● ", "warning"), (f"{age:>5}  ", "strong"), *about(journal, each.row))
        right = (waiter.words(now), waiter.role(now))
        if each.until is not None:
            right = (f"goes on by itself in {max(0.0, each.until - now):.0f} s", "muted")
        found.append(Entry(f"held-{each.row}", _spread(left, right, width), link=each.row))
    if len(held) > MOST_HELD:
        found.append(line("more", (f"{len(held) - MOST_HELD:,} further ones wait behind these.", "muted")))
    return found


def past_entries(journal: Journal, past: Sequence[Past], width: int) -> list[Entry]:
    """What became of what was held or done to, the newest first."""
    found = []
    for each in list(reversed(past))[:MOST_PAST]:
        mark = _MARKS.get(each.verdict, ("· ", "muted"))
        left: Pieces = (mark, (f"{each.until:>9.3f}  ", "muted"), *about(journal, each.row))
        found.append(
            Entry(f"past-{each.at}", _spread(left, (past_words(each), mark[1]), width), link=each.row)
        )
    return found


def past_words(past: Past) -> str:
    """What became of a message, safe for a terminal: `forwarded, changed by hand after 0:14`."""
    who = {"hand": "by hand", "rule": "by rule"}.get(past.who, "")
    took = past.until - past.since
    after = f"after {clock(took)}" if took >= 1 else ""
    why = f"({clip(visible(past.why), 60)})" if past.why else ""
    return " ".join(filter(None, (_WORDS.get(past.verdict, past.verdict), who, after, why)))


def rule_entries(rules: Sequence[InForce], hits: Sequence[int], width: int) -> list[Entry]:
    """The rules, each with how often it hit."""
    found = [heading("rules", "Breakpoints and faults")] if rules else []
    for number, rule in enumerate(rules):
        mark = ("● ", "ok") if rule.on else ("○ ", "muted")
        count = hits[number] if number < len(hits) else 0
        right = (f"{count:,} {'hit' if count == 1 else 'hits'}" if count else "", "muted")
        left: Pieces = (mark, (visible(rule.text), "text" if rule.on else "muted"))
        if not rule.on:
            left = (*left, ("  off", "muted"))
        found.append(Entry(f"rule-{number}", _spread(left, right, width), link=number))
    return found


def _spread(left: Pieces, right: tuple[str, str], width: int) -> Pieces:
    """One line: the left as far as there is room, the right at the right."""
    says = clip(right[0], max(0, width // 2))
    room = max(_LEFT, width - (cells(says) + 2 if says else 0))
    found: list[tuple[str, str]] = []
    used = 0
    for text, role in left:
        shown = clip(text, room - used)
        found.append((shown, role))
        used += cells(shown)
        if shown != text:
            break
    if not says:
        return tuple(found)
    return (*found, (" " * (room - used + 2), "text"), (says, right[1]))
