"""An HTTP exchange in words, from a journal."""

from __future__ import annotations

import itertools

from inspector.app.exchange import MOST, exchange_entries, exchange_of
from inspector.journal.journal import Journal
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Kind


def tapped() -> tuple[Journal, Tap]:
    ticks = itertools.count()
    journal = Journal.create(clock=lambda: next(ticks) / 1000)
    return journal, Tap(journal)


def test_an_exchange_reads_from_request_to_end() -> None:
    journal, tap = tapped()
    tap.sent(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', exchange=1)
    tap.http("request", 1, method="POST", url="http://x/mcp", headers=[["authorization", "Bearer secret"]])
    tap.http("response", 1, status=500, reason="Oh \x1b[31m", version="HTTP/1.1", headers=[["x", "y"]])
    tap.http_body(1, b"<html>no</html>")
    tap.http("end", 1, outcome="complete", bytes=15, phases={"connect": 0.001, "wait": 0.02})
    tap.http("request", 2, method="GET", url="http://x/other", headers=[])
    text = exchange_of(journal, 1)
    assert "end      ✓ complete after 4 ms, 15 B received" in text
    assert "> POST http://x/mcp" in text
    assert "→ 0 request ping" in text
    assert "secret" not in text
    assert "< HTTP/1.1 500 Oh ␛[31m" in text
    assert "<html>no</html>" in text
    assert "▒   20 ms" in text
    assert "other" not in text


def test_hops_say_what_was_dropped_and_bodies_whose_they_are() -> None:
    journal, tap = tapped()
    tap.http("request", 1, method="POST", url="http://x/token", headers=[], purpose="token")
    tap.http_body(1, b"grant_type=authorization_code", direction=Direction.C2S)
    tap.http(
        "response", 1, status=307, headers=[], peer="127.0.0.1:80", tls={"version": "TLSv1.3", "issuer": "CA"}
    )
    tap.http(
        "request", 1, method="POST", url="http://y/", headers=[], why="redirect", dropped=["authorization"]
    )
    tap.http("end", 1, outcome="failed", error="y refused", stage="connect", buffered=True, held=2.5)
    text = exchange_of(journal, 1)
    assert "for      token" in text
    assert "> 29 B: the request's body\ngrant_type" in text
    assert "peer     127.0.0.1:80" in text
    assert "tls      TLSv1.3 · issuer CA" in text
    assert "Request 2: redirected\n! dropped on the way: authorization\n> POST http://y/" in text
    assert "✗ failed after 4 ms, at connect: y refused" in text
    assert "held back for 2.50 s" in text


def test_messages_and_events_lead_to_their_rows() -> None:
    journal, tap = tapped()
    tap.http("request", 1, method="GET", url="http://x/mcp", headers=[])
    tap.sse("event", 1, id="7", retry=1000)
    tap.received(b'{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"hi"}}', exchange=1)
    entries = {entry.link: entry.plain for entry in exchange_entries(journal, 1) if entry.link is not None}
    assert entries[1].startswith("← 1 sse event id=7 retry=1000")
    assert entries[2].startswith("← 2 notification notifications/message hi")
    assert "… under way" in exchange_of(journal, 1)


def test_a_stream_without_end_is_cut() -> None:
    journal, tap = tapped()
    tap.http("request", 1, method="GET", url="http://x/mcp", headers=[])
    for _ in range(MOST + 5):
        tap.sse("comment", 1, text="hello")
    assert "5 more events" in exchange_of(journal, 1)


def test_what_was_never_seen_is_said() -> None:
    assert "no HTTP events" in exchange_of(Journal.create(), 7)


def test_odd_facts_of_a_foreign_recording_do_not_raise() -> None:
    journal = Journal.create()
    for facts in (
        {"what": "request", "method": 3, "url": None, "headers": "no list", "dropped": 4, "why": []},
        {"what": "response", "headers": [["one"], 2, ["a", "b"]], "tls": 3, "peer": {}},
        {"what": "end", "phases": {"x": "y"}, "bytes": "many", "buffered": 1, "held": "x", "refused": True},
        {"what": "something new", "fact": 1},
    ):
        journal.append(Kind.HTTP, data=facts, exchange=1)
    assert "something new fact=1" in exchange_of(journal, 1)
