"""Log messages and their levels."""

from __future__ import annotations

from typing import Any

from inspector.journal.logs import Logs
from inspector.wire import jsonrpc
from inspector.wire.event import Event
from tests.journal.conftest import Scribe


def log(scribe: Scribe, **params: Any) -> Event:
    return scribe.answers(jsonrpc.notification("notifications/message", params))


def test_messages_by_level(scribe: Scribe) -> None:
    info = log(scribe, level="info", data="hello", logger="db")
    scribe.asks(1)
    error = log(scribe, level="error", data={"code": 7})
    odd = log(scribe, level="LOUD", data=None)
    scribe.sends(jsonrpc.notification("notifications/message", {"level": "error", "data": "ours"}))
    logs = Logs(scribe.journal)
    assert not logs.advance(1.0)
    assert logs.scanned == 1.0
    assert list(logs.rows()) == [info.seq, error.seq, odd.seq]
    assert list(logs.rows("warning")) == [error.seq, odd.seq]
    assert list(logs.rows("emergency")) == [odd.seq]
    assert list(logs.rows("nonsense")) == [info.seq, error.seq, odd.seq]
    assert list(logs.rows("debug", since=error.seq)) == [error.seq, odd.seq]
    said = logs.read(info.seq)
    assert (said.level, said.logger, said.text, said.time) == ("info", "db", "hello", info.t)
    assert (logs.read(error.seq).text, logs.read(error.seq).data) == ('{"code": 7}', {"code": 7})
    assert (logs.read(odd.seq).level, logs.read(odd.seq).text) == ("LOUD", "null")


def test_what_a_message_says_is_safe_and_short(scribe: Scribe) -> None:
    bad = log(scribe, level="\x1b[31m" * 100, data="\x1b]0;x\x07" + "y" * 100_000, logger=["a\x1b"])
    bare = scribe.answers(b'{"jsonrpc":"2.0","method":"notifications/message","params":7}')
    logs = Logs(scribe.reopened())
    logs.advance(1.0)
    said = logs.read(bad.seq)
    assert "\x1b" not in said.level + said.logger + said.text
    assert len(said.text) <= 2000
    assert logs.read(bare.seq).level == ""


def test_it_grows_with_the_journal(scribe: Scribe) -> None:
    logs = Logs(scribe.journal)
    logs.advance(1.0)
    assert len(logs) == 0
    log(scribe, level="info", data="x")
    logs.advance(1.0)
    assert len(logs) == 1
