"""Programs of other people drive a published server through `record`; the recording has all that they did."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind
from tests.interop.conftest import NODE_VERSION, node, npm_package
from tests.proxy.recording import facts, finished, line

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="record is for POSIX"),
]

OFFICIAL, OFFICIAL_VERSION = "@modelcontextprotocol/inspector", "2.12.0"
MCPORTER, MCPORTER_VERSION = "mcporter", "0.7.3"


@pytest.fixture
def host(tmp_path: Path, everything: Path) -> Path:
    """The configuration of a host whose server is recorded to `r.jsonl` beside it."""
    command = line(tmp_path / "r.jsonl", [node(), str(everything), "stdio"])
    config = tmp_path / "mcp.json"
    config.write_text(
        json.dumps({"mcpServers": {"everything": {"command": command[0], "args": command[1:]}}})
    )
    return config


def run(argv: list[str], home: Path) -> str:
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        argv,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def calls(journal: Journal, method: str) -> list[int]:
    """The rows of the requests of a method; each has had its answer."""
    rows = list(journal.rows_with_method(method))
    assert all(journal.status(row) is Status.OK for row in rows)
    return rows


def test_the_official_inspectors_command_line(host: Path, tmp_path: Path) -> None:
    newer = npm_package("node", NODE_VERSION) / "bin" / "node"
    program = npm_package(OFFICIAL, OFFICIAL_VERSION) / "clients" / "launcher" / "build" / "index.js"
    start = [str(newer), str(program), "--cli", "--config", str(host), "--server", "everything"]
    said = run(
        [*start, "--method", "tools/call", "--tool-name", "echo", "--tool-arg", "message=hello"], tmp_path
    )
    assert "Echo: hello" in said
    journal = finished(tmp_path / "r.jsonl")
    (row,) = calls(journal, "tools/call")
    assert journal.event(row).frame.params["arguments"] == {"message": "hello"}  # type: ignore[union-attr, index]
    first = journal.event(calls(journal, "initialize")[0])
    assert first.direction is Direction.C2S


def test_mcporter(host: Path, everything: Path, tmp_path: Path) -> None:
    program = npm_package(MCPORTER, MCPORTER_VERSION) / "dist" / "cli.js"
    start = [node(), str(program)]
    said = run([*start, "--config", str(host), "list", "everything", "--json"], tmp_path)
    journal = finished(tmp_path / "r.jsonl")
    listed = {tool["name"] for tool in journal.catalogue.tools}
    assert listed
    assert all(name in said for name in listed)
    assert calls(journal, "tools/list")
    assert facts(journal, "exited")["code"] == 0
    command = shlex.join(line(tmp_path / "second.jsonl", [node(), str(everything), "stdio"]))
    said = run([*start, "call", "--stdio", command, "echo", "message:hello"], tmp_path)
    assert "Echo: hello" in said
    second = finished(tmp_path / "second.jsonl")
    assert len(calls(second, "tools/call")) == 1
    assert any(second.kind(row) is Kind.STDERR for row in range(len(second)))
