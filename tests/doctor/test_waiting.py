"""What a server that says nothing is busy with, as its words and the launchers' caches tell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspector.doctor import waiting
from inspector.doctor.place import Place
from inspector.doctor.seen import look
from inspector.doctor.signs import is_launcher
from inspector.transport.target import StdioTarget
from tests.doctor.conftest import TARGET, Tell

NOWHERE = Place({}, "/")


@pytest.mark.parametrize(
    ("stderr", "url"),
    [
        ("INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)", "http://127.0.0.1:8000/mcp"),
        ("Uvicorn running on http://0.0.0.0:8000", "http://127.0.0.1:8000/mcp"),
        ("Uvicorn running on http://[::]:8000", "http://127.0.0.1:8000/mcp"),
        ("Uvicorn running on http://[::1]:8000/", "'http://[::1]:8000/mcp'"),
        ("Listening on http://localhost:3000/sse.", "http://localhost:3000/sse"),
        ("Server listening on port 3000", "http://127.0.0.1:3000/mcp"),
        ("Listening on :3000", "http://127.0.0.1:3000/mcp"),
        ("Now listening on: https://localhost:7071", "https://localhost:7071/mcp"),
        ("Uvicorn running on http://127.0.0.1:1\nStarting MCP server 'x' with transport 'http' on "
         "http://127.0.0.1:1/api/mcp", "http://127.0.0.1:1/api/mcp"),
    ],
)  # fmt: skip
def test_where_it_listens(tell: Tell, stderr: str, url: str) -> None:
    found = waiting.http_only(look(tell(stderr, exit=None), TARGET, None), NOWHERE)
    assert found is not None
    assert found.next == f"mcp-inspect {url}"


@pytest.mark.parametrize(
    "stderr",
    [
        "MCP server running on stdio",
        "Starting MCP server 'x' with transport 'stdio'",
        "see http://x.example/docs",
        "",
    ],
)
def test_it_listens_nowhere(tell: Tell, stderr: str) -> None:
    assert waiting.http_only(look(tell(stderr, exit=None), TARGET, None), NOWHERE) is None


@pytest.mark.parametrize(
    "text",
    ["Continue? [y/N] ", "Password: ", "Enter your API key: ", "Ok to proceed? (y)", ">>> ", "Press any key"],
)
def test_a_question(tell: Tell, text: str) -> None:
    assert waiting.asks(look(tell(stdout=text, exit=None), TARGET, None), NOWHERE) is not None


@pytest.mark.parametrize("text", ["Ready.", "Loaded: 3 tools", "key: value"])
def test_no_question(tell: Tell, text: str) -> None:
    assert waiting.asks(look(tell(text, exit=None), TARGET, None), NOWHERE) is None


@pytest.mark.parametrize(
    ("line", "fetches"),
    [
        ("npx -y x", True),
        ("/usr/bin/npx.cmd x", True),
        ("npm exec x", True),
        ("pnpm dlx x", True),
        ("uvx x", True),
        ("uv run x", True),
        ("docker run -i x", True),
        ("npm run x", False),
        ("docker exec -i x y", False),
        ("python x.py", False),
    ],
)
def test_what_fetches_before_it_runs(line: str, fetches: bool) -> None:
    assert is_launcher(tuple(line.split())) is fetches


@pytest.mark.parametrize("package", ["@scope/server", "@scope/server@1.2.3", "server", "server@latest"])
def test_what_npx_has_fetched_before(tell: Tell, tmp_path: Path, package: str) -> None:
    seen = look(tell(exit=None), StdioTarget(("npx", "-y", package)), None)
    place = Place({"HOME": str(tmp_path)}, str(tmp_path))
    assert waiting.cold_start(seen, place) is not None
    name = (
        package
        if package.startswith("@") and package.count("@") == 1
        else package.rpartition("@")[0] or package
    )
    copy = tmp_path / ".npm" / "_npx" / "1f" / "node_modules" / name
    os.makedirs(copy)
    (copy / "package.json").touch()
    assert waiting.cold_start(seen, place) is None


def test_what_was_installed_is_no_cold_start(tell: Tell) -> None:
    target = StdioTarget(("uvx", "x"))
    assert waiting.cold_start(look(tell("Downloading x", exit=None), target, None), NOWHERE) is not None
    text = "Downloading x\nInstalled 3 packages in 1ms"
    assert waiting.cold_start(look(tell(text, exit=None), target, None), NOWHERE) is None
