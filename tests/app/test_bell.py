"""Who tells that something waits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inspector.app import bell
from inspector.app.bell import Bell
from inspector.journal.journal import Journal
from inspector.session.answers import Policies
from inspector.session.inbox import Inbox
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode


class Asks:
    """An inbox, and what the bell says of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.now = 100.0
        monkeypatch.setattr(bell, "monotonic", lambda: self.now)
        self._journal = Journal.create()
        self.inbox = self.fresh()
        self.keeper: Any = SimpleNamespace(session=SimpleNamespace(inbox=self.inbox))
        self.bell = Bell(self.keeper, self.said.append)

    def fresh(self) -> Inbox:
        return Inbox(Tap(self._journal), Policies.every("ask"), dict, tuple)

    def ask(self, message: Any = "Who?") -> None:
        request = {"jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": {"message": message}}
        event = self._journal.append(Kind.MESSAGE, Direction.S2C, encode(request))
        assert event.frame is not None
        self.inbox.ask(event.frame, event)


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Asks:
    return Asks(monkeypatch)


async def test_one_question_is_told_once(asks: Asks) -> None:
    asks.bell.advance(False)
    asks.ask("Who \x1b[31m?")
    asks.bell.advance(False)
    asks.bell.advance(False)
    assert asks.said == ["The server asks back, elicitation/create: “Who ␛[31m?”. i answers."]


async def test_a_burst_is_told_in_one(asks: Asks) -> None:
    asks.ask(3)
    asks.bell.advance(False)
    for _ in range(4):
        asks.ask()
        asks.bell.advance(False)
    assert asks.said == ["The server asks back, elicitation/create. i answers."]
    asks.now += bell.PAUSE
    asks.bell.advance(False)
    assert asks.said[1:] == ["The server asks back 4 times. i answers."]


async def test_where_the_inbox_is_shown_nothing_is_said(asks: Asks) -> None:
    asks.ask()
    asks.bell.advance(True)
    asks.bell.advance(False)
    assert asks.said == []
    asks.inbox = asks.keeper.session.inbox = asks.fresh()
    asks.ask()
    asks.bell.advance(False)
    assert len(asks.said) == 1


def test_without_a_connection() -> None:
    said: list[str] = []
    Bell(None, said.append).advance(False)
    Bell(SimpleNamespace(session=None), said.append).advance(False)  # type: ignore[arg-type]
    assert said == []


async def test_the_call_on_the_screen_says_itself_that_it_waits(asks: Asks) -> None:
    call: Any = object()
    asks.ask()
    asks.inbox.waiting[-1].call = call
    asks.bell.advance(False, call)
    assert asks.said == []
    asks.ask("And you?")
    asks.bell.advance(False, call, "esc i")
    assert asks.said == ["The server asks back, elicitation/create: “And you?”. esc i answers."]
