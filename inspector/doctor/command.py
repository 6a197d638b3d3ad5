"""Is there a program of that name, and where was it looked for: the first thing a start needs.

Looks into PATH, the current directory and the shell's start files. What the program is made of, once it
was found, is the business of `inspector.doctor.program`.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from inspector.doctor.place import Place
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, Verdict, again, joined, passed
from inspector.journal.redact import redact_url
from inspector.journal.redact_argv import redact_argv

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget

NAME, TITLE = "command", "Command found"

LAUNCHERS = {
    "npx": "It comes with Node.js: https://nodejs.org",
    "npm": "It comes with Node.js: https://nodejs.org",
    "node": "Install Node.js: https://nodejs.org",
    "bun": "Install Bun: https://bun.sh",
    "bunx": "It comes with Bun: https://bun.sh",
    "deno": "Install Deno: https://deno.com",
    "uvx": "It comes with uv: https://docs.astral.sh/uv",
    "uv": "Install uv: https://docs.astral.sh/uv",
    "pipx": "Install pipx: https://pipx.pypa.io",
    "docker": "Install Docker: https://docs.docker.com/get-docker",
    "podman": "Install Podman: https://podman.io",
    "java": "Install a Java runtime: https://adoptium.net",
    "dotnet": "Install .NET: https://dotnet.microsoft.com",
    "go": "Install Go: https://go.dev",
    "cargo": "Install Rust: https://rustup.rs",
}
"""Programs that many servers are started with, and where each comes from."""

_BUILTINS = frozenset(
    {".", "alias", "bg", "cd", "eval", "exec", "export", "fg", "set", "setx", "source", "ulimit", "umask"}
)
_START_FILES = (
    ".bashrc",
    ".bash_aliases",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".aliases",
    ".config/fish/config.fish",
)
_START_FILE_ROOM = 1 << 18
_VARIABLE = re.compile(r"\$\{?(\w+)\}?|%(\w+)%")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=.*", re.DOTALL)
_FEW = 2000
"""Names of a directory that are compared."""
_SHORT, _LONG = 5, 6
"""Letters from which on one of a name may be another, and from which on two may be wrong."""


def examine(target: StdioTarget, place: Place) -> Verdict:
    """The program that the first word of `target` names."""
    name = target.argv[0] if target.argv else ""
    found = place.which(name) if name else None
    if found is not None:
        says = found if os.path.dirname(name) else f"{name} is {found}"
        return passed(NAME, TITLE, says)
    if os.path.dirname(name) and os.path.exists(place.at(name)):
        return passed(NAME, TITLE, f"{place.at(name)} is there")  # the next check tells why it cannot start
    for recognise in (_spelled_wrongly, _path_missing, _of_the_shell, _lies_here, _launcher_missing):
        fault = recognise(target, place, name)
        if fault is not None:
            return fault.verdict(NAME, TITLE)
    return _nowhere(target, place, name).verdict(NAME, TITLE)


def _spelled_wrongly(target: StdioTarget, place: Place, name: str) -> Found | None:
    """A word that a shell would have taken apart or replaced."""
    rest = target.argv[1:]
    if not name:
        return Found(
            rule=Rule.COMMAND_EMPTY,
            finds="The first word of the command is empty",
            says="There is no command to start: its first word is empty",
            next="mcp-inspect doctor -- COMMAND…",
        )
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://", name):
        url = redact_url(name)
        http = url.lower().startswith(("http://", "https://"))
        return Found(
            rule=Rule.COMMAND_IS_URL,
            finds=f"{url} is a URL and no command",
            says="What follows -- is started as a command, and this is a URL",
            next=f"mcp-inspect doctor {joined([url])}" if http else "Give the command that starts the server",
        )
    assigned = _ASSIGNMENT.fullmatch(name)
    if assigned is not None:
        return Found(
            rule=Rule.COMMAND_IS_ASSIGNMENT,
            finds=f"{redact_argv((name,))[0]} is a variable and no command",
            says=f"The line sets {assigned[1]} as a shell would, but no shell reads it",
            next=f"mcp-inspect doctor -e {assigned[1]}=… -- {joined(rest)}",
        )
    if name.startswith("~") or _VARIABLE.search(name):
        meant = _expanded(name, place)
        return Found(
            rule=Rule.COMMAND_NOT_EXPANDED,
            finds=f"There is no {name}",
            says=f"{name} is what a shell would replace; whoever starts a server starts it without a shell",
            next=again(target, (meant, *rest)) if meant != name else "Give the full path",
        )
    words = _words(name)
    if len(words) > 1 and place.which(words[0]):
        return Found(
            rule=Rule.COMMAND_LINE_IN_ONE_WORD,
            finds=f"No program is called {redact_argv((name,))[0]!r}",
            says="The whole command line stands in one word; command and arguments are separate words",
            next=again(target, (*words, *rest)),
        )
    return None


def _words(name: str) -> list[str]:
    try:
        return shlex.split(name, posix=sys.platform != "win32")
    except ValueError:  # a quote that is not closed
        return name.split()


def _expanded(name: str, place: Place) -> str:
    home = place.env.get("HOME") or place.env.get("USERPROFILE") or os.path.expanduser("~")
    meant = home + name[1:] if name.startswith(("~/", "~\\")) else name
    return _VARIABLE.sub(lambda found: place.env.get(found[1] or found[2], found[0]), meant)


def _path_missing(target: StdioTarget, place: Place, name: str) -> Found | None:
    """A path that leads nowhere: the longest part of it that exists, and what lies there."""
    if not os.path.dirname(name):
        return None
    path = place.at(name)
    parent = os.path.dirname(path)
    missing = os.path.basename(path)
    while not os.path.isdir(parent) and os.path.dirname(parent) != parent:
        parent, missing = os.path.dirname(parent), os.path.basename(parent)
    near = _near(missing, _listed(parent))
    relative = "" if os.path.isabs(name) else f", looked for from {place.cwd}"
    return Found(
        rule=Rule.COMMAND_PATH_MISSING,
        finds=f"There is no {path}",
        says=f"{name} does not exist{relative}: {parent} holds no {missing}",
        next=again(target, (os.path.join(parent, near[0]), *target.argv[1:]))
        if near and parent == os.path.dirname(path)
        else "Check the path, and whether the program was built or installed",
        evidence=tuple(f"near it: {os.path.join(parent, each)}" for each in near),
    )


def _of_the_shell(target: StdioTarget, place: Place, name: str) -> Found | None:
    """A word that means something to a shell only."""
    if name in _BUILTINS:
        return Found(
            rule=Rule.COMMAND_IS_SHELL_BUILTIN,
            finds=f"{name} is a word of the shell and no program",
            says=f"{name} exists inside a shell only, and no shell starts a server",
            next="Give a directory with --cwd DIR, variables with -e NAME=VALUE, and the program itself",
        )
    for file, line, value in _definitions(name, place):
        words = _words(value)
        usable = bool(words) and place.which(words[0]) is not None
        return Found(
            rule=Rule.COMMAND_IS_SHELL_ALIAS,
            finds=f"{name} is no program, but {file} defines it for a shell",
            says=f"{name} is an alias or a function of your shell, and no shell starts a server",
            next=again(target, (*words, *target.argv[1:]))
            if usable
            else "Give the program that it stands for",
            evidence=(f"{file}: {line}",),
        )
    return None


def _definitions(name: str, place: Place) -> Iterator[tuple[str, str, str]]:
    """File, line and value of every alias or function `name` in the shell's start files."""
    home = place.env.get("HOME") or os.path.expanduser("~")
    word = re.escape(name)
    pattern = re.compile(
        rf"^\s*(?:alias\s+(?:-g\s+)?{word}(?:=|\s+)(?P<value>.+)|(?:function\s+{word}\b|{word}\s*\(\s*\)).*)$"
    )
    for file in _START_FILES:
        try:
            with open(os.path.join(home, file), encoding="utf-8", errors="replace") as lines:
                text = lines.read(_START_FILE_ROOM)
        except OSError:  # most of them do not exist
            continue
        for line in text.splitlines():
            defined = pattern.match(line)
            if defined:
                yield f"~/{file}", line.strip(), (defined["value"] or "").strip().strip("'\"")


