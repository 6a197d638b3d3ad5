"""What of a message is made anew when it is sent again, and what stays as it was spelt."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import RequestFailed
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.journal.related import Related
from inspector.session.again import again, headers_of, page_of, send_again, without_session
from inspector.session.dialect import Handshake, Modern
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Kind
from inspector.wire.versions import LATEST_MODERN, V4
from tests.session.conftest import result, scripted, step

LEGACY, MODERN = Handshake(V4), Modern(LATEST_MODERN)
CALL = (
    b'{"jsonrpc": "2.0",  "id":"nine","method":"tools/call","params":{"b":1.50,"_meta":{"progressToken":9}}}'
)


def test_only_what_belongs_to_its_time_is_made_anew() -> None:
    made = again(CALL, LEGACY, 12)
    assert made.body == CALL.replace(b'"nine"', b"12").replace(b":9}", b":12}")
    assert [(change.part, change.was, change.now) for change in made.changes] == [
        ("id", '"nine"', "12"),
        ("token", "9", "12"),
    ]
    kept = again(CALL, LEGACY, 12, frozenset({"id", "token"}))
    assert kept.body == CALL
    assert all(change.kept for change in kept.changes)


def test_the_metadata_are_those_of_the_present_connection() -> None:
    modern = again(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', MODERN, 2)
    assert json.loads(modern.body) == json.loads(MODERN.request(2, "ping"))
    back = again(modern.body, LEGACY, 3)
    assert json.loads(back.body) == {"jsonrpc": "2.0", "id": 3, "method": "ping", "params": {"_meta": {}}}
    assert again(modern.body, LEGACY, 3, frozenset({"meta", "id"})).body == modern.body


def test_what_an_earlier_leg_brought_is_left_out() -> None:
    params = {"name": "t", "requestState": "s", "inputResponses": {"a": {}}, "arguments": {"x": 1}}
    body = LEGACY.request(1, "tools/call", params)
    assert json.loads(again(body, LEGACY, 2).body)["params"] == {"name": "t", "arguments": {"x": 1}}
    assert again(body, LEGACY, 1, frozenset({"state"})).body == body


@pytest.mark.parametrize("fields", [1, [1, None], [["a"]], [[1, 2]], {"MCP-Method": "x"}, "ab"])
def test_headers_of_a_recording_may_be_anything(fields: Any) -> None:
    journal = Journal.create()
    exchange = journal.new_exchange()
    journal.append(Kind.HTTP, Direction.C2S, data={"what": "request", "headers": fields}, exchange=exchange)
    assert headers_of(journal, 0) == {}


def test_the_id_of_a_session_goes_to_no_other_server() -> None:
    assert without_session({"Mcp-Session-Id": "s", "Mcp-Name": "n"}) == {"Mcp-Name": "n"}


def test_other_messages_go_out_as_they_are() -> None:
    for body, warns in (
        (b'{"jsonrpc":"2.0","id":7,"result":{}}', "second time"),
        (b"{broken", "no JSON-RPC"),
        (b'{"jsonrpc":"2.0","method":"notifications/initialized"}', ""),
    ):
        made = again(body, MODERN, 5)
        assert made.body == body
        assert warns in made.warning
    batch = b'[ {"jsonrpc":"2.0","id":1,"method":"ping"} ,{"jsonrpc":"2.0","id":2,"method":"ping"}]'
    assert again(batch, LEGACY, 5).body == batch.replace(b":2,", b":6,").replace(b":1,", b":5,")


@given(st.binary(max_size=80) | st.builds(lambda value: json.dumps(value).encode(), st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "method", "params", "_meta", "cursor", "requestState", "jsonrpc"]), inner),
    max_leaves=12,
)))  # fmt: skip
def test_it_never_raises(body: bytes) -> None:
    for dialect in (LEGACY, MODERN):
        assert isinstance(again(body, dialect, 1).body, bytes)
        again(body, dialect, 1, frozenset({"id", "meta"}), page=3)


def paged(pages: int) -> Any:
    counts = {"asked": 0}

    def page(message: dict[str, Any]) -> list[Any]:
        counts["asked"] += 1
        cursor = message.get("params", {}).get("cursor", "0-0")
        at = int(cursor.partition("-")[2])
        more = {"nextCursor": f"{counts['asked']}-{at + 1}"} if at + 1 < pages else {}
        return [result(message, {"tools": [{"name": f"t{at}"}], **more})]

    return scripted(tools_list=page)


def last(journal: Journal, method: str) -> int:
    return journal.rows_with_method(method)[-1]


async def answered(session: Session, row: int) -> dict[str, Any]:
    """The result of the request of a row; asks for something else so that it has come."""
    await session.call("ping")
    journal = session.journal
    frame = journal.event(journal.peer(row)).frame
    assert frame is not None
    return dict(frame.result)


async def test_a_cursor_is_asked_for_anew(journal: Journal) -> None:
    async with open_session(paged(3), journal, Options(protocol=V4)) as session:
        await session.list("tools")
        row = last(journal, "tools/list")
        assert page_of(journal, row) == 3
        before = journal.event(row)
        made = again(before.body, session.dialect, session.next_id, page=3)
        assert [change.now for change in made.changes if change.part == "cursor"] == ["page 3"]
        sent = await send_again(session, journal, row, made)
        assert await answered(session, sent) == {"tools": [{"name": "t2"}]}
        assert journal.event(sent).frame.params["cursor"] != before.frame.params["cursor"]  # type: ignore[union-attr]
        assert journal.status(sent).name == "OK"
        assert step(journal, "sent-again") == {"what": "sent-again", "request": sent, "of": row}
        told = journal.rows_with_method("ping")[-1] - 1
        while journal.data(told).get("what") != "sent-again":
            told -= 1
        shown = outline(journal, told)
        assert (shown.what, shown.target) == ("sent-again", f"of {row}")
        assert [Related(journal).request_of(told)] == [sent]
        with pytest.raises(RequestFailed, match="only 3 pages"):
            await send_again(session, journal, row, again(before.body, session.dialect, 1, page=9))
        assert page_of(journal, journal.rows_with_method("tools/list")[0]) is None


async def test_from_a_recording_to_another_connection(journal: Journal) -> None:
    target = StdioTarget((sys.executable, "-m", "inspector.demo"))
    other = Journal.create()
    async with open_session(target, other, Options(protocol=V4)) as session:
        await session.call("tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}})
    row = last(other, "tools/call")
    async with open_session(target, journal) as session:
        made = again(other.event(row).body, session.dialect, session.next_id)
        assert "meta" in [change.part for change in made.changes]
        sent = await send_again(session, other, row, made)
        assert (await answered(session, sent))["structuredContent"] == {"sum": 3}
        assert journal.event(sent).body == made.body
        assert step(journal, "sent-again")["where"] == "in another session"
    assert headers_of(other, row) == {}
    other.close()


async def test_bytes_without_the_end_of_their_line(journal: Journal) -> None:
    """What is sent next goes on in the same line, and the server reads one message."""
    async with open_session(StdioTarget((sys.executable, "-m", "inspector.demo")), journal) as session:
        first = await session.send_bytes(b'{"jsonrpc":"2.0","id":"halves",', ended=False)
        second = await session.send_bytes(b'"method":"ping","params":{}}')
        await session.call("tools/list")
        assert journal.event(first.seq).body.endswith(b",")
        after = [journal.event(row) for row in range(second.seq, len(journal))]
        ids = [event.frame.id for event in after if event.frame is not None]
        assert '"halves"' in ids
