"""Which requests are one call: the legs of a call that the server wanted input for first.

A fold over the client events `leg` and `answered`, the same while it happens and when it is read back
(2026-07-28, basic/patterns/mrtr). It knows rows; what stands in them is read when somebody looks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.journal.line import envelope_id
from inspector.wire.jsonrpc import id_key

LEG_STEPS = frozenset({"leg", "answered"})
"""The client events that this is folded from."""
_NONE: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request stands in its call.

    Attributes:
        first: Row of the call's first request.
        number: 1 for that one, 2 for the first that answers a question.
    """

    first: int
    number: int


class Legs:
    """The legs of all calls of a journal. Calls of one leg are not in it.

    Attributes:
        coming: Whether a leg was announced whose request has not gone by.
    """

    __slots__ = ("_answers", "_awaited", "_calls", "_places", "_sent", "coming")

    def __init__(self) -> None:
        self.coming = False
        self._awaited: dict[str, tuple[int, Place]] = {}
        self._places: dict[int, Place] = {}
        self._calls: dict[int, list[int]] = {}
        self._sent: dict[int, int] = {}
        self._answers: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._places) + len(self._awaited) + len(self._answers)

    def place(self, request: int) -> Place | None:
        """Where the request of this row stands; `None` where its call has no other."""
        return self._places.get(request)

    def of(self, request: int) -> tuple[int, ...]:
        """The rows of all requests of the call that this one is of, in order."""
        place = self._places.get(request)
        return tuple(self._calls[place.first]) if place is not None else (request,)

    def sent_by(self, row: int) -> int:
        """Row of the request that the `leg` event of this row announced; -1 where it was never sent."""
        return self._sent.get(row, -1)

    def answers_to(self, row: int) -> tuple[int, ...]:
        """Rows of the `answered` events about the questions that the message of this row asks."""
        return tuple(self._answers.get(row, _NONE))

    def step(self, row: int, what: str, data: Mapping[str, Any]) -> None:
        """A client event of `LEG_STEPS` went by. Whatever a recording may hold there, nothing is raised."""
        about = data.get("request")
        if what == "answered":
            if isinstance(about, int) and 0 <= about < row:
                self._answers.setdefault(about, []).append(row)
            return
        first, number, id = data.get("first"), data.get("number"), data.get("id")
        if not isinstance(first, int) or not isinstance(number, int) or not isinstance(id, str | int):
            return
        if 0 <= first < row and number > 1:
            self._awaited[_key(id)] = (row, Place(first, number))
            self.coming = True

    def asked(self, row: int, id: str | None) -> None:
        """A request of the client went by while a leg was `coming`. `id` is JSON text, as in an envelope."""
        announced = self._awaited.pop(id_key(id), None) if id is not None else None
        if announced is None:
            return
        self.coming = bool(self._awaited)
        event, place = announced
        self._sent[event] = row
        self._places[row] = place
        self._places.setdefault(place.first, Place(place.first, 1))
        self._calls.setdefault(place.first, [place.first]).append(row)

    def connecting(self) -> None:
        """A new connection begins: ids start anew."""
        self._awaited.clear()
        self.coming = False


def _key(id: str | int) -> str:
    try:
        text = envelope_id(json.dumps(id, ensure_ascii=False))
    except ValueError:  # an integer of more digits than CPython converts
        return ""
    return id_key(text or "")
