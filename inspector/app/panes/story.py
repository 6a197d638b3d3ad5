"""The page of one call: its story in order, with the gaps between, and where the time went.

It tells of the row that was asked for, and of the next one that is selected in the log while it is shown. It
is the same for what happens now and for a recording.
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from inspector.app.following import is_live
from inspector.app.panes.page import Page
from inspector.app.story import Story
from inspector.app.widgets.sheet import Sheet

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.conversation import Conversations
    from inspector.journal.journal import Journal
    from inspector.journal.marks import Marks

BUDGET = 0.005
"""Seconds of a frame for looking up more of the conversation."""


class StoryPage(Page):
    """A sheet of lines, each of which leads to its row."""

    NAME = "Story"
    DEFAULT_CSS = """
    StoryPage #story-sheet { height: 1fr; }
    """

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._conversations: Conversations | None = None
        self._marks: Marks | None = None
        self._story: Story | None = None
        self._seen: object = None
        self._latest = (-1, 0.0)

    def compose(self) -> ComposeResult:
        yield Sheet(id="story-sheet", marks=False)

    @property
    def sheet(self) -> Sheet:
        """The lines."""
        return self.query_one(Sheet)

    @property
    def root(self) -> int:
        """The row that the conversation is called after; -1 while none is shown."""
        return self._story.conversation.root if self._story is not None else -1

    def tell(self, seq: int, conversations: Conversations, marks: Marks) -> None:
        """Tell the conversation of a row."""
        self._conversations, self._marks = conversations, marks
        conversation = conversations.of(seq)
        if self._story is None or conversation is not self._story.conversation:
            self._story, self._seen = Story(self.journal, conversation), None
            self._show(self._story, anew=True)
        if not self.sheet.has_focus:
            self.sheet.go_to(str(seq))

    def advance(self) -> None:
        if self._story is not None:
            self._show(self._story)

    def _show(self, story: Story, *, anew: bool = False) -> None:
        more = story.conversation.advance(BUDGET)
        now = self._now() if not story.conversation.over else None
        second = int(now) if now is not None else -1
        marks = self._marks.revision if self._marks is not None else 0
        seen = (story.version(), second, marks, more)
        if seen == self._seen:
            return
        self._seen = seen
        self.sheet.show(story.entries(now, self._marks), anew=anew)
        self.entitle("Story", story.title(), story.took(), "looking on" if more else "")

    def _now(self) -> float | None:
        """The time by the journal's clock, as long as there is a connection on which the call may go on."""
        if self.session is None and is_live(self.journal):  # another program's: since when, its header says
            return (datetime.now(UTC) - self.journal.header.started).total_seconds()
        if self.session is None:
            return None
        last = len(self.journal) - 1
        if self._latest[0] != last:
            self._latest = (last, monotonic())
        return self.journal.time(last) + monotonic() - self._latest[1]

    def focus_something(self) -> None:
        self.sheet.focus()

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if isinstance(event.entry.link, int):
            self.post_message(self.RowWanted(event.entry.link))
