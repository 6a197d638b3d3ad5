"""One call in several legs, where a modern server wants input first.

2026-07-28, basic/patterns/mrtr: the result `input_required` names requests; the same method is called
again, under a new id, with the answers and with the `requestState` exactly as it came, if one came.
Nobody has to answer: whoever does not walks away, and the call ends with that result. Here is what such
a result says and how the next leg looks; who answers is decided in the inbox, and the legs are sent by
`inspector.session.carrier`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from inspector.session.outcome import Outcome, Replied
from inspector.wire import jsonrpc
from inspector.wire.event import Shape

if TYPE_CHECKING:
    from inspector.session.calls import Call
    from inspector.session.inbox import Entry, Inbox

METHODS = frozenset({"tools/call", "prompts/get", "resources/read"})
"""What may be answered by `input_required`."""
ROUNDS = 10
"""Legs after the first one; a server that still wants more is not asked again."""

_AT_ONCE = 100  # questions that are put without letting anything else go on
_RESPONSES, _STATE = "inputResponses", "requestState"


@dataclass(frozen=True, slots=True)
class Round:
    """What a result wants before there is another one.

    Attributes:
        requests: The requests by their keys; `None` where it has none.
        state: The exact text of `requestState`; `None` where it has none.
        responses: A bare result for each request, as JSON text, once they are given.
    """

    requests: Mapping[str, Mapping[str, Any]] | None
    state: bytes | None
    responses: Mapping[str, bytes] = field(default_factory=dict)

    def params(self, given: Any) -> Any:
        """The parameters that the caller gave, without what this round takes the place of.

        What answers one round is nothing in the next: only what the caller gave stays.
        """
        taken = {_RESPONSES: self.requests, _STATE: self.state}
        return {key: value for key, value in (given or {}).items() if taken.get(key) is None}

    def into(self, body: bytes) -> bytes:
        """The next leg: `body`, a request of the modern era, with what belongs to this round.

        It is written into the bytes, because text made anew is not always the text that came: the server
        may compare it, and an answer may be no JSON at all.

        Args:
            body: The request; it ends with its parameters, an object with metadata.
        """
        more = b""
        if self.requests is not None:
            pairs = (jsonrpc.encode(key) + b":" + text for key, text in self.responses.items())
            more += b',"inputResponses":{' + b",".join(pairs) + b"}"
        if self.state is not None:
            more += b',"requestState":' + self.state
        assert body.endswith(b"}}")
        return body[:-2] + more + b"}}"


def round_of(method: str, params: Any, outcome: Outcome) -> Round | None:
    """What an outcome wants before there is another one; `None` where the call is over with it.

    Args:
        method: What was called.
        params: With which parameters.
        outcome: How it ended.
    """
    result = outcome.result if isinstance(outcome, Replied) else None
    if method not in METHODS or not isinstance(outcome, Replied) or not isinstance(result, Mapping):
        return None
    # A result without `resultType` comes from an older server, and is complete.
    if result.get("resultType") != "input_required" or not (params is None or isinstance(params, Mapping)):
        return None
    requests, state = result.get("inputRequests"), None
    if "inputRequests" in result and not _are_requests(requests):
        return None
    if _STATE in result:
        state = jsonrpc.cut(outcome.raw, "result", _STATE) or b"null"
        # Between tokens only: no string of JSON holds one.
        state = state.replace(b"\n", b" ").replace(b"\r", b" ")
    return Round(requests, state) if requests is not None or state is not None else None


def _are_requests(requests: Any) -> bool:
    return isinstance(requests, Mapping) and all(isinstance(wanted, Mapping) for wanted in requests.values())


def frame_of(key: str, request: Mapping[str, Any]) -> jsonrpc.Frame:
    """A part of a result as the request that it stands for. Never written: it may hold what JSON cannot."""
    method = request.get("method")
    envelope = {**request, "jsonrpc": "2.0", "id": key}
    id = jsonrpc.encode(key).decode()
    return jsonrpc.Frame(Shape.REQUEST, envelope, method if isinstance(method, str) else None, id)


async def gather(inbox: Inbox, call: Call, reply: Replied, round: Round) -> Round | None:
    """Put the requests of a round into the inbox and wait for the answers.

    Returns:
        The round with its responses; `None` as soon as one of them is no result.
    """
    ready = anyio.Event()
    entries: list[Entry] = []
    wanted = round.requests or {}

    def through() -> bool:
        return len(entries) == len(wanted) and not any(entry.waiting for entry in entries)

    def heard(entry: Entry) -> None:
        if not entry.has_result or through():
            ready.set()

    for key, request in wanted.items():
        if len(entries) % _AT_ONCE == _AT_ONCE - 1:
            await anyio.lowlevel.checkpoint()  # a server may want thousands of answers
            if call.done:
                return None
        entries.append(inbox.ask(frame_of(key, request), reply.event, call=call, key=key, on_end=heard))
    if through():
        ready.set()
    await ready.wait()
    if not all(entry.has_result for entry in entries):
        return None
    return replace(round, responses={str(entry.key): entry.text for entry in entries})
