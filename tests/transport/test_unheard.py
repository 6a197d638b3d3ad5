"""What is sent later waits for notifications, and not for ever."""

from __future__ import annotations

import anyio
import pytest

from inspector.transport import unheard
from inspector.transport.exchange import Exchange
from inspector.transport.unheard import Unheard


async def test_what_comes_after_waits() -> None:
    order, note = Unheard(), Exchange(1)
    assert order.now == ()
    order.add(note)
    before = order.now
    with anyio.move_on_after(0.01) as patience:
        await order.wait(before)
    assert patience.cancelled_caught
    note.heard.set()
    await order.wait(before)
    order.over(note)
    order.over(Exchange(2))
    assert order.now == ()


async def test_a_server_that_does_not_hear_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unheard, "_HEARD_WITHIN", 0.01)
    order, deaf, later = Unheard(), Exchange(1), Exchange(2)
    order.add(deaf)
    before = order.now
    order.add(later)
    await order.wait(before)
    assert order.now == (later.heard,)
