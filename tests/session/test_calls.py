"""A call as its caller sees it."""

from __future__ import annotations

import math

import anyio

from inspector.session.calls import Call
from inspector.session.dialect import Handshake
from inspector.session.outcome import Cancelled
from inspector.session.peer import Peer
from inspector.wire.versions import V4
from tests.session.conftest import Wire


async def test_a_call_shows_what_becomes_of_it(wire: Wire) -> None:
    peer = Peer()
    body, pending = peer.call(Handshake(V4), "tools/call", {"name": "x"}, progress=True)
    cancelled: list[str] = []

    def cancel(call: Call, reason: str, tell: bool) -> None:
        cancelled.append(reason)
        peer.give_up(call.pending, Cancelled(reason))
        call.settle(Cancelled(reason))

    call = Call(pending, body, {"name": "x"}, math.inf, None, cancel)
    assert (call.method, call.request, call.done, call.outcome, call.progress) == (
        "tools/call",
        None,
        False,
        None,
        None,
    )

    event = wire.sent(body)
    peer.sent(pending, event)
    assert call.request is event
    params = {"progressToken": 1, "progress": 1}
    peer.feed(wire.got({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}))
    assert call.progress == params

    with anyio.move_on_after(0) as scope:
        await call.wait()
    assert scope.cancelled_caught
    assert not call.done  # not waiting any longer is no cancellation

    call.cancel()
    assert cancelled == ["cancelled by the user"]
    assert call.done
    assert await call.wait() == call.outcome == Cancelled("cancelled by the user")
