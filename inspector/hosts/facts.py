"""What is told of a server before it runs: command, arguments, and names of variables; never what they hold.

Texts are as the file has them, without what sounds secret; whoever shows them makes them safe for a terminal.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspector.hosts.places import TITLES
from inspector.hosts.server import Server
from inspector.hosts.variables import inputs_of, reads
from inspector.journal.redact import redact_url
from inspector.journal.redact_argv import redact_argv

_NOT_KEPT = re.compile(r"\$\{input:[^}]*\}")
_REFERENCE = re.compile(r"(?:-{0,2}[\w-]+[=:] ?(?:Bearer |Basic )?)?\$(?:\{[^}]*\}|\w+)")


def what(server: Server) -> str:
    """In one line: the command with its arguments, or the URL."""
    if server.command:
        return shlex.join(words(server))
    if server.syntax == "inputs":
        return _NOT_KEPT.sub("…", server.url)
    return redact_url(server.url)


def words(server: Server) -> list[str]:
    """The command and its arguments, without secrets; what only names a variable is none."""
    argv = (server.command, *server.args)
    if server.syntax == "inputs":  # without secrets as it is, and what is asked for instead needs no name
        return [_NOT_KEPT.sub("…", word) for word in argv]
    safe = redact_argv(argv)
    if server.syntax == "none":
        return list(safe)
    return [word if _REFERENCE.fullmatch(word) else shown for word, shown in zip(argv, safe, strict=True)]


def facts(server: Server, home: Path) -> Iterator[tuple[str, str]]:
    """Rows of a word and what stands for it, in the order in which they matter."""
    if server.command:
        argv = words(server)
        yield "command", argv[0]
        if server.args:
            yield "arguments", shlex.join(argv[1:])
    else:
        yield "URL", what(server)
    if server.unix_socket:
        yield "socket", server.unix_socket
    if server.transport != "auto":
        yield "transport", server.transport
    if server.command and (server.cwd or server.project):
        yield "folder", shortened(server.cwd or str(server.folder), home)
    if server.env:
        yield "variables", ", ".join(server.env)
    if server.env_file:
        yield "variables of", shortened(server.env_file, home)
    named = {
        "headers": [*server.headers, *(name for name, _, _ in server.env_headers)],
        "reads": reads(server),  # a header of any name may hold any variable
        "asks for": [each.title or each.id for each in inputs_of(server)],
    }
    for word, names in named.items():
        if names:
            yield word, ", ".join(dict.fromkeys(names))
    if server.host in TITLES:
        yield from _there(server, home)


def _there(server: Server, home: Path) -> Iterator[tuple[str, str]]:
    """Where it stands, and what is different when its host starts it."""
    whose = TITLES[server.host]
    yield "from", shortened(str(server.file), home) + (f" ({whose})" if whose != server.file.name else "")
    if not server.enabled:
        yield "there", f"switched off in {whose}"
    if server.recorder:
        yield "recorded", f"by mcp-inspect where {whose} starts it"


def document(server: Server) -> dict[str, Any]:
    """The same for programs."""
    stdio: dict[str, Any] = {
        "command": words(server),
        "cwd": server.cwd or (str(server.folder) if server.project else None),
        "env": list(server.env),
        "envFile": server.env_file or None,
    }
    http: dict[str, Any] = {
        "url": redact_url(server.url),
        "headers": list(dict.fromkeys([*server.headers, *(name for name, _, _ in server.env_headers)])),
        "transport": server.transport,
    }
    return {
        "name": server.name,
        "host": server.host,
        "file": str(server.file),
        "project": server.project,
        "enabled": server.enabled,
        "recorded": bool(server.recorder),
        **{key: value for key, value in (stdio if server.command else http).items() if value is not None},
        "inputs": [
            {"id": each.id, "description": each.title, "password": each.secret} for each in inputs_of(server)
        ],
    }


def shortened(path: str, home: Path) -> str:
    """A path with `~` for the user's own folder."""
    own = str(home)
    return f"~{path[len(own) :]}" if path == own or path.startswith((f"{own}/", f"{own}\\")) else path
