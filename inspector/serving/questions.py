"""What the recorded server asks back of the client at hand, and which call waits for the answer.

In the legacy eras it is a request, in the modern one it stands in place of an answer; each may have to be
asked in the way of the other. Who asks what, and when, is decided by the play.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.serving.playing import Playing
from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame, encode, id_key, request

INSIDE = frozenset({"roots/list", "sampling/createMessage", "elicitation/create"})
"""What may be asked in place of an answer (2026-07-28, basic/patterns/mrtr)."""
KEY = "question"
_FRESH = 1_000_000


@dataclass(slots=True)
class Gathering:
    """What a modern server wants to know, asked of a client of the legacy era in requests.

    Attributes:
        playing: The call that goes on with the answers.
        state: The `requestState` to go on with; `None` where it has none.
        keys: The keys that wait, and `answers` those that do not any more.
    """

    playing: Playing
    state: Any
    keys: set[str] = field(default_factory=set)
    answers: dict[str, Any] = field(default_factory=dict)

    def again(self) -> dict[str, Any]:
        """The parameters of the call with what was answered."""
        _, params = self.playing.wanted
        found = {**(params if isinstance(params, Mapping) else {}), "inputResponses": self.answers}
        return found if self.state is None else {**found, "requestState": self.state}


class Questions:
    """The questions of one session."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._waiting: dict[str, tuple[Playing, int] | tuple[Gathering, str]] = {}
        self._legs: dict[str, tuple[Playing, int]] = {}

    def ask(self, playing: Playing, row: int, id: str) -> str:
        """The question of a row is asked; returns the id to ask with: the recorded one, if it is free."""
        live = self._fresh(id)
        self._waiting[id_key(live)] = (playing, row)
        return live

    def gather(self, gathering: Gathering, key: str, question: Mapping[str, Any]) -> bytes:
        """A question that stood in place of an answer, as a request."""
        live = self._fresh("")
        gathering.keys.add(key)
        self._waiting[id_key(live)] = (gathering, key)
        params = question.get("params")
        return request(
            json.loads(live), str(question["method"]), params if isinstance(params, dict) else None
        )

    def instead(self, playing: Playing, row: int, method: str, params: Any) -> bytes:
        """A request of the legacy era, asked in place of the answer."""
        state = f"mcp-inspect-serve:{row}:{len(self._used)}"
        self._used.add(state)
        self._legs[state] = (playing, row)
        question = {"method": method, **({} if params is None else {"params": params})}
        result = {"resultType": "input_required", "inputRequests": {KEY: question}, "requestState": state}
        return b'{"jsonrpc":"2.0","id":' + playing.id.encode() + b',"result":' + encode(result) + b"}"

    def answered(self, frame: Frame) -> tuple[Playing, int] | Gathering | None:
        """Who waited for this reply, and for the question of which row; `None` where nobody did."""
        asked = self._waiting.pop(id_key(frame.id), None) if frame.id is not None else None
        if asked is None:
            return None
        who, what = asked
        if isinstance(who, Gathering):
            who.keys.discard(str(what))
            who.answers[str(what)] = frame.result if frame.shape is Shape.RESPONSE else None
            return who
        return who, int(what)

    def leg(self, params: Any) -> tuple[Playing, int, Any] | None:
        """The call that a request goes on with, if it answers what was asked `instead`; and that answer."""
        state = params.get("requestState") if isinstance(params, Mapping) else None
        asked = self._legs.pop(state, None) if isinstance(state, str) else None
        if asked is None:
            return None
        answers = params.get("inputResponses")
        return *asked, answers.get(KEY) if isinstance(answers, Mapping) else None

    def _fresh(self, id: str) -> str:
        number = _FRESH + len(self._used)
        while not id or id_key(id) in self._used:
            number += 1
            id = str(number)
        self._used.add(id_key(id))
        return id
