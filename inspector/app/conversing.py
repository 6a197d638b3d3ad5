"""The conversation of the selected row on the main screen: it is lit in the log, and has a page of its own.

What belongs together is looked up by `inspector.journal.conversation`, a little each frame, and only while
the log stands still: a log that follows lights nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from inspector.app.panes.messages import Messages
from inspector.app.widgets.log import MessageLog
from inspector.journal.conversation import Conversations
from inspector.journal.marks import Marks

if TYPE_CHECKING:
    from inspector.app.panes.story import StoryPage
    from inspector.app.screens.main import MainScreen

BUDGET = 0.004
"""Seconds of a frame for looking up more of a conversation, and as much for marks."""
_NOTHING: frozenset[int] = frozenset()


class Conversing:
    """What one screen knows of conversations and marks.

    Attributes:
        conversations: Of its journal.
        marks: Of its journal.
    """

    def __init__(self, screen: MainScreen) -> None:
        self.conversations = Conversations(screen.journal)
        self.marks = Marks(screen.journal.whole)  # a playhead hides none of what was noted later
        self._of = ref(screen)  # or what is known of a screen would keep it for ever
        self._lit: object = None
        self._only = ("", "")
        self._cursor = -1

    @property
    def _screen(self) -> MainScreen:
        screen = self._of()
        assert screen is not None, "whoever asks has it"
        return screen

    @property
    def _log(self) -> MessageLog:
        return self._screen.query_one(MessageLog)

    def advance(self) -> None:
        """Once a frame: light what belongs to the row under the cursor."""
        log = self._log
        if log.following or log.cursor < 0:
            self._cursor = log.cursor
            self._light(None, _NOTHING)
            return
        found = self.conversations.of(log.cursor)
        found.advance(BUDGET)
        seen = (found.root, found.revision)
        if seen != self._lit:
            self._light(seen, frozenset(found.rows) if len(found) > 1 else _NOTHING)
        if log.cursor != self._cursor:
            self._cursor = log.cursor
            if self._screen.desk.page == "story":
                self._page().tell(log.cursor, self.conversations, self.marks)

    def _light(self, seen: object, rows: frozenset[int]) -> None:
        self._lit = seen
        if rows != self._log.looks.lit:
            self._log.looks = replace(self._log.looks, lit=rows)

    def _page(self) -> StoryPage:
        # Imported here: the first paint waits for no page.
        from inspector.app.panes.story import StoryPage

        return self._screen.query_one(StoryPage)

    async def tell(self, row: int) -> None:
        """Show the story of a row; where it is shown already, the workbench is back."""
        screen = self._screen
        shown = screen.desk.page == "story" and self._page().root == self.conversations.root_of(row)
        if screen.desk.page != "story" or shown:
            await screen.action_page("story")
        if screen.desk.page == "story":
            self._page().tell(row, self.conversations, self.marks)
            screen.action_pane(2)

    def only(self) -> bool:
        """Have the log show the rows of the conversation alone, by its filter; or what it showed before.

        Returns whether there was something to show.
        """
        screen, log = self._screen, self._log
        messages = screen.query_one(Messages)
        text, before = self._only
        if text and messages.field.value == text:
            self._only = ("", "")
            self._filter(messages, before)
            return True
        row = self.row
        if row < 0:
            return False
        self._only = (f"about:{self.conversations.root_of(row)}", messages.field.value)
        log.following = False
        if not log.go_to(row):  # the filter hides it
            messages.clear_filter()
            log.go_to(row)
        self._filter(messages, self._only[0])
        return True

    def _filter(self, messages: Messages, text: str) -> None:
        messages.filter_by(text)
        self._screen.traffic.switch(False)
        self._screen.action_pane(3)

    @property
    def row(self) -> int:
        """The row that is meant: of the story that has the focus, of the call in the workbench when that
        has it, else the one that is shown beside the log; -1 for none."""
        screen = self._screen
        focused = screen.focused
        if focused is not None and screen.desk in focused.ancestors:
            if screen.desk.page == "story":
                entry = self._page().sheet.current
                return entry.link if entry is not None and isinstance(entry.link, int) else self._page().root
            run = screen.workbench.run
            if not screen.desk.page and run is not None and run.row >= 0:
                return run.row
        return screen.traffic.row


_OF: WeakKeyDictionary[MainScreen, Conversing] = WeakKeyDictionary()


def of(screen: MainScreen) -> Conversing:
    """What a screen knows of conversations and marks; made when it is first asked for."""
    known = _OF.get(screen)
    if known is None:
        known = _OF[screen] = Conversing(screen)
    return known


def attend(screen: MainScreen) -> None:
    """Once a frame."""
    of(screen).advance()


def only(screen: MainScreen) -> None:
    """Only the conversation of the row that is meant in the log, and back."""
    if not of(screen).only():
        screen.app.bell()


async def story(screen: MainScreen) -> None:
    """The page of the call that is meant, and back."""
    conversing = of(screen)
    if screen.desk.page == "story" and screen.focused is not None and screen.desk in screen.focused.ancestors:
        await screen.action_page("story")  # which is back to the workbench
    elif conversing.row >= 0:
        await conversing.tell(conversing.row)
    else:
        screen.app.bell()
