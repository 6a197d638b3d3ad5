"""The control socket: whoever attaches to a recording decides about the breakpoints of who writes it.

A Unix socket, JSON lines, an answer to each:

    {"do":"rules","rules":[{"text":"hold","on":true}]}            {"ok":null}
    {"do":"release","row":17,"verdict":"changed","body":"…"}      {"error":"…","next":"…"}
    {"do":"let-go"}                                               {"ok":2}
    {"do":"inject","dir":"c2s","body":"…"}                        bodies are base64

Its path is made of the recording's, never read from a recording. Only the same user gets in: the directory is
0700, the socket 0600, and the kernel says who calls. When the last one who was connected is gone, the rules
are again those of before, and what is held goes on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import socket
import stat
import struct
import sys
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from inspector.errors import InspectError, UsageError
from inspector.gate.lines import Gone, Lines, TooLong, accepted, listening
from inspector.gate.rule import BY_HAND, Rule, Verdict
from inspector.wire.event import Direction

if TYPE_CHECKING:
    from inspector.gate.gate import Gate

LONGEST = 32 * 1024 * 1024
"""Bytes of a line: a message that was edited stands in it."""
MOST_CLIENTS = 8
_DIRECTIONS = {"c2s": Direction.C2S, "s2c": Direction.S2C}
_NO_SOCKETS = "Breakpoints of another process need Unix sockets, which Python has not on this system"
_LONGEST_PATH = 103
"""Bytes that every system has room for in the address of a Unix socket."""
_DEEP = "is no JSON object that says what to do"


def control_path(recording: Path) -> Path:
    """Where the breakpoints of who writes a recording can be reached. Nothing is made, nothing is dialled."""
    # Imported here: only who stands between two others, or attaches to him, needs it.
    from platformdirs import user_runtime_path

    name = hashlib.sha256(os.fsencode(os.path.realpath(recording))).hexdigest()[:24]
    with warnings.catch_warnings():  # that it falls back to another place is fine: both sides do
        warnings.simplefilter("ignore")
        path = user_runtime_path("mcp-inspect", appauthor=False) / f"{name}.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    return Path(f"/tmp/mcp-inspect-{_user()}/{name}.sock")


def control_paths(recording: Path) -> tuple[Path, ...]:
    """Where the breakpoints of who writes a recording may be: at `control_path`, or where it is for him.

    Hosts start servers with few variables: whoever records for one may know no `XDG_RUNTIME_DIR` and no
    `TMPDIR`, and so have another runtime directory than a person's shell.
    """
    path, user = control_path(recording), _user()
    others = [f"/run/user/{user}/mcp-inspect", f"/tmp/runtime-{user}/mcp-inspect", f"/tmp/mcp-inspect-{user}"]
    if sys.platform == "darwin":
        others.append(os.path.expanduser("~/Library/Caches/TemporaryItems/mcp-inspect"))
    return tuple(dict.fromkeys([path, *(Path(each) / path.name for each in others)]))


def is_ours(path: Path) -> bool:
    """Whether a socket stands there that this user made, in a directory that is only theirs."""
    try:
        found, around = path.lstat(), path.parent.lstat()
    except OSError:
        return False
    mine = _user()
    return (
        stat.S_ISSOCK(found.st_mode)
        and stat.S_ISDIR(around.st_mode)
        and not around.st_mode & 0o077
        and (mine is None or found.st_uid == around.st_uid == mine)
        and _is_firm(path.parent.parent)
    )


def _is_firm(directory: Path) -> bool:
    """Whether nobody else can put another directory in the place of one that is in it."""
    try:
        found = directory.stat()
    except OSError:
        return False
    open_to_others = found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX
    return not open_to_others and (_user() is None or found.st_uid in (0, _user()))


def available() -> bool:
    """Whether there are Unix sockets here."""
    return sys.platform != "win32" and hasattr(socket, "AF_UNIX")


@asynccontextmanager
async def serve_control(gate: Gate, recording: Path) -> AsyncIterator[Path]:
    """Let others decide about `gate` for as long as the body runs.

    Raises:
        UsageError: There can be no such socket: the sentence says why.
    """
    path = control_path(recording)
    _make_room(path)
    try:
        listener = listening(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"The control socket {path} cannot be made: {error}") from error
    control = _Control(gate)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(control.run, listener)
            try:
                yield path
            finally:
                tasks.cancel_scope.cancel()
    finally:
        listener.close()
        with suppress(OSError):
            path.unlink()


def _make_room(path: Path) -> None:
    """See to the directory, and take away a socket that nobody listens at.

    Raises:
        UsageError: Somebody does, or the directory is not ours alone.
    """
    if not available():
        raise UsageError(_NO_SOCKETS, next="Record without --control")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        around = path.parent.lstat()
    except OSError as error:
        raise UsageError(f"{path.parent} cannot be made: {error.strerror}") from error
    if not stat.S_ISDIR(around.st_mode) or around.st_uid != _user() or not _is_firm(path.parent.parent):
        raise UsageError(
            f"{path.parent} is not a directory of yours", next="Set XDG_RUNTIME_DIR to one that is"
        )
    if around.st_mode & 0o077:
        path.parent.chmod(0o700)
    if not path.exists() and not path.is_symlink():
        return
    if not is_ours(path):
        raise UsageError(f"{path} is in the way, and no socket of yours", next="Take it away")
    if _somebody_listens(path):
        raise UsageError(f"Another process serves {path} already")
    path.unlink()


def _somebody_listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except OSError:
            return path.exists()
        return True


def _user() -> int | None:
    return os.geteuid() if hasattr(os, "geteuid") else None


def _is_same_user(caller: socket.socket) -> bool:
    """Whether the kernel says that the caller is who we are; where it says nothing, the directory must do."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    raw = caller.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
    return bool(struct.unpack("3i", raw)[1] == _user())


