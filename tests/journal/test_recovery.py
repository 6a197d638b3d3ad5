"""Whatever happened, killed at any byte: every complete event comes back as it was."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.journal.catalogue import Catalogue
from inspector.journal.findings import details
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.wire.event import Direction, Event, Kind

IDS = st.one_of(
    st.integers(0, 4),
    st.sampled_from(["1", "2", 2.0, 1.5, None, True, "x" * 200, [1], {"a": 1}, "\ud800", '"\\', "ä\x00"]),
)
METHODS = st.sampled_from(
    ["tools/list", "initialize", "server/discover", "tools/call", "m" * 300, 'odd "\\ \x1b\ud800', "ü", ""]
)
LISTED = st.fixed_dictionaries(
    {"tools": st.lists(st.fixed_dictionaries({"name": st.text(max_size=3)}), max_size=2)},
    optional={
        "nextCursor": st.text(max_size=2),
        "isError": st.booleans(),
        "protocolVersion": st.text(max_size=5),
    },
)
REQUESTS = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "id": IDS, "method": METHODS},
    optional={"params": st.fixed_dictionaries({}, optional={"cursor": st.text(max_size=2)})},
)
NOTIFICATIONS = st.fixed_dictionaries({"jsonrpc": st.just("2.0"), "method": METHODS})
REPLIES = st.one_of(
    st.fixed_dictionaries({"jsonrpc": st.just("2.0"), "id": IDS, "result": LISTED}),
    st.fixed_dictionaries(
        {"jsonrpc": st.just("2.0"), "id": IDS, "error": st.just({"code": -32601, "message": "no"})}
    ),
)
ONE = st.one_of(REQUESTS, NOTIFICATIONS, REPLIES)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def spelled(draw: st.DrawFn) -> bytes:
    """A message in one of the spellings that servers use."""
    value = draw(st.one_of(ONE, ONE, st.lists(ONE, max_size=4), JSON))
    text = json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": ")])),
        indent=draw(st.sampled_from([None, None, None, 1])),
    )
    around = draw(st.sampled_from(["", "", " ", "\r", "\t"]))
    return (around + text + around).encode("utf-8", draw(st.sampled_from(["surrogatepass", "replace"])))


BODIES = st.one_of(
    spelled(),
    spelled(),
    spelled(),
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"",
            b"\n",
            b"}",
            b'"}',
            b"\xef\xbb\xbf{}",
            b'{"id":1,"result":{}}\r',
            b'{"a":NaN}',
            b"[" * 3000,
            b'{"what":"x"}',
        ]
    ),
)
REFERENCES = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["timed-out", "cancelled"]),
        "request": st.one_of(st.integers(-1, 12), st.none()),
    }
)
STEPS = st.fixed_dictionaries(
    {
        "what": st.sampled_from(
            ["connecting", "negotiated", "closed", "failed", "exited", "end", "request", "Odd one"]
        ),
    },
    optional={
        "version": st.text(max_size=3),
        "era": st.just("modern"),
        "code": st.integers(0, 3),
        "request": JSON,
    },
)
DATA = st.one_of(STEPS, STEPS, REFERENCES, st.dictionaries(st.text(max_size=6), JSON, max_size=3))
DIRECTIONS = st.sampled_from(Direction)
EXCHANGES = st.one_of(st.none(), st.integers(1, 3))
FAULTS = st.lists(st.sampled_from(["content-type", "line-too-long", "from-the-future", 'odd"'])).map(tuple)


@st.composite
def happenings(draw: st.DrawFn) -> dict[str, Any]:
    """The arguments of one `append`."""
    kind = draw(st.sampled_from([Kind.MESSAGE] * 6 + [Kind.CLIENT] * 3 + list(Kind)))
    made: dict[str, Any] = {"kind": kind, "direction": draw(DIRECTIONS), "exchange": draw(EXCHANGES)}
    if kind in (Kind.MESSAGE, Kind.STDERR, Kind.STDOUT):
        made["body"] = draw(BODIES)
        made["data"] = draw(st.one_of(st.none(), st.none(), st.none(), DATA))
    else:
        made["body"] = draw(st.one_of(st.just(b""), st.just(b""), BODIES))
        made["data"] = draw(DATA)
    made["faults"] = draw(st.one_of(st.just(()), st.just(()), FAULTS))
    made["size"] = draw(st.one_of(st.none(), st.none(), st.sampled_from([0, 1 << 20, 1 << 40])))
    return made


def facts(journal: Journal, seq: int) -> tuple[Any, ...]:
    return (
        journal.time(seq),
        journal.kind(seq),
        journal.direction(seq),
        journal.shape(seq),
        journal.method(seq),
        journal.size(seq),
        journal.conn(seq),
        journal.exchange(seq),
    )


def pairs(journal: Journal) -> list[tuple[Any, ...]]:
    rows = range(len(journal))
    return [
        (journal.status(seq), journal.peer(seq), journal.flawed(seq), journal.latency(seq)) for seq in rows
    ]


def plain(catalogue: Catalogue) -> str:
    """To compare: NaN is itself, and the order of keys does not count."""
    return json.dumps(catalogue.facts(), sort_keys=True)


def same(event: Event, live: Event) -> None:
    assert event.body == live.body
    assert (event.seq, event.t, event.kind, event.direction) == (live.seq, live.t, live.kind, live.direction)
    assert (event.conn, event.exchange, event.faults, event.size) == (
        live.conn,
        live.exchange,
        live.faults,
        live.size,
    )
    assert repr(event.frame) == repr(live.frame)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings(), min_size=1, max_size=14), st.data())
def test_killed_at_any_byte(appended: list[dict[str, Any]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, cut = Path(folder) / "live.jsonl", Path(folder) / "cut.jsonl"
        live = Journal.create(path)
        ends, states, events = [path.stat().st_size], [(pairs(live), plain(Catalogue.of(live)))], []
        for arguments in appended:
            events.append(live.append(**arguments))
            ends.append(path.stat().st_size)
            states.append((pairs(live), plain(live.catalogue)))
        whole = path.read_bytes()
        at = data.draw(st.integers(ends[0], len(whole)), label="killed at")
        cut.write_bytes(whole[:at])
        # Without its LF a line is complete all the same.
        complete = sum(end - 1 <= at for end in ends[1:])

        opened = Journal.open(cut)

        assert len(opened) == complete
        for seq in range(complete):
            same(opened.event(seq), events[seq])
            assert repr(opened.data(seq)) == repr(live.data(seq))
            head = opened.head(seq, 7)
            assert events[seq].body[:7].startswith(head)
            assert bool(head) == bool(events[seq].body)
            assert facts(opened, seq) == facts(live, seq)
        assert pairs(opened) == states[complete][0]
        assert plain(opened.catalogue) == states[complete][1]
        assert plain(Catalogue.of(live, complete)) == states[complete][1]
        assert bool(opened.skipped) == (at not in ends and at + 1 not in ends)
        for seq in range(complete):
            assert opened.flawed(seq) == bool(details(opened, seq))
            assert outline(opened, seq).seq == seq
        if complete == len(appended):
            assert [outline(opened, seq) for seq in range(complete)] == [
                outline(live, seq) for seq in range(complete)
            ]
        live.close()
        opened.close()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings(), min_size=1, max_size=10), st.lists(st.integers(1, 400), max_size=30))
def test_followed_while_it_is_written(appended: list[dict[str, Any]], steps: list[int]) -> None:
    """Another process that reads while one writes, in whatever pieces, ends with the same journal."""
    with tempfile.TemporaryDirectory() as folder:
        path, seen = Path(folder) / "live.jsonl", Path(folder) / "seen.jsonl"
        live = Journal.create(path)
        header = path.stat().st_size
        for arguments in appended:
            live.append(**arguments)
        whole = path.read_bytes()
        seen.write_bytes(whole[:header])
        reader = Journal.open(seen)
        at, told = header, 0
        for step in [*steps, len(whole)]:
            with seen.open("ab") as file:
                file.write(whole[at : at + step])
            at = min(at + step, len(whole))
            told += reader.follow()
        assert told == len(reader) == len(live)
        assert [reader.body(seq) for seq in range(told)] == [live.body(seq) for seq in range(told)]
        assert pairs(reader) == pairs(live)
        assert plain(reader.catalogue) == plain(live.catalogue)
        assert not reader.skipped
        live.close()
        reader.close()
