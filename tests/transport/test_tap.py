"""The tap: the vocabulary of steps, and no secret in any of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.transport.tap import Tap, exit_facts
from inspector.wire.event import Direction, Event, Kind, Shape


@pytest.fixture
def tap() -> Iterator[Tap]:
    journal = Journal.create()
    yield Tap(journal)
    journal.close()


def stored(tap: Tap) -> list[Event]:
    return [tap.journal.event(seq) for seq in range(len(tap.journal))]


def test_messages_go_both_ways(tap: Tap) -> None:
    tap.sent(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', exchange=4)
    tap.received(b'{"jsonrpc":"2.0","id":1,"result":{}}', exchange=4, faults=("no-newline",))
    sent, received = stored(tap)
    assert (sent.kind, sent.direction, sent.exchange) == (Kind.MESSAGE, Direction.C2S, 4)
    assert (received.kind, received.direction, received.faults) == (
        Kind.MESSAGE,
        Direction.S2C,
        ("no-newline",),
    )
    assert received.frame is not None
    assert received.frame.shape is Shape.RESPONSE


def test_lines_keep_bytes_size_and_faults(tap: Tap) -> None:
    tap.stdout(b"\xff head", ("line-too-long",), size=1000)
    tap.stderr(b"warning", ("no-newline",))
    out, err = stored(tap)
    assert (out.kind, out.body, out.size, out.faults) == (
        Kind.STDOUT,
        b"\xff head",
        1000,
        ("line-too-long",),
    )
    assert (err.kind, err.body, err.size, err.faults) == (Kind.STDERR, b"warning", 7, ("no-newline",))


@pytest.mark.parametrize(
    ("step", "kind", "direction", "data"),
    [
        (lambda t: t.process("exited", code=3), Kind.PROCESS, Direction.NONE, {"code": 3}),
        (lambda t: t.client("cancelled", request=4), Kind.CLIENT, Direction.NONE, {"request": 4}),
        (lambda t: t.http("request", 1, method="GET"), Kind.HTTP, Direction.C2S, {"method": "GET"}),
        (lambda t: t.http("response", 1, status=200), Kind.HTTP, Direction.S2C, {"status": 200}),
        (lambda t: t.http("end", 1, outcome="complete"), Kind.HTTP, Direction.NONE, {"outcome": "complete"}),
        (lambda t: t.sse("comment", 1, text="hi"), Kind.SSE, Direction.S2C, {"text": "hi"}),
    ],
)
def test_steps(tap: Tap, step: Any, kind: Kind, direction: Direction, data: dict[str, Any]) -> None:
    what = step(tap).what
    [event] = stored(tap)
    assert (event.kind, event.direction) == (kind, direction)
    assert dict(event.data) == {"what": what, **data}
    assert event.exchange == (1 if kind in (Kind.HTTP, Kind.SSE) else None)


def test_bodies_that_are_no_messages(tap: Tap) -> None:
    tap.http_body(2, b"<html>", ("content-type",))
    tap.sse("event", 2, b"not json", ("not-json",), id="7")
    body, event = stored(tap)
    assert (body.what, body.body, body.faults) == ("body", b"<html>", ("content-type",))
    assert (event.what, event.body, event.faults) == ("event", b"not json", ("not-json",))
    assert event.data["id"] == "7"


def test_no_secret_is_written_down(tap: Tap) -> None:
    tap.http(
        "request",
        1,
        method="POST",
        url="https://u:hunter2@x.example/mcp?api_key=hunter2&page=3",
        headers=[["Authorization", "Bearer hunter2"], ("Cookie", "sid=hunter2"), ["Accept", "text/html"]],
    )
    tap.http("response", 1, headers=[["Location", "/login?code=hunter2"]])
    tap.http("end", 1, redirect="/login?token=hunter2")
    tap.process("started", argv=["serve", "--api-key", "hunter2"], cwd="/", pid=1)
    assert "hunter2" not in str(stored(tap))
    request = stored(tap)[0]
    assert ["Accept", "text/html"] in request.data["headers"]
    assert "page=3" in request.data["url"]


def test_keeping_secrets_is_the_journals_choice() -> None:
    journal = Journal.create(keep_secrets=True)
    tap = Tap(journal)
    tap.http("request", 1, headers=[["Authorization", "Bearer hunter2"]])
    assert "hunter2" in str(stored(tap))
    journal.close()


def test_the_session_in_an_endpoint_is_a_secret(tap: Tap) -> None:
    for said in (
        b"/messages?session_id=s3cret",
        b"/m?sessionId=s3cret&a=1",
        b"/m?token=s3cret\xff",
        b"",
        b"/m",
    ):
        tap.sse("event", 1, said, event="endpoint")
    tap.sse("event", 1, b"session_id=public", event="welcome")
    bodies = [event.body for event in stored(tap)]
    assert not any(b"s3cret" in body for body in bodies)
    assert bodies[0].startswith(b"/messages?session_id=sha256:")
    assert bodies[1].endswith(b"&a=1")
    assert bodies[3:] == [b"", b"/m", b"session_id=public"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_exits_by_name() -> None:
    assert exit_facts(3) == {"code": 3, "signal": None}
    assert exit_facts(-9) == {"code": None, "signal": "SIGKILL"}
    assert exit_facts(-40) == {"code": None, "signal": "SIG40"}
