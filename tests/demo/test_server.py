"""The demo server as a conversation, and as a process."""

from __future__ import annotations

import json
import os
import queue
import shlex
import subprocess
import sys
from typing import Any

import pytest

from inspector.demo.server import Server
from inspector.demo.versions import LEGACY, V1, V2, V3, V4, V5

META = "io.modelcontextprotocol/"
MODERN = {META + "protocolVersion": V5, META + "clientCapabilities": {}}


class Talk:
    """Asks a server in this process."""

    def __init__(self) -> None:
        self.sent: queue.Queue[Any] = queue.Queue()
        self.server = Server(lambda line: self.sent.put(json.loads(line)))
        self._id = 0

    def tell(self, message: Any) -> None:
        self.server.line(json.dumps(message).encode())

    def post(self, method: str, params: dict[str, Any] | None = None) -> int:
        self._id += 1
        self.tell({"jsonrpc": "2.0", "id": self._id, "method": method, "params": params or {}})
        return self._id

    def next(self) -> Any:
        return self.sent.get(timeout=20)

    def ask(self, method: str, params: dict[str, Any] | None = None) -> Any:
        id = self.post(method, params)
        while (message := self.next()).get("id") != id:
            pass
        return message.get("result", message.get("error"))

    def shake(self, version: str = V4) -> Any:
        hello = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        return self.ask("initialize", hello)


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.mark.parametrize("version", LEGACY)
def test_a_known_version_is_agreed_to(talk: Talk, version: str) -> None:
    agreed = talk.shake(version)
    assert agreed["protocolVersion"] == version
    assert ("completions" in agreed["capabilities"]) == (version >= V2)
    assert ("title" in agreed["serverInfo"]) == (version >= V3)


@pytest.mark.parametrize("version", ["1900-01-01", V5, None])
def test_an_unknown_version_gets_the_newest_of_the_handshakes(talk: Talk, version: Any) -> None:
    assert talk.shake(version)["protocolVersion"] == V4


def test_discover(talk: Talk) -> None:
    found = talk.ask("server/discover", {"_meta": MODERN})
    assert found["supportedVersions"][0] == V5
    assert found["resultType"] == "complete"
    assert found["ttlMs"] >= 0
    assert found["cacheScope"] == "public"
    assert found["_meta"][META + "serverInfo"]["name"] == "demo"


@pytest.mark.parametrize(
    ("meta", "code"),
    [
        ({}, -32602),
        ({META + "protocolVersion": V5}, -32602),
        ({META + "protocolVersion": "2027-01-01", META + "clientCapabilities": {}}, -32022),
    ],
)
def test_a_modern_request_must_say_who_asks(talk: Talk, meta: dict[str, Any], code: int) -> None:
    refused = talk.ask("server/discover", {"_meta": meta})
    assert refused["code"] == code
    if code == -32022:
        assert refused["data"] == {"supported": [V5], "requested": "2027-01-01"}


def test_each_era_has_methods_of_its_own(talk: Talk) -> None:
    talk.shake()
    assert talk.ask("ping") == {}
    assert talk.ask("ping", {"_meta": MODERN})["code"] == -32601
    assert talk.ask("server/discover")["code"] == -32601
    assert talk.ask("no/such")["code"] == -32601


def test_resources_come_in_pages(talk: Talk) -> None:
    talk.shake()
    first = talk.ask("resources/list")
    rest = talk.ask("resources/list", {"cursor": first["nextCursor"]})
    assert (len(first["resources"]), len(rest["resources"]), "nextCursor" in rest) == (3, 2, False)
    for bad in ("x", "1", "99", "-3", 3):
        assert talk.ask("resources/list", {"cursor": bad})["code"] == -32602


def test_structured_content_from_2025_06_18(talk: Talk) -> None:
    arguments = {"name": "add", "arguments": {"a": 2, "b": 40}}
    talk.shake(V3)
    assert talk.ask("tools/call", arguments)["structuredContent"] == {"sum": 42}
    talk.shake(V1)
    assert "structuredContent" not in talk.ask("tools/call", arguments)


