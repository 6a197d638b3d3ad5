"""Imports are a budget: what a line does not need, it does not load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "anyio", "asyncio", "fastmcp", "httpcore", "httpx", "jsonschema", "mcp", "mcp_types", "platformdirs",
    "pydantic", "pygments", "rich", "textual", "truststore",
}  # fmt: skip
SERVER = ["--", sys.executable, "-m", "inspector.demo"]

SCRIPT = """
import json, sys
from inspector.cli.main import main
code = main(json.loads(sys.argv[1]))
json.dump([code, sorted(sys.modules)], sys.stderr)
"""


def loaded(words: list[str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(words)], capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    return set(modules) & HEAVY


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["list", "--help"],
        ["call", "--help"],
        ["auth", "--help"],
        ["shell", "--help"],
        ["--version"],
    ],
)
def test_help_loads_nothing(words: list[str]) -> None:
    assert loaded(words) == set()


@pytest.mark.parametrize(
    "words",
    [
        ["list", *SERVER],
        ["list", "--json", *SERVER],
        ["list", "--protocol", "2025-11-25", "--timeout", "50", "-e", "A=1", "--cwd", "/", *SERVER],
        ["call", "echo", "text=hi", *SERVER],
        ["call", "add", "a:=2", "b:=40", *SERVER],
        ["call", "picture", *SERVER],
        ["request", "tools/list", "{}", *SERVER],
        ["complete", "--prompt", "review", "language=p", *SERVER],
        ["doctor", *SERVER],
        ["shell", "--file", os.devnull, *SERVER],
    ],
)
def test_a_verb_on_stdio_loads_what_moves_bytes(words: list[str]) -> None:
    assert loaded(words) == {"anyio", "asyncio"}


def test_an_output_schema_needs_what_checks_it() -> None:
    assert loaded(["call", "add", "a=2", "b=40", *SERVER]) == {"anyio", "asyncio", "jsonschema"}


def test_what_is_kept_is_read_without_a_network() -> None:
    assert loaded(["auth", "status", "--json"]) == {"platformdirs"}


def test_recording_loads_no_more(tmp_path: Path) -> None:
    assert loaded(["list", "--record", str(tmp_path / "r"), *SERVER]) == {"anyio", "asyncio"}


def test_the_screen_is_the_apps() -> None:
    """`demo` without a terminal prints; only the app on a terminal draws."""
    assert not loaded(["demo"]) & {"textual", "rich", "httpx", "jsonschema", "mcp"}
