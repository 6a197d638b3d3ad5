"""The flows of authorization in a journal, step by step with their verdicts: a fold over its `auth` events.

The same for a flow that runs and for one in a recording. It judges nothing: what the specification says of
a step was written down with it. Texts are as recorded and may quote a server: filter before they are shown.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from inspector.journal.journal import Journal
from inspector.wire.event import Event, Kind

StepState: TypeAlias = Literal["running", "waiting", "ok", "note", "warning", "violation", "stopped"]

_JUDGEMENTS: tuple[StepState, ...] = ("ok", "note", "warning", "violation")
_SLICE = 4096
_CALLBACK = "callback"
_NO_FACTS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the specification says about what came.

    Attributes:
        row: Of the journal.
        judgement: `ok`, `note`, `warning` or `violation`.
        says: One sentence.
        rule: Its stable name, where it has one.
        clause: Where it stands.
        facts: What was learned, by name.
        exchange: The HTTP exchange it is about, 0 for none.
        past: It was a violation, and the flow went on past it on purpose.
    """

    row: int
    judgement: StepState
    says: str = ""
    rule: str = ""
    clause: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: _NO_FACTS)
    exchange: int = 0
    past: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a flow, once.

    Attributes:
        name: Stable, e.g. `server-metadata`.
        title: In words.
        attempt: 1, and more where it was taken again.
        row: Of the journal, where it began.
        state: `running` and `waiting` while that is so; then the gravest judgement; `stopped` where the
            flow ended without one.
        purpose: What its request is for, while that is all that is known.
        question: What a person is asked.
        asked: The facts of that: host, scope, options.
        verdicts: In their order.
    """

    name: str
    title: str
    attempt: int
    row: int
    state: StepState = "running"
    purpose: str = ""
    question: str = ""
    asked: Mapping[str, Any] = field(default_factory=lambda: _NO_FACTS)
    verdicts: tuple[Verdict, ...] = ()

    @property
    def exchanges(self) -> tuple[int, ...]:
        """The HTTP exchanges that its verdicts are about, each once."""
        return tuple(dict.fromkeys(verdict.exchange for verdict in self.verdicts if verdict.exchange))


@dataclass(frozen=True, slots=True)
class Flow:
    """One run of an authorization.

    Attributes:
        number: Tells the flows of a journal apart.
        row: Of the journal, where it began.
        grant: Which grant, e.g. `authorization-code`, or `refresh`.
        resource: The server's URI.
        reason: Why it ran.
        state: `running`, `waiting`, `ok` or `violation`.
        says: How it ended, one sentence.
        facts: What was granted: scope, expires_at, issuer.
        steps: In the order in which they began.
    """

    number: int
    row: int
    grant: str = ""
    resource: str = ""
    reason: str = ""
    state: StepState = "running"
    says: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: _NO_FACTS)
    steps: tuple[Step, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state not in ("running", "waiting")


class Authorization:
    """Every flow of a journal.

    Args:
        journal: What is folded.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._seen = 0
        self._rows = array("I")
        self._flows: dict[int, Flow] = {}
        self._folded = 0

    def advance(self, budget: float) -> bool:
        """Look through more rows for about `budget` seconds; returns whether there are more."""
        deadline = time.monotonic() + budget
        while self._seen < len(self.journal):
            last = min(len(self.journal), self._seen + _SLICE)
            kind = self.journal.kind
            self._rows.extend(seq for seq in range(self._seen, last) if kind(seq) is Kind.AUTH)
            self._seen = last
            if time.monotonic() >= deadline:
                break
        return self._seen < len(self.journal)

    @property
    def revision(self) -> int:
        """Raised with every event of an authorization."""
        return len(self._rows)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """All flows seen so far, in the order in which they began."""
        while self._folded < len(self._rows):
            self._take(self.journal.event(self._rows[self._folded]))
            self._folded += 1
        return tuple(self._flows.values())

    def _take(self, event: Event) -> None:
        number = event.data.get("flow")
        number = number if isinstance(number, int) and not isinstance(number, bool) else 0
        flow = self._flows.get(number) or Flow(number, event.seq)
        state = event.data.get("state")
        if event.what == "flow":
            flow = _flow_begins(flow, event) if state == "started" else _flow_ends(flow, event)
        else:
            flow = replace(flow, steps=_with(flow.steps, event))
            if not flow.over:
                waits = any(step.state == "waiting" for step in flow.steps)
                flow = replace(flow, state="waiting" if waits else "running")
        self._flows[number] = flow


def _flow_begins(flow: Flow, event: Event) -> Flow:
    facts = _facts(event)
    return replace(
        flow,
        grant=_text(facts.get("grant")),
        resource=_text(facts.get("resource")),
        reason=_text(facts.get("reason")),
    )


def _flow_ends(flow: Flow, event: Event) -> Flow:
    judgement = _judgement(event)
    steps = tuple(
        replace(step, state="stopped") if step.state in ("running", "waiting") else step
        for step in flow.steps
    )
    return replace(
        flow, state=judgement, says=_text(event.data.get("says")), facts=_facts(event), steps=steps
    )


def _with(steps: tuple[Step, ...], event: Event) -> tuple[Step, ...]:
    """The steps with what `event` says of the newest one of its name, or with a new one."""
    at = max((at for at, step in enumerate(steps) if step.name == event.what), default=-1)
    state = event.data.get("state")
    if at < 0 or state == "started":
        attempt = steps[at].attempt + 1 if at >= 0 else 1
        title = _text(event.data.get("title")) or event.what
        purpose = _text(event.data.get("purpose"))
        # A request to the callback may be refused, and then the browser is still waited for.
        before = steps if event.what == _CALLBACK else _settled(steps)
        steps = (*before, Step(event.what, title, attempt, event.seq, purpose=purpose))
        at = len(steps) - 1
    if state == "started":
        return steps
    told = _told(steps[at], event)
    answered = event.what == _CALLBACK and told.verdicts and told.verdicts[-1].judgement != "warning"
    return (*(_settled(steps[:at]) if answered else steps[:at]), told, *steps[at + 1 :])


def _settled(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """What came before a new step is over: a question that was answered by going on."""
    return tuple(
        replace(step, state=_gravest(step.verdicts)) if step.state in ("running", "waiting") else step
        for step in steps
    )


def _gravest(verdicts: tuple[Verdict, ...]) -> StepState:
    return max((each.judgement for each in verdicts), key=_JUDGEMENTS.index, default="ok")


def _told(step: Step, event: Event) -> Step:
    if event.data.get("state") == "waiting":
        return replace(step, state="waiting", question=_text(event.data.get("says")), asked=_facts(event))
    verdict = Verdict(
        event.seq,
        _judgement(event),
        _text(event.data.get("says")),
        _text(event.data.get("rule")),
        _text(event.data.get("clause")),
        _facts(event),
        event.exchange or 0,
        event.data.get("past") is True,
    )
    verdicts = (*step.verdicts, verdict)
    return replace(step, state=_gravest(verdicts), verdicts=verdicts)


def _judgement(event: Event) -> StepState:
    found = event.data.get("judgement")
    return next((known for known in _JUDGEMENTS if known == found), "note")


def _facts(event: Event) -> Mapping[str, Any]:
    facts = event.data.get("facts")
    return facts if isinstance(facts, Mapping) else _NO_FACTS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
