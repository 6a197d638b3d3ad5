"""Messages that a breakpoint put on the wire: told apart from what came, on writing and on reading back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.conversation import Conversations
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.journal.pairing import Status
from inspector.journal.prefix import read_prefix
from inspector.journal.trouble import troubles
from inspector.journal.under_way import under_way
from inspector.journal.view import View
from inspector.wire.event import Direction, Kind

CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}'
CHANGED = CALL.replace(b'"a":1', b'"a":2')
REPLY = b'{"jsonrpc":"2.0","id":1,"result":{"content":[]}}'
C2S, S2C = Direction.C2S, Direction.S2C


def changed(journal: Journal) -> None:
    """A call that goes on changed by hand, whose reply is given on changed by a rule."""
    journal.append(Kind.CLIENT, data={"what": "connecting"})
    journal.append(Kind.MESSAGE, C2S, CALL)
    journal.append(Kind.MESSAGE, C2S, CHANGED, by="hand", of=1)
    journal.append(Kind.MESSAGE, S2C, REPLY)
    journal.append(Kind.MESSAGE, S2C, REPLY, by="rule", of=3)
    journal.append(Kind.MESSAGE, C2S, CALL.replace(b'"id":1', b'"id":2'), by="hand")


@pytest.fixture(params=["live", "opened"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    live = Journal.create(tmp_path / "a.jsonl")
    changed(live)
    if request.param == "live":
        return live
    live.close()
    return Journal.open(tmp_path / "a.jsonl")


def test_what_goes_on_for_another_pairs_with_nothing(journal: Journal):
    assert [journal.peer(row) for row in range(6)] == [-1, 3, -1, 1, -1, -1]
    words = [journal.status(row) for row in range(6)]
    assert words == [Status.NONE, Status.OK, Status.NONE, Status.OK, Status.NONE, Status.PENDING]
    assert journal.in_flight == (1 if not journal.opened else journal.in_flight)
    assert not any(journal.flawed(row) for row in range(6))


def test_the_row_tells_who_made_it_and_what_it_stands_for(journal: Journal):
    events = [journal.event(row) for row in range(6)]
    assert [(each.by, each.of) for each in events] == [
        ("", None),
        ("", None),
        ("hand", 1),
        ("", None),
        ("rule", 3),
        ("hand", None),
    ]
    assert [journal.made(row) for row in range(6)] == [False, False, True, False, True, True]
    assert [journal.of(row) for row in range(6)] == [-1, -1, 1, -1, 3, -1]
    assert events[2].body == CHANGED


def test_the_log_says_so(journal: Journal):
    assert (outline(journal, 2).made, outline(journal, 2).note) == ("✎ by hand", "✎ by hand for 1")
    row = outline(journal, 4)
    assert (row.what, row.target, row.note) == ("tools/call", "add", "↯ by rule for 3")
    assert outline(journal, 5).note == "✎ by hand"
    assert outline(journal, 1).made == ""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("by:hand", [2, 5]),
        ("by:rule", [4]),
        ("by:wire", [1, 3]),
        ("by:*", [1, 2, 3, 4, 5]),
        ("not by:wire", [0, 2, 4, 5]),
        ("by:hand kind:request id:2", [5]),
        ("status:pending", [5]),
        ("dir:s2c", [3, 4]),
    ],
)
def test_filters_know_it(journal: Journal, text: str, rows: list[int]):
    view = View(journal, text)
    while view.advance(1):
        pass
    assert list(view) == rows


def test_folds_do_not_take_it_for_a_call(journal: Journal):
    assert under_way(journal, 2) == [1]
    assert list(troubles(journal, -1)) == []
    for row in range(1, 5):
        assert set(Conversations(journal).rows(row)) == {1, 2, 3, 4}


def test_other_spellings_of_the_envelope_are_understood():
    prefix = read_prefix(b'{"kind":"message","of":3,"by":"hand","seq":4,"message":{}}')
    assert prefix is not None
    assert (prefix.by, prefix.of) == ("hand", 3)


@given(st.one_of(st.none(), st.integers(), st.floats(), st.booleans(), st.text(), st.lists(st.integers())))
def test_a_recording_may_say_anything_there(value: object):
    import json

    for envelope in ({"by": "rule", "of": value}, {"by": value, "of": 1}):
        line = json.dumps({"kind": "message", "seq": 1, **envelope, "message": {}}).encode()
        prefix = read_prefix(line)
        assert prefix is not None
        assert prefix.by in ("", "hand", "rule")
        assert prefix.of is None or prefix.of >= 0


def test_a_row_cannot_stand_for_a_later_one(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    live = Journal.create(path)
    live.append(Kind.MESSAGE, C2S, CALL, by="hand", of=7)
    live.close()
    journal = Journal.open(path)
    assert journal.of(0) == -1
    assert journal.aside(0)
    assert outline(journal, 0).note == "✎ by hand"


def test_the_log_tells_what_a_breakpoint_does():
    journal = Journal.create()
    rules = [{"text": "hold", "on": True}, {"text": "drop", "on": False}]
    journal.append(Kind.CLIENT, data={"what": "gate-rules", "rules": rules, "who": "hand"})
    journal.append(Kind.CLIENT, data={"what": "held", "row": 7, "rule": 0, "seconds": 2.0})
    journal.append(Kind.CLIENT, data={"what": "held", "row": 7, "rule": 0})
    journal.append(
        Kind.CLIENT, data={"what": "released", "row": 7, "verdict": "dropped", "who": "rule", "why": "over"}
    )
    journal.append(Kind.CLIENT, data={"what": "gate-rules", "rules": 5})
    let_go = {"what": "released", "row": 7, "verdict": "let-go", "who": "end", "why": "nobody is there"}
    journal.append(Kind.CLIENT, data=let_go)
    said = [(outline(journal, row).target, outline(journal, row).note) for row in range(6)]
    assert said == [
        ("2 rules", "hold; drop"),
        ("row 7", "for 2.00 s"),
        ("row 7", ""),
        ("row 7", "dropped by rule: over"),
        ("0 rules", ""),
        ("row 7", "let-go: nobody is there"),
    ]
