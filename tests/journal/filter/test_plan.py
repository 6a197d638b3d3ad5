"""What a view finds is what the filter says of each row, however the journal grows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.journal import view as views
from inspector.journal.filter import Filter, regex
from inspector.journal.journal import Journal
from inspector.journal.view import View
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind

TERMS = (
    "get",
    "Oslo",
    "größe",
    "ge*um",
    "method:tools/call",
    "method:tools/*",
    "method:/^notifications/",
    "method:*",
    "tool:get-sum",
    "tool:g*",
    "tool:/sum$/",
    "id:1",
    "id:*",
    "id:AB",
    "id:2*",
    "id:/^[0-9]$/",
    'id:"É"',
    'id:"a\\"b"',
    "id:5",
    'id:"2"',
    "dir:c2s",
    "kind:request",
    "kind:message",
    "kind:std*",
    "kind:error",
    "status:pending",
    "status:ok",
    "status:*",
    "status:late",
    "status:401",
    "status:2xx",
    "lat:>1s",
    "lat:<=2s",
    "size:>60b",
    "size:..50",
    "time:3..9",
    "finding:*",
    "finding:rpc-*",
    "session:1",
    "session:2..",
    "about:1",
    "about:5",
    "mark:yes",
    "note:slow",
    '$.params.arguments.city == "Oslo"',
    "$.params.arguments.city",
    "$.result.content[*].n > 1",
    "$.id != 1",
    "$.status",
    "$.params.name =~ /^get/",
    "/get-s[a-z]+/",
    "/\\d{2}/",
)

_steps = st.one_of(
    st.tuples(st.just("ask"), st.integers(1, 4), st.sampled_from(["get-sum", "echo", "Oslo"])),
    st.tuples(st.just("reply"), st.integers(1, 5), st.sampled_from(["Oslo", "größe", "x"])),
    st.tuples(st.just("fail"), st.integers(1, 5), st.just("")),
    st.tuples(st.just("ping"), st.integers(1, 4), st.sampled_from(["", "aB", "é", 'a"b'])),
    st.tuples(st.just("notify"), st.integers(1, 9), st.just("")),
    st.tuples(st.just("stderr"), st.just(0), st.sampled_from(["get-sum 42", 'a "größe"', "\xff"])),
    st.tuples(
        st.just("raw"),
        st.just(0),
        st.sampled_from(['{"p\\u0061rams":1}', "junk", "[]", '{"id":NaN}', '{"id":5}']),
    ),
    st.tuples(st.just("give up"), st.integers(0, 9), st.sampled_from(["timed-out", "cancelled"])),
    st.tuples(st.just("connect"), st.just(0), st.just("")),
    st.tuples(st.just("exit"), st.just(0), st.just("")),
    st.tuples(st.just("http"), st.integers(1, 3), st.sampled_from(["request", "200", "401", "end"])),
    st.tuples(st.just("posted"), st.integers(1, 3), st.sampled_from(["get-sum", "echo"])),
    st.tuples(st.just("batch"), st.integers(1, 4), st.just("")),
    st.tuples(st.just("mark"), st.integers(0, 9), st.sampled_from(["mark", "unmark", "note"])),
)
Step = tuple[str, int, str]


def write(journal: Journal, step: Step) -> None:
    what, number, text = step
    append = journal.append
    match what:
        case "stderr":
            append(Kind.STDERR, Direction.S2C, text.encode("latin-1" if text == "\xff" else "utf-8"))
        case "give up":
            append(Kind.CLIENT, data={"what": text, "request": number, "after": 1})
        case "connect":
            append(Kind.CLIENT, data={"what": "connecting", "target": {"argv": ["x"]}})
        case "exit":
            append(Kind.PROCESS, data={"what": "exited", "code": 1})
        case "http":
            _http(journal, number, text)
        case "mark":
            append(Kind.NOTE, data={"what": text, "row": number, "text": "the slow one"})
        case _:
            _message(journal, what, number, text)


def _message(journal: Journal, what: str, number: int, text: str) -> None:
    params = {"name": text, "arguments": {"city": text}}
    progress = {"progressToken": number, "progress": number}
    result = {"content": [{"n": number}, {"text": text}]}
    items = [jsonrpc.request(each, "ping") for each in (number, 9)]
    way = Direction.C2S if what in ("ask", "posted", "ping", "batch") else Direction.S2C
    bodies = {
        "ask": jsonrpc.request(number, "tools/call", params),
        "reply": jsonrpc.response(number, result),
        "fail": jsonrpc.error_response(number, -32601, "no"),
        "ping": jsonrpc.request(text or str(number), "ping"),
        "notify": jsonrpc.notification("notifications/progress", progress),
        "raw": text.encode(),
        "batch": b"[" + b",".join(items) + b"]",
    }
    body = bodies["ask" if what == "posted" else what]
    journal.append(Kind.MESSAGE, way, body, exchange=number if what == "posted" else None)


def _http(journal: Journal, number: int, text: str) -> None:
    data: dict[str, Any] = {"what": "request", "method": "POST", "url": "http://x/"}
    way = Direction.C2S
    if text == "end":
        data, way = {"what": "end", "outcome": "complete"}, Direction.NONE
    elif text != "request":
        data, way = {"what": "response", "status": int(text)}, Direction.S2C
    journal.append(Kind.HTTP, way, data=data, exchange=number)


def found(view: View) -> list[int]:
    while view.advance(1.0):
        pass
    return [view[at] for at in range(len(view))]


def brute(journal: Journal, filter: Filter) -> list[int]:
    test = filter.tester(journal)
    return [seq for seq in range(len(journal)) if test(seq)]


_filters = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.one_of(
        inner.map(lambda each: f"not ({each})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"({' '.join(each)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"({' or '.join(each)})"),
    ),
    max_leaves=5,
)


@settings(max_examples=250, deadline=None)
@given(
    st.lists(_steps, max_size=25),
    st.lists(_steps, max_size=15),
    _filters,
    st.sampled_from([1, 400, 1 << 18]),
    st.sampled_from([1, 3, 16_384]),
)
def test_a_view_finds_what_the_filter_says(
    early: list[Step], late: list[Step], text: str, piece: int, rows: int
) -> None:
    filter = Filter.parse(text)
    ticks = itertools.count()
    journal = Journal.create(target={"argv": ["x"]}, clock=lambda: float(next(ticks)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "_PIECE", piece)
        patch.setattr(views, "_ROWS", rows)
        patch.setattr(regex, "LIMIT", 10.0)
        for step in early:
            write(journal, step)
        view = View(journal, filter)
        assert found(view) == brute(journal, filter)
        for step in late:  # each row as the app sees it come
            write(journal, step)
            view.advance(1.0)
        assert found(view) == brute(journal, filter)
    journal.close()


@pytest.mark.parametrize("term", TERMS)
def test_every_term_finds_something_and_leaves_something(term: str) -> None:
    ticks = itertools.count()
    journal = Journal.create(target={"argv": ["x"]}, clock=lambda: float(next(ticks)))
    for step in STORY:
        write(journal, step)
    filter = Filter.parse(term)
    rows = found(View(journal, filter))
    assert rows == brute(journal, filter)
    assert rows
    assert len(rows) < len(journal) or term in ("method:*", "status:*")
    assert found(View(journal, f"not {term}")) == [seq for seq in range(len(journal)) if seq not in rows]
    journal.close()


STORY: tuple[Step, ...] = (
    ("connect", 0, ""),
    ("ask", 1, "get-sum"),
    ("notify", 1, ""),
    ("reply", 1, "größe"),
    ("ask", 2, "Oslo"),
    ("ask", 3, "echo"),
    ("give up", 5, "timed-out"),
    ("reply", 2, "Oslo"),
    ("fail", 3, ""),
    ("stderr", 0, "get-sum 42"),
    ("reply", 7, "x"),
    ("posted", 1, "get-sum"),
    ("http", 1, "request"),
    ("http", 1, "401"),
    ("posted", 2, "echo"),
    ("http", 2, "200"),
    ("connect", 0, ""),
    ("ping", 2, ""),
    ("ping", 1, ""),
    ("ping", 1, "aB"),
    ("ping", 1, "é"),
    ("ping", 1, 'a"b'),
    ("raw", 0, '{"id":5}'),
    ("mark", 4, "mark"),
    ("mark", 5, "note"),
)


def test_the_budget_is_kept_by_rows_that_take_long() -> None:
    journal = Journal.create(target={"argv": ["x"]})
    for _ in range(40):
        write(journal, ("ask", 1, "get-sum"))
    view = View(journal, '$.params.name == "get-sum"')
    steps = 0
    while view.advance(0.0):
        steps += 1
        assert list(view._rows) == list(range(view.seen))
    assert steps > 5
    assert len(view) == 40
    journal.close()


def test_rows_come_and_go_with_the_fate_of_a_request() -> None:
    journal = Journal.create(target={"argv": ["x"]})
    pending, ok = View(journal, "status:pending"), View(journal, "status:ok kind:request")
    for number in (1, 2):
        write(journal, ("ask", number, "get-sum"))
    assert (found(pending), found(ok)) == ([0, 1], [])
    moves = pending.moves
    write(journal, ("reply", 1, "x"))
    assert (found(pending), found(ok)) == ([1], [0])
    assert pending.moves == moves + 1
    write(journal, ("connect", 0, ""))
    assert found(pending) == []
    assert not pending._watched or len(pending._watched) == 1  # a late answer may come
    journal.close()
