"""The timeline as lines of cells."""

from __future__ import annotations

from inspector.app.timeline_names import Naming
from inspector.app.timeline_picture import Line, Names, heights, picture
from inspector.app.timeline_window import Window, whole_of
from inspector.journal.journal import Journal
from inspector.journal.lanes import Lanes
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from tests.app.timed import shop


def folded(journal: Journal) -> Lanes:
    lanes = Lanes(journal)
    assert not lanes.advance(10)
    return lanes


def names(lanes: Lanes) -> Names:
    return Naming(lanes.journal).names


def text(lines: list[Line]) -> list[str]:
    return [f"{line.title:8}{''.join(line.chars)}".rstrip() for line in lines]


def test_a_session_at_a_glance() -> None:
    lanes = folded(shop())
    assert text(picture(lanes, whole_of(lanes.began, lanes.now, 64), 64, 10, names(lanes), at=2.0)) == [
        "session ▒                                                              ✗",
        "calls   ▆▆▆▆   ▆▆▆ ▆▆▆✗ order  ▆▆▆▆    ▆▆  ▆▆  ▆▆▆ ▆▆▆ ▆▆▆ ▆▆▆▆ search ┊",
        "        ┊       ▆▆┃▆▆┃▆┃▆┃▆▆    ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆✗",
        "        ┊              ▆▆▆▆ search       ▆▆  ▆▆  ▆▆▆ ▆▆✗ ▆▆▆▆ search   ┊",
        "        ┊                                                    ▆▆▆▆ search",
        "        ┊                                                              ┊",
        "asked   ┊               ▆▆▆▆▆▆▆ sampling/createMessage                 ┊",
        "notices ┊         •  • • •                                             ┊",
        "output  ┊           ▒            !                                     ┊",
        "        ╵0 s           ▲2 s            ╵4 s            ╵6 s",
    ]


def test_a_window_of_it_and_what_cells_lead_to() -> None:
    lanes = folded(shop())
    lines = picture(lanes, Window(1.0, 2.0), 40, 8, names(lanes))
    assert text(lines)[1:4] == [
        "calls   ▆▆▆▆▆▆▆▆ search     ▆▆▆▆▆▆▆▆▆▆▆▆✗ order",
        "            ▆▆▆▆▆▆▆▆▆▆▆┃▆▆▆▆▆▆▆▆▆▆┃▆▆▆▆▆▆▆▆▆▆┃▆▆",
        "",
    ]
    calls = lanes.lanes["calls"]
    assert [lines[1].rows[cell] for cell in (0, 20)] == [calls.rows[1], calls.rows[3]]
    assert lines[1].alone


def test_lanes_stand_where_they_stand_whatever_the_window() -> None:
    lanes = folded(shop())
    assert heights(lanes, 20) == {"session": 1, "calls": 14, "asked": 3, "notices": 1, "output": 1}
    assert heights(lanes, 3) == {"session": 1, "calls": 1, "asked": 1}
    assert heights(lanes, 1) == {"calls": 1} == heights(lanes, 0)
    assert heights(folded(Journal.create()), 4) == {"calls": 4}


def crowd(count: int) -> Lanes:
    now = [0.0]
    journal = Journal.create(clock=lambda: now[0])
    for id in range(count):
        now[0] = id * 0.01
        journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(id, "ping"))
        answer = jsonrpc.error_response(id, -1, "no") if id == count - 9 else jsonrpc.response(id, {})
        now[0] += 0.005
        journal.append(Kind.MESSAGE, Direction.S2C, answer)
        if id > count // 2:
            journal.append(Kind.STDERR, Direction.S2C, b"x")
    return folded(journal)


def test_a_crowd_is_shaded_and_an_error_wins() -> None:
    lanes = crowd(2_000)
    lines = picture(lanes, whole_of(lanes.began, lanes.now, 20), 20, 4, Names())
    assert text(lines)[:3] == [
        "calls   ███████████████████",
        "        ██████████████████✗█",
        "output           ██████████▒",
    ]
    assert not lines[1].alone
    bad = lanes.journal.event(lines[1].rows[-2]).frame
    assert bad is not None
    assert bad.error


def test_from_a_crowd_to_each() -> None:
    lanes = crowd(2_000)
    lines = picture(lanes, Window(5.0, 5.05), 20, 3, Names())
    assert lines[0].alone
    assert text(lines)[0] == "calls   ▆▆ ▆▆▆ ▆▆▆▆ ▆▆▆ ▆▆▆"


def test_legs_of_a_call_stand_on_one_line() -> None:
    times = iter((0, 0, 1, 2, 3, 4, 5, 6))
    journal = Journal.create(clock=lambda: float(next(times)))
    first = journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(1, "tools/call", {"name": "book"}))
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(2, "ping"))
    wants = {"resultType": "input_required", "inputRequests": {"a": {"method": "roots/list"}}}
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(1, wants))
    journal.append(Kind.CLIENT, data={"what": "leg", "first": first.seq, "number": 2, "id": 3})
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(3, "tools/call", {"name": "book"}))
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(3, {}))
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(2, {}))
    lanes = folded(journal)
    assert text(picture(lanes, Window(0.0, 7.0), 28, 4, names(lanes)))[1:3] == [
        "calls   ▆▆▆▆▆▆▆▆▆───────▆▆▆▆▆ book",
        "            ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆",
    ]


def test_what_is_under_way_and_exchanges() -> None:
    times = iter((0, 0, 1, 2, 4, 5))
    journal = Journal.create(target={"url": "https://x"}, clock=lambda: float(next(times)))
    journal.append(Kind.HTTP, Direction.C2S, data={"what": "request", "method": "POST"}, exchange=1)
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(1, "ping"), exchange=1)
    journal.append(Kind.HTTP, Direction.C2S, data={"what": "request", "method": "GET"}, exchange=2)
    journal.append(Kind.HTTP, data={"what": "end", "outcome": "failed", "answers_on": 2}, exchange=1)
    lanes = folded(journal)
    lines = picture(lanes, Window(0.0, 6.0), 12, 8, names(lanes))
    assert [each for each in text(lines)[:7] if each] == [
        "calls     ▒▒▒▒▒▒▒▒▒▒",
        "HTTP    ▆▆▆▆▆▆▆▆✗",
        "            ▒▒▒▒▒▒▒▒",
    ]
    assert set(lines[0].roles) == {"space", "open"}
