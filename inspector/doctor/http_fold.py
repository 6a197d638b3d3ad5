"""Folds the last attempt to connect out of a journal, into the values of `http_seen`.

It reads rows that are there, with limits, so that a long recording costs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from inspector.doctor.http_seen import WIDTH, Answer, Exchange, Hop, Seen, word
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.errors import InspectError
    from inspector.journal.journal import Journal
    from inspector.transport.target import HttpTarget

_FIRST, _LAST = 1500, 3000
"""Rows of an attempt that are looked at: from its beginning, and from its end."""


def fold(journal: Journal, target: HttpTarget, failure: InspectError | None) -> Seen:
    """What the last attempt to connect left.

    Args:
        journal: Where it was written.
        target: What it was to reach.
        failure: What came of it.
    """
    seen = Seen(target, failure)
    found: dict[int, Exchange] = {}
    for row in _rows(journal):
        kind, number = journal.kind(row), journal.exchange(row)
        if kind is Kind.CLIENT:
            seen.told.append(journal.event(row))
        elif kind is Kind.AUTH:
            seen.auth.append(journal.event(row))
        elif number is not None:
            _take(found.setdefault(number, Exchange(number)), journal, row, kind)
    for exchange in found.values():
        if not exchange.purpose.startswith("probe"):
            (seen.others if exchange.purpose else seen.exchanges).append(exchange)
    catalogue = journal.catalogue
    info = catalogue.server_info
    named = {key: clip(visible(word(info.get(key))), WIDTH) for key in ("name", "version")}
    seen.server = {key: text for key, text in named.items() if text}
    seen.offers = tuple(clip(visible(str(name)), 40) for name in list(catalogue.capabilities)[:20])
    return seen


def _rows(journal: Journal) -> Iterable[int]:
    """The rows of the last attempt: its last connection, and those that fell back to the next one."""
    newest = len(journal)
    if not newest:
        return ()
    conn, start = journal.conn(newest - 1), newest
    while start and journal.conn(start - 1) == conn:
        start -= 1
        if start and journal.conn(start - 1) != conn and _fell_back(journal, start - 1):
            conn = journal.conn(start - 1)
    if newest - start <= _FIRST + _LAST:
        return range(start, newest)
    return [*range(start, start + _FIRST), *range(newest - _LAST, newest)]


def _fell_back(journal: Journal, row: int) -> bool:
    """Whether the connection that ends at `row` was left for another way to reach the same server."""
    conn, fell = journal.conn(row), False
    for seq in range(row, max(-1, row - _LAST), -1):
        if journal.conn(seq) != conn or not conn:
            break
        if journal.kind(seq) is Kind.CLIENT:
            what = journal.data(seq).get("what")
            if what in ("negotiated", "failed"):
                return False
            fell = fell or what == "falling-back"
    return fell


def _take(exchange: Exchange, journal: Journal, row: int, kind: Kind) -> None:
    if kind is Kind.HTTP:
        _step(exchange, journal.event(row))
    elif kind is Kind.SSE:
        _sse(exchange, journal.event(row))
    elif kind is Kind.MESSAGE:
        _message(exchange, journal.event(row))


def _step(exchange: Exchange, event: Event) -> None:
    data = event.data
    match event.what:
        case "request":
            exchange.purpose = exchange.purpose or word(data.get("purpose"))
            exchange.hops.append(
                Hop(
                    event.seq,
                    word(data.get("method")),
                    visible(word(data.get("url"))),
                    _pairs(data.get("headers")),
                    word(data.get("why")),
                    _words(data.get("dropped")),
                )
            )
        case "response" if exchange.hops and isinstance(data.get("status"), int):
            tls = data.get("tls")
            exchange.hops[-1].answer = Answer(
                event.seq,
                data["status"],
                word(data.get("reason")),
                _pairs(data.get("headers")),
                word(data.get("peer")),
                tls if isinstance(tls, Mapping) else {},
            )
        case "body" if exchange.answer is not None and event.direction is not Direction.C2S:
            exchange.answer.body, exchange.answer.faults = event.body, event.faults
        case "end":
            exchange.end = data


def _sse(exchange: Exchange, event: Event) -> None:
    if event.what in ("event", "dropped") and len(exchange.events) < 20:
        exchange.events.append((word(event.data.get("event")), event.body[:600].decode("utf-8", "replace")))


def _message(exchange: Exchange, event: Event) -> None:
    frames = event.frame.items if event.frame is not None else ()
    if event.direction is Direction.C2S:
        exchange.method = next(
            (frame.method for frame in frames if frame.shape is Shape.REQUEST and frame.method), ""
        )
        return
    exchange.messages += 1
    exchange.faults.update(event.faults)
    for frame in frames:
        if not (isinstance(frame.value, dict) and "jsonrpc" in frame.value):
            exchange.odd = exchange.odd or event.body[:4096]
            continue
        exchange.results += frame.shape is Shape.RESPONSE
        if frame.shape is Shape.ERROR and len(exchange.errors) < 20:
            exchange.errors.append(frame.error)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    """Headers as a recording holds them."""
    listed = value if isinstance(value, list | tuple) else ()
    return tuple(
        (str(pair[0]), str(pair[1])) for pair in listed if isinstance(pair, list | tuple) and len(pair) == 2
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()
