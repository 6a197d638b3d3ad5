"""Set-ups that fail before a line of the server's code runs: the line, the directory, the program."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Sequence

from tests.doctor.broken.box import Box, Setup

OK = "print('hello')"


def _near(box: Box) -> Sequence[str]:
    box.program("my-server", OK)
    return ("my-servre", "--stdio")


def _python3_only(box: Box) -> Sequence[str]:
    os.symlink(sys.executable, box.bin / "python3")
    box.write("server.py", OK)
    return ("python", "server.py")


def _one_word(box: Box) -> Sequence[str]:
    box.write("server.py", OK)
    return (f"{sys.executable} server.py --fast",)


def _home(box: Box) -> Sequence[str]:
    box.write("../home/server", OK, 0o755)
    return ("~/server",)


def _variable(box: Box) -> Sequence[str]:
    box.write("../home/server", OK, 0o755)
    return ("$HOME/server",)


def _path(box: Box) -> Sequence[str]:
    box.write("build/server", OK, 0o755)
    return ("./build/servre",)


def _path_parent(box: Box) -> Sequence[str]:
    return ("/no/such/directory/server",)


def _alias(box: Box) -> Sequence[str]:
    box.write("../home/.bashrc", "PS1=x\nalias mcp-here='my-server --stdio'\n")
    box.program("my-server", OK)
    return ("mcp-here", "--fast")


def _function(box: Box) -> Sequence[str]:
    box.write("../home/.zshrc", "nvm() { echo; }\n")
    return ("nvm", "use", "20")


def _here(box: Box) -> Sequence[str]:
    box.write("server.py", OK)
    return ("server.py",)


def _windows(box: Box) -> Sequence[str]:
    box.program("npx", OK)
    return ("npx.cmd", "-y", "@scope/server")


def _cmd(box: Box) -> Sequence[str]:
    box.program("npx", OK)
    return ("cmd", "/c", "npx", "-y", "@scope/server")


def _directory(box: Box) -> Sequence[str]:
    box.write("package/__main__.py", OK)
    return ("./package",)


def _mode(box: Box) -> Sequence[str]:
    box.write("server.py", f"#!{sys.executable}\n{OK}")
    return ("./server.py",)


def _mode_binary(box: Box) -> Sequence[str]:
    box.write("server", b"\x7fELF" + bytes(60))
    return ("./server",)


def _no_shebang(box: Box) -> Sequence[str]:
    box.write("server.py", OK, 0o755)
    return ("./server.py",)


def _crlf(box: Box) -> Sequence[str]:
    box.write("server", f"#!{sys.executable}\r\n{OK}\r\n", 0o755)
    return ("./server",)


def _interpreter(box: Box) -> Sequence[str]:
    box.write("server", f"#!/old/project/.venv/bin/python\n{OK}\n", 0o755)
    return ("./server",)


def _env_interpreter(box: Box) -> Sequence[str]:
    box.borrow("env")
    box.write("server", f"#!/usr/bin/env python2.9\n{OK}\n", 0o755)
    return ("./server",)


def _elf(machine: int, loader: bytes = b"") -> bytes:
    """The beginning of a program for Linux: a header, and where it names a loader, that."""
    headers = 1 if loader else 0
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56, headers, 0, 0, 0)
    if not loader:
        return header
    entry = struct.pack("<IIQQQQQQ", 3, 4, 120, 0, 0, len(loader) + 1, len(loader) + 1, 1)
    return header + entry + loader + b"\0"


def _architecture(box: Box) -> Sequence[str]:
    box.write("server", _elf(243 if os.uname().machine != "riscv64" else 62), 0o755)
    return ("./server",)


def _of_windows(box: Box) -> Sequence[str]:
    box.write("server", b"MZ" + bytes(200), 0o755)
    return ("./server",)


def _loader(box: Box) -> Sequence[str]:
    ours = {"x86_64": 62, "aarch64": 183}[os.uname().machine]
    box.write("server", _elf(ours, b"/lib/ld-musl-none.so.1"), 0o755)
    return ("./server",)


def _no_directory(box: Box) -> Sequence[str]:
    box.cwd = str(box.root / "wrok")
    return (sys.executable, "server.py")


def _file_as_directory(box: Box) -> Sequence[str]:
    box.cwd = str(box.write("server.py", OK))
    return (sys.executable, "server.py")


START = (
    Setup(
        "nothing of that name", "command-not-found", lambda box: ("mcp-no-such",), "mcp-no-such", "full path"
    ),
    Setup("a misspelled name", "command-not-found", _near, "is my-server meant?", "-- my-server --stdio"),
    Setup("npx without Node", "launcher-missing", lambda box: ("npx", "-y", "x"), "npx", "nodejs.org"),
    Setup("uvx without uv", "launcher-missing", lambda box: ("uvx", "x"), "uvx", "astral.sh"),
    Setup(
        "docker not installed", "launcher-missing", lambda box: ("docker", "run", "x"), "docker", "docker.com"
    ),
    Setup("python3 only", "python-missing", _python3_only, "called python3", "-- python3 server.py"),
    Setup("no Python at all", "python-missing", lambda box: ("python", "x.py"), "no python", "python.org"),
    Setup("a line in one word", "command-line-in-one-word", _one_word, "one word", "server.py --fast"),
    Setup("a home directory", "command-not-expanded", _home, "without a shell", "/home/server"),
    Setup("a variable", "command-not-expanded", _variable, "$HOME/server", "/home/server"),
    Setup(
        "an assignment",
        "command-is-assignment",
        lambda box: ("API_KEY=hush", "my-server"),
        "API_KEY",
        "-e API_KEY=… -- my-server",
    ),
    Setup(
        "a URL",
        "command-is-url",
        lambda box: ("http://me:hush@localhost:8000/mcp",),
        "is a URL",
        "mcp-inspect doctor http",
    ),
    Setup("an empty word", "command-empty", lambda box: ("",), "no command"),
    Setup("a misspelled path", "command-path-missing", _path, "holds no servre", "build/server"),
    Setup("a path to nowhere", "command-path-missing", _path_parent, "holds no no", "Check the path"),
    Setup(
        "a builtin", "command-is-shell-builtin", lambda box: ("cd", "x"), "cd exists inside a shell", "--cwd"
    ),
    Setup("an alias", "command-is-shell-alias", _alias, "alias", "-- my-server --stdio --fast"),
    Setup("a function", "command-is-shell-alias", _function, "nvm is an alias or a function"),
    Setup("a file beside", "command-is-file-here", _here, "on PATH only", "-- python server.py"),
    Setup("a shim of Windows", "command-of-windows", _windows, "called npx", "-- npx -y"),
    Setup("the shell of Windows", "command-of-windows", _cmd, "shell of Windows", "-- npx -y"),
    Setup("a directory", "command-is-directory", _directory, "is a directory", "-m package"),
    Setup("a script without x", "command-not-executable", _mode, "lacks the x", "python ./server.py"),
    Setup("a program without x", "command-not-executable", _mode_binary, "lacks the x", "chmod +x"),
    Setup("no first line", "shebang-missing", _no_shebang, "without #!", "python ./server.py"),
    Setup("the line ends of Windows", "shebang-crlf", _crlf, "carriage return", "sed"),
    Setup(
        "a moved environment",
        "shebang-interpreter-missing",
        _interpreter,
        "virtual environment",
        "/old/project",
    ),
    Setup("env without it", "shebang-interpreter-missing", _env_interpreter, "python2.9", "python2.9"),
    Setup("another processor", "wrong-architecture", _architecture, "was built for Linux"),
    Setup("another system", "wrong-architecture", _of_windows, "was built for Windows"),
    Setup("another C library", "loader-missing", _loader, "/lib/ld-musl-none.so.1"),
    Setup("no directory", "directory-missing", _no_directory, "does not exist", "--cwd"),
    Setup("a file as directory", "directory-is-file", _file_as_directory, "is a file", "--cwd"),
)
