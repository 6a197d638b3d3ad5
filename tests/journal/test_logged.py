"""Which request a log message came of, and whether it was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.logged import Logged, Origin
from inspector.wire import jsonrpc
from inspector.wire.event import Event
from inspector.wire.versions import META_LOG_LEVEL, V4, V5
from tests.journal.conftest import Scribe


def log(scribe: Scribe, level: str, exchange: int | None = None) -> Event:
    return scribe.answers(
        jsonrpc.notification("notifications/message", {"level": level, "data": "x"}), exchange
    )


def legacy(scribe: Scribe, **capabilities: Any) -> None:
    scribe.client("connecting")
    scribe.asks("i", "initialize", {"protocolVersion": V4})
    scribe.replies("i", {"protocolVersion": V4, "capabilities": capabilities})


def modern(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks("d", "server/discover")
    scribe.replies("d", {"supportedVersions": [V5], "capabilities": {"logging": {}}})


def calls(scribe: Scribe, id: int, level: str | None = None, exchange: int | None = None) -> Event:
    meta = {} if level is None else {"_meta": {META_LOG_LEVEL: level}}
    return scribe.asks(id, "tools/call", {**meta, "name": "t"}, exchange)


def origin(scribe: Scribe, event: Event) -> Origin:
    logged = Logged(scribe.journal)
    logged.advance(1.0)
    return logged.origin(event.seq)


def in_force(scribe: Scribe) -> str | None:
    logged = Logged(scribe.journal)
    logged.advance(1.0)
    return logged.in_force()


def test_a_level_of_the_session(scribe: Scribe) -> None:
    assert in_force(scribe) is None
    legacy(scribe, logging={})
    early = log(scribe, "debug")
    assert in_force(scribe) is None
    scribe.asks(1, "logging/setLevel", {"level": "warning"})
    before = log(scribe, "info")
    scribe.replies(1)
    scribe.asks(2, "logging/setLevel", {"level": "debug"})
    scribe.fails(2)
    good, low = log(scribe, "error"), log(scribe, "info")
    assert origin(scribe, early) == Origin()
    assert origin(scribe, before).rule == ""
    assert (origin(scribe, good).asked, origin(scribe, good).rule) == ("warning", "")
    assert origin(scribe, low).rule == "log-level-below"
    assert in_force(scribe) == "warning"
    legacy(scribe, logging={})
    assert origin(scribe, log(scribe, "debug")) == Origin()
    assert in_force(scribe) is None


def test_logging_that_is_not_declared(scribe: Scribe) -> None:
    legacy(scribe, tools={})
    assert origin(scribe, log(scribe, "info")).rule == "caps-undeclared-used"


def test_a_level_of_each_request(scribe: Scribe) -> None:
    modern(scribe)
    stray = log(scribe, "error")
    one = calls(scribe, 1, "warning")
    alone, low = log(scribe, "error"), log(scribe, "info")
    calls(scribe, 2, "error")
    either = log(scribe, "warning")
    scribe.replies(1)
    scribe.replies(2)
    three = calls(scribe, 3)
    assert in_force(scribe) is None
    silent = log(scribe, "error")
    assert origin(scribe, stray).rule == "log-without-optin"
    assert origin(scribe, alone) == Origin(one.seq, "warning")
    assert origin(scribe, low).rule == "log-level-below"
    assert (origin(scribe, either).request, origin(scribe, either).rule) == (-1, "")
    assert (origin(scribe, silent).request, origin(scribe, silent).rule) == (three.seq, "log-without-optin")


def test_the_exchange_names_the_request(scribe: Scribe) -> None:
    modern(scribe)
    one, two = calls(scribe, 1, "debug", 7), calls(scribe, 2, "error", 8)
    listen = scribe.asks(3, "subscriptions/listen", {"notifications": {}}, 9)
    assert origin(scribe, log(scribe, "info", 7)) == Origin(one.seq, "debug")
    assert origin(scribe, log(scribe, "info", 8)).rule == "log-level-below"
    assert origin(scribe, log(scribe, "info", 8)).request == two.seq
    on_listen = origin(scribe, log(scribe, "info", 9))
    assert (on_listen.request, on_listen.rule) == (listen.seq, "log-on-listen")
    assert in_force(scribe) == "error"


@pytest.mark.parametrize("level", [None, 7, {}, "LOUD"])
def test_odd_levels(level: Any, scribe: Scribe) -> None:
    modern(scribe)
    scribe.asks(1, "tools/call", {"_meta": {META_LOG_LEVEL: level}})
    scribe.asks(2, "tools/call", [])
    event = scribe.answers(jsonrpc.notification("notifications/message", {"level": level}))
    assert origin(scribe, event).rule == "log-without-optin"
    bare = scribe.answers(b'{"jsonrpc":"2.0","method":"notifications/message","params":7}')
    assert origin(scribe, bare).rule == "log-without-optin"
