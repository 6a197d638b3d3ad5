"""Which names a command may be a misspelling of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspector.doctor.command import examine
from inspector.doctor.place import Place
from inspector.transport.target import StdioTarget


@pytest.mark.parametrize(
    ("name", "there", "meant"),
    [
        ("npxx", "npx", True),  # one too many
        ("uxv", "uvx", True),  # two swapped
        ("nod", "node", True),  # one missing
        ("nope", "node", False),  # another name of four letters
        ("pyton", "python", True),
        ("pyhton3", "python3", True),
        ("dcoekr", "docker", True),
        ("dockup", "docker", True),
        ("serve", "swerve9", False),
    ],
)
def test_near_names(name: str, there: str, meant: bool, tmp_path: Path) -> None:
    program = tmp_path / "bin" / there
    program.parent.mkdir()
    program.write_text("")
    program.chmod(0o755)
    target = StdioTarget((name, "x"))
    environment = {"PATH": os.fspath(program.parent), "HOME": os.fspath(tmp_path)}
    verdict = examine(target, Place(env=environment, cwd=os.fspath(tmp_path)))
    assert verdict.cause is not None
    assert (f"is {there} meant?" in verdict.cause.says) is meant
    assert verdict.cause.next.endswith(f"-- {there} x") is meant