def _lies_here(target: StdioTarget, place: Place, name: str) -> Found | None:
    """A file of that name beside the person, where no PATH leads."""
    path = place.at(name)
    if not os.path.isfile(path):
        return None
    starts = ("python", name) if name.endswith(".py") else (f".{os.sep}{name}",)
    if name.endswith((".js", ".mjs", ".cjs")):
        starts = ("node", name)
    return Found(
        rule=Rule.COMMAND_IS_FILE_HERE,
        finds=f"No directory of PATH holds {name}, but {place.cwd} does",
        says=f"{name} is a file in the working directory, and a bare name is looked for on PATH only",
        next=again(target, (*starts, *target.argv[1:])),
        evidence=searched(place),
    )


def _launcher_missing(target: StdioTarget, place: Place, name: str) -> Found | None:
    """One of the programs that servers are usually started with."""
    bare = re.sub(r"\.(?:cmd|exe|bat|ps1)$", "", name, flags=re.IGNORECASE)
    if bare != name and sys.platform != "win32" and place.which(bare):
        return Found(
            rule=Rule.COMMAND_OF_WINDOWS,
            finds=f"No directory of PATH holds {name}",
            says=f"{name} is the spelling of Windows; on this system the program is called {bare}",
            next=again(target, (bare, *target.argv[1:])),
            evidence=searched(place),
        )
    if name == "cmd" and sys.platform != "win32":
        rest = target.argv[2:] if target.argv[1:2] in (("/c",), ("/C",)) else target.argv[1:]
        return Found(
            rule=Rule.COMMAND_OF_WINDOWS,
            finds="No directory of PATH holds cmd",
            says="cmd is the shell of Windows; this system needs no shell to start a server",
            next=again(target, rest or ("COMMAND…",)),
        )
    if name in ("python", "python3", "pip", "py"):
        return _python_missing(target, place, name)
    if bare not in LAUNCHERS:
        return None
    return Found(
        rule=Rule.LAUNCHER_MISSING,
        finds=f"No directory of PATH holds {name}",
        says=f"{name} is not installed, or not on the PATH that the server gets",
        next=LAUNCHERS[bare],
        evidence=searched(place),
    )


