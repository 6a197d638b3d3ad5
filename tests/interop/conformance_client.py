"""The client that the official conformance suite drives: this project's own, without a screen.

    python -m tests.interop.conformance_client URL

The suite names the scenario in the environment, with what a person would have been told beforehand (a
client id, a key). All that happens here is what a person would do in the app: connect, list, call, accept
what is asked back. How that is done is the business of `open_session` and `OAuth`, which know no scenario.
Recording and credentials go into the folder MCP_INSPECT_FOLDER, or into a fresh one.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

sys.path.insert(0, str(Path(__file__).parents[2]))  # the suite may start this file from anywhere

from inspector.errors import InspectError, RequestFailed
from inspector.journal.journal import Journal
from inspector.session.answers import Policies, Script, accepted, model_says
from inspector.session.auth.authorizer import OAuth
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.store import FileStore
from inspector.session.outcome import Outcome, Replied
from inspector.session.owner import Options, Session, open_session
from inspector.session.peer import Answer
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from inspector.wire.jsonrpc import Frame
from inspector.wire.mirrored import problems
from tests.servers.visitor import Visitor

CAPABILITIES = {"roots": {}, "sampling": {}, "elicitation": {}}
CLIENT_METADATA = "https://conformance-test.local/client-metadata.json"
"""Where our client id metadata document would lie; the suite knows this URL and asks for nothing there."""


def accept(frame: Frame) -> Answer | None:
    """Agree to what the server asks: a form goes back as it opens, with its defaults."""
    match frame.method:
        case "roots/list":
            return Answer({"roots": []})
        case "sampling/createMessage":
            return model_says("some text")
        case "elicitation/create":
            return accepted(frame.params)
    return None


def result(outcome: Outcome) -> Any:
    """The result of a call.

    Raises:
        RequestFailed: There is none.
    """
    if not isinstance(outcome, Replied) or not outcome.ok:
        says = outcome.error if isinstance(outcome, Replied) else outcome
        raise RequestFailed(f"A call failed: {says}")
    return outcome.result


async def call(session: Session, name: str, arguments: Mapping[str, Any]) -> Any:
    """Call a tool and answer what it asks."""
    return result(await session.call("tools/call", {"name": name, "arguments": arguments}))


async def tools(session: Session) -> list[Any]:
    """The tools that the server lists and a conforming client offers."""
    listing = await session.list("tools")
    result(listing.outcome)
    return [tool for tool in listing.entries if not problems(tool.get("inputSchema"))]


Story = Callable[[Session, Mapping[str, Any]], Awaitable[None]]


async def call_every_tool(session: Session, context: Mapping[str, Any]) -> None:
    """List the tools and call each with something that fits."""
    for tool in await tools(session):
        await call(session, tool["name"], arguments(tool.get("inputSchema")))


async def list_tools(session: Session, context: Mapping[str, Any]) -> None:
    """List the tools."""
    await tools(session)


async def use_everything(session: Session, context: Mapping[str, Any]) -> None:
    """Use whatever the server declares."""
    listings = await session.list_all()
    await call_every_tool(session, context)
    for resource in listings["resources"].entries:
        result(await session.call("resources/read", {"uri": resource["uri"]}))
    for prompt in listings["prompts"].entries:
        result(await session.call("prompts/get", {"name": prompt["name"]}))


async def make_given_calls(session: Session, context: Mapping[str, Any]) -> None:
    """Make the calls that the suite wants."""
    await tools(session)
    for made in context["toolCalls"]:
        await call(session, made["name"], made["arguments"])


async def echo_schema(session: Session, context: Mapping[str, Any]) -> None:
    """Send a tool's schema back as it came."""
    (focal,) = [tool for tool in await tools(session) if tool["name"] == "json_schema_2020_12_tool"]
    await call(session, "json_schema_echo", {"schema": focal["inputSchema"]})


STORIES: Mapping[str, Story] = {
    "http-standard-headers": use_everything,
    "http-custom-headers": make_given_calls,
    "json-schema-ref-no-deref": list_tools,
    "json-schema-2020-12-preservation": echo_schema,
}
"""What to do beside calling every tool, where a scenario wants something else."""


def arguments(schema: Any) -> dict[str, Any]:
    """Something that fits a schema of numbers and text."""
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return {name: 2 if part.get("type") == "number" else "some text" for name, part in properties.items()}


@dataclass(frozen=True)
class Run:
    """One scenario, as the environment tells it."""

    scenario: str
    context: Mapping[str, Any]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Run:
        context = json.loads(environment.get("MCP_CONFORMANCE_CONTEXT", "{}"))
        return cls(environment["MCP_CONFORMANCE_SCENARIO"], context)

    @property
    def story(self) -> Story:
        return STORIES.get(self.scenario, call_every_tool)

    @property
    def authorization(self) -> AuthOptions:
        """What a person would have typed: all that the suite tells, each under its option."""
        told = self.context
        secret = told.get("client_secret")
        if "idp_id_token" in told:
            return AuthOptions(
                grant="enterprise-managed",
                client_id=told["client_id"],
                client_secret=secret,
                idp_issuer=told["idp_issuer"],
                idp_token_endpoint=told["idp_token_endpoint"],
                idp_client_id=told["idp_client_id"],
                id_token=told["idp_id_token"],
            )
        machine = self.scenario.startswith("auth/client-credentials")
        return AuthOptions(
            grant="client-credentials" if machine else "authorization-code",
            client_id=told.get("client_id"),
            client_secret=secret,
            private_key=told.get("private_key_pem"),
            signing_algorithm=told.get("signing_algorithm", ""),
            client_metadata_url=CLIENT_METADATA,
        )


async def play(url: str, run: Run, folder: Path) -> None:
    """Connect and do what the scenario wants; everything is recorded in `folder`.

    Raises:
        InspectError: As the app would say it.
    """
    target = HttpTarget(url)
    journal = Journal.create(folder / "recording.jsonl", target=target.describe())
    options = Options(capabilities=CAPABILITIES, policies=Policies.every(Script(accept)))
    try:
        store = FileStore(folder / "credentials.json")
        authorizer = OAuth(target, journal, run.authorization, store, Visitor())
        async with open_session(target, journal, options, authorizer=authorizer) as session:
            await run.story(session, run.context)
    finally:
        _tell(journal)
        journal.close()


def _tell(journal: Journal) -> None:
    """The story on stderr, for whoever looks into a failure."""
    for seq in range(len(journal)):
        event = journal.event(seq)
        if event.kind is Kind.MESSAGE:
            print(event.direction.name, event.body.decode("utf-8", "replace")[:2000], file=sys.stderr)
        else:
            print(event.kind.name, json.dumps(event.data)[:2000], file=sys.stderr)


def main() -> int:
    folder = Path(os.environ.get("MCP_INSPECT_FOLDER") or tempfile.mkdtemp(prefix="conformance-"))
    try:
        anyio.run(play, sys.argv[1], Run.of(os.environ), folder)
    except InspectError as error:
        print(json.dumps(error.document()), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
