"""The gate: what goes on in the place of each message, and the messages that wait.

Whoever moves bytes writes a message down and asks `outgoing` or `incoming` what goes on:

    for sent in await gate.outgoing(event):        # itself, changed, several, none
        (answer if sent.back else forward)(sent.body)

A message that waits lets the others pass, since JSON-RPC goes by ids and not by order. What it decides is
written down in the moment in which it decides it (docs/breakpoints.md); what is held is the fold
`inspector.journal.holding` over that. Without rules it does nothing at all. One event loop, no thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import anyio

from inspector.errors import UsageError
from inspector.gate.altering import Unaltered, altered, error_for
from inspector.gate.armed import Armed
from inspector.gate.rule import BY_HAND, LONGEST_DELAY, Action, Rule, Verdict
from inspector.gate.text import checked
from inspector.journal.filter.rows import tester
from inspector.journal.filter.syntax import parse
from inspector.journal.holding import MOST_RULES, Word
from inspector.wire.event import Direction, Event, Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

MOST = 1_000
"""Messages that wait at a time; what comes then goes on."""
MOST_BYTES = 64 * 1024 * 1024
REORDER_WITHIN = 2.0
"""Seconds in which the next message has to come for one to be reordered."""

Who = Literal["hand", "rule", "end"]
_OVER = "the connection ended"


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes on.

    Attributes:
        event: Its row in the journal.
        body: Its bytes.
        back: It goes the other way: an answer to the message that was asked about.
    """

    event: Event
    body: bytes
    back: bool = False


class Controls(Protocol):
    """Who can be told what becomes of messages: a gate, or one of another process."""

    async def set_rules(self, rules: Sequence[Rule], who: str = "hand") -> None:
        """Put these rules in force instead of those before.

        Raises:
            UsageError: One of them cannot be.
        """

    async def release(self, row: int, verdict: Verdict) -> None:
        """Decide about the message of a row.

        Raises:
            UsageError: It is not held, or this cannot be done to it.
        """

    async def let_go_all(self) -> int:
        """Let everything that waits go on as it is; returns how many messages that were."""

    async def inject(self, direction: Direction, body: bytes) -> None:
        """Send a message that nobody sent.

        Raises:
            UsageError: There is no connection that it could go to.
        """


class Taken:
    """A message that a rule took: `wait` says what goes on, at once or when that is decided."""

    def __init__(self, gate: Gate, event: Event, rule: int, due: float = math.inf) -> None:
        self.event = event
        self.rule = rule
        self.due = due
        self.word: Word = "forwarded"
        self.who: Who = "rule"
        self.sent: list[Sent] | None = None
        self._gate = gate
        self._woken = anyio.Event()

    @property
    def by_hand(self) -> bool:
        """Whether a person has to decide: that time is nobody's slowness."""
        return self.sent is None and self.due == math.inf

    async def wait(self) -> list[Sent]:
        """What goes on. Whoever is cancelled while waiting has dropped it."""
        try:
            while self.sent is None:
                woken = self._woken
                with anyio.CancelScope(deadline=self.due):
                    await woken.wait()
                if self.sent is None and anyio.current_time() >= self.due:
                    self._gate.time_is_up(self)
        except anyio.get_cancelled_exc_class():
            self._gate.abandon(self)
            raise
        return self.sent

    def wake(self) -> None:
        """Something changed."""
        self._woken.set()
        self._woken = anyio.Event()


