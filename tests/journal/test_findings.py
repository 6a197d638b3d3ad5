from __future__ import annotations

from inspector.journal.findings import details
from inspector.wire.event import Kind

from .conftest import Scribe


def rules(scribe: Scribe, seq: int) -> list[str]:
    return [finding.rule for finding in details(scribe.journal, seq)]


def test_what_is_well_has_none(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.replies(1)
    assert details(scribe.journal, 0) == details(scribe.journal, 1) == []


def test_faults_and_pairing_in_words(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.answers(b'{"jsonrpc":"2.0","id":"1","result":"text"}')
    found = details(scribe.journal, 1)
    assert len(found) == 2
    assert all(finding.says.endswith(".") and finding.clause for finding in found)
    assert found[0].events == (1,)
    assert found[1].rule == "rpc-unknown-id"
    assert "spelled otherwise" in found[1].says
    assert found[1].events == (1, 0)


def test_unknown_duplicate_and_late_replies(scribe: Scribe) -> None:
    call = scribe.asks(1)
    scribe.client("timed-out", request=call.seq, after=1)
    scribe.replies(1)
    scribe.replies(1)
    scribe.replies(2)
    assert rules(scribe, 2) == ["late-reply"]
    assert rules(scribe, 3) == ["rpc-duplicate-response"]
    assert rules(scribe, 4) == ["rpc-unknown-id"]
    assert details(scribe.journal, 3)[0].events == (3, call.seq)


def test_batches(scribe: Scribe) -> None:
    scribe.sends(b'[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2,"method":"b"}]')
    scribe.answers(b'[{"jsonrpc":"2.0","id":"1","result":{}},{"jsonrpc":"2.0","id":2,"result":{}}]')
    assert rules(scribe, 1) == ["rpc-unknown-id"]
    scribe.answers(b'[{"jsonrpc":"2.0","id":9,"result":{}},{"jsonrpc":"2.0","id":5,"method":"ping"}]')
    assert scribe.journal.status(2).word == "pending"
    assert rules(scribe, 2) == ["rpc-unknown-id"]


def test_a_fault_from_a_newer_version_is_told_by_its_word(scribe: Scribe) -> None:
    scribe.journal.append(Kind.STDERR, body=b"x", faults=("from-the-future",))
    (finding,) = details(scribe.journal, 0)
    assert finding.rule == "from-the-future"
    assert "from-the-future" in finding.says
