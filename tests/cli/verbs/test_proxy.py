"""`proxy` as it is started: what it says, where it listens, how it ends."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from inspector.journal.journal import Journal
from tests.transport.http_talk import served

if TYPE_CHECKING:
    from tests.cli.conftest import Run

DISCOVER = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@contextlib.contextmanager
def standing(*words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The command, and what it said until it listened."""
    command = [sys.executable, "-P", "-m", "inspector", "proxy", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "Ctrl+C ends it" in line:
                break
        yield process, said
    finally:
        process.kill()
        process.communicate(timeout=20)


def asked(line: str) -> int:
    url = line.split()[1]
    headers = {"accept": "application/json, text/event-stream"}
    return httpx.post(url, json=DISCOVER, headers=headers, timeout=20).status_code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_stands_and_ends_with_what_passed(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "session.mcp.jsonl"
    with (
        served("mcp2_server.py") as url,
        standing(url, "--record", str(file), "--name", "local") as (process, said),
    ):
        assert said[-1].endswith(f" stands for {url}  (Ctrl+C ends it)\n")
        asked(said[-1])
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert err.splitlines()[-1].startswith("mcp-inspect: 1 request, ")
    assert err.splitlines()[-1].endswith(f"; recorded in {file}")
    assert Journal.open(file).header.extra == {"name": "local"}
    journal = Journal.open(file)
    assert journal.header.mode == "proxy"
    assert [journal.method(row) for row in range(len(journal)) if journal.method(row)] == ["ping"]
    journal.close()


def test_beyond_loopback_it_warns() -> None:
    with standing("http://127.0.0.1:1/mcp", "--listen", "0.0.0.0:0", "--no-record") as (_, said):
        assert "whoever reaches 0.0.0.0:0" in said[0]
        assert asked(said[-1]) == 502


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["http://127.0.0.1:1/", "--listen", "nowhere"], "--listen takes HOST:PORT"),
        (["http://127.0.0.1:1/", "--listen", "127.0.0.1:99999"], "--listen takes HOST:PORT"),
        (["http://127.0.0.1:1/", "--listen", "192.0.2.1:0"], "Cannot listen on 192.0.2.1:0"),
        (["--", "python", "server.py"], "proxy needs the URL of a server"),
        ([], "No server to connect to"),
        (["http://127.0.0.1:1/", "--cacert", "/no/such/file"], "No certificates could be read"),
    ],
)
def test_what_cannot_be_meant(run: Run, words: list[str], says: str) -> None:
    done = run("proxy", *words, "--no-record") if "--" not in words else run("proxy", *words)
    assert done.code in (2, 4)
    assert says in done.err
    assert "Traceback" not in done.err


def test_an_address_that_is_taken_is_said(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = "{}:{}".format(*taken.getsockname())
        line = ["proxy", "http://127.0.0.1:1/mcp", "--listen", at]
        result = run(*line, "--record", str(tmp_path / "session.mcp.jsonl"))
    assert (result.code, result.out, list(tmp_path.iterdir())) == (2, "", [])
    assert result.err.startswith(f"mcp-inspect: Cannot listen on {at}: Address already in use. Choose an ")
