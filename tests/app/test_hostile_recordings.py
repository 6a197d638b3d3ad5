"""Recordings made to hurt, in the app: every page opens, nothing ends it and nothing colours it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from inspector.journal.journal import Journal
from inspector.journal.played import Played
from inspector.wire.visible import visible
from tests.app.stage import staged
from tests.app.timed import shop
from tests.fuzz.recording import HEADER

EVIL = "\x1b[31m[bold]\u202e[/]\x07\x00\ud800"
PAGES = ("T", "L", "i", "t", "s", "g", "c", "o", "H", "B", "R", "escape")


def lying() -> bytes:
    """Lines that say one thing in the envelope and another in the message, and evil text everywhere."""
    lines: list[object] = []
    for number, method in enumerate(
        ("initialize", "tools/list", "tools/call", "resources/list", "elicitation/create", "tasks/get", EVIL)
    ):
        way = "s2c" if method.startswith("elic") else "c2s"
        base = {"t": number, "kind": "message", "conn": number % 3, "exchange": 1}
        params = {"name": EVIL, "message": EVIL, "requestedSchema": EVIL, "taskId": EVIL, "_meta": [EVIL]}
        result = {
            "tools": [{"name": EVIL, "inputSchema": EVIL}, EVIL],
            "resources": [{"uri": EVIL}, 3],
            "serverInfo": {"name": EVIL, "version": [EVIL]},
            "capabilities": {"tools": EVIL, EVIL: {}},
            "task": {"taskId": EVIL, "status": EVIL},
            "content": [{"type": EVIL, "text": EVIL}],
        }
        asks = {"jsonrpc": "2.0", "id": EVIL, "method": method, "params": params}
        lines.append(
            {**base, "seq": 99, "dir": way, "shape": "request", "method": method, "id": EVIL, "message": asks}
        )
        back = {"jsonrpc": "2.0", "id": EVIL, "result": result}
        lines.append({**base, "seq": -1, "dir": "s2c", "shape": "response", "id": EVIL, "message": back})
    for what in ("connecting", "negotiated", "exited", "held", "gate-rules", "mark", "declared"):
        says = {"what": what, "says": EVIL, "row": 1, "rules": [EVIL], "protocol": EVIL, "code": EVIL}
        says |= {"signal": EVIL, "server": [EVIL]}
        lines.append({"seq": 0, "t": 1e11, "kind": "client", "client": says})
    lines.append({"seq": 0, "t": 3, "kind": "stderr", "dir": "s2c", "text": EVIL})
    return HEADER + "\n".join(map(json.dumps, lines)).encode() + b"\n"


def garbled() -> bytes:
    """A sound recording, every tenth byte or so of whose events is another."""
    chance = random.Random(7)
    journal = shop()
    made = bytearray(journal.raw(0, journal.span(len(journal) - 1)[1]))
    first = made.index(b"\n") + 1
    for _ in range(60):
        made[first + chance.randrange(len(made) - first)] = chance.randrange(256)
    return bytes(made)


@pytest.mark.parametrize("made", [lying, garbled])
async def test_every_page_opens(tmp_path: Path, made: object) -> None:
    path = tmp_path / "hostile.jsonl"
    path.write_bytes(made())  # type: ignore[operator]
    journal = Journal.open(path, whole=False)
    async with staged((120, 40), journal=journal) as stage:
        await stage.until(lambda: journal.known == 1)
        await stage.settled()
        for key in PAGES:
            stage.screen.action_pane(3)  # by no key: a page may have a field
            await stage.press("home", "down", "down", key)
            shown = "".join(
                segment.text for line in stage.screen._compositor.render_strips() for segment in line
            )
            assert visible(shown) == shown
        stage.screen.action_pane(3)
        await stage.press("left_parenthesis")
        await stage.until(lambda: isinstance(stage.screen.journal, Played))
        await stage.settled()
    journal.close()
