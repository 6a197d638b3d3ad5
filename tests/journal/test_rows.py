from __future__ import annotations

import pytest

from inspector.journal import store as stores
from inspector.wire.event import Direction, Kind, Shape

from .conftest import Scribe


def test_an_event_comes_back_as_it_was(scribe: Scribe) -> None:
    journal = scribe.journal
    event = scribe.asks(9, "tools/call", {"name": "x"}, exchange=3)
    assert journal.event(0) == event
    assert (event.seq, event.t, event.kind, event.direction) == (0, 1.0, Kind.MESSAGE, Direction.C2S)
    assert journal.shape(0) is Shape.REQUEST
    assert journal.method(0) == "tools/call"
    assert journal.exchange(0) == 3
    assert journal.size(0) == len(event.body)
    assert journal.head(0, 10) == event.body[:10]
    assert journal.body(0) == event.body


def test_a_long_body_is_read_by_its_head(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.replies(1, {"content": "y" * 1_000_000})
    stderr = scribe.journal.append(Kind.STDERR, Direction.S2C, "ä\n".encode() * 300_000)
    binary = scribe.journal.append(Kind.STDERR, Direction.S2C, b"\xff\x00" * 300_000)
    read: list[int] = []
    real = stores.Store.read

    def counted(store: stores.Store, start: int, end: int) -> bytes:
        read.append(end - start)
        return real(store, start, end)

    monkeypatch.setattr(stores.Store, "read", counted)
    assert scribe.journal.head(0).startswith(b'{"jsonrpc":"2.0","id":1,"result":{"content":"yyy')
    assert len(scribe.journal.head(0)) == 4096
    assert stderr.body.startswith(scribe.journal.head(stderr.seq))
    assert len(scribe.journal.head(stderr.seq)) > 2000
    assert scribe.journal.head(binary.seq) == binary.body[:4096]
    assert max(read) < 20_000


def test_a_very_long_method_is_not_held_in_memory(scribe: Scribe) -> None:
    scribe.asks(1, "m" * 50_000)
    opened = scribe.reopened()
    assert scribe.path is not None
    assert scribe.path.stat().st_size < 51_000
    for journal in (scribe.journal, opened):
        assert journal.method(0) == "m" * 50_000
        assert list(journal.rows_with_method("m" * 50_000)) == [0]
    opened.close()


def test_methods_beyond_the_table_are_read_from_the_file(scribe: Scribe) -> None:
    for number in range(4200):
        scribe.asks(number, f"method-{number}")
    opened = scribe.reopened()
    for journal in (scribe.journal, opened):
        assert journal.method(4199) == "method-4199"
        assert list(journal.rows_with_method("method-4199")) == [4199]
        assert list(journal.rows_with_method("method-17")) == [17]
        assert list(journal.rows_with_method("never")) == []
    opened.close()


@pytest.mark.parametrize("kind", [Kind.STDERR, Kind.STDOUT, Kind.MESSAGE])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        b'a "quoted" \\ word',
        "größe".encode(),
        b"\xff",
        b"a\tb",
        b"{}\n",
        b'{"id":7,\n"method":"x"}',
    ],
)
def test_a_glance_tells_what_the_event_does(scribe: Scribe, kind: Kind, body: bytes) -> None:
    event = scribe.journal.append(kind, Direction.S2C, body)
    for limit in (0, 3, 4096):
        glance = scribe.journal.glance(event.seq, limit)
        assert (glance.head, glance.faults) == (body[:limit], event.faults)
        assert (glance.id, dict(glance.data)) == (event.frame.id if event.frame else None, {})
