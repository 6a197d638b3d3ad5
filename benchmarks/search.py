"""Search over many tools: the command palette, the list of capabilities and the filter's completion.

    python benchmarks/search.py [COUNT]

Opens the app on a recording with COUNT tools (5,000) and types seven letters into each, as fast as they are
taken. A key's time is from the key to the screen that shows what it found; lag is by how much a timer of
5 ms came late, which is what another key would have waited. The ratio is beside the same with 50 tools.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from inspector.app.app import InspectorApp
from inspector.app.screens.main import MainScreen
from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from inspector.wire.versions import V4

FEW, MANY = 50, 5000
WORD = "archive"
VERBS = ("archive", "create", "delete", "export", "find", "list", "merge", "rename", "search", "update")
NOUNS = ("account", "branch", "comment", "document", "event", "folder", "issue", "message", "project", "user")


def recorded(count: int) -> Journal:
    """A session with a server of `count` tools, and a call of each tenth."""
    journal = Journal.create(target={"transport": "stdio", "argv": ["python", "server.py"]})
    journal.append(Kind.CLIENT, data={"what": "connecting"})
    number = 0

    def ask(method: str, params: object, result: object) -> None:
        nonlocal number
        number += 1
        journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(number, method, params))
        journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(number, result))

    server = {"name": "many", "version": "1"}
    agreed = {"protocolVersion": V4, "capabilities": {"tools": {}}, "serverInfo": server}
    ask("initialize", {"protocolVersion": V4, "capabilities": {}, "clientInfo": server}, agreed)
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    tools = [
        {
            "name": f"{VERBS[at % 10]}-{NOUNS[at // 10 % 10]}-{at}",
            "description": f"Does what number {at} does, and says so.",
            "inputSchema": schema,
        }
        for at in range(count)
    ]
    ask("tools/list", {}, {"tools": tools})
    for tool in tools[::10]:
        ask("tools/call", {"name": tool["name"], "arguments": {}}, {"content": []})
    return journal


async def typed(pilot: Pilot[int], text: str, found: Callable[[], Awaitable[object]]) -> list[float]:
    """Seconds from each key to what it found."""
    times = []
    for key in text:
        start = time.perf_counter()
        await pilot.press(key)
        await found()
        times.append(time.perf_counter() - start)
    return times


async def run(count: int) -> dict[str, tuple[list[float], list[float]]]:
    """For each field: seconds per key, and by how many a timer came late meanwhile."""
    app = InspectorApp(recorded(count), None)
    told: dict[str, tuple[list[float], list[float]]] = {}
    async with app.run_test(size=(120, 40)) as pilot:

        async def settled() -> None:
            await pilot.pause()
            if isinstance(app.screen, CommandPalette):
                await app.workers.wait_for_complete(
                    [each for each in app.workers if each.node is app.screen and not each.is_finished]
                )
                await pilot.pause()

        async def measured(name: str, text: str) -> None:
            late: list[float] = []

            async def watch() -> None:
                while True:
                    due = time.perf_counter() + 0.005
                    await asyncio.sleep(0.005)
                    late.append(time.perf_counter() - due)

            watcher = asyncio.create_task(watch())
            times = await typed(pilot, text, settled)
            watcher.cancel()
            told[name] = times, late or [0.0]

        await pilot.pause(0.5)
        screen = app.screen
        assert isinstance(screen, MainScreen)
        await pilot.press("slash")
        await pilot.pause()
        await measured("list of capabilities", WORD)
        screen.query_one("#capability-search", Input).value = ""
        await pilot.press("escape")
        await pilot.press("ctrl+p")
        await pilot.pause(0.5)
        await measured("command palette", WORD)
        await pilot.press("escape")
        await app.leave()
    return told


def main(count: int) -> None:
    few, many = asyncio.run(run(FEW)), asyncio.run(run(count))
    print(f"{count:,} tools; a key in ms, ratio to {FEW} tools")
    print(f"{'':22}{'median':>8}{'max':>8}{'ratio':>8}{'lag p99':>10}{'lag max':>9}")
    for name, (times, late) in many.items():
        ratio = statistics.median(times) / statistics.median(few[name][0])
        worst = sorted(late)[int(len(late) * 0.99)]
        figures = (statistics.median(times) * 1e3, max(times) * 1e3)
        print(
            f"{name:22}{figures[0]:8.0f}{figures[1]:8.0f}{ratio:8.2f}{worst * 1e3:10.0f}"
            f"{max(late) * 1e3:9.0f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
