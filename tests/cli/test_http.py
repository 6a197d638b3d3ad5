"""A URL in the place of a command: what goes wrong as exit codes and facts, and a real server."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.cli.conftest import COMMAND, ENV, SERVERS, Run
from tests.servers.certificate import write_certificate
from tests.servers.http_hostile import hostile


async def against(
    path: str, *words: str, tls: ssl.SSLContext | None = None
) -> tuple[int, str, dict[str, Any]]:
    """Run a line with `--json` against one behaviour; exit code, stdout and the error."""
    async with hostile(tls) as server:
        done = await anyio.run_process(
            [*COMMAND, *words, "--json", server.url(path)], check=False, env={**os.environ, **ENV}
        )
    return done.returncode, done.stdout.decode(), json.loads(done.stderr.splitlines()[-1])["error"]


@pytest.mark.parametrize(
    ("path", "code", "status", "says", "next"),
    [
        ("unauthorized", 3, 401, "A person must authorize at 127.0.0.1", "mcp-inspect auth login"),
        ("forbidden", 4, 403, "it answered 403, without a Bearer challenge", "mcp-inspect --header"),
        ("html-500", 4, 500, "Cannot connect: the server answered 500", "Read the server's own log"),
        (
            "not-found",
            4,
            404,
            "got 404; POST initialize got 404; GET got 404",
            "mcp-inspect doctor --paths http://127",
        ),
        (
            "html-200",
            4,
            200,
            "answered 200 without a JSON-RPC reply",
            "mcp-inspect doctor --paths http://127",
        ),
        (
            "accepted",
            4,
            202,
            "answered 202, which promises no reply",
            "mcp-inspect doctor --paths http://127",
        ),
        ("found", 4, 302, "answered 302 and points to http://127.0.0.1:", "mcp-inspect http://127.0.0.1:"),
        ("moved-nowhere", 4, None, "points to something that is no URL", "Correct the server"),
        ("ends-early", 4, 200, "broke off before the reply", "Read the log"),
        ("hang-up", 4, None, "closed the connection without a response", "Read the server's log"),
        ("not-http", 4, None, "is not HTTP: SSH-2.0-OpenSSH_9.9", "Check the port"),
    ],
)
async def test_what_the_status_says(path: str, code: int, status: int | None, says: str, next: str) -> None:
    exit_code, out, error = await against(path, "list")
    assert exit_code == code, error
    assert out == ""
    assert error["kind"] == {3: "authorization", 4: "connection"}[code]
    assert error.get("status") == status
    assert says in error["message"]
    assert next in error["next"]


async def test_a_certificate_and_whom_to_trust(tmp_path: Path) -> None:
    file = write_certificate(tmp_path / "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    code, _, error = await against("html-500", "list", tls=context)
    assert code == 4
    assert "is not trusted" in error["message"]
    assert error["next"].startswith("mcp-inspect --cacert CERTIFICATE.pem https://")
    for trust in (("--insecure",), ("--cacert", str(file))):
        _, _, error = await against("html-500", "list", *trust, tls=context)
        assert error["status"] == 500
    code, _, error = await against("html-500", "list", "--cacert", str(tmp_path / "none"), tls=context)
    assert code == 4
    assert error["message"].endswith("none: No such file or directory")


def test_a_name_that_does_not_resolve(run: Run) -> None:
    done = run("list", "--json", "http://no-such-host.invalid/mcp")
    assert done.code == 4
    assert "the name no-such-host.invalid does not resolve" in done.error["message"]


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
