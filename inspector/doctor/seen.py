"""What the journal tells of one attempt to speak to a process: a fold over the newest connection.

It collects; what it means is the business of the checks. Of a long connection only the first and the
last rows are read, so that a diagnosis costs the same after a week.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.doctor.verdict import WIDTH
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.errors import InspectError
    from inspector.journal.journal import Journal
    from inspector.transport.target import StdioTarget

_HEAD, _TAIL = 400, 600
_READ = 4000
"""Bytes of a line that are looked at."""

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


@dataclass(frozen=True, slots=True)
class Said:
    """A line that a server wrote and that is no message.

    Attributes:
        row: In the journal.
        at: Seconds since the attempt began.
        stream: `STDERR` or `STDOUT`.
        body: The first bytes.
        text: The same without escape sequences for colours; hostile, to be matched and not to be shown.
        faults: What is wrong with it as a line.
    """

    row: int
    at: float
    stream: Kind
    body: bytes
    text: str
    faults: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The line, safe for a terminal."""
        return clip(visible(self.text), WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One attempt, from `connecting` to the exit of the process.

    Attributes:
        target: What was to be connected to.
        failure: How it ended for whoever connected; `None` where nothing failed.
        begun: When it began, by the journal's clock.
        said: Lines on stderr, and on stdout beside messages, in order.
        sent: Our messages, in order.
        got: The server's messages, in order.
        steps: Process and client events, in order.
    """

    target: StdioTarget
    failure: InspectError | None
    begun: float
    said: tuple[Said, ...]
    sent: tuple[Event, ...]
    got: tuple[Event, ...]
    steps: tuple[Event, ...]

    def step(self, kind: Kind, what: str) -> Event | None:
        """The last event of that name."""
        return next((step for step in reversed(self.steps) if step.kind is kind and step.what == what), None)

    def since(self, event: Event) -> float:
        """Seconds from the beginning of the attempt to `event`."""
        return round(event.t - self.begun, 6)

    @property
    def started(self) -> Event | None:
        """The start of the process; `None` where it was never started."""
        return self.step(Kind.PROCESS, "started")

    @property
    def exited(self) -> Event | None:
        """The end of the process, whoever wanted it."""
        return self.step(Kind.PROCESS, "exited")

    @property
    def ended_by_itself(self) -> bool:
        """Whether the process ended before this program had begun to end it."""
        exited = self.exited
        return exited is not None and exited.data.get("rung") == "none"

    @property
    def leaving(self) -> float:
        """When this program began to disconnect, by the journal's clock; infinity where it did not."""
        event = self.step(Kind.CLIENT, "disconnecting")
        return float("inf") if event is None else event.t

    @property
    def negotiated(self) -> Event | None:
        """The agreement on a version."""
        return self.step(Kind.CLIENT, "negotiated")

    @property
    def stdout_closed(self) -> Event | None:
        """Standard output closed while the process lived."""
        return self.step(Kind.PROCESS, "stdout-closed")

    @property
    def lost(self) -> bool:
        """Whether an agreed connection broke."""
        return self.ended_by_itself or self.stdout_closed is not None

    @property
    def connected(self) -> bool:
        """Whether the connection works, or worked until it was left."""
        return self.negotiated is not None and not self.lost

    @property
    def stderr(self) -> tuple[Said, ...]:
        """What came on standard error."""
        return tuple(line for line in self.said if line.stream is Kind.STDERR)

    @property
    def stdout(self) -> tuple[Said, ...]:
        """What came on standard output and is no message; blank lines left out."""
        return tuple(line for line in self.said if line.stream is Kind.STDOUT and line.text.strip())

    @property
    def replies(self) -> tuple[Event, ...]:
        """Answers of the server that came while somebody waited for them."""
        shapes = (Shape.RESPONSE, Shape.ERROR, Shape.BATCH)
        return tuple(e for e in self.got if e.frame and e.frame.shape in shapes and e.t < self.leaving)

    def last_words(self, lines: int = 8) -> tuple[Said, ...]:
        """The last lines that say something: of stderr, or else of stdout."""
        chosen = [line for line in self.stderr if line.text.strip()] or list(self.stdout)
        return tuple(chosen[-lines:])


def look(journal: Journal, target: StdioTarget, failure: InspectError | None) -> Seen:
    """Read the newest connection of `journal`."""
    rows = range(0)
    if len(journal):
        newest = journal.conn(len(journal) - 1)
        rows = range(bisect.bisect_left(range(len(journal)), newest, key=journal.conn), len(journal))
    said: list[Said] = []
    sent: list[Event] = []
    got: list[Event] = []
    steps: list[Event] = []
    begun = journal.time(rows[0]) if rows else 0.0
    for row in _ends(rows):
        match journal.kind(row):
            case Kind.STDERR | Kind.STDOUT as kind:
                said.append(_said(journal, row, kind, begun))
            case Kind.MESSAGE:
                (sent if journal.direction(row) is Direction.C2S else got).append(journal.event(row))
            case Kind.PROCESS | Kind.CLIENT:
                steps.append(journal.event(row))
    return Seen(
        target=target,
        failure=failure,
        begun=begun,
        said=tuple(said),
        sent=tuple(sent),
        got=tuple(got),
        steps=tuple(steps),
    )


def _ends(rows: range) -> Iterator[int]:
    yield from rows[:_HEAD]
    yield from rows[max(_HEAD, len(rows) - _TAIL) :]


def _said(journal: Journal, row: int, kind: Kind, begun: float) -> Said:
    glance = journal.glance(row, _READ)
    text = _ANSI.sub("", glance.head[:_READ].decode("utf-8", "replace")).rstrip("\r")
    return Said(row, round(journal.time(row) - begun, 6), kind, glance.head[:_READ], text, glance.faults)


def agreed_facts(seen: Seen, journal: Journal) -> dict[str, Any]:
    """Version, era and name of a server that was agreed with; empty where there was no agreement."""
    event = seen.negotiated
    if event is None:
        return {}
    info = journal.catalogue.server_info
    named = {key: safe for key in ("name", "version") if (safe := _word(info.get(key)))}
    return {"version": event.data.get("version"), "era": event.data.get("era"), "server": named}


def _word(value: object) -> str:
    return clip(visible(value), 100) if isinstance(value, str) else ""
