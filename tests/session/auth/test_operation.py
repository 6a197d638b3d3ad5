"""What was asked for in an exchange, as the journal has it."""

from __future__ import annotations

from inspector.journal.journal import Journal
from inspector.session.auth.operation import authorization, operation
from inspector.transport.tap import Tap


def test_method_and_target() -> None:
    tap = Tap(Journal.create())
    tap.sent(b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}', exchange=1)
    tap.sent(b'{"jsonrpc":"2.0","id":2,"method":"tools/list"}', exchange=2)
    tap.sent(b"nonsense", exchange=3)
    tap.received(b'{"jsonrpc":"2.0","id":1,"method":"roots/list"}', exchange=4)
    said = [operation(tap.journal, exchange) for exchange in (1, 2, 3, 4, 5)]
    assert said == ["tools/call echo", "tools/list", "", "", ""]


def test_the_last_credentials_of_an_exchange() -> None:
    tap = Tap(Journal.create())
    for token in ("one", "two"):
        tap.http("request", 1, headers=[["Host", "x"], ["Authorization", f"Bearer {token}"]])
        tap.http("response", 1, headers=[["authorization", "no"]])
    tap.http("request", 2, headers=[["Host", "x"]])
    sent = authorization(tap.journal, 1)
    assert sent.startswith("Bearer sha256:")
    assert sent == authorization(tap.journal, 1)
    assert authorization(tap.journal, 2) == ""
    assert authorization(tap.journal, 3) == ""
