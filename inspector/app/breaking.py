"""What one screen knows of breakpoints, who decides about them, and their keys outside of their page.

What is held is folded from the journal; what is decided goes to the gate of the connection, or to the one of
the process that writes the recording. Nothing is decided in a recording that is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary, ref

from inspector.app.giving_up import Cancels, Waiter, waiter
from inspector.app.held_sheet import about
from inspector.app.letting_go import controls_of
from inspector.app.standing import clock
from inspector.app.widgets.status_line import StatusLine
from inspector.errors import InspectError, UsageError
from inspector.gate.rule import Rule, Verdict
from inspector.journal.filter.complete import quoted
from inspector.journal.holding import Held, Holding, InForce, Past
from inspector.journal.outline import outline
from inspector.wire.event import Kind
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from textual.screen import Screen

    from inspector.app.app import InspectorApp
    from inspector.app.screens.main import MainScreen
    from inspector.gate.gate import Controls

BUDGET = 0.005
"""Seconds of a frame for looking through new rows."""
PAUSE = 5.0
"""Seconds between two notices, however much is held."""
_WAITERS = 1_000


class Breaking:
    """Breakpoints of one screen.

    Args:
        screen: Whose.
    """

    def __init__(self, screen: MainScreen) -> None:
        self._of = ref(screen)  # or what is known of a screen would keep it for ever
        self._journal = screen.journal
        self._holding = Holding(screen.journal)
        self._waiters: dict[int, Waiter] = {}
        self._cancels = Cancels(screen.journal)
        self._latest = (-1, 0.0)
        self._told = -1
        self._last = -PAUSE
        self._past_seen = self._ended = -1

    # What there is

    def advance(self) -> None:
        """Take in what is new; cheap where nothing is."""
        self._holding.advance(BUDGET)

    @property
    def revision(self) -> int:
        """Goes up with every change of what is held and of the rules."""
        return self._holding.revision

    @property
    def held(self) -> tuple[Held, ...]:
        """What waits, the oldest first; nothing in a recording that is over, where nothing waits any more."""
        return self._holding.held

    @property
    def past(self) -> tuple[Past, ...]:
        """What became of what was held or done to."""
        return self._holding.past

    @property
    def rules(self) -> tuple[InForce, ...]:
        """The rules in force."""
        return self._holding.rules

    @property
    def hits(self) -> tuple[int, ...]:
        """How often each of them took a message."""
        return self._holding.hits

    def is_held(self, row: int) -> bool:
        """Whether the message of a row waits."""
        return self._holding.is_held(row)

    def asked_by(self, row: int) -> int:
        """The row of the request that the message of a row answers; -1 for none."""
        return self._journal.peer(row)

    def past_of(self, row: int) -> Past | None:
        """What became of the message of a row, the last time."""
        return next((each for each in reversed(self.past) if each.row == row), None)

    def waiter(self, row: int) -> Waiter:
        """Who waits for it."""
        known = self._waiters.get(row)
        if known is None:
            if len(self._waiters) >= _WAITERS:
                self._waiters.clear()
            known = self._waiters[row] = waiter(self._journal, row)
        gave_up = self._cancels.at(row)
        return known if gave_up is None else replace(known, until=gave_up)

    def now(self) -> float:
        """The time by the journal's clock."""
        last = len(self._journal) - 1
        if self.controls is None:
            return self._journal.time(last) if last >= 0 else 0.0
        if self._journal.opened:  # of another process: since when, its header says
            return (datetime.now(UTC) - self._journal.header.started).total_seconds()
        if self._latest[0] != last:
            self._latest = (last, monotonic())
        return (self._journal.time(last) if last >= 0 else 0.0) + monotonic() - self._latest[1]

    # Who decides

    @property
    def controls(self) -> Controls | None:
        """Who decides; `None` in a recording."""
        screen = self._of()
        if screen is None:
            return None
        connections = cast("InspectorApp", screen.app).connections
        connection = next((each for each in connections.all if each.journal is self._journal), None)
        return controls_of(connection) if connection is not None else None

    async def release(self, row: int, verdict: Verdict) -> None:
        """Decide about a message that is held.

        Raises:
            InspectError: It is not held any more, or nobody is there who holds it.
        """
        await _there(self.controls).release(row, verdict)
        self.advance()

    async def set_rules(self, rules: Sequence[Rule]) -> None:
        """Have these rules in the place of those in force.

        Raises:
            InspectError: As above.
        """
        await _there(self.controls).set_rules(tuple(rules), "hand")
        self.advance()

    async def let_go_all(self) -> int:
        """Let go of all that is held; returns how much that was.

        Raises:
            InspectError: As above.
        """
        count = await _there(self.controls).let_go_all()
        self.advance()
        return count

    def parsed(self) -> list[Rule]:
        """The rules in force, to be changed.

        Raises:
            InspectError: One of them is none that this version knows.
        """
        return [Rule.parse(each.text, on=each.on) for each in self.rules]

    # Once a frame

    def tell(self) -> None:
        """Say on the screen what is held: in the line at the top, and once when something comes."""
        screen = self._of()
        if screen is None:
            return
        self.advance()
        self._tell_of_ends(screen)
        held, controls = [each for each in self.held if each.until is None], self.controls
        line = screen.query_one(StatusLine)
        now = self.now() if held else 0.0
        if not held or controls is None:
            line.held = ""
        else:
            line.held = f"held {len(held):,} · {clock(max(0.0, now - held[0].since))}"
        newest = held[-1].row if held else -1
        if controls is None or newest <= self._told:
            return
        shown = screen.desk.page == "held" and screen.desk.region.height > 0
        if not shown and monotonic() - self._last < PAUSE:
            return
        self._told = newest
        if not shown:
            self._last = monotonic()
            what = "".join(text for text, _ in about(self._journal, newest)[:3]).strip()
            screen.app.bell()
            screen.notify(
                f"Held: {clip(what, 80)}. {_key(screen)} shows it, alt+u lets all go.", markup=False
            )

    def _tell_of_ends(self, screen: MainScreen) -> None:
        """Say what went nowhere because its connection ended while it was held."""
        if self.revision == self._past_seen:
            return
        first, self._past_seen = self._past_seen < 0, self.revision
        newest, self._ended = self._ended, self.past[-1].at if self.past else -1
        lost = [each for each in self.past if each.at > newest and each.verdict == "dropped" and each.why]
        if lost and not first and self.controls is not None:
            count = f"{len(lost):,} held message{'s' * (len(lost) > 1)}"
            why = clip(visible(lost[-1].why), 80)
            screen.notify(f"{count} went nowhere: {why}.", severity="warning", markup=False)


