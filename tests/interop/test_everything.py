"""The reference server, asked for everything that it has, over stdio and over streamable HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest
import uritemplate

from inspector.forms.check import check
from inspector.journal.journal import Journal
from inspector.session.owner import open_session
from inspector.transport.target import HttpTarget, StdioTarget
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.versions import LATEST_LEGACY, LATEST_MODERN, LEGACY
from tests.interop.talk import arguments, refusal, replied, result, said, talking

pytestmark = pytest.mark.timeout(300)

Target = StdioTarget | HttpTarget

# What a schema cannot know: no network, no long wait.
BY_HAND: Mapping[str, Mapping[str, str]] = {
    "gzip-file-as-resource": {"data": "data:text/plain,hello"},
    "trigger-long-running-operation": {"duration": "0.2", "steps": "2"},
    "trigger-url-elicitation": {"url": "https://example.com/"},
}
# Registered only for a client that declares what they need.
ASKING = (
    "get-roots-list",
    "trigger-elicitation-request",
    "trigger-elicitation-request-async",
    "trigger-sampling-request",
    "trigger-sampling-request-async",
    "trigger-url-elicitation",
)
PROMPT_ARGUMENTS = {"department": "Sales", "name": "Eve", "resourceType": "Text", "resourceId": "1"}


async def test_negotiates_by_itself(target: Target) -> None:
    async with talking(target) as session:
        assert (session.version, session.era) == (LATEST_LEGACY, "legacy")
        assert session.catalogue.server_info["name"] == "mcp-servers/everything"
        assert session.catalogue.instructions


@pytest.mark.parametrize("version", LEGACY)
async def test_speaks_each_version_that_the_server_knows(target: Target, version: str) -> None:
    async with talking(target, version) as session:
        assert session.version == version
        assert (await session.list("tools")).entries
        assert said(
            result(await session.call("tools/call", {"name": "echo", "arguments": {"message": "hi"}}))
        )


async def test_a_version_that_the_server_lacks_gets_answers_all_the_same(target: Target) -> None:
    """A version that is named is spoken without asking; what comes of it is the server's answer."""
    async with talking(target, LATEST_MODERN) as session:
        assert (session.version, session.era) == (LATEST_MODERN, "modern")
        replied(await session.call("tools/list"))


async def test_lists_every_section_to_its_last_page(target: Target) -> None:
    async with talking(target) as session:
        listings = await session.list_all()
        assert set(listings) == {"tools", "resources", "templates", "prompts"}
        for section, listing in listings.items():
            assert (listing.ok, listing.warnings) == (True, ())
            assert listing.entries
            assert listing.pages[-1].result.get("nextCursor") is None
            assert getattr(session.catalogue, section) == listing.entries
            assert session.catalogue.complete[section]
        # A cursor that the server never gave is its to judge; the answer is one either way.
        replied(await session.call("tools/list", {"cursor": "nowhere"}))


async def test_calls_every_tool(target: Target) -> None:
    async with talking(target) as session:
        tools = (await session.list("tools")).entries
        assert len(tools) > 10
        for tool in tools:
            name = tool["name"]
            params = {"name": name, "arguments": arguments(tool["inputSchema"], BY_HAND.get(name, {}))}
            with anyio.fail_after(20):
                outcome = await session.call("tools/call", params)
            if tool.get("execution", {}).get("taskSupport") == "required":
                assert "requires task augmentation" in refusal(outcome)
                continue
            reply = result(outcome)
            assert not reply.get("isError"), (name, reply)
            assert reply["content"]
            if "outputSchema" in tool:
                assert check(tool["outputSchema"], reply["structuredContent"]) == []


async def test_reports_progress(target: Target) -> None:
    seen: list[Mapping[str, Any]] = []
    name = "trigger-long-running-operation"
    async with talking(target) as session:
        params = {"name": name, "arguments": {"duration": 0.2, "steps": 2}}
        result(await session.call("tools/call", params, on_progress=seen.append))
    assert [params["progress"] for params in seen] == [1, 2]


async def test_a_cancelled_call_leaves_a_connection_that_works(target: Target) -> None:
    name = "trigger-long-running-operation"
    journal = Journal.create(None, target=target.describe())
    async with open_session(target, journal) as session:
        begun = anyio.Event()
        params = {"name": name, "arguments": {"duration": 60, "steps": 600}}
        call = session.start("tools/call", params, on_progress=lambda _: begun.set())
        with anyio.fail_after(20):
            await begun.wait()
            call.cancel()
            assert await call.wait() == call.outcome
            assert result(await session.call("ping")) == {}
    journal.close()


async def test_refuses_what_it_did_not_declare(target: Target) -> None:
    """The server hides the tools that would ask back; called all the same, they do not hang."""
    async with talking(target) as session:
        listed = {tool["name"] for tool in (await session.list("tools")).entries}
        assert listed.isdisjoint(ASKING)
        for name in ASKING:
            with anyio.fail_after(20):
                outcome = await session.call("tools/call", {"name": name, "arguments": {}})
            assert f"Tool {name} not found" in refusal(outcome)


