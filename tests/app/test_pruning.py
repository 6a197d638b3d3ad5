"""A widget is removed while a thread works for it."""

from __future__ import annotations

import threading

import anyio.lowlevel
import anyio.to_thread
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from inspector.app.pruning import WorkEndsFirst


class Slow(Static):
    """Goes last, and lets the thread go on when the others are gone."""

    async def on_unmount(self) -> None:
        pane = self.parent
        assert isinstance(pane, Pane)
        while pane.query("#shown"):
            await anyio.lowlevel.checkpoint()
        pane.may_end.set()
        while not all(worker.is_finished for worker in self.app.workers if worker.node is pane):
            await anyio.lowlevel.checkpoint()


class Pane(Vertical):
    """Shows what a thread brings."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_end = threading.Event(), threading.Event()

    def compose(self) -> ComposeResult:
        yield Static(id="shown")
        yield Slow()

    def on_mount(self) -> None:
        self.run_worker(self._work())

    async def _work(self) -> None:
        await anyio.to_thread.run_sync(self._wait)
        self.query_one("#shown", Static).update("done")

    def _wait(self) -> None:
        self.begun.set()
        self.may_end.wait(60)


class Host(WorkEndsFirst[None]):
    def compose(self) -> ComposeResult:
        yield Pane()


async def test_the_app_is_left() -> None:
    async with Host().run_test() as pilot:
        pane = pilot.app.query_one(Pane)
        while not pane.begun.is_set():
            await pilot.pause(0.01)


async def test_the_widget_alone_is_removed() -> None:
    async with Host().run_test() as pilot:
        pane = pilot.app.query_one(Pane)
        while not pane.begun.is_set():
            await pilot.pause(0.01)
        await pane.remove()
        assert pane.may_end.is_set()
