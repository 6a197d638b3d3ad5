"""What the tests of the session share: events made by hand, scripted servers, and ways to read a journal."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.session.outcome import Replied
from inspector.transport.memory import MemoryTransport
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify


class Wire:
    """Makes the events of a connection in order, as a journal would."""

    def __init__(self) -> None:
        self.seq = -1

    def _event(self, kind: Kind, direction: Direction, body: bytes = b"", **more: Any) -> Event:
        self.seq += 1
        return Event(self.seq, float(self.seq), kind, direction, 1, body, size=len(body), **more)

    def sent(self, body: bytes, exchange: int | None = None) -> Event:
        return self._event(Kind.MESSAGE, Direction.C2S, body, frame=classify(body), exchange=exchange)

    def got(self, message: Any, exchange: int | None = None) -> Event:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self._event(Kind.MESSAGE, Direction.S2C, body, frame=classify(body), exchange=exchange)

    def ended(self, exchange: int, **data: Any) -> Event:
        data = {"what": "end", "outcome": "complete", **data}
        return self._event(Kind.HTTP, Direction.NONE, data=data, exchange=exchange)

    def replied(self, message: Mapping[str, Any]) -> Replied:
        """A reply out of nowhere, for who needs only what it says."""
        request = self.sent(b"{}")
        event = self.got({"jsonrpc": "2.0", "id": 1, **message})
        assert event.frame is not None
        return Replied(event, event.frame, request)


@pytest.fixture
def wire() -> Wire:
    return Wire()


Say = Callable[[dict[str, Any]], Iterable[Any]]
"""What a scripted server says to one message: JSON values, or bytes as they are."""


def scripted(**says: Say) -> MemoryTransport:
    """A legacy server in this process that declares everything and lists nothing.

    Args:
        says: What it says to a method, `/` written as `_`; `other` for all that is not named.
    """

    async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            method = message.get("method", "response").replace("/", "_")
            for said in (says.get(method) or says.get("other") or ordinary)(message):
                yield said if isinstance(said, bytes) else json.dumps(said).encode()

    return MemoryTransport(serve)


def result(message: Mapping[str, Any], value: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message["id"], "result": value}


def refusal(message: Mapping[str, Any], code: int = -32601, **data: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": "no", **data}}


def ordinary(message: dict[str, Any]) -> Iterable[Any]:
    """What a plain legacy server says."""
    match message.get("method"):
        case "initialize":
            yield result(
                message,
                {
                    "protocolVersion": message["params"]["protocolVersion"],
                    "capabilities": {"tools": {}, "resources": {}, "prompts": {}},
                    "serverInfo": {"name": "scripted", "version": "1"},
                },
            )
        case "ping":
            yield result(message, {})
        case "tools/list":
            yield result(message, {"tools": []})
        case "resources/list":
            yield result(message, {"resources": []})
        case "prompts/list":
            yield result(message, {"prompts": []})
        case _ if "id" in message and "method" in message:
            yield refusal(message)


@pytest.fixture
def journal() -> Iterator[Journal]:
    journal = Journal.create()
    yield journal
    journal.close()


def rows(journal: Journal) -> Iterator[Event]:
    return (journal.event(seq) for seq in range(len(journal)))


def steps(journal: Journal) -> list[str]:
    """The story: each client and process step, and each message as `→ method` or `← shape`."""
    told: list[str] = []
    for event in rows(journal):
        if event.kind in (Kind.CLIENT, Kind.PROCESS):
            told.append(event.what)
        elif event.kind is Kind.MESSAGE and event.frame is not None:
            arrow = "→" if event.direction is Direction.C2S else "←"
            told.append(f"{arrow} {event.frame.method or event.frame.shape.word}")
    return told


def step(journal: Journal, what: str) -> Mapping[str, Any]:
    """The data of the last client step of that name."""
    found = [event.data for event in rows(journal) if event.kind is Kind.CLIENT and event.what == what]
    assert found, f"no step {what!r} in {steps(journal)}"
    return found[-1]
