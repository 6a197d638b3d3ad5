"""From one row that needs an eye to the next."""

from __future__ import annotations

import pytest

from inspector.journal import trouble
from inspector.journal.trouble import troubles
from inspector.wire.event import Direction, Kind
from tests.journal.conftest import Scribe


def test_only_facts_count(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "_SLICE", 4)
    scribe.client("connecting")
    scribe.asks(1)
    wanted = [scribe.fails(1).seq]
    scribe.journal.append(Kind.STDERR, Direction.S2C, b"error: is a word")
    wanted.append(scribe.journal.append(Kind.STDOUT, Direction.S2C, b"listening").seq)
    scribe.asks(2)
    wanted.append(scribe.replies(2, {"isError": True, "content": []}).seq)
    wanted.append(scribe.replies(7).seq)  # answers nothing
    scribe.asks(3)
    scribe.replies(3)
    wanted.append(scribe.answers(b'{"jsonrpc":"2.0","method":"x","params":{"a":NaN}}').seq)
    wanted.append(scribe.asks(4).seq)
    scribe.client("timed-out", request=wanted[-1], after=1)
    wanted.append(scribe.client("warning", says="hm").seq)
    scribe.client("negotiated", version="2025-11-25")
    scribe.step(Kind.PROCESS, "exited", code=-15, rung="terminate")
    wanted.append(scribe.step(Kind.PROCESS, "exited", code=3).seq)
    scribe.step(Kind.PROCESS, "exited", code=0)
    scribe.asks(5)
    journal = scribe.journal
    assert [*troubles(journal, -1)] == wanted
    assert [*troubles(journal, len(journal), back=True)] == wanted[::-1]
    assert next(troubles(journal, wanted[0])) == wanted[1]
    assert next(troubles(journal, wanted[1], back=True)) == wanted[0]
    assert [*troubles(journal, wanted[-1])] == []
    assert [*troubles(journal, 0, back=True)] == []
    assert [*troubles(scribe.reopened(), -1)] == wanted
