"""The app on a stage: a server in this very process and a clock of its own: pictures never change."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from inspector.app.app import InspectorApp
from inspector.app.connections import Open
from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.auth_question import AuthQuestion
from inspector.app.screens.authorization import AuthorizationScreen
from inspector.app.screens.main import MainScreen
from inspector.app.widgets.capability_list import CapabilityList
from inspector.demo.server import Server
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.base import Link
from inspector.transport.memory import Died, MemoryTransport
from inspector.transport.tap import Tap
from inspector.wire.jsonrpc import encode

ARGV = ["python", "-m", "inspector.demo"]


class StagedServer(MemoryTransport):
    """The demo server, in process.

    Attributes:
        dies_at: The method at which it writes last words and dies with exit code 3.
        silent: It answers nothing at all.
        ignores: The method that it does not answer.
    """

    title = " ".join(ARGV)

    def __init__(self, *, dies_at: str = "", silent: bool = False, ignores: str = "") -> None:
        super().__init__(self._serve)
        self.dies_at = dies_at
        self.silent = silent
        self.ignores = ignores
        self._tap: Tap | None = None

    def describe(self) -> dict[str, Any]:
        return {"transport": "stdio", "argv": ARGV}

    @asynccontextmanager
    async def open(self, tap: Tap) -> AsyncIterator[Link]:
        self._tap = tap
        tap.process("started", argv=ARGV, cwd="/project", pid=4242)
        async with super().open(tap) as link:
            yield link

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        out: list[bytes] = []
        server = Server(out.append)
        async for message in messages:
            request = json.loads(message)
            if self.silent or request.get("method") == self.ignores:
                continue
            if request.get("method") == self.dies_at and self._tap is not None:
                self._tap.stderr(b"Traceback (most recent call last):")
                self._tap.stderr(b"KeyError: 'OPENWEATHER_TOKEN'")
                raise Died(3)
            reply = server.handle(request, beside=False)
            if reply is not None:
                out.append(encode(reply))
            while out:
                yield out.pop(0).rstrip(b"\n")


class Stage:
    """An app that runs, and the pilot that drives it."""

    def __init__(self, app: InspectorApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> MainScreen:
        """The main screen, also while a dialog stands over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, MainScreen))

    async def until(self, happened: Callable[[], object]) -> None:
        """Let the app go on until `happened` says so; a server may have to start on a busy machine first."""
        with anyio.fail_after(60):
            while not happened():
                await self.pilot.pause(0.01)
            if not self.app._exit:
                await self.pilot.pause(0)  # whoever was in the middle of it comes to its end

    async def press(self, *keys: str) -> None:
        """Press keys, and let what follows from each settle."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type text; what goes into a field comes at once but for its ends, a key each costs too much."""
        middle = text[1:-1] if len(text) > 6 and isinstance(self.app.focused, Input | TextArea) else ""
        first, last = (text[:1], text[-1:]) if middle else (text, "")
        await self.press(*("space" if c == " " else c for c in first))
        if middle:
            self.app.post_message(Paste(middle))
            await self.pilot.pause()
        await self.press(*("space" if c == " " else c for c in last))

    async def connected(self) -> None:
        """Wait until the server's lists have come and are shown."""
        catalogue = self.app.journal.catalogue
        await self.until(lambda: all(catalogue.complete.values()))
        await self.settled()

    async def open(self, name: str) -> None:
        """Find a capability by name, open it, and wait until the cursor is in the workbench."""
        await self.press("slash")
        field = self.screen.query_one("#capability-search", Input)
        await self.until(lambda: field.has_focus)
        field.value = ""
        self.app.post_message(Paste(name))  # a key for each letter would cost most of a test's time
        await self.until(lambda: field.value == name)
        await self.until(lambda: self._first_found() == name)  # a list is shown with the next frame
        await self.press("enter")
        bench = self.screen.workbench
        await self.until(lambda: bench.item is not None and bench.item.label == name)
        await self.until(lambda: self.app.focused is not None and bench in self.app.focused.ancestors)
        await self.settled()

    def _first_found(self) -> str | None:
        """The name of what the cursor of the list of capabilities is on."""
        line = self.screen.query_one(CapabilityList).current
        return line.item.label if line is not None and line.item is not None else None

    async def called(self) -> None:
        """Wait until the workbench's call has ended and its result is shown."""
        bench = self.screen.workbench
        await self.until(lambda: bench.call is not None and bench.call.done)
        await self.settled()

    async def asked(self) -> AuthorizationScreen:
        """Wait until an authorization asks something, and the screen shows it."""

        def shown() -> bool:
            screen = self.app.screen
            if not isinstance(screen, AuthorizationScreen) or not screen.query("#auth-question"):
                return False
            return screen.query_one(AuthQuestion).question is not None and screen.focused is not None

        await self.until(shown)
        await self.settled()
        screen = self.app.screen
        assert isinstance(screen, AuthorizationScreen)
        return screen

    async def settled(self) -> None:
        """Wait until the screen has shown all that the journal holds."""
        count = -1
        while count != len(self.app.journal):
            count = len(self.app.journal)
            self.screen.show_now()
            await self.pilot.pause()
            await self.pilot.pause()


@asynccontextmanager
async def staged(
    size: tuple[int, int],
    server: Any = None,
    *,
    journal: Journal | None = None,
    into: Journal | None = None,
    keeper: ConnectionKeeper | None = None,
    opens: Open | None = None,
) -> AsyncIterator[Stage]:
    """The app at `size` (columns, rows) on `server`, or on `journal` alone; left cleanly at the end.

    `into` takes the events instead of a journal in memory, `keeper` is a connection of the test's own,
    `opens` makes further ones."""
    if keeper is not None:
        journal = keeper.journal
    elif journal is None:
        server = server if server is not None else StagedServer()
        ticks = itertools.count()
        journal = into  # an empty one is false
        if journal is None:
            journal = Journal.create(target=server.describe(), clock=lambda: next(ticks) / 1000)
        keeper = ConnectionKeeper(server, journal, Options(probe_timeout=60))
    app = InspectorApp(journal, keeper, opens=opens)
    failed: BaseException | None = None
    try:
        async with app.run_test(size=size) as pilot:
            try:
                yield Stage(app, pilot)
                if not app._exit:
                    await pilot.pause(0)  # what a key does may need its widgets, which go at once now
            except BaseException as error:
                failed = error
                raise
            finally:
                await app.leave()
    except asyncio.CancelledError:
        if failed is not None:  # the end of an app that was left in the middle says less
            raise failed from None
        raise


class ScriptedKeeper(ConnectionKeeper):
    """A connection that does what the test says instead of connecting, and then waits."""

    def __init__(
        self, target: Any, journal: Journal, script: Callable[[ConnectionKeeper], Awaitable[None]]
    ) -> None:
        super().__init__(target, journal, Options())
        self._script = script

    async def _connect_once(self) -> None:
        self._become("connecting")
        await self._script(self)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still for what the screen says of it."""
    for module in ("keeper", "standing", "panes.workbench"):
        monkeypatch.setattr(f"inspector.app.{module}.monotonic", lambda: 1000.0)
