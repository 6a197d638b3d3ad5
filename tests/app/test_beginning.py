"""An app that is run as a person runs it, which `run_test` does not do: the tasks of both begin alike."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from inspector.app.app import InspectorApp
from inspector.app.choosing import ChoosingApp
from inspector.app.screens.connect import ConnectScreen
from inspector.app.screens.main import MainScreen
from inspector.journal.journal import Journal
from tests.hosts.surrounded import furnished


@pytest.mark.parametrize("first", [MainScreen, ConnectScreen])
async def test_its_screen_is_there(first: type[MainScreen | ConnectScreen], tmp_path: Path) -> None:
    app: App[Any] = (
        InspectorApp(Journal.create()) if first is MainScreen else ChoosingApp(furnished(tmp_path))
    )
    seen: list[object] = []

    async def look(pilot: Pilot[Any]) -> None:
        seen.append(pilot.app.screen)
        seen.append(asyncio.get_running_loop().get_task_factory())
        pilot.app.exit()

    # Python 3.11 has no tasks that begin at once: one that names them stands in for that.
    asyncio.get_running_loop().set_task_factory(lambda loop, coro, **kw: asyncio.Task(coro, loop=loop, **kw))
    await app.run_async(headless=True, size=(80, 24), auto_pilot=look)
    assert isinstance(seen[0], first)
    assert seen[1] is None
