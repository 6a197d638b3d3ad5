"""The breakpoints of another process, decided about from here: the other end of `inspector.gate.control`.

It connects when something is decided for the first time, and stays connected until it is closed: when it is
gone, everything that is held goes on.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import anyio

from inspector.errors import ConnectionFailed, UsageError
from inspector.gate.control import LONGEST, available, control_paths, is_ours
from inspector.gate.lines import Gone, Lines, TooLong, connected
from inspector.gate.rule import Rule, Verdict
from inspector.wire.event import Direction
from inspector.wire.visible import clip, visible

PATIENCE = 5.0
"""Seconds that the other process may take to answer."""
_WIDTH = 400


class RemoteGate:
    """Implements `inspector.gate.gate.Controls`.

    Args:
        path: The control socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = anyio.Lock()
        self._lines: Lines | None = None

    @classmethod
    def of(cls, recording: Path) -> RemoteGate | None:
        """Who writes a recording, if breakpoints of theirs can be reached. Nothing is dialled yet."""
        if not available():
            return None
        return next((cls(path) for path in control_paths(recording) if is_ours(path)), None)

    async def set_rules(self, rules: Sequence[Rule], who: str = "hand") -> None:
        """See `Controls`."""
        await self._ask({"do": "rules", "rules": [{"text": each.text, "on": each.on} for each in rules]})

    async def release(self, row: int, verdict: Verdict) -> None:
        """See `Controls`."""
        asked = {"do": "release", "row": row, "verdict": verdict.word, "seconds": verdict.seconds}
        await self._ask({**asked, "body": _text(verdict.body)})

    async def let_go_all(self) -> int:
        """See `Controls`."""
        count = await self._ask({"do": "let-go"})
        return count if isinstance(count, int) else 0

    async def inject(self, direction: Direction, body: bytes) -> None:
        """See `Controls`."""
        await self._ask({"do": "inject", "dir": direction.word, "body": _text(body)})

    async def close(self) -> None:
        """Leave: what is held goes on, and the rules that were set from here are gone."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()

    async def _ask(self, asked: Mapping[str, Any]) -> Any:
        """What the other process says to it.

        Raises:
            ConnectionFailed: It is gone, or does not answer.
            UsageError: It refuses, and why.
        """
        line = json.dumps(asked).encode()
        if len(line) > LONGEST:
            raise UsageError(f"The message is too long to be sent on: {len(line):,} bytes")
        async with self._lock:
            answer = await self._exchange(line)
        if "error" in answer:
            says, next = (clip(visible(str(answer.get(name, ""))), _WIDTH) for name in ("error", "next"))
            raise UsageError(says, next=next)
        return answer.get("ok")

    async def _exchange(self, line: bytes) -> Mapping[str, Any]:
        try:
            with anyio.fail_after(PATIENCE):
                lines = await self._connected()
                await lines.send(line)
                answer = json.loads(await lines.line(65_536))
        except (OSError, Gone, TooLong, ValueError) as error:  # TimeoutError is an OSError
            await self._lost(error)
        if not isinstance(answer, dict):
            await self._lost(None)
        return answer

    async def _connected(self) -> Lines:
        if self._lines is None:
            if not is_ours(self._path):
                raise ConnectionRefusedError
            self._lines = await connected(self._path)
        return self._lines

    async def _lost(self, error: BaseException | None) -> NoReturn:
        await self.close()
        raise ConnectionFailed(
            "The process that records does not answer", next="It may be over; the recording says"
        ) from error


def of_writer(recording: Path) -> RemoteGate | None:
    """The breakpoints of the program that writes a recording now; `None` where nobody does, or has any.

    Its lock says that it is written: a socket that somebody left behind is never dialled.
    """
    from inspector.journal.limits import is_written  # what else looks for a gate has it already

    return RemoteGate.of(recording) if is_written(recording) else None


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")