class _Control:
    """Everybody who is connected.

    Args:
        gate: What they decide about.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._before = gate.rules
        self._clients = 0

    async def run(self, listener: socket.socket) -> None:
        """Take everybody in, until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                lines = await accepted(listener)
                if self._clients < MOST_CLIENTS and _is_same_user(lines.socket):
                    self._clients += 1
                    tasks.start_soon(self._client, lines)
                else:
                    lines.close()

    async def _client(self, lines: Lines) -> None:
        """One who is connected, from the first line to the last."""
        try:
            with suppress(Gone):
                await self._talk(lines)
        finally:
            lines.close()
            self._clients -= 1
            if not self._clients:
                await self._alone()

    async def _alone(self) -> None:
        """Nobody decides any more."""
        with anyio.CancelScope(shield=True):
            if self._gate.rules != self._before:
                await self._gate.set_rules(self._before)
            await self._gate.let_go_all("nobody is attached any more")

    async def _talk(self, lines: Lines) -> None:
        while True:
            try:
                line = await lines.line(LONGEST)
            except TooLong:
                await lines.send(_said({"error": f"The line is longer than {LONGEST:,} bytes", "next": ""}))
                return
            await lines.send(_said(await self._answer(line)))

    async def _answer(self, line: bytes) -> Mapping[str, Any]:
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict):
                raise UsageError(f"The line {_DEEP}")
            return {"ok": await self._do(asked)}
        except InspectError as refused:
            return {"error": refused.message, "next": refused.next}
        except (ValueError, OverflowError, RecursionError):
            return {"error": f"The line {_DEEP}", "next": ""}

    async def _do(self, asked: Mapping[str, Any]) -> Any:
        match asked:
            case {"do": "rules", "rules": list(rules)}:
                return await self._gate.set_rules([_rule(each) for each in rules])
            case {"do": "release", "row": int(row), "verdict": str(word)} if word in BY_HAND:
                seconds = asked.get("seconds", 0)
                if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                    raise UsageError("`seconds` is no number")
                verdict = Verdict(word, _body(asked), float(seconds))
                return await self._gate.release(row, verdict)
            case {"do": "let-go"}:
                return await self._gate.let_go_all()
            case {"do": "inject", "dir": "c2s" | "s2c" as way}:
                return await self._gate.inject(_DIRECTIONS[way], _body(asked))
        raise UsageError(f"The line {_DEEP}", next="do: rules, release, let-go or inject")


def _rule(told: Any) -> Rule:
    match told:
        case {"text": str(text)}:
            return Rule.parse(text, on=told.get("on", True) is not False)
    raise UsageError("A rule is an object with `text` and `on`")


def _body(asked: Mapping[str, Any]) -> bytes:
    text = asked.get("body", "")
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError) as error:
        raise UsageError("`body` is no base64") from error


def _said(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer).encode()
