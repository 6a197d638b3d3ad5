"""Which log messages are shown."""

from __future__ import annotations

from inspector.journal.log_rows import LogRows
from inspector.journal.logs import Logs
from inspector.wire.event import Kind
from tests.journal.conftest import Scribe
from tests.journal.test_logs import log


def shown(rows: LogRows) -> list[int]:
    while rows.logs.advance(1.0) or rows.advance(1.0):
        pass
    return [rows[at] for at in range(len(rows))]


def test_by_level_and_words(scribe: Scribe) -> None:
    a = log(scribe, level="info", data="the café opened").seq
    scribe.asks(1, "tools/call", {"name": "opened"})
    b = log(scribe, level="error", data={"why": "it OPENED late"}).seq
    c = scribe.journal.append(Kind.STDERR, body=b"opened port 80").seq
    d = log(scribe, level="warning", data="closed").seq
    scribe.replies(1)
    logs = Logs(scribe.journal)
    assert shown(LogRows(logs)) == [a, b, d]
    assert shown(LogRows(logs, stderr=True)) == [a, b, c, d]
    assert shown(LogRows(logs, "warning")) == [b, d]
    assert shown(LogRows(logs, "warning", stderr=True)) == [b, c, d]
    assert shown(LogRows(logs, filter="opened")) == [a, b]
    assert shown(LogRows(logs, filter="opened", stderr=True)) == [a, b, c]
    assert shown(LogRows(logs, "error", "opened")) == [b]
    assert shown(LogRows(logs, filter="café opened")) == [a]
    assert shown(LogRows(logs, filter="  ")) == [a, b, d]


def test_it_grows_and_finds_its_way(scribe: Scribe) -> None:
    logs = Logs(scribe.journal)
    all_of_them, some = LogRows(logs), LogRows(logs, filter="even")
    assert (all_of_them.scanned, some.scanned, shown(some)) == (1.0, 1.0, [])
    seqs = [log(scribe, level="info", data="odd" if n % 2 else "even").seq for n in range(6)]
    some.advance(1.0)
    assert len(some) == 0, "not before the messages are known"
    assert shown(some) == seqs[::2]
    assert shown(all_of_them) == seqs
    assert (all_of_them.index(seqs[2]), some.index(seqs[3]), some.index(10**6)) == (2, 2, 3)
    assert some.scanned == 1.0
    log(scribe, level="info", data="even")
    assert all_of_them.scanned < 1.0
