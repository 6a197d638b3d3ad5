"""Sending again and repeating on servers of the `mcp` and `fastmcp` packages, over HTTP, from era to era."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session.again import again, headers_of, send_again
from inspector.session.owner import Options, open_session
from inspector.session.repeating import Plan, Repeating
from inspector.transport.target import HttpTarget
from inspector.wire.versions import META_PROTOCOL_VERSION, V4, V5
from tests.transport.http_talk import served


@pytest.fixture(scope="module", params=("mcp2_server.py", "fastmcp_server.py"))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with served(str(request.param)) as found:
        yield found


async def test_from_the_legacy_era_to_the_modern_one(url: str, journal: Journal) -> None:
    async with open_session(HttpTarget(url), journal, Options(protocol=V4)) as session:
        await session.call("tools/call", {"name": "add", "arguments": {"a": 2, "b": 40}})
    row = journal.rows_with_method("tools/call")[-1]
    body, old = journal.event(row).body, headers_of(journal, row)
    assert old["MCP-Protocol-Version"] == V4
    assert old.keys() <= {"MCP-Protocol-Version", "mcp-session-id"}

    async with open_session(HttpTarget(url), journal) as session:
        assert session.version == V5
        made = again(body, session.dialect, session.next_id)
        sent = await send_again(session, journal, row, made)
        assert journal.event(sent).body == made.body
        assert META_PROTOCOL_VERSION.encode() in made.body
        with anyio.fail_after(20):
            while journal.peer(sent) < 0:
                await session.call("tools/list")
        now = headers_of(journal, sent)
        assert (now["MCP-Protocol-Version"], now["Mcp-Method"]) == (V5, "tools/call")
        reply = journal.event(journal.peer(sent)).frame
        assert reply is not None
        assert reply.result["content"][0]["text"] == "42"

        kept = await send_again(session, journal, row, again(body, session.dialect, 1), headers=old)
        await session.call("tools/list")
        assert headers_of(journal, kept)["MCP-Protocol-Version"] == V4

        run = Repeating(session, "tools/call", {"name": "add", "arguments": {"a": 1, "b": 1}}, Plan(20, 4))
        await run.run()
        assert {word: kind.count for word, kind in run.tally.kinds.items()} == {"ok": 20}
        assert len(run.tally.results) == 1
        failing = Repeating(session, "tools/call", {"name": "fail"}, Plan(5, 2))
        await failing.run()
        assert {word: kind.count for word, kind in failing.tally.kinds.items()} == {"tool error": 5}
