"""An HTTP exchange in words, from a journal."""

from __future__ import annotations

from inspector.app.exchange import exchange_of
from inspector.journal.journal import Journal
from inspector.transport.tap import Tap
from inspector.wire.event import Kind


def test_an_exchange_reads_from_request_to_end() -> None:
    journal = Journal.create()
    tap = Tap(journal)
    tap.sent(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', exchange=1)
    tap.http("request", 1, method="POST", url="http://x/mcp", headers=[["authorization", "Bearer secret"]])
    tap.http("response", 1, status=500, reason="Oh \x1b[31m", version="HTTP/1.1", headers=[["x", "y"]])
    tap.http_body(1, b"<html>no</html>")
    tap.http("end", 1, outcome="complete", bytes=15, phases={"connect": 0.001, "wait": 0.02})
    tap.http("request", 2, method="GET", url="http://x/other", headers=[])
    text = exchange_of(journal, 1)
    assert text.splitlines()[1] == "> POST http://x/mcp"
    assert "secret" not in text
    assert "< HTTP/1.1 500 Oh ␛[31m" in text
    assert "<html>no</html>" in text
    assert "wait     20 ms" in text
    assert "other" not in text


def test_what_was_never_seen_is_said() -> None:
    assert "no HTTP events" in exchange_of(Journal.create(), 7)


def test_odd_facts_of_a_foreign_recording_do_not_raise() -> None:
    journal = Journal.create()
    for facts in (
        {"what": "request", "method": 3, "url": None, "headers": "no list"},
        {"what": "response", "headers": [["one"], 2, ["a", "b"]]},
        {"what": "end", "phases": {"x": "y"}, "bytes": "many"},
        {"what": "something new", "fact": 1},
    ):
        journal.append(Kind.HTTP, data=facts, exchange=1)
    assert "something new fact=1" in exchange_of(journal, 1)
