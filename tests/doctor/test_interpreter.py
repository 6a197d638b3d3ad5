"""What a command line runs: which word is the script, and which Python has which module."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.doctor.interpreter import environment_of, holds_module, runner, script_of
from inspector.transport.target import StdioTarget


@pytest.mark.parametrize(
    ("line", "script"),
    [
        ("python server.py --port 1", "server.py"),
        ("/opt/py/bin/python3.12 -u -W ignore server.py", "server.py"),
        ("python -m weather server.py", None),
        ("python -um weather", None),
        ("python -c code server.py", None),
        ("python", None),
        ("node --require ./a.js server.js", "server.js"),
        ("node -e code", None),
        ("node -pe code", None),
        ("bash -lc line", None),
        ("bash start.sh", "start.sh"),
        ("deno run -A server.ts", "server.ts"),
        ("npx -y @scope/server", None),
        ("my-server x.py", None),
    ],
)
def test_the_script(line: str, script: str | None) -> None:
    assert script_of(StdioTarget(tuple(line.split()))) == script


@pytest.mark.parametrize(
    ("program", "runs"),
    [("python3.13", "python"), ("pypy3", "python"), ("python.exe", "python"), ("NODE.EXE", "node"),
     ("pythonista", None), ("npx", None)],
)  # fmt: skip
def test_what_runs_it(program: str, runs: str | None) -> None:
    assert runner(StdioTarget((program,))) == runs


def test_an_environment_and_its_modules(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    (packages / "one").mkdir(parents=True)
    (packages / "two.py").touch()
    (tmp_path / "pyvenv.cfg").touch()
    assert environment_of(str(tmp_path / "bin" / "python")) == str(tmp_path)
    assert holds_module(str(tmp_path), "one.part")
    assert holds_module(str(tmp_path), "two")
    assert not holds_module(str(tmp_path), "o*")
