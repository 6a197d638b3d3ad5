"""What the variables in a configuration stand for, and the target that a server becomes with them.

    braces   code.claude.com/docs/en/mcp, "Environment variable expansion": what is not set stays as written
    dollar   geminicli.com/docs/tools/mcp-server: the same, and `$NAME`
    colon    code.visualstudio.com/docs/reference/variables-reference, cursor.com/docs/context/mcp ("Config
             interpolation"), docs.windsurf.com/windsurf/cascade/mcp (`${file:PATH}`); empty where not set

Nothing is asked here: values for inputs are given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from inspector.errors import UsageError
from inspector.hosts.files import read
from inspector.hosts.server import Input, Server, Surroundings
from inspector.transport.target import HttpTarget, StdioTarget, Target

_BRACES = re.compile(r"\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}", re.ASCII)
_DOLLAR = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::-([^}]*))?\}|([A-Za-z_]\w*))", re.ASCII)
_COLON = re.compile(r"\$\{([A-Za-z/]+)(?::([^}]*))?\}", re.ASCII)
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*", re.ASCII)
_QUOTED = re.compile(r"""'([^']*)'\s*(?:#.*)?|"((?:[^"\\]|\\.)*)"\s*(?:#.*)?""")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a server is, here and now.

    Attributes:
        target: What to connect to.
        notes: Sentences about variables that stand for nothing; without values.
    """

    target: Target
    notes: tuple[str, ...] = ()


def inputs_of(server: Server) -> tuple[Input, ...]:
    """What a person has to be asked for before the server can be started, in the order of the file."""
    if server.syntax not in ("colon", "inputs"):
        return ()
    wanted = {
        found[2] or "" for text in _texts(server) for found in _COLON.finditer(text) if found[1] == "input"
    }
    return tuple(each for each in server.inputs if each.id in wanted)


def as_written(server: Server) -> Mapping[str, str]:
    """Stands in for the values of inputs where nobody was asked: each is its own name."""
    return {each.id: f"${{input:{each.id}}}" for each in inputs_of(server)}


def reads(server: Server) -> tuple[str, ...]:
    """The variables and files of this machine that are put into what is started or sent, in their order."""
    pattern = {"braces": _BRACES, "dollar": _DOLLAR, "colon": _COLON}.get(server.syntax)
    every = (found for text in _texts(server) for found in (pattern.finditer(text) if pattern else ()))
    names = [_read_by(found, server) for found in every] + [name for _, _, name in server.env_headers]
    return tuple(dict.fromkeys(filter(None, names)))


def _read_by(found: re.Match[str], server: Server) -> str:
    if server.syntax != "colon":
        return found[1] or (found[3] if server.syntax == "dollar" else "")
    taken = found[1] == "env" or (found[1] == "file" and server.host == "windsurf")
    return found[2] or "" if taken else ""


def meant(server: Server, around: Surroundings, given: Mapping[str, str]) -> Meant:
    """The target that a server becomes.

    Args:
        server: As its file has it.
        around: What variables stand for.
        given: Values of inputs by their ids.

    Raises:
        UsageError: It needs what only its host can tell, a file cannot be read, or a URL is none.
    """
    values = _Values(server, around, given)
    target = _stdio(server, around, values) if server.command else _http(server, values)
    return Meant(target, tuple(dict.fromkeys(values.notes)))


def _stdio(server: Server, around: Surroundings, values: _Values) -> StdioTarget:
    env: dict[str, str] = {}
    if server.env_file:
        env |= _env_file(_path(values.of(server.env_file), server.folder, around))
    env |= {name: values.of(value) for name, value in server.env.items()}
    for name, value in env.items():
        if not name or "=" in name or "\0" in name + value:
            raise UsageError(f"{server.full_name} has a variable that no process can have: {name!r}")
    cwd = _path(values.of(server.cwd), server.folder, around) if server.cwd else None
    if cwd is None and server.project:
        cwd = server.folder
    argv = tuple(map(values.of, (server.command, *server.args)))
    if any("\0" in word for word in argv):
        raise UsageError(f"{server.full_name} has a command with a NUL in it, which none can have")
    return StdioTarget(argv, env, None if cwd is None else str(cwd))


def _http(server: Server, values: _Values) -> HttpTarget:
    url, socket = values.of(server.url), server.unix_socket or None
    if url.startswith("unix://"):  # VS Code: `unix:///path/to/socket#/path/of/the/endpoint`
        socket, _, path = url.removeprefix("unix://").partition("#")
        url = f"http://localhost/{path.lstrip('/')}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{server.full_name} has a URL that one cannot connect to")
    headers = [(name, values.of(value)) for name, value in server.headers.items()]
    headers += [(name, before + values.variable(key)) for name, before, key in server.env_headers]
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or re.search(r"[\r\n\0]", value):
            raise UsageError(f"{server.full_name} has a header that cannot be sent: {name!r}")
    return HttpTarget(url, tuple(headers), unix_socket=socket, transport=server.transport)


@dataclass(slots=True)
class _Values:
    """Puts in what variables stand for, and notes what stands for nothing."""

    server: Server
    around: Surroundings
    given: Mapping[str, str]
    notes: list[str] = field(default_factory=list)

    def of(self, text: str) -> str:
        match self.server.syntax:
            case "none":
                return text
            case "braces":
                return _BRACES.sub(self._plain, text)
            case "dollar":
                return _DOLLAR.sub(self._plain, text)
            case "colon":
                return _COLON.sub(self._colon, text)
            case "inputs":
                return _COLON.sub(
                    lambda found: self._input(found[2]) if found[1] == "input" else found[0], text
                )

    def variable(self, name: str) -> str:
        """A variable of the environment; empty, and a note, where it is not set."""
        found = self.around.environ.get(name)
        if found is None:
            self.notes.append(f"The variable {name} is not set here, so it is empty")
        return found or ""

    def _plain(self, found: re.Match[str]) -> str:
        name = found[1] or found[3]
        value = self.around.environ.get(name)
        if value is None and found[2] is not None:
            return found[2]
        if value is None:
            self.notes.append(f"The variable {name} is not set here, so {found[0]} stays as it is written")
            return found[0]
        return value

    def _colon(self, found: re.Match[str]) -> str:
        kind, name = found[1], found[2] or ""
        if kind == "env":
            return self.variable(name)
        if kind == "input":
            return self._input(name)
        if kind == "file" and self.server.host == "windsurf":
            return self._file(name)
        folder = self.server.folder
        fixed: Mapping[str, Callable[[], str]] = {
            "workspaceFolder": lambda: str(folder),
            "workspaceRoot": lambda: str(folder),
            "workspaceFolderBasename": lambda: folder.name,
            "cwd": lambda: str(folder),
            "userHome": lambda: str(self.around.home),
            "pathSeparator": lambda: "\\" if self.around.platform == "win32" else "/",
            "/": lambda: "\\" if self.around.platform == "win32" else "/",
        }
        if kind in fixed:
            return fixed[kind]()
        if kind in ("command", "config"):
            raise UsageError(f"{self.server.full_name} needs {found[0]}, which only its host can tell")
        return found[0]

    def _input(self, name: str) -> str:
        if name in self.given:
            return self.given[name]
        if any(each.id == name for each in self.server.inputs):
            raise UsageError(
                f"{self.server.full_name} needs a value for its input {name}",
                next=f"Run it on a terminal, or give --input {name}=VALUE",
            )
        raise UsageError(
            f"{self.server.full_name} needs the input {name}, which {self.server.file} does not have"
        )

    def _file(self, name: str) -> str:
        path = _path(name, self.server.folder, self.around)
        raw = read(path)
        if raw is None:
            raise UsageError(f"{self.server.full_name} wants what stands in {path}, which is not there")
        return raw.decode("utf-8", "replace").strip()


def _texts(server: Server) -> Iterable[str]:
    yield from (server.command, *server.args, server.cwd, server.env_file, server.url)
    yield from server.env.values()
    yield from server.headers.values()


def _path(text: str, folder: Path, around: Surroundings) -> Path:
    """A path as a configuration means it: `~` is the user's folder, a relative one begins at `folder`."""
    if text == "~" or text.startswith(("~/", "~\\")):
        return around.home / text[2:]
    return Path(os.path.normpath(folder / text))


def _env_file(path: Path) -> dict[str, str]:
    """Lines `NAME=VALUE`, with `#` comments, `export` and quotes as dotenv has them."""
    raw = read(path)
    if raw is None:
        raise UsageError(f"The file of variables {path} is not there")
    found: dict[str, str] = {}
    for line in raw.decode("utf-8-sig", "replace").splitlines():
        assignment = _ASSIGNMENT.fullmatch(line)
        if assignment is None:
            continue
        value = assignment[2]
        quoted = _QUOTED.fullmatch(value)
        if quoted is None:
            found[assignment[1]] = re.sub(r"(?:^|\s+)#.*", "", value)
        elif quoted[1] is not None:
            found[assignment[1]] = quoted[1]
        else:
            found[assignment[1]] = re.sub(r"\\(.)", lambda each: {"n": "\n"}.get(each[1], each[1]), quoted[2])
    return found