@pytest.mark.parametrize(
    ("arguments", "trouble"),
    [
        ({}, "arguments.city is missing"),
        ({"city": 1}, "arguments.city must be of type string"),
        ({"city": "Oslo", "days": True}, "arguments.days must be of type integer"),
        ({"city": "Oslo", "days": 8}, "arguments.days must be from 1 to 7"),
        ({"city": "Oslo", "units": "kelvin"}, "arguments.units must be one of metric, imperial"),
        ({"city": "Oslo", "place": {"latitude": 1}}, "arguments.place.longitude is missing"),
        (
            {"city": "Oslo", "alerts": ["frost", "snow"]},
            "arguments.alerts[1] must be one of frost, storm, heat",
        ),
        ([], "arguments must be of type object"),
    ],
)
def test_bad_arguments_are_an_error_of_the_tool(talk: Talk, arguments: Any, trouble: str) -> None:
    talk.shake()
    result = talk.ask("tools/call", {"name": "weather", "arguments": arguments})
    assert result["isError"] is True
    assert result["content"][0]["text"] == trouble


def test_the_same_call_gives_the_same_answer(talk: Talk) -> None:
    talk.shake()
    arguments = {"city": "Oslo", "detailed": True, "place": {"latitude": 59.9, "longitude": 10.7}}
    asked = {"name": "weather", "arguments": arguments}
    assert talk.ask("tools/call", asked) == talk.ask("tools/call", asked)


@pytest.mark.parametrize("kilobytes", [0, 1, 100])
def test_a_result_of_the_size_asked_for(talk: Talk, kilobytes: int) -> None:
    talk.shake()
    result = talk.ask("tools/call", {"name": "large", "arguments": {"kilobytes": kilobytes}})
    assert len(result["content"][0]["text"]) == kilobytes * 1000


@pytest.mark.parametrize("name", ["nope", None, ["echo"]])
def test_an_unknown_tool_is_an_error_of_the_protocol(talk: Talk, name: Any) -> None:
    talk.shake()
    assert talk.ask("tools/call", {"name": name})["code"] == -32602


def test_progress_then_the_result(talk: Talk) -> None:
    talk.shake()
    arguments = {"steps": 3, "seconds": 0}
    talk.post("tools/call", {"name": "countdown", "arguments": arguments, "_meta": {"progressToken": "p"}})
    seen = [talk.next() for _ in range(5)]
    assert [message["params"]["progress"] for message in seen[:4]] == [0, 1, 2, 3]
    assert seen[4]["result"]["content"][0]["text"] == "counted down from 3"


