"""A recording of one era for a client of the other, and of one version for a client of another."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.serving.eras import Spoken, for_modern, questions
from inspector.serving.said import Ways
from inspector.wire.versions import V1, V2, V3, V4, V5
from tests.serving.conftest import Play, note, request

META = "io.modelcontextprotocol/"
MODERN = {"_meta": {META + "protocolVersion": V5}}
SERVER = {"name": "s", "version": "1"}


def legacy(version: str = V3, *results: Any) -> Play:
    play = Play()
    hello = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": SERVER}
    play.call(1, "initialize", {"protocolVersion": version}, {**hello, "instructions": "Read."})
    play.client(note("notifications/initialized"))
    for number, result in enumerate(results or ({"tools": []},), 2):
        play.call(number, "tools/list", None, result)
    return play


def modern() -> Play:
    play = Play()
    about = {"_meta": {META + "serverInfo": SERVER}, "resultType": "complete", "supportedVersions": [V5]}
    capabilities = {"tools": {}, "extensions": {"x/y": {}}}
    play.call(1, "server/discover", MODERN, {**about, "capabilities": capabilities, "instructions": "Read."})
    play.call(2, "tools/list", MODERN, {"resultType": "complete", "tools": []})
    return play


def hello(play: Play, version: str) -> Any:
    return play.ask(1, "initialize", {"protocolVersion": version})[0]["result"]


def test_initialize_from_discover() -> None:
    play = modern()
    assert hello(play, V3) == {
        "protocolVersion": V3,
        "capabilities": {"tools": {}},
        "serverInfo": SERVER,
        "instructions": "Read.",
    }
    assert hello(play, V5)["protocolVersion"] == V4
    assert play.ask(2, "tools/list")[0]["result"]["tools"] == []
    assert play.ask(3, "logging/setLevel", {"level": "info"})[0]["result"] == {}
    assert "error" in play.ask(4, "resources/subscribe", {"uri": "a"})[0]


def test_discover_is_refused_where_the_legacy_era_was_recorded_unless_it_is_wished() -> None:
    play = legacy()
    assert play.ask(1, "server/discover", MODERN)[0]["error"]["code"] == -32601
    play = legacy()
    play.ways = Ways(speak=V5)
    found = play.ask(1, "server/discover", MODERN)[0]["result"]
    assert found == {
        "resultType": "complete",
        "supportedVersions": [V5],
        "capabilities": {"tools": {}},
        "ttlMs": 0,
        "cacheScope": "private",
        "_meta": {META + "serverInfo": SERVER},
        "instructions": "Read.",
    }
    assert play.ask(2, "tools/list", MODERN)[0]["result"] == {
        "resultType": "complete",
        "ttlMs": 0,
        "cacheScope": "private",
        "tools": [],
    }


def test_a_recording_of_both_eras() -> None:
    play = legacy()
    play.call(9, "server/discover", MODERN, {"resultType": "complete", "supportedVersions": [V5]})
    assert "result" in play.ask(1, "server/discover", MODERN)[0]
    assert hello(play, V4)["protocolVersion"] == V3
    play.ways, play._serving = Ways(speak=V3), None
    assert "error" in play.ask(1, "server/discover", MODERN)[0]


@pytest.mark.parametrize(
    ("recorded", "asked", "agreed"),
    [(V3, V3, V3), (V3, V4, V3), (V3, V1, V1), (V3, "2000-01-01", V3), (V3, V5, V3), ("odd", V4, "odd")],
)
def test_the_version_that_is_agreed_upon(recorded: str, asked: str, agreed: str) -> None:
    assert hello(legacy(recorded), asked)["protocolVersion"] == agreed


def test_an_older_version_must_fit() -> None:
    audio = {"content": [{"type": "audio", "data": ""}]}
    assert hello(legacy(V3, audio), V2)["protocolVersion"] == V2
    assert hello(legacy(V3, audio), V1)["protocolVersion"] == V3
    play = legacy(V3)
    play.server(request(1, "elicitation/create", {}))
    assert hello(play, V2)["protocolVersion"] == V3


def test_what_only_a_legacy_server_can_ask_is_left_out_and_noted() -> None:
    play = legacy()
    play.client(request(7, "tools/call"))
    play.server(request(1, "x/ask"))
    play.client({"jsonrpc": "2.0", "id": 1, "result": {}})
    play.server({"jsonrpc": "2.0", "id": 7, "result": {"content": []}})
    (found,) = play.ask(3, "tools/call", MODERN)
    assert found["result"] == {"resultType": "complete", "content": []}
    assert list(play.heard.notes) == ["row 6: x/ask cannot be asked of a client of the modern era"]


def test_a_question_that_nobody_had_answered() -> None:
    play = modern()
    asks = {"resultType": "input_required", "inputRequests": {"k": {"method": "roots/list"}}}
    play.call(3, "tools/call", {**MODERN, "name": "a"}, asks)
    hello(play, V4)
    (asked,) = play.ask(5, "tools/call", {"name": "a"})
    assert asked["method"] == "roots/list"
    (found,) = play.tell({"jsonrpc": "2.0", "id": asked["id"], "result": {"roots": []}})
    assert (found["id"], found["error"]["code"]) == (5, -32000)


@pytest.mark.parametrize("result", [None, 7, {}, {"resultType": "complete"}, {"inputRequests": {}}])
def test_results_that_ask_nothing(result: Any) -> None:
    assert questions(result) is None


def test_odd_questions() -> None:
    odd = {"resultType": "input_required", "inputRequests": {"a": 1, "b": {}, "c": {"method": "roots/list"}}}
    assert questions(odd) == {"c": {"method": "roots/list"}}
    assert questions({"resultType": "input_required", "inputRequests": 3}) == {}


def test_only_results_are_added_to() -> None:
    assert for_modern(b'{"id":1,"error":{}}', "tools/list") == b'{"id":1,"error":{}}'


def test_what_of_it_was_asked_where_nothing_was_declared() -> None:
    play = Play()
    play.call(1, "tools/list", MODERN, {"tools": []})
    spoken = Spoken(play.journal)
    assert (spoken.eras, spoken.version) == ({"modern"}, V5)
    assert spoken.initialize(V4)["capabilities"] == {"tools": {}}


def test_who_spoke_both_eras_agreed_upon_the_legacy_one() -> None:
    """A recording of a proxy has the clients of both."""
    play = Play()
    play.call(1, "tools/list", {"_meta": {"io.modelcontextprotocol/protocolVersion": V5}}, {"tools": []})
    play.call(2, "initialize", {"protocolVersion": V4}, {"protocolVersion": V4, "capabilities": {}})
    (answer,) = play.ask(1, "initialize", {"protocolVersion": V4})
    assert answer["result"]["protocolVersion"] == V4
    assert not play.heard.notes


def test_a_level_that_was_not_recorded_is_set_all_the_same() -> None:
    """The official Inspector sets one as soon as it is connected, and leaves where that is refused."""
    for match, logs, code in (("normal", True, None), ("exact", True, -32000), ("normal", False, -32000)):
        play = Play()
        play.ways = Ways(match)
        capabilities = {"logging": {}} if logs else {}
        play.call(1, "initialize", {}, {"protocolVersion": V4, "capabilities": capabilities})
        play.call(2, "logging/setLevel", {"level": "info"}, {})
        (said,) = play.ask(1, "logging/setLevel", {"level": "debug"})
        assert said.get("error", {}).get("code") == code
        assert bool(play.heard.notes) is (code is None)
