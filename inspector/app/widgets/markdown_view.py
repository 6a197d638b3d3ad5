"""Shows lines of Markdown (`inspector.app.markdown`), wrapped; nothing in them opens. Parses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.markdown import Line
from inspector.app.widgets.sheet_lines import Piece, wrapped
from inspector.app.widgets.strips import resize, strip_of
from inspector.wire.visible import cells


class MarkdownView(ScrollView, can_focus=True):
    """Shows lines, one under the other."""

    DEFAULT_CSS = """
    MarkdownView {
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .markdown--text { color: $foreground; }
        & > .markdown--strong { text-style: bold; }
        & > .markdown--emphasis { text-style: italic; }
        & > .markdown--heading { color: $text-accent; text-style: bold; }
        & > .markdown--muted { color: $text-muted; }
        & > .markdown--accent { color: $text-primary; text-style: underline; }
        & > .markdown--code { color: $text-success; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"markdown--{role}" for role in ("text", "strong", "emphasis", "heading", "muted", "accent", "code")
    }
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "markdown",
        Binding("up,k", "scroll_up", "Line up", show=False),
        Binding("down,j", "scroll_down", "Line down", show=False),
        Binding("ctrl+d", "half(1)", "Half a page down", show=False),
        Binding("ctrl+u", "half(-1)", "Half a page up", show=False),
        Binding("G", "scroll_end", "End", show=False),
    )
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._rows: list[list[Piece]] = []
        self._width = 0

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines from their top."""
        self._lines = lines
        self.scroll_to(0, 0, animate=False)
        self._build()

    @property
    def shown(self) -> list[str]:
        """The rows as they stand on the screen."""
        return ["".join(text for text, _ in row) for row in self._rows]

    def selected_text(self) -> str:
        """What copying takes: all of it, as it is shown, but for the width."""
        return "\n".join(line.lead + "".join(text for text, _ in line.pieces) for line in self._lines)

    def action_half(self, by: int) -> None:
        """Scroll by half pages."""
        self.scroll_relative(y=by * max(1, self.size.height // 2), animate=False)

    def on_mount(self) -> None:
        self._build()

    def on_resize(self, event: events.Resize) -> None:
        if self.scrollable_content_region.width != self._width:
            self._build()

    def _build(self) -> None:
        width = self._width = self.scrollable_content_region.width
        self._rows = []
        if width < 4 or not self.is_running:
            return
        room = width - (0 if self.show_vertical_scrollbar else self.styles.scrollbar_size_vertical)
        for line in self._lines:
            if not line.wraps:
                self._rows.append([(line.lead, "muted"), *line.pieces])
                continue
            # Leads nest as deeply as a server likes: they never take the whole width.
            lead, hang = (line.lead, line.hang) if cells(line.lead) <= room - 8 else ("", "")
            for number, row in enumerate(wrapped(line.pieces, room - cells(lead))):
                self._rows.append([(hang if number else lead, "muted"), *row])
        resize(self, 0, len(self._rows))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        base = self.get_component_rich_style("markdown--text")
        row = y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(width, base)
        pieces = [
            (text, self.get_component_rich_style(f"markdown--{role}")) for text, role in self._rows[row]
        ]
        return strip_of(pieces, width, base)
