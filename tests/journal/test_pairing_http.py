"""Pairing over HTTP, where the exchange says what an id does not."""

from __future__ import annotations

from inspector.journal.findings import details
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import request

NAMELESS = b'{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: no session"},"id":null}'
ABSENT = b'{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: no session"}}'


def asked(journal: Journal, id: int, exchange: int) -> int:
    body = request(id, "server/discover", {})
    return journal.append(Kind.MESSAGE, Direction.C2S, body, exchange=exchange).seq


def answered(journal: Journal, body: bytes, exchange: int | None) -> int:
    seq = journal.append(Kind.MESSAGE, Direction.S2C, body, exchange=exchange).seq
    if exchange is not None:
        journal.append(Kind.HTTP, data={"what": "end", "outcome": "complete"}, exchange=exchange)
    return seq


def test_an_error_without_an_id_answers_the_request_of_its_exchange() -> None:
    for body in (NAMELESS, ABSENT):
        journal = Journal.create()
        first, second = asked(journal, 1, 1), asked(journal, 2, 2)
        reply = answered(journal, body, 2)
        assert (journal.status(second), journal.status(reply)) == (Status.ERROR, Status.ERROR)
        assert (journal.peer(second), journal.peer(reply)) == (reply, second)
        assert journal.status(first) is Status.PENDING
        assert details(journal, reply) == []
        journal.close()


def test_an_error_without_an_id_answers_nothing_where_no_exchange_names_its_request() -> None:
    journal = Journal.create()
    first = asked(journal, 1, 1)
    for exchange in (None, 7):
        reply = answered(journal, NAMELESS, exchange)
        assert (journal.status(reply), journal.peer(reply)) == (Status.UNKNOWN, -1)
    assert journal.status(first) is Status.PENDING
    journal.close()
