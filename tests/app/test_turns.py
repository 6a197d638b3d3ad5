"""What is typed ahead goes where it would go if one waited."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.events import Event, Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from inspector.app import turns
from inspector.app.turns import Turns


class Dialog(ModalScreen[None]):
    BINDINGS = [Binding("y", "dismiss", "yes")]

    def compose(self) -> ComposeResult:
        yield Static("?")


class Typing(App[int]):
    """`/` goes to a field, and `enter` there mounts another, which takes some turns."""

    BINDINGS = [Binding("slash", "go", "go"), Binding("q", "ask", "ask")]
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self.turns = Turns(self, super().on_event)
        self.stray: list[str] = []

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            await self.turns.take(event)
        else:
            await super().on_event(event)

    def compose(self) -> ComposeResult:
        yield Input(id="first")

    def on_key(self, event: Key) -> None:
        self.stray.append(event.key)

    def action_go(self) -> None:
        self.query_one("#first", Input).focus()

    def action_ask(self) -> None:
        self.push_screen(Dialog())

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "first":
            await self.mount(Input(id="second"))
            self.query_one("#second").focus()


def burst(app: App[int], *keys: str) -> None:
    for key in keys:
        character = {"slash": "/", "enter": "\r"}.get(key, key)
        app.post_message(Key(key, character))


async def test_a_burst_of_keys() -> None:
    app = Typing()
    async with app.run_test() as pilot:
        burst(app, "slash", "a", "b", "enter", "c", "d")
        while not app.query("#second") or app.query_one("#second", Input).value != "cd":
            await pilot.pause()
        assert app.query_one("#first", Input).value == "ab"


async def test_keys_after_a_dialog() -> None:
    """The screen that a key closes does not keep the next ones waiting."""
    app = Typing()
    async with app.run_test() as pilot:
        burst(app, "q", "y", "slash", "a")
        while app.query_one("#first", Input).value != "a":
            await pilot.pause()
        assert not isinstance(app.screen, Dialog)


async def test_a_slow_machine_keeps_them_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is over in which a key should be done with, but it goes on."""
    now = [0.0]
    monkeypatch.setattr(turns, "monotonic", lambda: now[0])
    app = Typing()
    async with app.run_test() as pilot:
        burst(app, "slash")
        await pilot.pause()
        burst(app, "enter", "c")
        while not app.turns._waiting:
            await anyio.lowlevel.checkpoint()
        now[0] += turns._PATIENCE - 0.1
        await app.turns._give_up(app.turns._turn)
        with anyio.fail_after(60):
            while not app.query("#second") or app.query_one("#second", Input).value != "c":
                await pilot.pause()
        assert app.query_one("#first", Input).value == ""


async def test_a_key_that_is_lost_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PATIENCE", 0.1)
    app = Typing()
    async with app.run_test() as pilot:
        monkeypatch.setattr(app.turns, "_walk", lambda *_: None)  # a widget that went away on the way
        burst(app, "slash", "a")
        with anyio.fail_after(60):
            while app.query_one("#first", Input).value != "a":
                await pilot.pause()


async def test_a_key_on_its_way_arrives_before_the_others_are_held() -> None:
    """Else it is lost in a widget of the screen that goes."""
    app = Typing()
    async with app.run_test() as pilot:
        for key, led_to in (("slash", "#first"), ("enter", "#second")):
            burst(app, key)
            while not app.turns._busy:
                await anyio.lowlevel.checkpoint()
            async with app.turns.held():
                assert app.query_one(led_to).has_focus
                burst(app, "x")
                await pilot.pause()
                assert app.query_one(led_to, Input).value == ""
            while app.query_one(led_to, Input).value != "x":
                await pilot.pause()
