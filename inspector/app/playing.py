"""A recording that is played on the main screen: the keys of the player, and the screen at the playhead.

Each screen shows one journal, which only grows. To go back, another screen takes its place, with what the
user had opened in it (`Stood`): so everything on it is as it was then, by the code that shows a live session.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from inspector.app.connections import FIRST
from inspector.app.conversing import of as conversing
from inspector.app.panes.capabilities import Capabilities
from inspector.app.panes.messages import Messages
from inspector.app.player import Player
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from textual.app import App

    from inspector.app.items import Item
    from inspector.app.panes.views import TrafficView
    from inspector.app.screens.main import MainScreen

BUDGET = 0.03
"""Seconds of a frame that playing may cost."""
AHEAD = 0.06
"""The same while the screen shows what is about to go: nothing of it moves."""

_PLAYERS: WeakKeyDictionary[App[int], Player] = WeakKeyDictionary()
_TURNING: WeakSet[App[int]] = WeakSet()
_ATTENDED: WeakSet[MainScreen] = WeakSet()


def can(screen: MainScreen) -> bool:
    """Whether there is a recording to play, and all of it is read."""
    return screen.keeper is None and screen.journal.known >= 1 and len(screen.journal.whole) > 0


async def play(screen: MainScreen) -> None:
    """Play, or pause; the bar of the player comes with it."""
    player = await _player(screen)
    player.toggle()
    screen.query_one(PlayerBar).focus()


async def slower(screen: MainScreen) -> None:
    """The speed before."""
    (await _player(screen)).faster(-1)


async def faster(screen: MainScreen) -> None:
    """The next speed."""
    (await _player(screen)).faster(1)


async def step_back(screen: MainScreen) -> None:
    """Back by a row."""
    (await _player(screen)).step(-1)


async def step_on(screen: MainScreen) -> None:
    """On by a row."""
    (await _player(screen)).step(1)


async def begin(screen: MainScreen, speed: float) -> None:
    """Play from the beginning, at a speed."""
    player = await _player(screen)
    player.speed = speed
    player.seek(0)
    player.playing = True
    screen.query_one(PlayerBar).focus()


async def _player(screen: MainScreen) -> Player:
    """The player of the app, with its bar on the screen."""
    player = _PLAYERS.get(screen.app)
    if player is None:
        player = _PLAYERS[screen.app] = Player(screen.journal.whole)
    if not screen.query(PlayerBar):
        await _put_up(screen, player)
    return player


async def _put_up(screen: MainScreen, player: Player) -> None:
    bar = PlayerBar(player, lambda: leave(screen, player), id="player")
    await screen.mount(bar, after="#status")
    if screen not in _ATTENDED:
        _ATTENDED.add(screen)
        screen.each_frame.append(lambda: _advance(screen, player))
    bar.show(())


def _advance(screen: MainScreen, player: Player) -> None:
    """Once a frame: let the playhead go on, and the bar tell of it."""
    if screen is not screen.app.screen or screen.app in _TURNING or not screen.query(PlayerBar):
        return  # a dialog is open: the recording waits for it
    player.advance(monotonic(), AHEAD if player.turning else BUDGET)
    screen.query_one(PlayerBar).show(conversing(screen).marks.rows)
    if screen.journal is not player.journal:
        _run(screen, player)


def _run(screen: MainScreen, player: Player) -> None:
    _TURNING.add(screen.app)
    screen.app.run_worker(_turn(screen, player), name="player", group="screens", exclusive=False)


async def _turn(screen: MainScreen, player: Player) -> None:
    """Put a screen of what is played now in the place of the one before; each is a mode of Textual's."""
    app = screen.app
    try:
        async with app.turns.held():  # type: ignore[attr-defined]
            if app.screen is screen:  # else a dialog came in between, and its frames go by first
                await _change(screen, player)
    finally:
        _TURNING.discard(app)


async def _change(screen: MainScreen, player: Player) -> None:
    app = screen.app
    stood = Stood.of(screen)
    connection = app.connections.all[0]  # type: ignore[attr-defined]
    connection.journal = app.journal = player.journal  # type: ignore[attr-defined]
    before = connection.mode
    if player.journal is player.whole:  # whose screen was left behind another
        connection.mode = FIRST
    else:
        following = type(screen)(player.journal, None)
        connection.mode = f"played-{id(player.journal)}"
        app.add_mode(connection.mode, lambda: following)
    with app.batch_update():
        await app.switch_mode(connection.mode)
        if before != FIRST:
            await app.remove_mode(before)
        (shown,) = (each for each in app.screen_stack if isinstance(each, type(screen)))
        if player.journal is player.whole:
            await shown.query(PlayerBar).remove()
        else:
            await _put_up(shown, player)
        await stood.put_back(shown)


def leave(screen: MainScreen, player: Player) -> None:
    """Show all of the recording, without a bar."""
    if player.journal is player.whole and not player.seeking:
        screen.query(PlayerBar).remove()
        screen.action_pane(3)
    else:
        player.leave()
        _run(screen, player)


@dataclass(frozen=True, slots=True)
class Stood:
    """What a user has opened on a screen.

    Attributes:
        filter: The text in the filter of the messages.
        dims: Whether it lets the rest stand back.
        row: Where the log's cursor stands; -1 while it follows.
        view: What the lower half shows.
        page: The page in the place of the workbench.
        item: What stands in the workbench.
        front: The pane that is in front; 0 where the bar has the focus.
        zoomed: Whether it has the whole screen.
        bar: Whether the bar has the focus.
    """

    filter: str
    dims: bool
    row: int
    view: TrafficView
    page: str
    item: Item | None
    front: int
    zoomed: bool
    bar: bool

    @classmethod
    def of(cls, screen: MainScreen) -> Stood:
        """What is opened on `screen`."""
        messages, log = screen.query_one(Messages), screen.query_one(MessageLog)
        return cls(
            messages.field.value,
            messages.dims,
            -1 if log.following else log.cursor,
            screen.traffic.view,
            screen.desk.page,
            screen.workbench.item,
            screen.front,
            screen.zoomed,
            isinstance(screen.focused, PlayerBar),
        )

    async def put_back(self, screen: MainScreen) -> None:
        """Open the same on `screen`, as far as it is there."""
        messages, log = screen.query_one(Messages), screen.query_one(MessageLog)
        if self.zoomed:
            screen.action_zoom()
        if self.item is not None:
            screen.query_one(Capabilities).mark_opened(self.item)
            await screen.workbench.open_item(self.item, ())
        if self.page:
            await screen.desk.open_page(self.page)
        if self.dims:
            messages.toggle_rest()
        if self.filter:
            messages.filter_by(self.filter)
        await screen.traffic.show_view(self.view)
        screen.action_pane(self.front)
        for bar in screen.query(PlayerBar):
            if self.bar:
                bar.focus()
        if 0 <= self.row < len(screen.journal):
            screen.call_after_refresh(log.go_to, self.row)
