"""An environment that holds `mcp` 1.x, made on demand: it cannot live beside 2.x."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from contextlib import suppress
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2] / ".venvs" / "mcp1"
DEADLINE = 90
"""Seconds for pip."""


def interpreter() -> str:
    """The environment's interpreter; skips the test where it cannot be made."""
    binary = Path("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not HOME.exists():
        HOME.parent.mkdir(exist_ok=True)
        # Made beside its place and then moved, so that two test runs at once do not meet in it.
        with tempfile.TemporaryDirectory(dir=HOME.parent, ignore_cleanup_errors=True) as made:
            _install(Path(made) / "mcp1", binary)
            with suppress(OSError):  # the other run was quicker
                (Path(made) / "mcp1").rename(HOME)
    return str(HOME / binary)


def _install(home: Path, binary: Path) -> None:
    venv.create(home, with_pip=True)
    install = [str(home / binary), "-m", "pip", "install", "-q", "--disable-pip-version-check", "mcp<2"]
    try:
        done = subprocess.run(install, capture_output=True, text=True, timeout=DEADLINE, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"pip did not install mcp 1.x within {DEADLINE} s")
    if done.returncode:
        pytest.skip(f"pip cannot install mcp 1.x: {done.stderr.strip()[-300:]}")
