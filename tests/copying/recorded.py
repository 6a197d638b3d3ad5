"""Recordings of requests as no client would send them, and what a real server received of their copies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode

REPEATS = Path(__file__).parent.parent / "servers" / "repeats.py"

HOSTILE = (
    "",
    " ",
    "it's",
    'say "hi"',
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    "a\ntouch pwned\n",
    "\ttab\ttab",
    "\x03\x15\x1b[201~touch pwned\r",
    "!! !$ !touch \\!",
    "back\\slash\\",
    "\\x41\\n\\101",
    "%s%n%d %",
    "--json",
    "-e",
    "--",
    "-",
    "@/etc/passwd",
    "~root",
    "*",
    "{a,b}",
    "=ls",
    "#no comment",
    "${TOKEN}$HOME",
    "key=value",
    "key:=1",
    "http://127.0.0.1:9/",
    "nul\x00nul",
    "\x7f\x80\x9b\xa0\xad",
    "bidi \u202egnp.exe\u2066",
    "\u200b\ufeff\u2028\u2029",
    "emoji 🎉👩‍👩‍👧 ⚠️",
    "日本語 العربية",
    "\U000e0041\U0010ffff\ue000",
    "sha256:deadbeef",
    "1e5",
    "null",
    "5",
    '{"a": 1}',
    "'''\"\"\"",
    "{TOKEN!r}",
)

VALUES: dict[str, Any] = {
    **{f"t{number}": text for number, text in enumerate(HOSTILE)},
    "null": None,
    "nested": {"null": None, "empty": {}, "list": [None, [], {}], "": "", "$(touch pwned)": ["`x`"]},
    "huge": 10**400,
    "minus": -(10**30),
    "float": 0.1,
    "tiny": 5e-324,
    "big": 1.7976931348623157e308,
    "whole": 1.0,
    "true": True,
    "long": "x'\"$(touch pwned)\n" * 600,
}


def deep(levels: int) -> Any:
    value: Any = "bottom"
    for level in range(levels):
        value = [value] if level % 2 else {"k'": value}
    return value


def journal_of(
    target: dict[str, Any], *messages: tuple[str, Any] | bytes, reply: dict[str, Any] | None = None
) -> tuple[Journal, list[int]]:
    """A journal in memory with these requests, and their rows.

    Args:
        target: Of its header.
        messages: Method and params (`None` for none), or the bytes of a request.
        reply: What each is answered with: `result` or `error`.
    """
    journal = Journal.create(target=target)
    journal.append(Kind.CLIENT, data={"what": "connecting"})
    rows = []
    for id, message in enumerate(messages, 1):
        if isinstance(message, bytes):
            body = message
        else:
            method, params = message
            given = {} if params is None else {"params": params}
            body = encode({"jsonrpc": "2.0", "id": id, "method": method, **given})
        rows.append(journal.append(Kind.MESSAGE, Direction.C2S, body).seq)
        if reply is not None:
            answer = encode({"jsonrpc": "2.0", "id": id, **reply})
            journal.append(Kind.MESSAGE, Direction.S2C, answer)
    return journal, rows


class Repeats:
    """The stdio server `repeats`, and what it received.

    Args:
        folder: Where it notes that; the working directory of what is run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "received"
        self.target: dict[str, Any] = {
            "transport": "stdio",
            "argv": [sys.executable, str(REPEATS), str(self.file)],
            "env": [],
        }

    def received(self, *methods: str) -> list[Any]:
        """The requests of these methods and their parameters, without what clients write by themselves."""
        found = []
        for line in self.file.read_bytes().splitlines():
            message = json.loads(line)
            if message.get("method") in methods:
                params = message.get("params")
                if isinstance(params, dict):
                    params.pop("_meta", None)
                found.append((message["method"], params or None))
        return found

    def untouched(self) -> bool:
        """Whether nothing was run that should not be."""
        return not list(self.folder.glob("*pwned*"))


def environment(**more: str) -> dict[str, str]:
    """An environment in which `mcp-inspect` and `python` are those of these tests."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "", **more}


def run(words: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a folder, with variables beside the environment; it must end well."""
    done = subprocess.run(
        words, cwd=folder, env=environment(**more), capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-4000:])
    return done


def paste(lines: list[str], folder: Path, **more: str) -> None:
    """Run lines in bash, one after the other; each must end well."""
    script = folder / "pasted.sh"
    script.write_text("\n".join(f"{line} || exit" for line in lines), "utf-8")
    run(["bash", str(script)], folder, **more)
