"""What to connect to, as values: a command to start, or a URL.

A target says how it is described in a recording's header and in a title, and there without secrets.
It connects to nothing; `transport_for` imports what does, and only the one that is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from inspector.journal.redact import fingerprint, is_secret_name, redact_header, redact_url

if TYPE_CHECKING:
    from inspector.transport.base import Authorizer, Transport

HttpKind: TypeAlias = Literal["auto", "http", "sse"]

_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class StdioTarget:
    """A server that is started as a child process and spoken to over its standard streams.

    Attributes:
        argv: The command, as given.
        env: Variables added to this program's own environment. Their values are never shown.
        cwd: The directory to start in; this program's own where `None`.
        inherit: Whether `env` is added to this program's own environment, or is the whole of it.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None
    inherit: bool = True

    @property
    def title(self) -> str:
        """One short line, e.g. `python server.py`."""
        program, *rest = redact_argv(self.argv) or ("",)
        return _short(" ".join([re.split(r"[/\\]", program)[-1] or program, *rest]))

    def describe(self) -> dict[str, Any]:
        """What stands in a recording's header."""
        return {
            "transport": "stdio",
            "argv": list(redact_argv(self.argv)),
            "cwd": self.cwd,
            "env": sorted(self.env),
        }


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """A server at a URL.

    Attributes:
        url: The endpoint.
        headers: Added to every request, in order. Their values are no part of its description.
        insecure: Do not verify the server's certificate.
        cacert: A file of certificates to trust instead of the system's.
        cert: A PEM file with the client's certificate, and with its key unless `key` holds it.
        key: A PEM file with the key of `cert`.
        unix_socket: Connect to this socket instead of the URL's host, as `curl --unix-socket` does.
        transport: `auto`, or the only one to try: `http` (streamable HTTP), `sse` (HTTP+SSE of 2024-11-05).
    """

    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    insecure: bool = False
    cacert: str | None = None
    cert: str | None = None
    key: str | None = None
    unix_socket: str | None = None
    transport: HttpKind = "auto"

    @property
    def title(self) -> str:
        """One short line, e.g. `example.com/mcp`."""
        return _short(re.sub(r"^https?://", "", redact_url(self.url)))

    def describe(self) -> dict[str, Any]:
        """What stands in a recording's header."""
        described: dict[str, Any] = {
            "transport": "http",
            "url": redact_url(self.url),
            "headers": [name for name, _ in self.headers],
        }
        if self.insecure:
            described["insecure"] = True
        for name in ("cacert", "cert", "unix_socket"):
            if (value := getattr(self, name)) is not None:
                described[name] = value
        if self.transport != "auto":
            described["wanted"] = self.transport
        return described


Target: TypeAlias = StdioTarget | HttpTarget


def transport_for(target: Target, authorizer: Authorizer | None = None) -> Transport:
    """The transport that reaches `target`. `authorizer` is for HTTP only."""
    # Imported here because the one must not pay for the other: HTTP costs a fifth of a second.
    if isinstance(target, StdioTarget):
        from inspector.transport.stdio import StdioTransport

        return StdioTransport(target)
    if target.transport == "sse":
        from inspector.transport.legacy_sse import LegacySseTransport

        return LegacySseTransport(target, authorizer)
    from inspector.transport.http import HttpTransport

    return HttpTransport(target, authorizer)


_SECRET_NAME = re.compile(
    r"token|secret|passw|passphrase|credential|authorization|bearer|(?:api|access|private)[-_]?key"
    r"|(?:^|[-_])(?:key|pat|pass|pwd|pw|auth)$",
    re.IGNORECASE,
)
_VARIABLE_FLAGS = frozenset({"-e", "--env"})
"""What takes `NAME=VALUE` in docker, in podman, and here. Values of variables are never shown."""
_FLAG = re.compile(r"(?P<name>-{1,2}[^=\s]+)(?:=(?P<value>.*))?", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.+)", re.DOTALL)
_HEADER = re.compile(r"(?P<name>[A-Za-z0-9-]+): *(?P<value>.+)", re.DOTALL)
_CREDENTIALS = re.compile(r"(?:Bearer|Basic) +\S", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=^-[A-Za-z]))(?:"
    r"sk-(?=[a-z0-9_-]{0,200}[A-Z])(?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9_-]{20,}"  # a name may begin so
    r"|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
    r"|xox[a-z]-[A-Za-z0-9-]{10,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}"
    r"|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)"
)
"""Secrets that their issuers have made recognisable, and JSON Web Tokens."""
_LONGEST_TOKEN = 8192
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://", re.ASCII)  # bounded: a word may be a megabyte


def redact_argv(argv: Iterable[str]) -> tuple[str, ...]:
    """A command line with the values of options and variables that sound secret as fingerprints.

    `--api-key VALUE`, `--api-key=VALUE`, `API_KEY=VALUE`, `Authorization: VALUE` and credentials in URLs
    are recognised by name, and `-e NAME=VALUE` whatever the name; a secret that stands bare among the
    arguments, or behind an option of one letter, only where its own form says what it is.
    """
    cleaned: list[str] = []
    before: re.Match[str] | None = None  # the flag without a value that the word before was
    for word in argv:
        flag = _FLAG.fullmatch(word)
        # A token may begin with a dash: only what looks like a flag of its own is taken for one.
        own_flag = flag is not None and (word.startswith("--") or len(word) == 2)
        if before is not None and _sounds_secret(before["name"]) and not own_flag:
            cleaned.append(fingerprint(word))
        else:
            variable = before is not None and before["name"] in _VARIABLE_FLAGS
            cleaned.append(_redact_word(word, flag or _ASSIGNMENT.fullmatch(word), variable))
        before = flag if flag is not None and flag["value"] is None else None
    return tuple(cleaned)


def _redact_word(word: str, named: re.Match[str] | None, variable: bool) -> str:
    if named is not None and named["value"]:
        if variable or _sounds_secret(named["name"]):
            return f"{named['name']}={fingerprint(named['value'])}"
        if named["name"] in _VARIABLE_FLAGS:
            name, equals, value = named["value"].partition("=")
            return f"{named['name']}={name}={fingerprint(value)}" if equals and value else word
    header = _HEADER.fullmatch(word)
    if header is not None and is_secret_name(header["name"]):
        return f"{header['name']}: {redact_header(header['name'], header['value'])}"
    if _CREDENTIALS.match(word):
        return redact_header("Authorization", word)
    if _URL.search(word):
        word = redact_url(word)
    return _TOKEN.sub(lambda found: fingerprint(found[0]), word) if len(word) <= _LONGEST_TOKEN else word


def _sounds_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"
