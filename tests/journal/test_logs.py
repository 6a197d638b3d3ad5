"""Log messages and their levels."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.logs import MOST_LINES, STDERR, Logs
from inspector.wire import jsonrpc
from inspector.wire.event import Event, Kind
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


def test_lines_of_stderr_stand_between_where_they_are_wanted(scribe: Scribe) -> None:
    first = log(scribe, level="debug", data="x")
    line = scribe.journal.append(Kind.STDERR, body=b"\x1b[1mstarted\n")
    error = log(scribe, level="error", data="y")
    logs = Logs(scribe.journal)
    logs.advance(1.0)
    assert (len(logs), logs.stderr) == (2, 1)
    assert list(logs.rows()) == [first.seq, error.seq]
    assert list(logs.rows("error", stderr=True)) == [line.seq, error.seq]
    assert list(logs.rows(stderr=True)) == [first.seq, line.seq, error.seq]
    said = logs.read(line.seq)
    assert (said.level, said.rank, said.text) == ("stderr", STDERR, "␛[1mstarted")
    found, after = logs.after(0, "error")
    assert list(found) == [error.seq]
    more, again = logs.after(after)
    assert (len(more), again) == (0, after)


@pytest.mark.parametrize(
    "params",
    [
        '{"level":"error","data":1}',
        '{"_meta":{"a":1},"level":"error","data":{"x":"level"}}',
        '{"data":{"level":"debug"},"level":"error"}',
        '{"l\\u0065vel":"error","data":1}',
        '{"level":"debug","level":"error"}',
        '{"data":"{\\"level\\":\\"debug\\"}", "level" : "error"}',
        '{"data":{"params":{"level":"debug"}},"level":"error"}',
    ],
)
def test_the_level_however_it_is_spelled(params: str, scribe: Scribe) -> None:
    body = f'{{"jsonrpc":"2.0","method":"notifications/message","params":{params}}}'
    scribe.answers(body.encode())
    logs = Logs(scribe.journal)
    logs.advance(1.0)
    assert len(logs.rows("error")) == 1
    assert len(logs.rows("critical")) == 0


def test_all_that_a_message_says_in_lines(scribe: Scribe) -> None:
    text = log(scribe, level="info", data="one\n\ttwo\x1b\r\nthree")
    value = log(scribe, level="info", data={"a": [1]})
    long = log(scribe, level="info", data="x\n" * 10_000)
    logs = Logs(scribe.journal)
    assert logs.read(text.seq).lines() == ["one", "    two␛", "three"]
    assert logs.read(value.seq).lines() == ["{", '  "a": [', "    1", "  ]", "}"]
    assert logs.read(long.seq).lines()[MOST_LINES:] == [f"… {10_001 - MOST_LINES} lines more"]