def _there(controls: Controls | None) -> Controls:
    if controls is None:
        raise UsageError(
            "Nothing can be held here: this is a recording",
            next="Who attaches to a session of mcp-inspect record --control, or of proxy, decides there",
        )
    return controls


def _key(screen: MainScreen) -> str:
    """What opens the page from here: where text is typed, `B` is a letter of it."""
    focused = screen.focused
    return "esc B" if focused is not None and focused.check_consume_key("B", "B") else "B"


def held_of(screen: Screen[Any], rows: Collection[int]) -> str:
    """That a breakpoint holds one of these requests or its reply, for how long; empty where none does."""
    known = breaking(screen)
    for each in known.held:
        if each.row in rows or known.asked_by(each.row) in rows:
            by_hand = f"held {clock(max(0.0, known.now() - each.since))} (B)"
            return by_hand if each.until is None else "delayed by a rule"
    return ""


_OF: WeakKeyDictionary[MainScreen, Breaking] = WeakKeyDictionary()


def breaking(screen: Screen[Any]) -> Breaking:
    """What a screen knows of breakpoints; made when it is first asked for."""
    main = cast("MainScreen", screen)
    known = _OF.get(main)
    if known is None:
        known = _OF[main] = Breaking(main)
    return known


def attend(screen: MainScreen) -> None:
    """Once a frame."""
    breaking(screen).tell()


# Keys


async def let_go(screen: MainScreen) -> None:
    """Let go of all that is held."""
    known = breaking(screen)
    try:
        count = await known.let_go_all()
    except InspectError as refused:
        screen.notify(visible(refused.message), severity="warning", markup=False)
    else:
        screen.notify(f"Let go of {count:,}." if count else "Nothing is held.", timeout=4, markup=False)


async def like_row(screen: MainScreen) -> None:
    """Break on what is like the row that is meant; again, and not any more."""
    known, row, journal = breaking(screen), screen.traffic.row, screen.journal
    if row < 0 or journal.kind(row) is not Kind.MESSAGE:
        screen.notify("Go to a message in the log first.", markup=False)
        return
    screen.traffic.stay(row)  # or the cursor would go on to the row of the rule
    rule = Rule(like(screen, row))
    try:
        rules = known.parsed()
        rest = [each for each in rules if each.text != rule.text]
        await known.set_rules(rest if len(rest) < len(rules) else [*rules, rule])
    except InspectError as refused:
        screen.notify(
            visible(f"{refused.message}. {refused.next}".rstrip()), severity="warning", markup=False
        )
        return
    says = "No longer holds" if len(rest) < len(rules) else "Holds from now on"
    screen.notify(clip(visible(f"{says}: {rule.filter}. B shows the rules."), 300), timeout=6, markup=False)


def like(screen: MainScreen, row: int) -> str:
    """The filter of what is like a row: its direction, its method, its tool."""
    journal = screen.journal
    shown = outline(journal, row)
    asked = row if journal.peer(row) < 0 or shown.kind == "request" else journal.peer(row)
    method = journal.method(row) or (journal.method(asked) if asked >= 0 else None)
    words = [f"dir:{journal.direction(row).word}"]
    if method is None:
        return " ".join([*words, f"kind:{shown.kind}"])
    words.append(f"method:{quoted(method)}")
    frame = journal.event(asked).frame if method == "tools/call" and journal.size(asked) < 1_000_000 else None
    tool = frame.params.get("name") if frame is not None else None
    if isinstance(tool, str):
        words.append(f"tool:{quoted(tool)}")
    return " ".join(words)