class Gate:
    """The breakpoints of one journal.

    Args:
        journal: Where everything is written down.
        rules: The rules to begin with.

    Attributes:
        outlets: What sends an injected message on, by its direction; set by whoever moves the bytes.
        watchers: Called with the event of a message that a person has to decide about, and whether that
            begins (or is over).
    """

    def __init__(self, journal: Journal, rules: Sequence[Rule] = ()) -> None:
        self.journal = journal
        self.outlets: dict[Direction, Callable[[Event], None]] = {}
        self.watchers: list[Callable[[Event, bool], None]] = []
        self._armed: list[Armed] = []
        self._waiting: dict[int, Taken] = {}
        self._bytes = 0
        self._full = False
        self._by_hand = 0
        self._since = self._before = 0.0
        if rules:
            self._set(rules, "file")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force."""
        return tuple(each.rule for each in self._armed)

    @property
    def held(self) -> tuple[int, ...]:
        """The rows of the messages that wait, the oldest first."""
        return tuple(self._waiting)

    @property
    def waited(self) -> float:
        """Seconds in which something waited for a person so far, by the event loop's clock."""
        return self._before + (anyio.current_time() - self._since if self._by_hand else 0.0)

    # What whoever moves bytes asks.

    def take(self, event: Event) -> Taken | None:
        """Whether a rule takes a message that was just written down; `None` lets it go on as it is.

        It is asked once for each message, before anything of it is sent.
        """
        if not self._armed and not self._waiting:
            return None
        if event.kind is not Kind.MESSAGE or event.by or event.direction is Direction.NONE:
            return None
        for number, armed in enumerate(self._armed):
            if armed.takes(event.seq):
                taken = self._apply(number, armed.rule.action, event)
                break
        else:
            taken = None
        if taken is None or taken.sent:
            self._passed(event.direction)
        return taken

    async def outgoing(self, event: Event) -> list[Sent]:
        """What goes on in the place of a message to the server, when it is decided."""
        taken = self.take(event)
        return [Sent(event, event.body)] if taken is None else await taken.wait()

    async def incoming(self, event: Event) -> list[Sent]:
        """What goes on in the place of a message from the server, when it is decided."""
        return await self.outgoing(event)

    def over(self) -> None:
        """The connection is over: what still waits goes nowhere."""
        for taken in tuple(self._waiting.values()):
            self.abandon(taken)

    def leave(self) -> int:
        """Nobody decides any more: no rules, and what waits goes on. Returns how many messages that were."""
        if self._armed:
            self._set((), "hand")
        return self._let_go()

    # What a person asks.

    async def set_rules(self, rules: Sequence[Rule], who: str = "hand") -> None:
        """See `Controls`."""
        self._set(rules, who)

    async def release(self, row: int, verdict: Verdict) -> None:
        """See `Controls`."""
        self.decide(row, verdict)

    async def let_go_all(self, why: str = "") -> int:
        """See `Controls`; with `why`, nobody asked for it: what would decide comes to its end."""
        return self._let_go(why)

    async def inject(self, direction: Direction, body: bytes) -> None:
        """See `Controls`."""
        outlet = self.outlets.get(direction)
        if outlet is None:
            where = "server" if direction is Direction.C2S else "client"
            raise UsageError(f"There is no connection on which the {where} could be sent anything")
        outlet(self.journal.append(Kind.MESSAGE, direction, body, by="hand"))

    def decide(self, row: int, verdict: Verdict) -> None:
        """`release`, at once.

        Raises:
            UsageError: As there.
        """
        taken = self._waiting.get(row)
        if taken is None:
            raise UsageError(
                f"The message of row {row} is not held", next="It went on, or its connection ended"
            )
        if verdict.word not in BY_HAND:
            raise UsageError(
                f"Nobody can decide {verdict.word!r} by hand", next=f"One of {', '.join(BY_HAND)}"
            )
        frame = taken.event.frame
        if verdict.word == "answered" and (frame is None or frame.shape is not Shape.REQUEST):
            raise UsageError(f"The message of row {row} is no request", next="Change it, or drop it")
        if verdict.word == "delayed":
            self._delay(taken, verdict.seconds)
        else:
            self._finish(taken, verdict.word, "hand", verdict.body)

    # Rules.

    def _set(self, rules: Sequence[Rule], who: str) -> None:
        if len(rules) > MOST_RULES:
            raise UsageError(f"There are {len(rules):,} rules", next=f"At most {MOST_RULES}")
        self._armed = [Armed(rule, tester(self.journal, parse(checked(rule.filter)))) for rule in rules]
        told = [{"text": rule.text, "on": rule.on} for rule in rules]
        self._client("gate-rules", rules=told, who=who)

    def _apply(self, number: int, action: Action, event: Event) -> Taken | None:
        taken = Taken(self, event, number)
        match action.name:
            case "hold" | "delay" | "reorder":
                return self._keep(taken, action)
            case "drop":
                self._finish(taken, "dropped", "rule")
            case "duplicate":
                self._finish(taken, "duplicated", "rule")
            case _:
                self._alter(taken, action)
        return taken

    def _keep(self, taken: Taken, action: Action) -> Taken | None:
        event = taken.event
        if action.name == "reorder":
            ahead = (each for each in self._waiting.values() if each.word == "reordered")
            if any(each.event.direction is event.direction for each in ahead):
                return None  # it is the next one, for which another waits
        if len(self._waiting) >= MOST or self._bytes + len(event.body) > MOST_BYTES:
            if not self._full:
                self._client("gate-full", row=event.seq, held=len(self._waiting), bytes=self._bytes)
            self._full = True
            return None
        self._full = False
        self._waiting[event.seq] = taken
        self._bytes += len(event.body)
        if action.name == "hold":
            self._client("held", row=event.seq, rule=taken.rule)
            self._asks(taken, True)
            return taken
        seconds = action.seconds if action.name == "delay" else REORDER_WITHIN
        taken.word = "delayed" if action.name == "delay" else "reordered"
        taken.due = anyio.current_time() + seconds
        self._client("held", row=event.seq, rule=taken.rule, seconds=seconds)
        return taken

    def _alter(self, taken: Taken, action: Action) -> None:
        frame = taken.event.frame
        try:
            if action.name == "error" and frame is not None and frame.shape is Shape.REQUEST:
                self._finish(taken, "answered", "rule", error_for(taken.event, action))
            else:
                word: Word = "truncated" if action.name == "truncate" else "changed"
                self._finish(taken, word, "rule", altered(action, taken.event))
        except Unaltered as why:
            self._finish(taken, "forwarded", "rule", why=f"{action.name} cannot be: {why}")

    def _passed(self, direction: Direction) -> None:
        """A message goes on: what waits for that may follow."""
        for taken in tuple(self._waiting.values()):
            if taken.word == "reordered" and taken.event.direction is direction:
                self._finish(taken, "reordered", "rule")

    # What waits.

    def _delay(self, taken: Taken, seconds: float) -> None:
        if not 0 <= seconds <= LONGEST_DELAY:
            raise UsageError(
                f"A message cannot be delayed by {seconds:g} s", next=f"At most {LONGEST_DELAY:g}"
            )
        self._asks(taken, False)
        taken.word, taken.who = "delayed", "hand"
        taken.due = anyio.current_time() + seconds
        self._client("held", row=taken.event.seq, rule=taken.rule, seconds=seconds)
        taken.wake()

    def time_is_up(self, taken: Taken) -> None:
        """What was delayed goes on."""
        why = "" if taken.word == "delayed" else f"no other came within {REORDER_WITHIN:g} s"
        self._finish(taken, "delayed", taken.who, why=why)

    def abandon(self, taken: Taken) -> None:
        """Nobody is there any more to whom it could go."""
        if taken.sent is None:
            self._finish(taken, "dropped", "rule", why=_OVER)

    def _let_go(self, why: str = "") -> int:
        waiting = tuple(self._waiting.values())
        for taken in waiting:
            self._finish(taken, "let-go", "end" if why else "hand", why=why)
        return len(waiting)

    def _finish(self, taken: Taken, word: Word, who: Who, body: bytes = b"", why: str = "") -> None:
        """Say what becomes of a message, and write it down."""
        event = taken.event
        self._asks(taken, False)
        if self._waiting.pop(event.seq, None) is not None:
            self._bytes -= len(event.body)
        self._client(
            "released", row=event.seq, verdict=word, who=who, rule=taken.rule, **({"why": why} if why else {})
        )
        itself = Sent(event, event.body)
        match word:
            case "dropped":
                taken.sent = []
            case "duplicated":
                taken.sent = [itself, self._made(event, event.body, who)]
            case "changed" | "truncated":
                taken.sent = [self._made(event, body, who) if body != event.body else itself]
            case "answered":
                other = Direction.S2C if event.direction is Direction.C2S else Direction.C2S
                within = event.exchange if other is Direction.S2C else None
                answer = self.journal.append(Kind.MESSAGE, other, body, exchange=within, by=who)
                taken.sent = [Sent(answer, body, back=True)]
            case _:
                taken.sent = [itself]
        taken.wake()

    def _made(self, event: Event, body: bytes, who: Who) -> Sent:
        row = self.journal.append(
            Kind.MESSAGE, event.direction, body, exchange=event.exchange, by=who, of=event.seq
        )
        return Sent(row, body)

    def _asks(self, taken: Taken, begins: bool) -> None:
        """A person has to decide about a message, or has."""
        if begins:
            if not self._by_hand:
                self._since = anyio.current_time()
            self._by_hand += 1
        elif taken.by_hand and taken.event.seq in self._waiting:
            self._by_hand -= 1
            if not self._by_hand:
                self._before += anyio.current_time() - self._since
        else:
            return
        for watcher in tuple(self.watchers):
            watcher(taken.event, begins)

    def _client(self, what: str, **data: object) -> None:
        self.journal.append(Kind.CLIENT, data={"what": what, **data})
