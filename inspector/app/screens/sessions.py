"""The list of sessions: those that are recorded now and those before, to search, look at and open.

It gives the recording that was chosen; opening and following it is for others. Names can be given, and
recordings removed after a question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from inspector.app.once import Once
from inspector.app.screens.ask import AskLine, Question
from inspector.app.session_lines import details, entries, whole_words
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.sheet import Sheet
from inspector.errors import UsageError
from inspector.journal.limits import gone
from inspector.kept.sessions import Session, Sessions
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from textual.worker import WorkType

AGAIN = 1.0
"""Seconds between two looks at the directory."""


class _Listed(Sheet, can_focus=False):
    """Sessions; the keys go on to the line above them, where one types."""

    DEFAULT_CSS = """
    _Listed > .sheet--cursor {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    """


class SessionsScreen(Once[Path | None]):
    """Gives the recording that was chosen, or nothing.

    Args:
        home: Where recordings are.
    """

    DEFAULT_CSS = """
    SessionsScreen #sessions-line { margin: 0 1; background: $surface; padding: 0 1; }
    SessionsScreen #sessions-title { height: 1; padding: 0 1; }
    SessionsScreen #sessions-body { height: 1fr; layout: vertical; }
    SessionsScreen #sessions-list { height: 3fr; }
    SessionsScreen #sessions-detail { height: 12; }
    SessionsScreen.-short #sessions-detail { height: 10; }
    SessionsScreen #sessions-detail > .sheet--cursor { background: transparent; }
    SessionsScreen #sessions-detail:focus > .sheet--cursor { background: $block-cursor-background; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    AUTO_FOCUS = "#sessions-line"
    BINDINGS = [
        Binding("enter", "choose", "open", key_display="⏎", tooltip="Open it; follow it live", priority=True),
        Binding("up", "move(-1)", "Session before", show=False, priority=True),
        Binding("down", "move(1)", "Next session", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
        Binding("f2", "rename", "rename", tooltip="Give it a name, and keep it", priority=True),
        Binding("f8", "remove", "remove", tooltip="Remove the recording, after a question", priority=True),
        Binding("escape", "leave", "leave", key_display="esc", priority=True),
    ]

    def __init__(self, home: Sessions | None = None) -> None:
        super().__init__()
        self._home = home if home is not None else Sessions()
        self._sessions: Sequence[Session] = ()
        self._read = False

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("Sessions", "bold"), id="sessions-title")
        yield Input(placeholder="search by server, host or name", id="sessions-line", compact=True)
        with Horizontal(id="sessions-body"):
            listed = _Listed(id="sessions-list", marks=False)
            listed.border_title = "Recorded"
            yield listed.add_class("pane")
            told = Sheet(id="sessions-detail", marks=False)
            told.border_title = "What it is"
            yield told.add_class("pane")
        yield KeyLine()

    def on_mount(self) -> None:
        self._look_again()
        self.set_interval(AGAIN, self._look_again)

    # What there is.

    def _look_again(self) -> None:
        if self is self.app.screen:
            work: WorkType[None] = self._look  # not a coroutine: one that is never begun would warn
            self.run_worker(work, name="sessions", exclusive=True)

    async def _look(self) -> None:
        self._sessions = await asyncio.to_thread(self._home.all)
        self._read = True
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(anew=True)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self, *, anew: bool = False) -> None:
        field = self.query_one_optional("#sessions-line", Input)  # none before the first layout
        if not self._read or field is None or not self.display:  # on leaving, its widgets go one by one
            return
        listed = self.query_one("#sessions-list", _Listed)
        listed.border_subtitle = whole_words(self._sessions)
        width = max(listed.room, 8)
        listed.show(entries(self._sessions, field.value, width), anew=anew or not listed.entries)
        self._tell()

    def _tell(self) -> None:
        session = self._chosen()
        told = details(session) if session is not None else []
        self.query_one("#sessions-detail", Sheet).show(told)

    def _chosen(self) -> Session | None:
        listed = self.query_one_optional("#sessions-list", _Listed)
        entry = listed.current if listed is not None else None
        return entry.link if entry is not None and isinstance(entry.link, Session) else None

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        if (listed := self.query_one_optional("#sessions-list", _Listed)) is not None:
            listed.action_move(by)

    def action_page(self, by: int) -> None:
        if (listed := self.query_one_optional("#sessions-list", _Listed)) is not None:
            listed.action_page(by)

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        event.stop()
        if event.sheet.id == "sessions-list":
            self._tell()

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        self.action_choose()

    def action_leave(self) -> None:
        typed = self.query_one_optional("#sessions-line", Input)
        if typed is not None and typed.value:
            typed.value = ""
        else:
            self.dismiss(None)

    def action_choose(self) -> None:
        session = self._chosen()
        if session is None:
            self.app.bell()
        else:
            self.dismiss(session.file.path)

    def action_rename(self) -> None:
        session = self._chosen()
        if session is None:
            self.app.bell()
            return

        def named(name: str | None) -> None:
            if not name:
                return
            try:
                self._home.rename(session, name)
            except UsageError as refused:
                says = f"{refused.message}. {refused.next}" if refused.next else f"{refused.message}."
                self.notify(visible(says), severity="warning", markup=False)
            self._look_again()

        old = session.id if session.file.named else ""
        self.app.push_screen(AskLine("Keep this recording under the name", suggestion=old), named)

    def action_remove(self) -> None:
        session = self._chosen()
        if session is None or session.running:
            self.app.bell()
            return

        def removed(agreed: bool | None) -> None:
            if agreed and not gone([session.file], self._home.folder):
                self.notify("It could not be removed.", severity="warning", markup=False)
            self._look_again()

        self.app.push_screen(Question(f"Remove the recording {visible(session.id)}?", "Remove"), removed)
