"""Programs of other people talk to a served recording as they would to the server itself."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.transport.target import StdioTarget
from tests.interop.conftest import NODE_VERSION, node, npm_package
from tests.interop.test_record import MCPORTER, MCPORTER_VERSION, OFFICIAL, OFFICIAL_VERSION, run
from tests.serving.conftest import recorded, serving, tool

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def file(tmp_path: Path, everything: Path) -> Path:
    """A session of ours with the reference server."""
    path = tmp_path / "session.jsonl"
    target = StdioTarget((node(), str(everything), "stdio"))
    anyio.run(recorded, path, target, [tool("echo", message="hello"), tool("get-sum", a=2, b=40)])
    return path


@contextmanager
def over_http(file: Path, kept: Path) -> Iterator[str]:
    """The recording over HTTP; what its clients do is kept."""
    command = serving(file, "--http", "0", "--record", str(kept)).argv
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = next(line for line in server.stderr if "serving at" in line)
        try:
            yield line.split("serving at ")[1].split()[0]
        finally:
            server.terminate()


def official(config: Path, words: list[str]) -> list[str]:
    """The official Inspector's command line."""
    newer = npm_package("node", NODE_VERSION) / "bin" / "node"
    program = npm_package(OFFICIAL, OFFICIAL_VERSION) / "clients" / "launcher" / "build" / "index.js"
    return [str(newer), str(program), "--cli", "--config", str(config), "--server", "everything", *words]


CALLS = {
    "echo": ["--method", "tools/call", "--tool-name", "echo", "--tool-arg", "message=hello"],
    "sum": ["--method", "tools/call", "--tool-name", "get-sum", "--tool-arg", "a=2", "b=40"],
    "prompts": ["--method", "prompts/list"],
}


@pytest.mark.parametrize("way", ["stdio", "http"])
def test_the_official_inspectors_command_line(file: Path, way: str, tmp_path: Path) -> None:
    config, kept = tmp_path / "mcp.json", tmp_path / "kept.jsonl"

    def asked() -> dict[str, str]:
        config.write_text(json.dumps({"mcpServers": {"everything": server}}))
        return {name: run(official(config, words), tmp_path) for name, words in CALLS.items()}

    if way == "stdio":
        argv = serving(file).argv
        server: dict[str, object] = {"command": argv[0], "args": list(argv[1:])}
        said = asked()
    else:
        with over_http(file, kept) as url:
            server = {"type": "streamable-http", "url": url}
            said = asked()
        assert list(Journal.open(kept).rows_with_method("tools/call"))
    assert "Echo: hello" in said["echo"]
    assert "The sum of 2 and 40 is 42." in said["sum"]
    assert "args-prompt" in said["prompts"]


def test_mcporter(file: Path, tmp_path: Path) -> None:
    start = [node(), str(npm_package(MCPORTER, MCPORTER_VERSION) / "dist" / "cli.js")]
    command = shlex.join(serving(file).argv)
    assert "Echo: hello" in run([*start, "call", "--stdio", command, "echo", "message:hello"], tmp_path)
    kept = tmp_path / "kept.jsonl"
    with over_http(file, kept) as url:
        config = tmp_path / "mcp.json"
        config.write_text(json.dumps({"mcpServers": {"everything": {"url": url}}}))
        listed = run([*start, "--config", str(config), "list", "everything", "--json"], tmp_path)
        assert all(name in listed for name in ("echo", "get-sum", "trigger-url-elicitation"))
        said = run([*start, "--config", str(config), "call", "everything.get-sum", "a:2", "b:40"], tmp_path)
        assert "The sum of 2 and 40 is 42." in said
    assert list(Journal.open(kept).rows_with_method("tools/list"))