def _python_missing(target: StdioTarget, place: Place, name: str) -> Found:
    other = next((each for each in ("python3", "python", "py") if each != name and place.which(each)), None)
    return Found(
        rule=Rule.PYTHON_MISSING,
        finds=f"No directory of PATH holds {name}",
        says=f"This system has no {name}" + (f"; its Python is called {other}" if other else " on PATH"),
        next=again(target, (other, *target.argv[1:])) if other else "Install Python: https://www.python.org",
        evidence=searched(place),
    )


def _nowhere(target: StdioTarget, place: Place, name: str) -> Found:
    near = _near(name, (each for directory in place.directories for each in _listed(directory)))
    shown = redact_argv((name,))[0]
    hint = f"; is {near[0]} meant?" if near else ""
    return Found(
        rule=Rule.COMMAND_NOT_FOUND,
        finds=f"No directory of PATH holds {shown}",
        says=f"{shown} is not installed, or lies outside of the PATH that the server gets{hint}",
        next=again(target, (near[0], *target.argv[1:]))
        if near
        else f"Install it, or give its full path; your shell knows it if this prints one: command -v {shown}",
        evidence=searched(place),
    )


def searched(place: Place) -> tuple[str, ...]:
    """The directories of PATH in order, and which of them do not exist."""
    return tuple(
        f"searched {directory}{'' if os.path.isdir(directory) else ' (does not exist)'}"
        for directory in place.directories
    )


def _listed(directory: str) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return [entry.name for entry, _ in zip(entries, range(_FEW), strict=False)]
    except OSError:  # a directory of PATH that does not exist, or is not ours to read
        return []


def _near(name: str, names: Iterable[str]) -> list[str]:
    """At most three names that `name` may be a misspelling of, the nearest first."""
    most = 2 if len(name) >= _LONG else 1
    wrong = 2 if len(name) < _SHORT else 1  # nope is not node
    distances = {each: _distance(name, each, most, wrong) for each in dict.fromkeys(names)}
    return sorted((each for each, far in distances.items() if far <= most), key=lambda each: distances[each])[
        :3
    ]


def _distance(one: str, other: str, most: int, wrong: int) -> int:
    """How many letters are missing, too many, or swapped with the next one; at the most `most + 1`.

    A letter in the place of another counts `wrong`.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            far = min(before[to] + 1, row[-1] + 1, before[to - 1] + wrong * (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                far = min(far, last[to - 2] + 1)
            row.append(far)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
