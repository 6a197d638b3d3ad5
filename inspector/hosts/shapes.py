"""From the document of a configuration file to the servers in it, for the shapes that hosts have.

    mcpServers       {"mcpServers": {NAME: {command, args, env, cwd | url, headers}}}: most hosts. Windsurf
                     calls a URL `serverUrl`, Gemini CLI `httpUrl` (and `url` one that may be HTTP+SSE).
    servers          {"servers": {NAME: …}, "inputs": [{id, type, description, password}]}: VS Code
    claude-local     {"projects": {FOLDER: {"mcpServers": …}}}: what Claude Code keeps for one project
    claude-projects  the same of every project
    context_servers  {"context_servers": {NAME: {command, args, env | url, headers}}}: Zed; in older releases
                     {"command": {path, args, env}}; what an extension brings has no command
    codex            [mcp_servers.NAME] with http_headers, env_http_headers, bearer_token_env_var
                     (codex-rs/config/src/mcp_types.rs of openai/codex)
    either           `servers` or `mcpServers`, whichever is there

One entry that means nothing is a sentence and hides no other. Variables stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from inspector.hosts.places import Place
from inspector.hosts.recording import recorded
from inspector.hosts.server import Input, Server
from inspector.transport.target import HttpKind

MOST = 2_000
"""Servers of one file."""

_URLS = ("url", "serverUrl", "httpUrl")
_KINDS: Mapping[str, HttpKind] = {
    "sse": "sse",
    "http": "http",
    "streamable-http": "http",
    "streamableHttp": "http",
    "streamable_http": "http",
}


@dataclass(frozen=True, slots=True)
class Read:
    """What one file said.

    Attributes:
        servers: In its order.
        troubles: Sentences about what in it means nothing.
    """

    servers: tuple[Server, ...] = ()
    troubles: tuple[str, ...] = ()


class _Wrong(Exception):
    """What is wrong with an entry, to stand behind its name."""


def servers_in(place: Place, document: Mapping[str, Any]) -> Read:
    """The servers of a file's document."""
    servers: list[Server] = []
    troubles: list[str] = []
    try:
        for at, key, entries, inputs in _SHAPES[place.shape](place, document):
            for name, entry in list(entries.items())[:MOST]:
                try:
                    made = _server(str(name), entry, at, inputs)
                    servers.append(replace(made, at=(*key, str(name))))
                except _Wrong as wrong:
                    troubles.append(f"{place.file}: {'.'.join(key)}.{name} {wrong}")
    except _Wrong as wrong:
        troubles.append(f"{place.file}: {wrong}")
    return Read(tuple(servers), tuple(troubles))


_Found = Iterator[tuple[Place, tuple[str, ...], Mapping[str, Any], tuple[Input, ...]]]


def _mcp_servers(place: Place, document: Mapping[str, Any]) -> _Found:
    yield place, ("mcpServers",), _object(document, "mcpServers"), ()


def _servers(place: Place, document: Mapping[str, Any]) -> _Found:
    yield place, ("servers",), _object(document, "servers"), tuple(_inputs(document))


def _either(place: Place, document: Mapping[str, Any]) -> _Found:
    if "servers" in document:
        return _servers(replace(place, syntax="colon"), document)
    return _mcp_servers(place, document)


def _claude_local(place: Place, document: Mapping[str, Any]) -> _Found:
    projects = _object(document, "projects")
    named = {_folder(name): (name, entry) for name, entry in projects.items()}
    for folder in (place.folder, *place.folder.parents):
        found = named.get(folder)
        if found is not None and isinstance(found[1], dict):
            entries = _object(found[1], "mcpServers")
            if entries:
                at = ("projects", found[0], "mcpServers")
                yield replace(place, folder=folder, project=True), at, entries, ()
                return


def _claude_projects(place: Place, document: Mapping[str, Any]) -> _Found:
    for name, project in _object(document, "projects").items():
        entries = project.get("mcpServers") if isinstance(project, dict) else None
        if isinstance(entries, dict):
            at = ("projects", name, "mcpServers")
            yield replace(place, folder=_folder(name), project=True), at, entries, ()


def _context_servers(place: Place, document: Mapping[str, Any]) -> _Found:
    entries = _object(document, "context_servers")
    # What an extension brings is known to that extension alone.
    brought = {
        name
        for name, entry in entries.items()
        if isinstance(entry, dict) and not {"command", "url"} & set(entry)
    }
    kept = {name: entry for name, entry in entries.items() if name not in brought}
    yield place, ("context_servers",), kept, ()


def _codex(place: Place, document: Mapping[str, Any]) -> _Found:
    yield place, ("mcp_servers",), _object(document, "mcp_servers"), ()


