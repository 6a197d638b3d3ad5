"""The server as a recording's header describes it, and how it is named again: on a line, in a program.

The header may come from anybody: what is no text is left out, and what would be no name of a variable too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.copying.subject import headers_of
from inspector.copying.variables import Parts, Variables
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.redact import redact_header, redact_url

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
_FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_KINDS = ("http", "sse")
OF_ENVIRONMENT = "a variable of the server's environment, whose value is never recorded"
"""What a variable is of that the server was given."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a request went.

    Attributes:
        argv: The command; empty where it is a URL.
        cwd: The directory that was given for it; empty where none was.
        env: Names of variables that were given for it.
        url: The endpoint; empty where it is a command.
        headers: Names of headers that were given for it.
        transport: `http` or `sse`, where only that was to be tried; else empty.
        insecure: Any certificate was trusted.
        files: `cacert`, `cert`, `unix_socket`, as far as they were given.
    """

    argv: tuple[str, ...] = ()
    cwd: str = ""
    env: tuple[str, ...] = ()
    url: str = ""
    headers: tuple[str, ...] = ()
    transport: str = ""
    insecure: bool = False
    files: Mapping[str, str] | None = None

    def command(self, variables: Variables) -> list[Parts]:
        """The words of `argv`."""
        before = ("", *self.argv)
        return [variables.parts(word, before[at], "command") for at, word in enumerate(self.argv)]

    def address(self, variables: Variables) -> Parts:
        """The URL."""
        return variables.parts(self.url, "", "URL")


def server_of(journal: Journal) -> Server:
    """The server that a journal is about.

    Raises:
        UsageError: Its header names none.
    """
    said = journal.header.target
    url, argv = said.get("url"), said.get("argv")
    if isinstance(url, str) and re.match(r"https?://", url, re.IGNORECASE):
        files = {
            name: value for name in ("cacert", "cert", "unix_socket") if (value := _text(said.get(name)))
        }
        wanted = _text(said.get("wanted"))
        return Server(
            url=redact_url(url),
            headers=tuple(name for name in _texts(said.get("headers")) if _FIELD.fullmatch(name)),
            transport=wanted if wanted in _KINDS else "",
            insecure=said.get("insecure") is True,
            files=files,
        )
    words = _texts(argv)
    if not words:
        raise UsageError("The recording does not say what the server is", next="Copy its line, or as JSON")
    names = tuple(name for name in _texts(said.get("env")) if _NAME.fullmatch(name))
    return Server(argv=words, cwd=_text(said.get("cwd")), env=names)


def given_headers(
    sent: Mapping[str, Any], server: Server, variables: Variables, *, authorization: bool
) -> list[tuple[str, Parts]]:
    """The headers that were given for the server, as a request had them.

    Args:
        sent: The request over HTTP, see `asked`.
        server: Its server.
        variables: Take the secrets.
        authorization: With the credentials that were found otherwise than by being given.
    """
    wanted = {name.lower() for name in server.headers} | ({"authorization"} if authorization else set())
    found = []
    for name, value in headers_of(sent):
        if name.lower() in wanted and _FIELD.fullmatch(name):
            found.append((name, header_parts(name, value, variables)))
    return found


def header_parts(name: str, value: str, variables: Variables) -> Parts:
    """A header's value with its secrets taken out, also where the recording kept them.

    Raises:
        UsageError: It holds what no header can.
    """
    if re.search(r"[\r\n\0]", value):
        raise UsageError(f"The header {name} holds a line break", next="Copy it as JSON")
    redacted = redact_header(name, value)
    return variables.parts(redacted, name, "header") if redacted != value or "sha256:" in value else (value,)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()
