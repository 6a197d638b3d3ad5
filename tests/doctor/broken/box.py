"""What a broken set-up is made of: a directory, files in it, an environment, and the cause to be named."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inspector.transport.target import StdioTarget

SERVERS = Path(__file__).parents[2] / "servers"


@dataclass
class Box:
    """A directory to start in, `home` and `bin` within it, and what the target is given.

    Nothing of the machine is on PATH unless a set-up asks for it.
    """

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    cwd: str | None = None

    def __post_init__(self) -> None:
        for name in ("work", "bin", "home"):
            (self.root / name).mkdir(exist_ok=True)
        self.cwd = str(self.work)
        self.env = {"PATH": str(self.bin), "HOME": str(self.home)}

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def write(self, name: str, text: str | bytes, mode: int = 0o644) -> Path:
        """A file in the working directory."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode())
        path.chmod(mode)
        return path

    def program(self, name: str, text: str) -> Path:
        """A program on PATH, written in Python."""
        return self.write(f"../bin/{name}", f"#!{sys.executable}\n{textwrap.dedent(text)}", 0o755)

    def borrow(self, *names: str) -> None:
        """Put programs of the machine on PATH."""
        for name in names:
            found = shutil.which(name)
            assert found is not None
            os.symlink(found, self.bin / name)

    def target(self, argv: Sequence[str]) -> StdioTarget:
        return StdioTarget(tuple(argv), self.env, self.cwd)

    def python(self, text: str, name: str = "server.py", *args: str) -> tuple[str, ...]:
        """A server in Python, and the command that starts it."""
        self.write(name, text)
        return (sys.executable, name, *args)

    def serving(self, text: str) -> tuple[str, ...]:
        """The same with the small server of the tests to build on."""
        self.env["PYTHONPATH"] = str(SERVERS)
        return self.python(text)


@dataclass(frozen=True)
class Setup:
    """A broken set-up.

    Attributes:
        name: What is broken, in words.
        rule: The cause that must be named.
        make: Builds it and returns the command.
        says: Stands in the cause's sentence.
        next: Stands in the next step.
        hangs: Whether it lives until the time is up; then the time is short.
        needs: A program of the machine without which it cannot be built.
    """

    name: str
    rule: str
    make: Callable[[Box], Sequence[str]]
    says: str = ""
    next: str = ""
    hangs: bool = False
    needs: str = ""