def test_a_cancelled_call_is_not_answered(talk: Talk) -> None:
    talk.shake()
    slow = {"name": "countdown", "arguments": {"seconds": 60}, "_meta": {"progressToken": 1}}
    id = talk.post("tools/call", slow)
    assert talk.next()["method"] == "notifications/progress"
    talk.tell({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
    assert talk.ask("ping") == {}
    assert talk.sent.empty()


def test_log_messages_from_the_level_asked_for(talk: Talk) -> None:
    talk.shake()
    assert talk.ask("logging/setLevel", {"level": "alert"}) == {}
    talk.post("tools/call", {"name": "log", "arguments": {}})
    assert [talk.next()["params"]["level"] for _ in range(2)] == ["alert", "emergency"]
    assert "8 log messages" in talk.next()["result"]["content"][0]["text"]
    assert talk.ask("logging/setLevel", {"level": "loud"})["code"] == -32602


def test_a_modern_request_asks_for_logs_itself(talk: Talk) -> None:
    call = {"name": "log", "arguments": {"level": "error"}, "_meta": MODERN}
    talk.post("tools/call", call)
    assert "result" in talk.next()
    talk.post("tools/call", {**call, "_meta": {**MODERN, META + "logLevel": "debug"}})
    assert talk.next()["method"] == "notifications/message"


def test_resources_and_prompts(talk: Talk) -> None:
    talk.shake()
    assert talk.ask("resources/read", {"uri": "demo://hello.txt"})["contents"][0]["mimeType"] == "text/plain"
    assert talk.ask("resources/read", {"uri": "demo://nope"})["code"] == -32002
    assert talk.ask("resources/read", {"uri": "demo://nope", "_meta": MODERN})["code"] == -32602
    code = {"language": "rust", "code": "fn main() {}"}
    made = talk.ask("prompts/get", {"name": "review", "arguments": code})
    assert "fn main() {}" in made["messages"][0]["content"]["text"]
    assert talk.ask("prompts/get", {"name": "review", "arguments": {}})["code"] == -32602


def test_completion(talk: Talk) -> None:
    talk.shake()
    ref = {"type": "ref/resource", "uri": "demo://weather/{city}"}
    found = talk.ask("completion/complete", {"ref": ref, "argument": {"name": "city", "value": "be"}})
    assert found["completion"]["values"] == ["Berlin", "Bergen", "Bern"]


def test_batches_in_the_one_version_that_has_them(talk: Talk) -> None:
    pings = [{"jsonrpc": "2.0", "id": id, "method": "ping"} for id in (7, 8)]
    talk.shake(V2)
    talk.tell(pings)
    assert [reply["id"] for reply in talk.next()] == [7, 8]
    talk.shake(V4)
    talk.tell(pings)
    assert talk.next()["error"]["code"] == -32600


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", -32700),
        (b"\xff", -32700),
        (b"[" * 100_000, -32700),
        (b"3", -32600),
        (b"[]", -32600),
        (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":[]}', -32600),
    ],
)
def test_nonsense_is_refused(talk: Talk, line: bytes, code: int) -> None:
    talk.server.line(line)
    assert talk.next()["error"]["code"] == code
    assert talk.ask("ping") == {}


def test_as_a_process() -> None:
    asked = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n\n'
    done = subprocess.run(
        [sys.executable, "-m", "inspector.demo"], input=asked, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert done.stderr.count(b"\n") == 1


def test_it_imports_next_to_nothing() -> None:
    script = "import sys; import inspector.demo.server; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"typing", "dataclasses", "inspect", "asyncio", "anyio", "logging", "subprocess"}
    assert {name for name in loaded if name.startswith("inspector.")} == {
        "inspector.demo",
        "inspector.demo.booking",
        "inspector.demo.offer",
        "inspector.demo.server",
        "inspector.demo.versions",
    }


ASKABLE = {**MODERN, META + "clientCapabilities": {"elicitation": {"form": {}}}}


def book(talk: Talk, **more: Any) -> Any:
    return talk.ask("tools/call", {"name": "book", "arguments": {"city": "Oslo"}, "_meta": ASKABLE, **more})


def test_a_call_that_asks_back_twice(talk: Talk) -> None:
    first = book(talk)
    assert first["resultType"] == "input_required"
    assert first["inputRequests"]["who"]["params"]["message"] == "Who travels to Oslo?"
    who = {"who": {"action": "accept", "content": {"name": "Ada", "seats": 2}}}
    second = book(talk, inputResponses=who, requestState=first["requestState"])
    assert second["inputRequests"]["sure"]["params"]["message"] == "2 × Oslo for Ada?"
    sure = {"sure": {"action": "accept", "content": {"sure": True}}}
    third = book(talk, inputResponses=sure, requestState=second["requestState"])
    assert third["resultType"] == "complete"
    assert third["content"][0]["text"] == "Booked: 2 × Oslo for Ada."
    declined = book(talk, inputResponses={"who": {"action": "decline"}}, requestState=first["requestState"])
    assert declined["content"][0]["text"] == "Nothing was booked."


@pytest.mark.parametrize("state", ["x", "7b7d", 5, "", "5b5d", "7b2263697479223a317d00"])
def test_a_state_that_was_not_made_here_is_refused(talk: Talk, state: Any) -> None:
    assert book(talk, requestState=state)["code"] == -32602


def test_only_who_can_be_asked_is_offered_what_asks(talk: Talk) -> None:
    def tools(meta: dict[str, Any]) -> list[str]:
        return [tool["name"] for tool in talk.ask("tools/list", {"_meta": meta})["tools"]]

    assert "book" in tools(ASKABLE)
    assert "book" not in tools(MODERN)
    refused = talk.ask("tools/call", {"name": "book", "arguments": {"city": "Oslo"}, "_meta": MODERN})
    assert refused["code"] == -32021
    assert refused["data"] == {"requiredCapabilities": {"elicitation": {"form": {}}}}
    talk.shake()
    assert talk.ask("tools/call", {"name": "book", "arguments": {"city": "Oslo"}})["code"] == -32602


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes it")
def test_a_closed_stream_has_its_sentence() -> None:
    line = f"exec {shlex.quote(sys.executable)} -m inspector.demo <&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The demo server speaks on standard input and output")
