r"""The composer: any bytes, typed as text, sent as they are; and what comes after them, row by row.

It knows nothing of what it sends: no id is taken, nothing is checked, no answer is waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from inspector.app.actions import own_keys
from inspector.app.composing import TEMPLATES, bytes_of, text_of
from inspector.app.panes.page import Page
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry, heading, line
from inspector.errors import InspectError
from inspector.journal.outline import outline
from inspector.wire.event import Kind
from inspector.wire.jsonrpc import classify
from inspector.wire.visible import size, visible

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal

_MOST_ROWS = 100
_MOST_JUDGED = 100_000
_SHOWN = frozenset({Kind.MESSAGE, Kind.STDERR, Kind.STDOUT, Kind.PROCESS, Kind.HTTP})


class Composer(Page):
    """A text area, a line that says what would go out, and the rows since."""

    NAME = "Composer"
    DEFAULT_CSS = """
    Composer #composer-text { height: 1fr; min-height: 3; border: none; padding: 0; background: $surface; }
    Composer #composer-text:focus { border: none; }
    Composer #composer-says { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Composer #composer-rows { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "composer",
        Binding("f5", "send", "send", tooltip="Send exactly these bytes"),
        Binding("f2", "newline", "newline", tooltip="With or without the LF that ends the line (stdio)"),
        Binding("f3", "template", "template", tooltip="The next template: ping, request, broken JSON …"),
    )

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._ended = True
        self._template = -1
        self._since = -1
        self._looked = 0
        self._rows: list[int] = []
        self._more = False
        self._seen: object = None
        self._said: object = None

    def compose(self) -> ComposeResult:
        yield TextArea("", id="composer-text", tab_behavior="focus")
        yield Static(id="composer-says", markup=False)
        yield Sheet(id="composer-rows", marks=False)

    def on_mount(self) -> None:
        area = self.area
        area.show_line_numbers = False
        area.highlight_cursor_line = False
        if not area.text:
            self.action_template()

    @property
    def area(self) -> TextArea:
        """Where the bytes are typed."""
        return self.query_one("#composer-text", TextArea)

    @property
    def raw(self) -> bytes:
        """What would be sent."""
        return bytes_of(self.area.text)

    @property
    def rows(self) -> list[int]:
        """The rows since the first that was sent from here."""
        return self._rows

    def put(self, raw: bytes) -> None:
        """Let these bytes stand there."""
        self._template = -1
        self.area.load_text(text_of(raw))

    def advance(self) -> None:
        self._say()
        journal = self.journal
        if self._since >= 0:
            for row in range(self._looked, len(journal)):
                self._looked = row + 1
                if journal.kind(row) in _SHOWN and journal.data(row).get("what") != "body":
                    if len(self._rows) >= _MOST_ROWS:
                        self._more = True
                        self._looked = len(journal)
                        break
                    self._rows.append(row)
        seen = tuple((row, journal.status(row)) for row in self._rows), self._more
        if seen != self._seen:
            self._seen = seen
            sheet = self.query_one("#composer-rows", Sheet)
            last = bool(self._rows) and (sheet.current is None or not sheet.has_focus)
            sheet.show(self._entries())
            if last:
                sheet.go_to(str(self._rows[-1]))

    def _entries(self) -> list[Entry]:
        if not self._rows:
            return []
        entries = [heading("since", "What crossed since")]
        for row in self._rows:
            shown = outline(self.journal, row)
            words = " ".join(filter(None, (shown.kind, shown.what, shown.target, shown.note)))
            bad = shown.kind == "error" or shown.flawed
            about = (f"  {shown.status} {shown.latency}".rstrip(), "muted")
            number = (f"{row:>5} {shown.arrow} ", "muted")
            entries.append(
                Entry(str(row), (number, (words, "error" if bad else "text"), about), hang=8, link=row)
            )
        if self._more:
            entries.append(line("more", ("Further rows stand in the log.", "muted")))
        return entries

    def _say(self) -> None:
        """What would go out: how long it is, and as what a server will take it."""
        text, session = self.area.text, self.session
        http = session is not None and session.http
        said = (text, self._ended, http, session is None)
        if said == self._said:
            return
        self._said = said
        raw = bytes_of(text)
        frame = classify(raw) if len(raw) <= _MOST_JUDGED else None
        shape = "" if frame is None else f" · {frame.shape.word}"
        faults = f" ({', '.join(frame.faults[:3])})" if frame is not None and frame.faults else ""
        ends = "as the body of a POST" if http else "and LF" if self._ended else "without LF"
        if session is None:
            ends = "not connected" if self.keeper is not None else "a recording: nothing is sent"
        says = f"{size(len(raw))} {ends}{shape}{faults} · F5 send  F2 LF  F3 template"
        self.query_one("#composer-says", Static).update(Content.styled(visible(says), "$text-muted"))

    def action_newline(self) -> None:
        """With the LF that ends a line, or without."""
        self._ended = not self._ended
        self._say()

    def action_template(self) -> None:
        """The next template."""
        self._template = (self._template + 1) % len(TEMPLATES)
        session = self.session
        raw = TEMPLATES[self._template][1](session.next_id if session is not None else 1)
        self.area.load_text(text_of(raw))
        self.area.select_all()  # what is typed first stands in its place, not in the midst of it

    def action_send(self) -> None:
        """Send what stands there."""
        session = self.session
        if session is None:
            says = (
                "ctrl+r connects again."
                if self.keeper is not None
                else "This is a recording: it sends nothing."
            )
            self.notify(f"Not connected. {says}", severity="warning", markup=False)
            return
        raw, ended = self.raw, self._ended

        async def go() -> None:
            before = len(self.journal)
            try:
                await session.send_bytes(raw, ended=ended)
            except InspectError as error:
                self.notify(visible(f"{error.message}. {error.next}"), severity="warning", markup=False)
            self._rows, self._more = [], False
            self._since = self._looked = before

        self.run_worker(go(), name="composer", group="calls")

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if isinstance(event.entry.link, int):
            self.post_message(self.RowWanted(event.entry.link))

    def focus_something(self) -> None:
        self.area.focus()
