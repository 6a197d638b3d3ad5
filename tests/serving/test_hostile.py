"""Recordings that lie: whatever stands in them, the server that they make answers or says nothing."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.serving.eras import Spoken
from inspector.serving.said import Heard, Ways
from inspector.serving.script import Script
from inspector.serving.serving import Serving
from inspector.serving.told import summary
from inspector.wire.event import Direction, Kind
from tests.serving.conftest import note, request

META = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "progressToken": 1}}
ODD: list[Any] = [None, True, -1, 2**70, 1.5, "", "x", [], {}, [1], {"a": None}, "\ud800", [[[]]] * 3]
WORDS = [
    *"abc",
    "id",
    "row",
    "result",
    "params",
    "method",
    "what",
    "exchange",
    "of",
    "_meta",
    "message",
    "conn",
]


def lines() -> list[bytes]:
    """A recording with a bit of everything."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.jsonl"
        journal = Journal.create(path)
        for id, method in enumerate(("initialize", "tools/list", "tools/call", "subscriptions/listen")):
            said = [
                (Direction.C2S, request(id, method, META)),
                (Direction.S2C, note("notifications/progress", progressToken=1, progress=1)),
                (Direction.S2C, request(70 + id, "roots/list")),
                (Direction.C2S, {"jsonrpc": "2.0", "id": 70 + id, "result": {"roots": []}}),
                (Direction.S2C, {"jsonrpc": "2.0", "id": id, "result": {"protocolVersion": "2025-06-18"}}),
                (Direction.S2C, [{"jsonrpc": "2.0", "id": id, "result": {}}, note("x")]),
            ]
            for way, message in said:
                journal.append(Kind.MESSAGE, way, json.dumps(message).encode(), exchange=id + 1)
            journal.append(Kind.HTTP, data={"what": "end", "outcome": "failed"}, exchange=id + 1)
        journal.append(Kind.CLIENT, data={"what": "released", "row": 1, "verdict": "dropped"})
        journal.append(Kind.CLIENT, data={"what": "cancelled", "request": 14})
        journal.append(Kind.PROCESS, data={"what": "exited", "code": 1, "signal": None, "rung": "none"})
        journal.close()
        return path.read_bytes().splitlines(keepends=True)


LINES = lines()


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """The lines, some of them cut, doubled, in another order, or with other values in their places."""
    found = list(LINES[1:])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(found) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                found[at] = found[at][: draw(st.integers(0, len(found[at])))] + b"\n"
            case 1:
                found.insert(draw(st.integers(0, len(found) - 1)), found[at])
            case 2:
                found.append(found.pop(at))
            case _:
                found[at] = draw(changed(found[at]))
    return LINES[0] + b"".join(found)


@st.composite
def changed(draw: st.DrawFn, line: bytes) -> bytes:
    """A line with an odd value somewhere."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    place = value
    while isinstance(place, dict) and place:
        key = draw(st.sampled_from([*place, draw(st.sampled_from(WORDS))]))
        if not isinstance(place.get(key), dict) or draw(st.booleans()):
            place[key] = draw(st.sampled_from(ODD))
            break
        place = place[key]
    return json.dumps(value).encode() + b"\n"


@given(hostile())
def test_whatever_a_recording_says(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_bytes(content)
        try:
            journal = Journal.open(path)
        except UsageError:
            return
        heard = Heard()
        script, spoken = Script(journal), Spoken(journal)
        for ways in (Ways(), Ways("sequence", pace=1e9), Ways("method", once=True, speak="2026-07-28")):
            serving = Serving(script, spoken, ways, heard)
            for params in ({"protocolVersion": "2024-11-05"}, META):
                for method in (
                    "server/discover",
                    "initialize",
                    "tools/list",
                    "tools/call",
                    "subscriptions/listen",
                ):
                    serving.feed(json.dumps(request(method, method, params)).encode(), 0)
                    serving.due(1e300)
            serving.feed(json.dumps({"jsonrpc": "2.0", "id": 70, "result": {}}).encode(), 0)
            serving.hung_up(0, 0)
            serving.due(1e300)
        assert all(line.isprintable() for line in summary(heard))
        journal.close()