_SHAPES: Mapping[str, Callable[[Place, Mapping[str, Any]], _Found]] = {
    "mcpServers": _mcp_servers,
    "servers": _servers,
    "either": _either,
    "claude-local": _claude_local,
    "claude-projects": _claude_projects,
    "context_servers": _context_servers,
    "codex": _codex,
}


def looks_like(file: Path, document: Mapping[str, Any]) -> Place:
    """The place of a file that no host is known to read, by what stands in it."""
    folder = file.absolute().parent
    if file.suffix == ".toml":
        return Place("codex", file, "codex", folder, "none", project=True)
    if "context_servers" in document:
        return Place("zed", file, "context_servers", folder, "none", project=True, lenient=True)
    return Place("mcp.json", file, "either", folder, "braces", project=True, lenient=True)


def _server(name: str, entry: Any, place: Place, inputs: tuple[Input, ...]) -> Server:
    if not isinstance(entry, dict):
        raise _Wrong("is no object")
    base = Server(
        name,
        place.host,
        place.file,
        place.folder,
        place.syntax,
        inputs=inputs,
        project=place.project,
        enabled=entry.get("enabled") is not False and entry.get("disabled") is not True,
    )
    if entry.get("command") is not None:
        return _command(base, entry)
    urls = [key for key in _URLS if entry.get(key) is not None]
    if not urls:
        raise _Wrong("has neither a command nor a URL")
    # Gemini CLI takes `httpUrl` before `url`.
    key = "httpUrl" if "httpUrl" in urls else urls[0]
    codex = place.shape == "codex"
    return replace(
        base,
        url=_text(entry, key),
        headers=_texts(entry, "http_headers" if codex else "headers"),
        env_headers=_env_headers(entry) if codex else (),
        transport=_transport(entry, key, place.host),
    )


def _command(base: Server, entry: Mapping[str, Any]) -> Server:
    command = entry["command"]
    if isinstance(command, dict):  # older releases of Zed
        entry = {**entry, **command, "command": command.get("path")}
    path = _text(entry, "command")
    if not path.strip():
        raise _Wrong("has an empty command")
    args = entry.get("args")
    if args is not None and not isinstance(args, list):
        raise _Wrong("has args that are no list")
    argv = (path, *(_word(arg, "args") for arg in args or ()))
    found = recorded(argv)
    command, *rest = found.argv if found is not None else argv
    return replace(
        base,
        command=command,
        args=tuple(rest),
        recorder=found.front if found is not None else (),
        env=_texts(entry, "env"),
        env_file=_text(entry, "envFile") if entry.get("envFile") is not None else "",
        cwd=_text(entry, "cwd") if entry.get("cwd") is not None else "",
    )


def _transport(entry: Mapping[str, Any], key: str, host: str) -> HttpKind:
    if key == "httpUrl" or host in ("codex", "zed"):
        return "http"
    said = entry.get("type", entry.get("transport"))
    kind = _KINDS.get(said, "auto") if isinstance(said, str) else "auto"
    # VS Code falls back from the one to the other, whatever the file says.
    return "auto" if host == "vscode" and kind == "http" else kind


def _env_headers(entry: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    found = [(name, "", variable) for name, variable in _texts(entry, "env_http_headers").items()]
    if entry.get("bearer_token_env_var") is not None:
        found.append(("Authorization", "Bearer ", _text(entry, "bearer_token_env_var")))
    return tuple(found)


def _inputs(document: Mapping[str, Any]) -> Iterator[Input]:
    listed = document.get("inputs")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            title, default, options = entry.get("description"), entry.get("default"), entry.get("options")
            yield Input(
                entry["id"],
                title if isinstance(title, str) else "",
                entry.get("password") is True,
                default if isinstance(default, str) else "",
                tuple(_options(options)) if entry.get("type") == "pickString" else (),
            )


def _options(listed: Any) -> Iterator[str]:
    for option in listed if isinstance(listed, list) else ():
        value = option.get("value") if isinstance(option, dict) else option
        if isinstance(value, str):
            yield value


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = document.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _Wrong(f"{key} is no object")
    return found


def _text(entry: Mapping[str, Any], key: str) -> str:
    found = entry.get(key)
    if not isinstance(found, str):
        raise _Wrong(f"has a {key} that is no text")
    return found


def _texts(entry: Mapping[str, Any], key: str) -> dict[str, str]:
    """An object of texts; `null` takes a member out, as VS Code has it."""
    found = entry.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _Wrong(f"has {key} that is no object")
    return {str(name): _word(value, key) for name, value in found.items() if value is not None}


def _word(value: Any, key: str) -> str:
    """Numbers and switches are written without quotes often enough."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        raise _Wrong(f"has {key} that hold something else than texts")
    return value


def _folder(name: str) -> Path:
    """A folder that a file names; forward and backward slashes are the same on Windows."""
    return Path(PureWindowsPath(name)) if "\\" in name else Path(PurePosixPath(name))
