"""The line of a player: whether it runs, how fast, where it stands; keys and mouse move the playhead.

It is given a player and moves it; what is shown of the recording is the business of its screen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from inspector.app.actions import own_keys
from inspector.app.player import IDLE
from inspector.app.standing import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.app.player import Player

_SHORTEST = 10
"""Cells of the track that are kept where there is no room."""


class PlayerBar(Widget, can_focus=True):
    """Shows a player, and is its controls.

    Args:
        player: What is played.
        leave: What to do when the user wants no player any more.
    """

    DEFAULT_CSS = """
    PlayerBar { height: 1; padding: 0 1; background: $panel; }
    PlayerBar:focus { background: $block-cursor-blurred-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "player",
        Binding("space", "play", "play/pause", tooltip="Play, or pause; at the end, from the beginning"),
        Binding("left,comma", "step(-1)", "back", tooltip="Back by a row", show=False, id="player.step-back"),
        Binding("right,full_stop", "step(1)", "on", tooltip="On by a row", show=False, id="player.step-on"),
        Binding("shift+left", "call(-1)", "", tooltip="Back to the request before", show=False),
        Binding("shift+right", "call(1)", "", tooltip="On to the next request", show=False),
        Binding("e", "trouble(1)", "next error", tooltip="On to the next error, finding or stray output"),
        Binding("E", "trouble(-1)", "", tooltip="Back to the error or finding before", show=False),
        Binding("right_curly_bracket", "mark(1)", "", tooltip="On to the next mark or note", show=False),
        Binding("left_curly_bracket", "mark(-1)", "", tooltip="Back to the mark before", show=False),
        Binding("pageup", "scrub(-1)", "", tooltip="Back by a tenth of the time", show=False),
        Binding("pagedown", "scrub(1)", "", tooltip="On by a tenth of the time", show=False),
        Binding("home", "ends(0)", "", tooltip="To the beginning", show=False, id="player.first"),
        Binding("end", "ends(1)", "", tooltip="To the end", show=False, id="player.last"),
        Binding("plus", "faster(1)", "", tooltip="Faster", show=False, id="player.faster"),
        Binding("minus", "faster(-1)", "", tooltip="Slower", show=False, id="player.slower"),
        Binding("i", "idle", "", tooltip="Shorten long pauses, or wait as long as they lasted", show=False),
        Binding("escape", "leave", "leave", tooltip="Leave the player: all of the recording is shown"),
    )

    def __init__(self, player: Player, leave: Callable[[], object], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._player = player
        self._leave = leave
        self._marks: Sequence[int] = ()
        self._shown: object = None
        self._drawn = (0, 1)  # where the track begins, and its cells
        self._dragged = -1.0

    def show(self, marks: Sequence[int]) -> None:
        """Draw it again where it says something else by now; `marks` are the marked rows, in order."""
        self._marks = marks
        now = self._words()
        if now != self._shown:
            self._shown = now
            self.refresh()

    def _words(self) -> tuple[str, float, str, str]:
        """What stands before the track, the share of it, what stands behind, and what is said beside."""
        player = self._player
        state = "▶ playing" if player.playing else "■ end" if player.at_end else "‖ paused"
        speed = "at once" if math.isinf(player.speed) else f"{player.speed:g}x"
        row, time = player.row, player.time
        if self._dragged >= 0:
            row = player.row_at(self._dragged * player.total)
            time = self._dragged * player.total
        width = len(f"{player.last:,}")
        behind = f"{_clock(time)} / {_clock(player.total)} · row {row:>{width},} of {player.last:,}"
        share = time / player.total if player.total > 0 else row / max(1, player.last)
        beside = ""
        if player.seeking > 0:
            beside = f"seeking {1 - player.seeking:.0%}"
        elif not player.shortens:
            beside = f"pause {clock(player.pause)}" if player.pause > 5 else "pauses as recorded"
        elif not math.isinf(player.speed):
            short = player.pause > IDLE * player.speed
            beside = f"pause of {clock(player.pause)} shortened" if short else "long pauses shortened"
        return f"{state} {speed}", min(1.0, max(0.0, share)), behind, beside

    def render(self) -> Content:
        before, share, behind, beside = self._words()
        before = f"{before:<16} "
        room = self.size.width - len(before) - len(behind) - 1
        says = f" · {beside}" if beside and room - len(beside) - 3 >= 3 * _SHORTEST else ""
        cells = max(1, room - len(says))
        self._drawn = (len(before), cells)
        at = round(share * (cells - 1))
        playing = self._player.playing
        return Content.assemble(
            (before, "bold $text-success" if playing else "bold"),
            ("━" * at, "$primary"),
            ("●", "bold $text-accent"),
            ("─" * (cells - 1 - at), "$foreground-disabled"),
            (f" {behind}", ""),
            (says, "$foreground-muted"),
        )

    # Keys

    def _told(self, moved: bool = True, what: str = "") -> None:
        if moved:
            self.show(self._marks)
        else:
            self.notify(f"No {what} further there.", timeout=4, markup=False)

    def action_play(self) -> None:
        self._player.toggle()
        self._told()

    def action_step(self, by: int) -> None:
        self._player.step(by)
        self._told()

    def action_call(self, by: int) -> None:
        self._told(self._player.step_call(by), "request")

    def action_trouble(self, by: int) -> None:
        self._told(self._player.step_trouble(by), "error, finding or stray output")

    def action_mark(self, by: int) -> None:
        self._told(self._player.step_mark(self._marks, by), "mark or note")

    def action_scrub(self, by: int) -> None:
        player = self._player
        if player.total > 0:
            row = player.row_at(player.time + by * player.total / 10)
            player.seek(row if row != player.row else row + by)
        else:
            player.seek(player.row + by * max(1, player.last // 10))
        self._told()

    def action_ends(self, end: int) -> None:
        self._player.seek(self._player.last if end else 0)
        self._told()

    def action_faster(self, by: int) -> None:
        self._player.faster(by)
        self._told()

    def action_idle(self) -> None:
        self._player.shortens = not self._player.shortens
        self._told()

    def action_leave(self) -> None:
        self._leave()

    # The mouse

    def _share(self, x: int) -> float:
        first, cells = self._drawn
        return min(1.0, max(0.0, (x - 1 - first) / max(1, cells - 1)))  # 1: the padding

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        first, cells = self._drawn
        if event.x - 1 < first:
            self.action_play()
        elif event.x - 1 < first + cells:
            self._dragged = self._share(event.x)
            self.capture_mouse()
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged >= 0:
            event.stop()
            self._dragged = self._share(event.x)
            self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragged >= 0:
            event.stop()
            self.release_mouse()
            share, self._dragged = self._dragged, -1.0
            self._player.seek_time(share)
            self._told()


def _clock(seconds: float) -> str:
    """`0:04.2` in the first hour; `1:02:03` later."""
    return clock(seconds) if seconds >= 3600 else f"{clock(seconds)}.{int(seconds * 10 % 10)}"
