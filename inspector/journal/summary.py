"""What a recording amounts to, found by going through its lines once: counts, names, how long it took.

It needs no index and keeps none, so that a thousand files are looked at in a moment; what was read before is
not read again. Nothing that a file says is believed further than to be shown.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.journal.payload import read_payload
from inspector.journal.prefix import PREFIX, Prefix, read_object, read_prefix
from inspector.private import NO_LINK
from inspector.wire.event import Direction, Shape
from inspector.wire.jsonrpc import classify

_LONGEST = 200
"""Characters of a name."""
_LARGEST = 1 << 20
"""Bytes of a message that is looked into for who speaks."""
_HEADER = 1 << 20
_LONGEST_LINE = 1 << 27
"""Bytes that are read at once: what has no end of a line by then is passed over in pieces."""
_KNOWN = "mcp-recording/"
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | NO_LINK


@dataclass(frozen=True, slots=True)
class Summary:
    """A recording in short. Texts are as they stand in the file: not safe for a terminal.

    Attributes:
        started: When, in the words of its header.
        target: The command or URL.
        mode: `client` or `proxy`.
        name: What who records it calls the server; empty where nothing was said.
        server: What the server calls itself; empty where it never said.
        version: Of the server.
        client: What the client calls itself, with its version.
        seconds: From the start to the last event.
        events: Of all kinds.
        messages: Of JSON-RPC.
        errors: Errors, and results that say they are one.
        read: How much of the file was read, in bytes.
        size: The file's, then.
        stamp: When the file had been changed, then, in nanoseconds.
        trouble: Why it cannot be read; empty where it can.
    """

    started: str = ""
    target: str = ""
    mode: str = ""
    name: str = ""
    server: str = ""
    version: str = ""
    client: str = ""
    seconds: float = 0.0
    events: int = 0
    messages: int = 0
    errors: int = 0
    read: int = 0
    size: int = 0
    stamp: int = 0
    trouble: str = ""


def read_on(path: Path, before: Summary | None = None) -> Summary:
    """What a recording amounts to; lines that are not complete yet are left for the next time.

    Args:
        path: The recording; a link is not followed.
        before: What was read of it, where it has grown since.

    Raises:
        UsageError: It is no recording.
        OSError: It cannot be read.
    """
    with open(os.open(path, _READ), "rb", 1 << 20) as file:
        first = file.readline(_HEADER)
        header = read_object(first.removeprefix(b"\xef\xbb\xbf"))
        if header is None or not str(header.get("format")).startswith(_KNOWN):
            raise UsageError(f"{path} is no recording")
        known = _of_header(header)
        if before is None or before.trouble or replace(known, **_rest(before)) != before:
            before = replace(known, read=len(first))
        fold = _Fold(before)
        file.seek(before.read)
        for line in iter(lambda: file.readline(_LONGEST_LINE), b""):
            if line[-1] != 10 and len(line) < _LONGEST_LINE:
                break
            fold.take(line)
        return fold.summary()


def _of_header(header: Mapping[str, Any]) -> Summary:
    target = header.get("target")
    target = target if isinstance(target, dict) else {}
    argv, url = target.get("argv"), target.get("url")
    said = " ".join(map(str, argv[:20])) if isinstance(argv, list) else url if isinstance(url, str) else ""
    return Summary(
        _text(header.get("started")),
        said[:_LONGEST],
        mode="proxy" if header.get("mode") == "proxy" else "client",
        name=_text(header.get("name")),
    )


def _rest(summary: Summary) -> dict[str, Any]:
    """What a summary says beside its header."""
    names = (
        "server",
        "version",
        "client",
        "seconds",
        "events",
        "messages",
        "errors",
        "read",
        "size",
        "stamp",
    )
    return {name: getattr(summary, name) for name in names}


class _Fold:
    def __init__(self, before: Summary) -> None:
        self._before = before
        self._server, self._version, self._client = before.server, before.version, before.client
        self._seconds, self._read = before.seconds, before.read
        self._events, self._messages, self._errors = before.events, before.messages, before.errors

    def take(self, line: bytes) -> None:
        """One whole line of the file."""
        self._read += len(line)
        found = PREFIX.match(line)
        if found is None:
            self._odd(line)
            return
        self._events += 1
        self._seconds = float(found[2])
        if found[3] != b"message":
            return
        self._messages += 1
        if found[6] == b"error" or found[13] == b"tool-error":
            self._errors += 1
        if (not self._server and b"erverInfo" in line) or (not self._client and b"lientInfo" in line):
            self._who(line, read_prefix(line))

    def _odd(self, line: bytes) -> None:
        prefix = read_prefix(line)
        if prefix is None:
            return
        self._events += 1
        self._seconds = prefix.t
        if prefix.kind == "message":
            self._messages += 1
            self._errors += prefix.shape is Shape.ERROR or prefix.outcome == "tool-error"
            self._who(line, prefix)

    def _who(self, line: bytes, prefix: Prefix | None) -> None:
        """Who speaks: in `initialize`, or in what each message of the modern era carries."""
        if prefix is None or len(line) > _LARGEST:
            return
        frame = classify(read_payload(line.rstrip(b"\r\n"), prefix)[0])
        if prefix.direction is Direction.C2S and not self._client:
            name, version = _info(frame.params, "clientInfo")
            self._client = f"{name} {version}".strip()
        elif prefix.direction is Direction.S2C and not self._server:
            self._server, self._version = _info(frame.result, "serverInfo")

    def summary(self) -> Summary:
        """What it amounts to so far."""
        return replace(
            self._before,
            server=self._server,
            version=self._version,
            client=self._client,
            seconds=self._seconds,
            events=self._events,
            messages=self._messages,
            errors=self._errors,
            read=self._read,
        )


def _info(value: object, key: str) -> tuple[str, str]:
    if not isinstance(value, dict):
        return "", ""
    meta = value.get("_meta")
    info = value.get(key)
    if not isinstance(info, dict) and isinstance(meta, dict):
        info = meta.get(f"io.modelcontextprotocol/{key}")
    if not isinstance(info, dict):
        return "", ""
    return _text(info.get("name")), _text(info.get("version"))


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
