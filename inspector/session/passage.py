"""Where a session and the breakpoints of its journal meet: what came from the server, what a person sends.

What goes out is asked about by the transports, at the moment at which they write it down. The time for which
a person has a message of a call before them is not counted against the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from inspector.session.outbox import Job
from inspector.wire.event import Direction, Event, Kind, Shape

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.gate.gate import Gate, Sent, Taken
    from inspector.session.calls import Call
    from inspector.session.carrier import Carrier
    from inspector.session.session import Session

_REPLIES = (Shape.RESPONSE, Shape.ERROR)


@dataclass(slots=True)
class _Late:
    """An HTTP exchange some of whose messages wait: how many, and its end if that has come."""

    waiting: int = 0
    ends: list[Event] = field(default_factory=list)
    lost: bool = False


class Passage:
    """The way in of one session.

    Args:
        session: Takes what goes on.
        tasks: Where messages wait.
        carrier: Knows the calls.
    """

    def __init__(self, session: Session, tasks: TaskGroup, carrier: Carrier) -> None:
        gate = session.tap.gate
        assert gate is not None
        self._gate: Gate = gate
        self._session = session
        self._tasks = tasks
        self._carrier = carrier
        self._exchanges: dict[int, _Late] = {}
        self._held: dict[int, Call] = {}
        gate.outlets[Direction.C2S] = self._send
        gate.outlets[Direction.S2C] = session.take
        gate.watchers.append(self._asked)

    def close(self) -> None:
        """The connection is over."""
        self._gate.outlets.clear()
        if self._asked in self._gate.watchers:
            self._gate.watchers.remove(self._asked)

    def came(self, event: Event) -> None:
        """Let an event of the link through, or let it wait."""
        if event.kind is Kind.HTTP and event.what == "end" and event.exchange in self._exchanges:
            self._exchanges[event.exchange].ends.append(event)
            self._settle(event.exchange)
            return
        taken = self._gate.take(event)
        if taken is None:
            self._session.take(event)
            return
        if event.exchange is not None:
            self._exchanges.setdefault(event.exchange, _Late()).waiting += 1
        if taken.sent is None:
            self._tasks.start_soon(self._wait, taken, name="held")
        else:
            self._go_on(event, taken.sent)

    async def _wait(self, taken: Taken) -> None:
        self._go_on(taken.event, await taken.wait())

    def _go_on(self, event: Event, sent: Sequence[Sent]) -> None:
        for each in sent:
            if each.back:
                self._send(each.event)
            else:
                self._session.take(_known(each.event))
        if event.exchange is not None:
            late = self._exchanges[event.exchange]
            late.waiting -= 1
            late.lost |= not sent and event.frame is not None and event.frame.shape in _REPLIES
            self._settle(event.exchange)

    def _settle(self, exchange: int) -> None:
        """The end of an exchange follows its last message; of one whose reply was dropped nothing does."""
        late = self._exchanges[exchange]
        if late.waiting or not late.ends:
            return
        del self._exchanges[exchange]
        if not late.lost:
            for end in late.ends:
                self._session.take(end)

    def _send(self, event: Event) -> None:
        """Send what a person, or a rule, says in our place."""
        frame = event.frame
        items = frame.items if frame is not None else ()
        method, params = (frame.method, frame.params) if frame is not None else (None, None)
        headers = self._session.dialect.headers(method, params)
        answered = any(each.shape is Shape.REQUEST for each in items)
        self._session.outbox.put(Job(event.body, headers, answered, event=event))

    def _asked(self, event: Event, begins: bool) -> None:
        """A person has a message before them, or has decided: that time is not the server's."""
        row = event.seq if event.direction is Direction.C2S else self._session.journal.peer(event.seq)
        if not begins:
            held = self._held.pop(event.seq, None)
            if held is not None:
                held.held.release()
            return
        for call in self._carrier.calls:
            if any(leg.request is not None and leg.request.seq == row for leg in call.legs):
                call.held.hold()
                self._held[event.seq] = call
                return


def _known(event: Event) -> Event:
    """A question that goes on changed is known by the row in which the server asked it."""
    frame = event.frame
    if event.of is not None and frame is not None and frame.shape is Shape.REQUEST:
        return replace(event, seq=event.of)
    return event
