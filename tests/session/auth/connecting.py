"""One person on one machine: connections with authorization to real servers, all recorded.

After each connection the recording is searched, byte by byte, for every secret that any of the servers
ever gave or got.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from inspector.errors import InspectError
from inspector.journal.journal import Journal
from inspector.session.auth.authorizer import OAuth
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.store import FileStore
from inspector.session.outcome import Outcome, Replied
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event, Kind
from tests.servers.authorization_server import AuthorizationServer
from tests.servers.visitor import Visitor

_TRIVIAL = 8
"""Characters below which a text is no secret, but a word."""


@dataclass
class Machine:
    """Where credentials and recordings lie, and who sits before it.

    Attributes:
        folder: Of this test.
        servers: All whose secrets must stay out of recordings.
        options: What is given on the command line.
        visitor: The person.
        oauth: Of the latest connection.
        recordings: One for each connection.
        clock: Unix seconds.
    """

    folder: Path
    servers: list[AuthorizationServer]
    options: AuthOptions = field(default_factory=AuthOptions)
    visitor: Visitor = field(default_factory=Visitor)
    oauth: OAuth | None = None
    recordings: list[Path] = field(default_factory=list)
    clock: Callable[[], float] = time.time

    @property
    def store(self) -> FileStore:
        return FileStore(self.folder / "credentials.json")

    @asynccontextmanager
    async def connected(self, target: str | HttpTarget, **more: Any) -> AsyncIterator[Session]:
        """A session with the server at a URL; `more` are attributes of `Options`."""
        if isinstance(target, str):
            target = HttpTarget(target)
        with self.recorded(target) as journal:
            assert self.oauth is not None
            async with open_session(target, journal, Options(**more), authorizer=self.oauth) as session:
                yield session

    async def login(self, url: str) -> None:
        """Authorize for a server without connecting to it, as `auth login` does.

        Raises:
            AuthNeeded: It came to nothing.
        """
        with self.recorded(HttpTarget(url)):
            assert self.oauth is not None
            await self.oauth.authorize()

    @contextmanager
    def recorded(self, target: HttpTarget) -> Iterator[Journal]:
        """A journal with its authorizer; when the block is left, it is searched for secrets."""
        path = self.folder / f"{len(self.recordings)}.jsonl"
        self.recordings.append(path)
        journal = Journal.create(path, target=target.describe())
        self.oauth = OAuth(target, journal, self.options, self.store, self.visitor, now=self.clock)
        try:
            yield journal
        except InspectError as error:  # what a person would be told
            self.assert_silent(json.dumps(error.document()).encode(), "the sentence")
            raise
        finally:
            journal.close()
            self.assert_silent(path.read_bytes(), "the recording")

    def assert_silent(self, raw: bytes, where: str) -> None:
        """It holds no secret, in no spelling."""
        for server in self.servers:
            for kind, secret in server.issued:
                for spelling in _spellings(secret):
                    assert spelling.encode() not in raw, f"{kind} {spelling!r} stands in {where}"

    def events(self, kind: Kind, what: str = "", number: int = -1) -> list[Event]:
        """The events of a recording, the latest by default."""
        journal = Journal.open(self.recordings[number])
        try:
            found = [journal.event(seq) for seq in range(len(journal)) if journal.kind(seq) is kind]
        finally:
            journal.close()
        return [event for event in found if what in ("", event.what)]

    def story(self, number: int = -1) -> list[str]:
        """The steps of authorization in the latest recording, each once it began."""
        started = [
            event for event in self.events(Kind.AUTH, number=number) if event.data["state"] == "started"
        ]
        return [event.what for event in started]

    def anew(self) -> Machine:
        """The same machine, which has forgotten everything."""
        (self.folder / "credentials.json").unlink(missing_ok=True)
        return self

    def with_options(self, **more: Any) -> Machine:
        """The same machine with other options."""
        self.options = replace(self.options, **more)
        return self


def _spellings(secret: str) -> Iterable[str]:
    if len(secret) < _TRIVIAL:
        return
    yield secret
    quoted = quote(secret, safe="")
    if quoted != secret:
        yield quoted
    inner = json.dumps(secret)[1:-1]
    if inner != secret:
        yield inner
    yield base64.b64encode(secret.encode()).decode().rstrip("=")


def result(outcome: Outcome) -> Any:
    assert isinstance(outcome, Replied), outcome
    assert outcome.ok, outcome.error
    return outcome.result


async def echo(session: Session, text: str = "hi") -> str:
    """Call the tool `echo`."""
    called = result(await session.call("tools/call", {"name": "echo", "arguments": {"text": text}}))
    return str(called["content"][0]["text"])


async def tools(session: Session) -> set[str]:
    """The names of the tools."""
    listing = await session.list("tools")
    result(listing.outcome)
    return {tool["name"] for tool in listing.entries}
