"""The command as a person or a script runs it: a process, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

COMMAND = (sys.executable, "-m", "inspector")
DEMO = ("--", sys.executable, "-m", "inspector.demo")
SERVERS = Path(__file__).parent.parent / "servers"

# Cached bytecode, as in an installed program, is half the time of a run.
ENV = {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": ""}


def server(name: str) -> tuple[str, ...]:
    """The words that end a line on one of the small servers."""
    return ("--", sys.executable, str(SERVERS / f"{name}.py"))


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The failure on the last line of stderr; stdout stays empty then."""
        assert self.out == ""
        error: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        assert {"kind", "message", "next"} <= error.keys()
        return error


Run: TypeAlias = Callable[..., Done]


@pytest.fixture
def run() -> Run:
    """Run `mcp-inspect` with some words; `stdin` is what it reads."""

    def call(*words: str, stdin: str = "", **env: str) -> Done:
        done = subprocess.run(
            [*COMMAND, *words],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **ENV, **env},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return call
