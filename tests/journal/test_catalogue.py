from __future__ import annotations

from typing import Any

from inspector.journal.catalogue import Catalogue
from inspector.wire.event import Kind

from .conftest import Scribe

SERVER = {
    "protocolVersion": "2025-11-25",
    "serverInfo": {"name": "everything", "version": "1"},
    "capabilities": {"tools": {}},
    "instructions": "Be kind.",
}


def listed(scribe: Scribe, id: int, method: str, result: dict[str, Any], cursor: str | None = None) -> None:
    scribe.asks(id, method, {"cursor": cursor} if cursor else None)
    scribe.replies(id, result)


def test_a_handshake_and_two_pages(scribe: Scribe) -> None:
    scribe.client("connecting", target="x", protocol="auto")
    scribe.asks(1, "initialize", {"protocolVersion": "2025-11-25"})
    scribe.replies(1, SERVER)
    scribe.client("negotiated", version="2025-11-25", era="legacy", reason="accepted")
    listed(scribe, 2, "tools/list", {"tools": [{"name": "a"}], "nextCursor": "2"})
    catalogue = scribe.journal.catalogue
    assert (catalogue.tools, catalogue.complete["tools"]) == ([{"name": "a"}], False)
    revision = catalogue.revision
    listed(scribe, 3, "tools/list", {"tools": [{"name": "b"}, 7]}, cursor="2")
    listed(scribe, 4, "resources/templates/list", {"resourceTemplates": [{"uriTemplate": "x:{y}"}]})
    assert catalogue.revision > revision
    assert catalogue.tools == [{"name": "a"}, {"name": "b"}, 7]
    assert catalogue.templates == [{"uriTemplate": "x:{y}"}]
    assert catalogue.complete == {"tools": True, "resources": False, "templates": True, "prompts": False}
    assert (catalogue.conn, catalogue.era, catalogue.protocol_version) == (1, "legacy", "2025-11-25")
    assert catalogue.server_info == SERVER["serverInfo"]
    assert catalogue.capabilities == {"tools": {}}
    assert catalogue.instructions == "Be kind."
    opened = scribe.reopened()
    assert opened.catalogue.facts() == catalogue.facts() == Catalogue.of(scribe.journal).facts()
    assert Catalogue.of(opened, 5).tools == []
    assert Catalogue.of(opened, 6).tools == [{"name": "a"}]
    opened.close()


def test_discovery(scribe: Scribe) -> None:
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    scribe.asks(1, "server/discover", {"_meta": meta})
    scribe.replies(
        1,
        {
            "supportedVersions": ["2026-07-28"],
            "capabilities": {"prompts": {}},
            "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "m"}},
        },
    )
    catalogue = scribe.journal.catalogue
    assert (catalogue.era, catalogue.protocol_version) == ("modern", "2026-07-28")
    assert (catalogue.server_info, catalogue.capabilities) == ({"name": "m"}, {"prompts": {}})


def test_listing_again_replaces(scribe: Scribe) -> None:
    listed(scribe, 1, "prompts/list", {"prompts": [{"name": "a"}]})
    listed(scribe, 2, "prompts/list", {"prompts": [{"name": "b"}]})
    assert scribe.journal.catalogue.prompts == [{"name": "b"}]


def test_a_new_connection_begins_anew_and_an_exit_is_kept(scribe: Scribe) -> None:
    listed(scribe, 1, "tools/list", {"tools": [{"name": "a"}]})
    scribe.step(Kind.PROCESS, "exited", code=3, signal=None, rung="none")
    catalogue = scribe.journal.catalogue
    assert catalogue.tools
    assert catalogue.exits is not None
    assert catalogue.exits["code"] == 3
    scribe.client("connecting", target="x", protocol="auto")
    assert (scribe.journal.catalogue.tools, scribe.journal.catalogue.exits) == ([], None)
    scribe.replies(1, {"tools": [{"name": "late"}]})
    assert scribe.journal.catalogue.tools == []


def test_replies_in_a_batch_count(scribe: Scribe) -> None:
    scribe.asks(1, "tools/list")
    scribe.answers(b'[{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"}]}}]')
    opened = scribe.reopened()
    assert opened.catalogue.tools == scribe.journal.catalogue.tools == [{"name": "a"}]
    opened.close()


def test_nonsense_is_taken_for_nothing(scribe: Scribe) -> None:
    scribe.asks(1, "initialize")
    scribe.replies(1, {"protocolVersion": 7, "serverInfo": "x", "capabilities": [], "instructions": None})
    listed(scribe, 2, "tools/list", {"tools": "none", "nextCursor": ""})
    scribe.asks(3, "tools/list")
    scribe.answers(b'{"jsonrpc":"2.0","id":3,"result":"text"}')
    scribe.asks(4, "tools/list")
    scribe.fails(4)
    scribe.replies(99, {"tools": [1]})
    catalogue = scribe.journal.catalogue
    assert (catalogue.server_info, catalogue.capabilities, catalogue.instructions) == ({}, {}, "")
    assert (catalogue.tools, catalogue.complete["tools"]) == ([], False)


def test_where_a_listing_goes_on(scribe: Scribe) -> None:
    catalogue = scribe.journal.catalogue
    assert not catalogue.goes_on("tools")
    listed(scribe, 1, "tools/list", {"tools": [1], "nextCursor": "2"})
    assert (catalogue.cursors["tools"], catalogue.pages["tools"]) == (["2"], 1)
    assert catalogue.goes_on("tools")
    listed(scribe, 2, "tools/list", {"tools": [2], "nextCursor": "2"}, cursor="2")
    assert not catalogue.goes_on("tools"), "the same cursor again"
    listed(scribe, 3, "tools/list", {"tools": [1], "nextCursor": 7})
    assert (catalogue.pages["tools"], catalogue.goes_on("tools")) == (1, False)
    listed(scribe, 4, "tools/list", {"tools": [1]})
    assert catalogue.complete["tools"]
    assert not catalogue.goes_on("tools")
