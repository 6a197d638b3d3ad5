"""Every key on one page, read from the tables that bind them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inspector.app.actions import ACTIONS, Action
from inspector.app.keys import KeyRow, grouped, keys_of_screen
from inspector.app.once import Once

_BESIDE: Sequence[KeyRow] = (
    KeyRow("app", "General", "palette", ("ctrl+p",), "Every command by name"),
    KeyRow("app", "General", "focus", ("tab",), "Next field; shift+tab the one before"),
)
"""Keys of the app itself."""


class HelpScreen(ModalScreen[None], Once[None]):
    """All keys, grouped; escape, F1 or q closes it.

    Args:
        place: The screen that it stands over, as `keys.py` calls it.
        actions: The table of that screen.
    """

    BINDINGS = [
        Binding("escape,f1,question_mark,q", "close", "close"),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
        Binding("ctrl+d", "scroll('page_down')", show=False),
        Binding("ctrl+u", "scroll('page_up')", show=False),
        Binding("G", "scroll('end')", show=False),
    ]

    def __init__(self, place: str = "main", actions: tuple[Action, ...] = ACTIONS) -> None:
        super().__init__()
        self._place = place
        self._actions = actions

    def compose(self) -> ComposeResult:
        rows = keys_of_screen(self._place, self._actions, getattr(self.app, "remapped", None))
        own = [row for row in rows if row.place == self._place]
        with VerticalScroll(id="help") as page:
            page.border_title = "Keys"
            page.border_subtitle = "esc closes"
            for title, members in grouped([*own, *_BESIDE, *rows[len(own) :]]).items():
                yield Static(Content.styled(title, "bold $text-accent"), classes="help-title")
                yield Static(_table(members), classes="help-rows")

    def action_close(self) -> None:
        self.dismiss()

    def action_scroll(self, where: str) -> None:
        page = self.query_one("#help", VerticalScroll)
        getattr(page, f"action_{where}" if where.startswith("page") else f"action_scroll_{where}")()


def _table(rows: Sequence[KeyRow]) -> Content:
    shown = [(" ".join(row.written), row.title) for row in rows if row.keys]
    width = max(12, *(len(keys) for keys, _ in shown)) if shown else 12
    pieces: list[tuple[str, str]] = []
    for number, (keys, title) in enumerate(shown):
        pieces += [("\n" if number else "", ""), (keys.ljust(width + 2), "$text-primary"), (title, "")]
    return Content.assemble(*pieces)
