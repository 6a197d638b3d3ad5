"""What a broken set-up over HTTP is: something that runs, a target to reach it by, and the cause to name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget
from tests.servers.http_broken import everywhere
from tests.servers.http_raw import Behaviour


@dataclass(frozen=True, slots=True)
class Bench:
    """What a set-up may use: a folder, and the environment for as long as the test runs."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch


Build: TypeAlias = Callable[[Bench], AbstractAsyncContextManager[HttpTarget]]


@dataclass(frozen=True, slots=True)
class Setup:
    """One set-up.

    Attributes:
        name: Of the test; docs/doctor.md names it.
        rule: Of the cause.
        build: Makes it run.
        says: Stands in the cause's sentence.
        next: Stands in the next step.
        options: How to connect.
        active: Ask more than the connection does.
        paths: Try the usual paths.
        authorization: Whether exit code 3 is right.
        then: Done with the connection, where the handshake itself succeeds.
        check: Name of a check and what stands in its sentence or evidence.
    """

    name: str
    rule: str
    build: Build
    says: str = ""
    next: str = ""
    options: Options = field(default_factory=lambda: Options(timeout=5, probe_timeout=2))
    active: bool = False
    paths: bool = False
    authorization: bool = False
    then: Callable[[Bench, HttpTarget, Journal, Options], Awaitable[Any]] | None = None
    check: tuple[str, str] = ("", "")


SHORT = Options(timeout=1.5, probe_timeout=0.5)
"""For servers that never answer."""


def raw(behaviour: Behaviour, path: str = "mcp", **target: Any) -> Build:
    """A raw server that behaves so at every path."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        async with everywhere(behaviour) as server:
            yield HttpTarget(server.url(path), **target)

    return build
