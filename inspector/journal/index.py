"""The fold that fills the columns, the same for an event that happens and for one that is read back.

It pairs replies with requests and notes the rows that the catalogue is made of. It reads no file.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.journal.columns import FLAWED, Columns, id_key, pack
from inspector.journal.legs import LEG_STEPS, Legs
from inspector.journal.line import INPUT_REQUIRED, TOOL_ERROR, envelope_id, outcome_of, scalar_id
from inspector.journal.pairing import Pairing, Status
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import Frame
from inspector.wire.methods import LISTS

CATALOGUE_METHODS = ("initialize", "server/discover", *(section.method for section in LISTS.values()))
CANCELLED = "notifications/cancelled"
"""The notification that pairing must know; as for batches, only what stands in it says what it means."""
_CATALOGUE_STEPS = frozenset({"connecting", "negotiated", "exited"})

OUTCOMES: Mapping[str, Status] = {TOOL_ERROR: Status.TOOL_ERROR, INPUT_REQUIRED: Status.ASKS_BACK}
"""What a response is that is not simply `Status.OK`, by the word in its envelope."""

_REQUEST, _ERROR, _C2S = Shape.REQUEST, Shape.ERROR, Direction.C2S
_REPLIES = (Shape.RESPONSE, Shape.ERROR)

Item = tuple[bool, str | None, Status]


class Index:
    """Columns, pairing and landmarks of a journal.

    Attributes:
        landmarks: Rows that the catalogue is folded from.
        legs: Which requests are one call.
    """

    __slots__ = ("_last_catalogue_number", "columns", "landmarks", "legs", "pairing")

    def __init__(self) -> None:
        self.columns = Columns()
        self.pairing = Pairing(self.columns)
        self.landmarks = array("I")
        self.legs = Legs()
        self._last_catalogue_number = 0
        for method in CATALOGUE_METHODS:
            self._last_catalogue_number = self.columns.number_of(method)

    def add(
        self,
        offset: int,
        t: float,
        kind: int,
        direction: int,
        shape: int,
        method: int,
        conn: int,
        exchange: int,
        size: int,
        flawed: bool,
    ) -> int:
        """Append a row; `message`, `batch` or `step` then says what it means."""
        flags = pack(kind, direction, shape)
        return self.columns.add(offset, t, flags | FLAWED if flawed else flags, method, conn, exchange, size)

    def message(
        self,
        row: int,
        direction: int,
        shape: int,
        id: str | None,
        number: int,
        exchange: int,
        outcome: Status = Status.OK,
    ) -> None:
        """The row is a message that is no batch.

        `number` is its seq as client events name it, `outcome` what a response says of itself.
        """
        self.named(row, id)
        if shape == _REQUEST:
            self.pairing.asked(row, direction, id, number, exchange)
            if direction == _C2S:
                if self.legs.coming:
                    self.legs.asked(row, id)
                if self._in_catalogue(row):
                    self.landmarks.append(row)
        elif shape in _REPLIES:
            self.pairing.answered(row, direction, id, Status.ERROR if shape == _ERROR else outcome, exchange)
            if direction != _C2S:
                peer = self.columns.peer[row]
                if peer >= 0 and direction == Direction.S2C and self._in_catalogue(peer):
                    self.landmarks.append(row)

    def named(self, row: int, id: str | None) -> None:
        """The row has an id. That is all there is to say of one that pairs with nothing."""
        if id is not None:
            self.columns.ids[row] = id_key(id)

    def notice(self, direction: int, frame: Frame) -> None:
        """A notification `CANCELLED` went by: basic/utilities/cancellation."""
        wanted = frame.params.get("requestId")
        if isinstance(wanted, str | int) and not isinstance(wanted, bool):
            self.pairing.withdrawn(direction, scalar_id(wanted))

    def batch(self, row: int, direction: int, items: Sequence[Frame], number: int, exchange: int) -> None:
        """The row is a batch of `items`."""
        self.pairing.batch(
            row, direction, [_item(frame) for frame in items if frame.shape in _PAIRED], number, exchange
        )
        for frame in items:
            if frame.method == CANCELLED and frame.shape is Shape.NOTIFICATION:
                self.notice(direction, frame)
        self.landmarks.append(row)

    def step(self, row: int, kind: int, what: str, exchange: int, data: Mapping[str, Any]) -> None:
        """The row is a process, client or http event with this `data`."""
        pairing = self.pairing
        if kind == Kind.HTTP:
            # Over HTTP+SSE answers come on another exchange, which goes on after that of the request.
            if what == "end" and "answers_on" not in data:
                pairing.exchange_over(exchange)
            return
        number = data.get("request")
        if what == "connecting":
            pairing.connecting()
            self.legs.connecting()
        elif what in ("exited", "closed", "failed"):
            pairing.connection_over()
        elif what == "timed-out":
            pairing.gave_up(number, Status.TIMED_OUT)
        elif what == "cancelled":
            pairing.gave_up(number, Status.CANCELLED)
        elif what in LEG_STEPS:
            self.legs.step(row, what, data)
        if what in _CATALOGUE_STEPS:
            self.landmarks.append(row)

    def _in_catalogue(self, row: int) -> bool:
        number = self.columns.method[row]
        return 1 < number <= self._last_catalogue_number


_PAIRED = frozenset({Shape.REQUEST, Shape.RESPONSE, Shape.ERROR})


def _item(frame: Frame) -> Item:
    if frame.shape is Shape.REQUEST:
        return True, envelope_id(frame.id), Status.NONE
    if frame.shape is Shape.ERROR:
        return False, envelope_id(frame.id), Status.ERROR
    return False, envelope_id(frame.id), OUTCOMES.get(outcome_of(frame), Status.OK)
