"""What the main screen can do beyond its panes: one row a thing, imported when it is first done.

Each is a module with a function `do(screen)`, plain or a coroutine, and may have `can(screen) -> bool`, asked
only once the module is there. The key, the title and the palette of each stand in the table of actions as
`do('name')`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import isawaitable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.app.screens.main import MainScreen

DOINGS: Mapping[str, str] = {
    "tour": "inspector.app.tour",
    "border_left": "inspector.app.resizing:left",
    "border_right": "inspector.app.resizing:right",
    "border_up": "inspector.app.resizing:up",
    "border_down": "inspector.app.resizing:down",
    "hide_pane": "inspector.app.resizing:hide",
    "usual_panes": "inspector.app.resizing:usual",
    "conversation": "inspector.app.conversing:only",
    "again": "inspector.app.resending",
    "story": "inspector.app.conversing:story",
    "timeline": "inspector.app.timing:timeline",
    "latencies": "inspector.app.timing:latencies",
    "waterfall": "inspector.app.timing:waterfall",
    "rest": "inspector.app.filtering:rest",
    "next_match": "inspector.app.filtering:next_match",
    "previous_match": "inspector.app.filtering:previous_match",
    "saved": "inspector.app.filtering:saved",
    "copy_as": "inspector.app.copying",
    "mark": "inspector.app.marking:mark",
    "note": "inspector.app.marking:note",
    "next_mark": "inspector.app.landmarks:next_mark",
    "previous_mark": "inspector.app.landmarks:previous_mark",
    "next_trouble": "inspector.app.landmarks:next_trouble",
    "previous_trouble": "inspector.app.landmarks:previous_trouble",
    "play": "inspector.app.playing:play",
    "slower": "inspector.app.playing:slower",
    "faster": "inspector.app.playing:faster",
    "step_back": "inspector.app.playing:step_back",
    "step_on": "inspector.app.playing:step_on",
    "connect": "inspector.app.connecting",
    "sessions": "inspector.app.visiting",
    "next_tab": "inspector.app.tabs:following",
    "tab_before": "inspector.app.tabs:earlier",
    "merged": "inspector.app.tabs:merged",
    "close_tab": "inspector.app.tabs:close",
    "let_go": "inspector.app.breaking:let_go",
    "break_on": "inspector.app.breaking:like_row",
}
"""Names, and the modules that do them; a colon is followed by another function than `do`."""

OF_RECORDINGS = frozenset({"play", "slower", "faster", "step_back", "step_on"})
"""What makes no sense on a connection: that is known before their modules are there."""

ATTENDANTS = (
    "inspector.app.following",
    "inspector.app.conversing",
    "inspector.app.marking",
    "inspector.app.breaking",
)
"""Modules whose `attend(screen)` is asked once a frame, without any key; imported with the first frame."""


def attendants(screen: MainScreen) -> list[Callable[[], object]]:
    """What a screen asks once a frame from its beginning on."""

    def attend() -> None:
        for module in ATTENDANTS:
            import_module(module).attend(screen)

    return [attend]


async def do(screen: MainScreen, name: str) -> None:
    """Do what is called `name`; the bell says that it makes no sense now."""
    path, _, function = DOINGS[name].partition(":")
    module = import_module(path)
    if not can(screen, name):
        screen.app.bell()
        return
    done = getattr(module, function or "do")(screen)
    if isawaitable(done):
        await done


def can(screen: MainScreen, name: str) -> bool:
    """Whether it makes sense now; what was never done yet says so when it is."""
    if screen.keeper is not None and name in OF_RECORDINGS:
        return False
    module = sys.modules.get(DOINGS[name].partition(":")[0])
    asked = getattr(module, "can", None)
    return asked is None or bool(asked(screen))
