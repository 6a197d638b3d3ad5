"""The timeline: a session as lanes of time, zoomed and panned by keys and mouse. Draws what is visible.

It is given the lanes and says which row the cursor stands on; what is drawn where is decided by
`inspector.app.timeline_picture`, and costs the same however many rows there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from inspector.app.actions import own_keys
from inspector.app.timeline_names import Naming
from inspector.app.timeline_picture import LABEL, Line, picture
from inspector.app.timeline_window import Window, whole_of
from inspector.app.widgets.strips import Piece, strip_of
from inspector.journal.outline import Row, outline
from inspector.wire.visible import clip

if TYPE_CHECKING:
    from inspector.journal.lanes import Lanes

_ROLES = ("text", "bar", "bad", "open", "shade", "tick", "name", "turn", "axis", "pointer", "title", "cursor")
_INFO_FROM = 5
"""Lines there must be for one to tell of the row under the cursor."""


class Timeline(Widget, can_focus=True):
    """Lanes, an axis, and a line about the row under the cursor.

    Args:
        lanes: What is shown; the host advances them.

    Attributes:
        lines: What is drawn.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Timeline {
        height: 1fr;
        & > .timeline--text { color: $foreground; }
        & > .timeline--title { color: $text-muted; }
        & > .timeline--bar { color: $primary; }
        & > .timeline--shade { color: $primary; }
        & > .timeline--open { color: $text-warning; }
        & > .timeline--bad { color: $text-error; }
        & > .timeline--tick { color: $foreground; text-style: bold; }
        & > .timeline--name { color: $text-muted; }
        & > .timeline--turn { color: $foreground-disabled; }
        & > .timeline--axis { color: $foreground-disabled; }
        & > .timeline--pointer { color: $text-accent; text-style: bold; }
        & > .timeline--cursor { background: $block-cursor-blurred-background; }
        &:focus > .timeline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"timeline--{role}" for role in _ROLES}
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "timeline",
        Binding("left", "step(-1)", "Earlier in the lane", show=False),
        Binding("right", "step(1)", "Later in the lane", show=False),
        Binding("up,k", "lane(-1)", "Lane above", show=False),
        Binding("down,j", "lane(1)", "Lane below", show=False),
        Binding("plus,equals_sign", "zoom(0.5)", "zoom in", key_display="+", id="timeline.zoom-in"),
        Binding("minus", "zoom(2)", "out", key_display="-", tooltip="Zoom out", id="timeline.zoom-out"),
        Binding("0", "whole", "whole", tooltip="The whole session"),
        Binding("shift+left", "pan(-0.25)", "Pan to earlier", show=False, id="timeline.pan-left"),
        Binding("shift+right", "pan(0.25)", "Pan to later", show=False, id="timeline.pan-right"),
        Binding("pageup", "pan(-1)", "A window earlier", show=False, id="timeline.page-up"),
        Binding("pagedown", "pan(1)", "A window later", show=False, id="timeline.page-down"),
        Binding("home", "end(False)", "The first row", show=False, id="timeline.first"),
        Binding("end,G", "end(True)", "The last row, and follow", show=False, id="timeline.last"),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open the row"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause"),
    )

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row.

        Attributes:
            timeline: The timeline.
            seq: The row's number in the journal.
        """

        timeline: Timeline
        seq: int

        @property
        def control(self) -> Timeline:
            return self.timeline

    class Opened(Highlighted):
        """The user wants to see the row's message."""

    def __init__(self, lanes: Lanes, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lanes = lanes
        self._window: Window | None = None
        self._following = True
        self._seq = -1
        self._shown: tuple[int, Window] | None = None
        self.lines: list[Line] = []
        self._cursor_at = (-1, -1)
        self._drag: tuple[int, Window, bool] | None = None
        self._names = Naming(lanes.journal).names

    # What the host asks and tells.

    @property
    def cursor(self) -> int:
        """The journal's number of the row under the cursor; -1 where there is none."""
        return self._seq

    @property
    def following(self) -> bool:
        """Whether the window goes on with time."""
        return self._following

    @property
    def window(self) -> Window:
        """What is shown of all time."""
        whole = self._whole()
        if self._window is None:
            return whole
        if self._following:
            return Window(whole.end - self._window.width, whole.end).inside(whole)
        return self._window.inside(whole)

    @property
    def zoomed(self) -> bool:
        """Whether it is less than the whole session."""
        return self._window is not None

    def advance(self) -> None:
        """The lanes may hold more: show it."""
        if self._following and self._lanes.seen and self._seq != self._lanes.seen - 1:
            self._seq = self._lanes.seen - 1
            self.post_message(self.Highlighted(self, self._seq))
        if self._shown != (self._lanes.seen, self.window):
            self.refresh()

    def take_over(self, seq: int, *, following: bool) -> None:
        """Stand where another list stands: on a row, or on the last one."""
        self._following = following
        if not following and seq >= 0:
            self.go_to(seq)

    def go_to(self, seq: int, *, stay: bool = False) -> None:
        """Put the cursor on a row, in sight; `stay` says that it is, if only by its end."""
        if seq != self._seq:
            self._following = self._following and seq == self._lanes.seen - 1
            self._seq = seq
            if (
                self._window is not None
                and not (stay or self._following)
                and 0 <= seq < len(self._lanes.journal)
            ):
                self._look_at(self.window.showing(self._lanes.journal.time(seq), self._whole()))
            self.redraw()

    def select(self, seq: int) -> None:
        """Go to a row as the user would: the host is told."""
        self._select(seq)

    def _select(self, seq: int, *, stay: bool = False) -> None:
        if self._following:
            self._window = self._window and self.window  # it stays where it is
            self._following = False
        if 0 <= seq < len(self._lanes.journal) and seq != self._seq:
            self.go_to(seq, stay=stay)
            self.post_message(self.Highlighted(self, seq))

    def redraw(self) -> None:
        """Draw anew, whatever is drawn."""
        self._shown = None
        self.refresh()

    def _look_at(self, window: Window | None) -> None:
        whole = self._whole()
        self._window = None if window is None or window.width >= whole.width * 0.999 else window
        self.redraw()

    # Keys.

    def action_zoom(self, factor: float) -> None:
        """Zoom about the row under the cursor where it is in sight, else about the middle."""
        window, journal = self.window, self._lanes.journal
        at = journal.time(self._seq) if 0 <= self._seq < len(journal) else -1.0
        middle = at if window.begin <= at < window.end else (window.begin + window.end) / 2
        self._look_at(window.zoomed(factor, middle, self._whole()))

    def action_whole(self) -> None:
        """Show the whole session."""
        self._look_at(None)

    def action_pan(self, by: float) -> None:
        """Move the window by a part of its width."""
        if self._window is not None:
            window = self.window
            self._following = False
            self._look_at(window.panned(by, self._whole()))

    def action_end(self, last: bool) -> None:
        """Go to the first row, or to the last and follow."""
        if not self._lanes.seen:
            return
        self._select(self._lanes.seen - 1 if last else 0)
        self._following = last
        self.redraw()

    def action_follow(self) -> None:
        """Follow, or pause."""
        self._following = not self._following
        self._shown = None
        self.advance()

    def action_open(self) -> None:
        """Ask the host to show the row's message."""
        if self._seq >= 0:
            self._following = False
            self.post_message(self.Opened(self, self._seq))

    def action_step(self, by: int) -> None:
        """Go to what is before or after in the lane: where they are heaps, to another one."""
        name, row = self._place()
        lane = self._lanes.lanes.get(name)
        if lane is None or not len(lane):
            self._select(max(0, min(self._seq + by, self._lanes.seen - 1)))
            return
        at = lane.number_of(row)
        if any(line.lane == name and line.alone for line in self.lines) and at >= 0:
            at += by
        else:
            cells, window = self._cells(), self.window
            cell = window.cell(self._lanes.journal.time(self._seq), cells)
            at = lane.first_from(window.time(cell + (by > 0), cells)) - (by < 0)
        if 0 <= at < len(lane):
            self._select(lane.rows[at])

    def action_lane(self, by: int) -> None:
        """Go to the nearest mark on the next line above or below that has one."""
        y, x = self._cursor_cell()
        y = y if y >= 0 else (0 if by > 0 else len(self.lines) - 1) - by
        while 0 <= (y := y + by) < len(self.lines):
            line = self.lines[y]
            marks = [cell for cell, row in enumerate(line.rows) if row >= 0]
            below = y + 1 < len(self.lines) and self.lines[y + 1].lane == line.lane
            if marks and (line.alone or not below):
                self._select(line.rows[min(marks, key=lambda cell: abs(cell - x))], stay=True)
                return

    # Mouse.

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._zoom_at(event, 0.7)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._zoom_at(event, 1 / 0.7)

    def _zoom_at(self, event: events.MouseEvent, factor: float) -> None:
        window = self.window
        at = window.time(max(0, event.x - LABEL) + 0.5, self._cells())
        self._following = False
        self._look_at(window.zoomed(factor, at, self._whole()))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._drag = event.x, self.window, False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._drag is None:
            return
        begun, window, moved = self._drag
        if event.x != begun or moved:
            self._drag = begun, window, True
            self._following = False
            self._look_at(window.panned((begun - event.x) / self._cells(), self._whole()))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()
        drag, self._drag = self._drag, None
        if drag is None or drag[2] or not 0 <= event.y < len(self.lines):
            return
        line, x = self.lines[event.y], event.x - LABEL
        near = sorted(
            (cell for cell in range(x - 1, x + 2) if 0 <= cell < len(line.rows)), key=lambda c: abs(c - x)
        )
        row = next((line.rows[cell] for cell in near if line.rows[cell] >= 0), -1)
        self._select(row, stay=True)

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.action_open()

    # Where things are.

    def _cells(self) -> int:
        return max(8, self.size.width - LABEL)

    def _whole(self) -> Window:
        return whole_of(self._lanes.began, self._lanes.now, self._cells())

    def _place(self) -> tuple[str, int]:
        return self._lanes.place_of(self._seq) if 0 <= self._seq < self._lanes.seen else ("", -1)

    def _cursor_cell(self) -> tuple[int, int]:
        """Line and cell of the cursor; a line of -1 where it is out of sight."""
        name, row = self._place()
        cell = self.window.cell(self._lanes.journal.time(self._seq), self._cells()) if self._seq >= 0 else -1
        found = -1
        for y, line in enumerate(self.lines):
            if line.lane == name:
                found = y
                if line.alone and row in line.rows:
                    return y, line.rows.index(row)
        return (found if 0 <= cell < self._cells() else -1), cell

    # Painting.

    def _draw(self) -> None:
        """Draw anew where something changed."""
        window = self.window
        if self._shown == (self._lanes.seen, window):
            return
        self._shown = self._lanes.seen, window
        rows = self.size.height - self._info()
        at = self._lanes.journal.time(self._seq) if 0 <= self._seq < len(self._lanes.journal) else -1.0
        self.lines = picture(self._lanes, window, self._cells(), rows, self._names, at) if rows > 1 else []
        self._cursor_at = self._cursor_cell()

    def on_resize(self) -> None:
        self._shown = None

    def _info(self) -> int:
        return 1 if self.size.height >= _INFO_FROM else 0

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self._style("space")
        if y == 0:
            self._draw()
        if y >= len(self.lines):
            return strip_of(self._told() if self._info() and y == self.size.height - 1 else [], width, base)
        line = self.lines[y]
        pieces: list[Piece] = [(line.title.ljust(LABEL), self._style("title"))]
        own = self._place()[1] if line.alone else -1
        begun, role, lit = 0, "", False
        for cell in range(len(line.chars) + 1):
            if cell == len(line.chars):
                now = ("", False)
            else:
                now = (line.roles[cell], line.rows[cell] == own >= 0 or self._cursor_at == (y, cell))
            if now != (role, lit):
                if cell > begun:
                    pieces.append(("".join(line.chars[begun:cell]), self._style(role, lit)))
                begun, (role, lit) = cell, now
        return strip_of(pieces, width, base)

    def _told(self) -> list[Piece]:
        """The row under the cursor in a line."""
        journal = self._lanes.journal
        if not 0 <= self._seq < len(journal):
            return [(" Nothing has crossed the wire yet.", self._style("title"))]
        row = outline(journal, self._seq)
        style = self._style("bad" if row.flawed or "error" in row.status else "space")
        when = f"{row.seq}  {row.time:.3f} s  "
        return [(" ", style), (when, self._style("title")), (clip(_words(row), 200), style)]

    def _style(self, role: str, lit: bool = False) -> Style:
        # Not `rich_style`: that is worked out anew at each call, a component's is kept.
        style = self.get_component_rich_style("timeline--" + ("text" if role == "space" else role))
        if not lit:
            return style
        cursor = self.get_component_rich_style("timeline--cursor")
        return style + (cursor if self.has_focus else Style(bgcolor=cursor.bgcolor))


def _words(row: Row) -> str:
    """What an event was, on one line."""
    said = [row.arrow, row.kind, row.what, row.target, row.note]
    facts = [word for word in (row.status, row.latency, row.size) if word]
    return " ".join(word for word in said if word) + "".join(f" · {word}" for word in facts)