async def test_answers_what_the_server_asks_back(target: Target) -> None:
    """A server that asks gets its answer at once: it is declined, and the tool's call ends."""
    declared = {
        "roots": {"listChanged": True},
        "sampling": {},
        "elicitation": {"form": {}, "url": {}},
        "tasks": {"requests": {"sampling": {"createMessage": {}}, "elicitation": {"create": {}}}},
    }
    async with talking(target, capabilities=declared) as session:
        tools = {tool["name"]: tool for tool in (await session.list("tools")).entries}
        assert set(ASKING) <= set(tools)
        for name in ASKING:
            made = arguments(tools[name]["inputSchema"], BY_HAND.get(name, {}))
            with anyio.fail_after(20):
                reply = replied(await session.call("tools/call", {"name": name, "arguments": made}))
            if name == "get-roots-list":  # it answers with the roots that it has, which are none
                continue
            # An elicitation is declined by a result, sampling by the error -1; a task of ours fails.
            told = said(reply.result) if reply.ok else str(reply.error["message"])
            declined = ("user declined", '"action": "decline"', "this client", "Poll 1: failed")
            assert any(words in told for words in declined), reply.frame
        frames = [event.frame for event in events(session.journal) if event.direction is Direction.S2C]
        back = {frame.method for frame in frames if frame is not None and frame.shape is Shape.REQUEST}
        assert back >= {"sampling/createMessage", "elicitation/create"}


async def test_reads_every_resource(target: Target) -> None:
    async with talking(target) as session:
        for resource in (await session.list("resources")).entries:
            (contents,) = result(await session.call("resources/read", {"uri": resource["uri"]}))["contents"]
            assert contents["uri"] == resource["uri"]
            assert contents.get("text") or contents.get("blob")


async def test_reads_every_template(target: Target) -> None:
    async with talking(target) as session:
        templates = (await session.list("templates")).entries
        assert templates
        for entry in templates:
            template = uritemplate.URITemplate(entry["uriTemplate"])
            uri = template.expand(dict.fromkeys(template.variable_names, "1"))
            (contents,) = result(await session.call("resources/read", {"uri": uri}))["contents"]
            assert contents.get("text") or contents.get("blob")


async def test_gets_every_prompt(target: Target) -> None:
    async with talking(target) as session:
        prompts = (await session.list("prompts")).entries
        assert prompts
        for prompt in prompts:
            wanted = [one["name"] for one in prompt.get("arguments", []) if one.get("required")]
            made = {name: PROMPT_ARGUMENTS.get(name, "some text") for name in wanted}
            params = {"name": prompt["name"], **({"arguments": made} if made else {})}
            assert result(await session.call("prompts/get", params))["messages"]


async def test_completes(target: Target) -> None:
    prompt = {"type": "ref/prompt", "name": "completable-prompt"}
    template = {"type": "ref/resource", "uri": "demo://resource/dynamic/text/{resourceId}"}
    department = {"name": "department", "value": "S"}
    member = {"name": "name", "value": ""}
    context = {"arguments": {"department": "Sales"}}
    async with talking(target) as session:

        async def values(**params: Any) -> list[str]:
            found: list[str] = result(await session.call("completion/complete", params))["completion"][
                "values"
            ]
            return found

        assert await values(ref=prompt, argument=department) == ["Sales", "Support"]
        assert await values(ref=prompt, argument=member, context=context) == ["David", "Eve", "Frank"]
        assert await values(ref=template, argument={"name": "resourceId", "value": "7"}) == ["7"]


async def test_subscribes_and_sets_the_log_level(target: Target) -> None:
    async with talking(target) as session:
        uri = "demo://resource/dynamic/text/1"
        for method, params in (
            ("ping", None),
            ("logging/setLevel", {"level": "debug"}),
            ("resources/subscribe", {"uri": uri}),
            ("resources/unsubscribe", {"uri": uri}),
        ):
            assert result(await session.call(method, params)) == {}


async def test_what_does_not_exist_is_an_answer(target: Target) -> None:
    async with talking(target) as session:
        for method, params in (
            ("tools/call", {"name": "no-such-tool", "arguments": {}}),
            ("tools/call", {"name": "get-sum", "arguments": {"a": "two"}}),
            ("resources/read", {"uri": "demo://nowhere"}),
            ("prompts/get", {"name": "no-such-prompt"}),
            ("no/such/method", {}),
        ):
            assert refusal(await session.call(method, params))


async def test_a_session_over_http_is_ended_by_a_delete(everything_url: str) -> None:
    journal = Journal.create(None)
    async with open_session(HttpTarget(everything_url), journal):
        pass
    http = [event for event in events(journal) if event.kind is Kind.HTTP]
    (deleted,) = [event.exchange for event in http if event.data.get("method") == "DELETE"]
    (status,) = [
        event.data["status"] for event in http if event.exchange == deleted and event.what == "response"
    ]
    assert status == 200
    journal.close()


def events(journal: Journal) -> list[Event]:
    return [journal.event(seq) for seq in range(len(journal))]
