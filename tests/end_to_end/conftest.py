"""Servers written with `mcp` 2.x, in the modern era, over stdio and over streamable HTTP."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from inspector.transport.target import HttpTarget, StdioTarget
from tests.conftest import SERVERS
from tests.transport.http_talk import served

pytest.register_assert_rewrite("tests.end_to_end.driving", "tests.interop.talk")

Target = StdioTarget | HttpTarget
TRANSPORTS = ("stdio", "http")


def _place(script: str, request: pytest.FixtureRequest) -> Target:
    """A server of each test's own over stdio; over HTTP one for all tests of a module."""
    if request.param == "stdio":
        return StdioTarget((sys.executable, str(SERVERS / script), "stdio"))
    return HttpTarget(str(request.getfixturevalue(f"{script.removesuffix('.py')}_url")))


@pytest.fixture(scope="module")
def asks_back_url() -> Iterator[str]:
    with served("asks_back.py") as url:
        yield url


@pytest.fixture(scope="module")
def changing_url() -> Iterator[str]:
    with served("changing.py") as url:
        yield url


@pytest.fixture(scope="module")
def mcp2_tasks_url() -> Iterator[str]:
    with served("mcp2_tasks.py") as url:
        yield url


@pytest.fixture(params=TRANSPORTS)
def asks_back(request: pytest.FixtureRequest) -> Target:
    return _place("asks_back.py", request)


@pytest.fixture(params=TRANSPORTS)
def changing(request: pytest.FixtureRequest) -> Target:
    return _place("changing.py", request)


@pytest.fixture(params=TRANSPORTS)
def mcp2_tasks(request: pytest.FixtureRequest) -> Target:
    return _place("mcp2_tasks.py", request)
