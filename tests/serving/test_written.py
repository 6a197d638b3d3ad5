"""What clients of a served recording do, written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from inspector.httpd.request import Request
from inspector.httpd.server import serve
from inspector.journal.findings import details
from inspector.journal.journal import Journal
from inspector.serving.eras import Spoken
from inspector.serving.http import Front
from inspector.serving.said import Heard, Ways
from inspector.serving.script import Script
from inspector.serving.written import WrittenRequest
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Event, Kind
from tests.serving.conftest import note, request
from tests.serving.test_http import begun, first, legacy


@asynccontextmanager
async def written(journal: Journal) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the session of `legacy`, whose doings go into a journal."""
    fronts: list[Front] = []

    async def handle(asked: Request) -> None:
        kept = WrittenRequest(asked, Tap(journal))
        try:
            await fronts[0].handle(kept)
        finally:
            kept.ended()

    script = Script(legacy().journal)
    async with serve(handle) as server, anyio.create_task_group() as tasks:
        fronts.append(Front(script, Spoken(script.journal), Ways(), Heard(), tasks))
        async with httpx.AsyncClient(base_url=server.url, timeout=20) as found:
            yield found
        tasks.cancel_scope.cancel()


def story(journal: Journal) -> list[Any]:
    """Each event in short, in order of its exchange."""
    found: list[Any] = []
    for row in sorted(range(len(journal)), key=lambda row: (journal.exchange(row) or 0, row)):
        event = journal.event(row)
        if event.kind is Kind.MESSAGE:
            arrow = ">" if event.direction is Direction.C2S else "<"
            found.append(f"{arrow} {event.frame.method or event.frame.shape.word}" if event.frame else arrow)
        elif event.kind is Kind.HTTP:
            told = event.data.get("method") or event.data.get("outcome") or event.data.get("status")
            found.append((event.what, told, event.size) if event.what == "body" else (event.what, told))
    return found


async def test_every_exchange_with_its_messages() -> None:
    journal = Journal.create()
    async with written(journal) as http:
        id = await begun(http)
        params = {"name": "a", "_meta": {"progressToken": "p"}}
        await http.post("/mcp", json=note("notifications/initialized"), headers=id)
        await http.post("/mcp", json=request(7, "tools/call", params), headers=id)
        await http.delete("/mcp", headers=id)
    assert story(journal) == [
        ("request", "POST"),
        "> initialize",
        ("response", 200),
        "< response",
        ("end", "complete"),
        ("request", "POST"),
        "> notifications/initialized",
        ("response", 202),
        ("end", "complete"),
        ("request", "POST"),
        "> tools/call",
        ("response", 200),
        "< notifications/progress",
        "< response",
        ("end", "complete"),
        ("request", "DELETE"),
        ("response", 200),
        ("end", "complete"),
    ]
    assert [finding for row in range(len(journal)) for finding in details(journal, row)] == []
    again = Script(journal)  # what was written down can be served itself
    assert [(call.method, len(call.steps)) for call in again.calls] == [
        ("initialize", 1),
        ("notifications/initialized", 0),
        ("tools/call", 2),
    ]


async def test_clients_that_err_or_leave() -> None:
    journal, ended, done = Journal.create(), set[int](), anyio.Event()

    def heard(event: Event) -> None:
        if event.what == "end":
            ended.add(event.exchange or 0)
            if ended >= {1, 2, 3, 4}:
                done.set()

    journal.add_listener(heard)
    async with written(journal) as http:
        id = await begun(http)
        await http.post("/mcp", content=b"{", headers=id)
        async with http.stream("GET", "/mcp", headers=id) as stream:
            await http.post("/mcp", json=note("notifications/initialized"), headers=id)
            assert (await first(stream))["method"] == "notifications/tools/list_changed"
        await done.wait()
    assert story(journal)[5:] == [
        ("request", "POST"),
        "> invalid",
        ("response", 400),
        "< error",
        ("end", "complete"),
        ("request", "GET"),
        ("response", 200),
        "< notifications/tools/list_changed",
        ("end", "aborted"),
        ("request", "POST"),
        "> notifications/initialized",
        ("response", 202),
        ("end", "complete"),
    ]
