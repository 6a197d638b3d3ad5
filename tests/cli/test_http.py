"""A URL in the place of a command: what goes wrong as exit codes and facts, and a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from tests.cli.conftest import COMMAND, ENV, SERVERS, Run
from tests.servers.http_hostile import hostile


async def against(path: str, *words: str) -> tuple[int, str, dict[str, Any]]:
    """Run a line with `--json` against one behaviour; exit code, stdout and the error."""
    async with hostile() as server:
        done = await anyio.run_process(
            [*COMMAND, *words, "--json", server.url(path)], check=False, env={**os.environ, **ENV}
        )
    return done.returncode, done.stdout.decode(), json.loads(done.stderr.splitlines()[-1])["error"]


@pytest.mark.parametrize(
    ("path", "code", "kind", "status"),
    [
        ("unauthorized", 3, "authorization", 401),
        ("html-500", 4, "connection", 500),
        ("not-found", 4, "connection", 404),
        ("hang-up", 4, "connection", None),
    ],
)
async def test_what_the_status_says(path: str, code: int, kind: str, status: int | None) -> None:
    exit_code, out, error = await against(path, "list")
    assert exit_code == code, error
    assert out == ""
    assert error["kind"] == kind
    assert error.get("status") == status
    assert error["message"]
    assert error["next"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server written with the `mcp` SDK."""
    words = [sys.executable, str(SERVERS / "mcp2_server.py"), "http", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.mark.parametrize("version", ["auto", "2025-03-26", "2025-11-25", "2026-07-28"])
def test_a_real_server(run: Run, url: str, version: str) -> None:
    done = run("list", url, "tools", "--json", "--protocol", version)
    assert done.code == 0, done.err
    assert "echo" in [tool["name"] for tool in done.json["tools"]]
    assert version in ("auto", done.json["protocolVersion"])


def test_the_url_may_stand_anywhere(run: Run, url: str) -> None:
    for words in (
        [url, "call", "echo", "text=x"],
        ["call", url, "echo", "text=x"],
        ["call", "echo", "text=x", url],
    ):
        assert run(*words).out == "x\n"


def test_headers_are_sent_and_secrets_not_shown(run: Run, url: str) -> None:
    words = (
        "call",
        "echo",
        "text=x",
        url,
        "--header",
        "X-Team: blue",
        "--header",
        "Authorization: Bearer hunter2",
    )
    done = run(*words, "--trace")
    assert done.code == 0
    assert "X-Team: blue" in done.err or "x-team: blue" in done.err
    assert "← http #1 response status=200" in done.err
    assert "hunter2" not in done.err
