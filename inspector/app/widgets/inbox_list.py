"""The list of what the server asked back: what waits with its age, then what is over. Draws what is visible.

It is given questions in their order and says which one the cursor stands on; it answers none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.asking import age
from inspector.app.widgets.strips import resize, strip_of, under_cursor
from inspector.wire.visible import cells, clip, visible

if TYPE_CHECKING:
    from inspector.app.asking import Asking, Ident

_MARKS = {
    "waiting": ("●", "warning"),
    "answered": ("✓", "ok"),
    "declined": ("✗", "muted"),
    "cancelled": ("✗", "muted"),
    "ignored": ("·", "muted"),
    "expired": ("!", "muted"),
}
_TIME, _KIND = 7, 9


class InboxList(ScrollView, can_focus=True):
    """One row a question, and a heading above those that came together."""

    DEFAULT_CSS = """
    InboxList {
        background: transparent;
        color: $foreground;
        height: 3;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .inbox--text { color: $foreground; }
        & > .inbox--strong { color: $foreground; text-style: bold; }
        & > .inbox--muted { color: $text-muted; }
        & > .inbox--ok { color: $text-success; }
        & > .inbox--warning { color: $text-warning; }
        & > .inbox--cursor { background: $block-cursor-blurred-background; }
        &:focus > .inbox--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"inbox--{role}" for role in ("text", "strong", "muted", "ok", "warning", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "questions",
        Binding("up,k", "move(-1)", "Question before", show=False),
        Binding("down,j", "move(1)", "Next question", show=False),
        Binding("pageup,ctrl+u", "move(-10)", "Ten back", show=False),
        Binding("pagedown,ctrl+d", "move(10)", "Ten on", show=False),
        Binding("home", "move(-1000000)", "First", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Go to the question's form"),
    )
    ALLOW_SELECT = False

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another question."""

        list: InboxList
        ident: Ident

        @property
        def control(self) -> InboxList:
            return self.list

    class Opened(Highlighted):
        """The user wants to answer it, or to read it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._asking: Sequence[Asking] = ()
        self._rows: list[tuple[int, bool]] = []  # which question, and whether it is the heading above it
        self._cursor = -1
        self._now = 0.0

    def show(self, asking: Sequence[Asking], now: float) -> None:
        """Show these; the cursor stays with its question where that is still there.

        Args:
            asking: From top to bottom.
            now: By `monotonic()`, for the ages.
        """
        kept = self.current
        self._asking, self._now = asking, now
        self._rows = []
        for at, each in enumerate(asking):
            first = at == 0 or asking[at - 1].question.seq != each.question.seq
            if each.group > 1 and first:
                self._rows.append((at, True))
            self._rows.append((at, False))
        idents = [each.ident for each in asking]
        if kept is not None and kept.ident in idents:
            self._cursor = idents.index(kept.ident)
        else:
            self._cursor = 0 if asking else -1
        if self.is_running:
            resize(self, 0, len(self._rows))
        self.refresh()

    def tick(self, now: float) -> None:
        """Let the ages go on."""
        self._now = now
        self.refresh()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def current(self) -> Asking | None:
        """The question under the cursor."""
        return self._asking[self._cursor] if 0 <= self._cursor < len(self._asking) else None

    def go_to(self, ident: Ident) -> None:
        """Put the cursor on a question, if it is listed. Posts nothing."""
        for at, each in enumerate(self._asking):
            if each.ident == ident:
                self._cursor = at
                self.refresh()
                self.call_after_refresh(self._reveal)
                return

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self._asking:
            self._go(max(0, min(self._cursor + by, len(self._asking) - 1)))

    def action_open(self) -> None:
        """Ask the host to open the question."""
        if (current := self.current) is not None:
            self.post_message(self.Opened(self, current.ident))

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if row < len(self._rows):
            self._go(self._rows[row][0])
            if event.chain == 2:
                self.action_open()

    def on_mount(self) -> None:
        resize(self, 0, len(self._rows))

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._reveal)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _go(self, at: int) -> None:
        if at != self._cursor:
            self._cursor = at
            self.refresh()
            self.post_message(self.Highlighted(self, self._asking[at].ident))
        self._reveal()

    def _reveal(self) -> None:
        rows = [row for row, (at, _) in enumerate(self._rows) if at == self._cursor]
        if not rows:
            return
        top, height = self.scroll_offset.y, max(1, self.size.height)
        first, last = rows[0], rows[-1]
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif last >= top + height:
            self.scroll_to(y=last - height + 1, animate=False, force=True)

    # Painting.

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self._style("text")
        row = y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(width, base)
        at, heading = self._rows[row]
        asking = self._asking[at]
        pieces = _heading(asking) if heading else self._pieces(asking, width)
        styled = [(text, self._style(role)) for text, role in pieces]
        if at == self._cursor and not heading:
            base = self._style("cursor")
            styled = under_cursor(styled, base, focused=self.has_focus)
        return strip_of(styled, width, base)

    def _pieces(self, asking: Asking, width: int) -> list[tuple[str, str]]:
        mark, role = _MARKS.get("waiting" if asking.waiting else asking.state, ("·", "muted"))
        indent = "  " if asking.group > 1 else ""
        entry = asking.entry
        over = "" if asking.question.over is None else f"{asking.question.over:.3f}"
        time = age(entry.since, self._now) if entry is not None and entry.waiting else over
        right = asking.cause if asking.waiting and asking.group == 1 else ""
        if not asking.waiting:
            right = asking.ended
        right = clip(right, max(0, width // 3))
        says = asking.says if asking.group == 1 else f"{_key(asking)}{asking.says}"
        taken = len(indent) + 2 + _TIME + 1 + _KIND + 1 + (cells(right) + 2 if right else 0)
        says = clip(says, max(0, width - taken))
        gap = " " * max(0, width - taken - cells(says))
        usual = "text" if asking.waiting else "muted"
        shown = clip(time, _TIME)
        # Space stands in pieces of its own: at the head of a text some viewers of SVG pictures drop it.
        return [
            (indent, "text"),
            (f"{mark} ", role),
            (" " * (_TIME - cells(shown)), usual),
            (f"{shown} ", usual),
            (_padded(asking.word, _KIND) + " ", "strong" if asking.waiting else "muted"),
            (says, usual),
            (f"{gap}  " if right else "", usual),
            (right, "muted"),
        ]

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"inbox--{role}")


def _heading(asking: Asking) -> list[tuple[str, str]]:
    facts = [f"{asking.group} questions", asking.round or ("task" if asking.question.task else "")]
    return [
        (f"{asking.cause or 'One message'} ", "strong"),
        ("· " + " · ".join(filter(None, facts)), "muted"),
    ]


def _key(asking: Asking) -> str:
    key = asking.question.key
    return f"{clip(visible(key[:40]), 20)}: " if key else ""


def _padded(text: str, width: int) -> str:
    text = clip(text, width)
    return text + " " * (width - cells(text))
