"""What a text field may be completed to, in a list under it while one types: to take, or to pass by.

It asks for nothing itself: it posts `Wanted` a moment after the last key, and shows what it is given. While
the list is closed it takes no key; while it is open, enter is its own only once something is chosen in it.
Values come from the server: shown made safe, taken as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from inspector.app.actions import own_keys
from inspector.app.widgets.form_fields import TextField
from inspector.wire.visible import cells, clip, visible

if TYPE_CHECKING:
    from inspector.app.items import Item

AFTER = 0.15
"""Seconds without a key after which completion is asked for."""
MOST = 100
"""Values that are offered; a server may not give more (server/utilities/completion)."""
_ROWS = 8
_WIDEST = 60
_LONGEST = 300  # characters of a value that are looked at to show it


@dataclass(frozen=True, slots=True)
class Found:
    """What a server gave.

    Attributes:
        values: As sent, at most `MOST`.
        total: How many there are altogether, where it says so.
        more: There are more than these.
    """

    values: tuple[str, ...]
    total: int | None = None
    more: bool = False

    @property
    def count(self) -> str:
        """`12 of 340`, `12, and more`; empty where these are all."""
        if self.total is not None and self.total > len(self.values):
            return f"{len(self.values)} of {self.total:,}"
        return f"{len(self.values)}, and more" if self.more else ""


class Suggestions(Widget):
    """For the fields of one item's form.

    Args:
        item: A prompt or a template.
        value: What the form stands for now.
    """

    DEFAULT_CSS = """
    Suggestions {
        overlay: screen; constrain: inside inside; position: absolute; display: none;
        width: auto; height: auto; max-width: 62;
        background: $surface-lighten-2; color: $foreground;
    }
    """

    BINDINGS = own_keys(
        "completion",
        # The focus is never here: the field passes its keys on to `takes_key`. They stand here for the help.
        Binding("ctrl+@", "ask", "What the field may be completed to", show=False, key_display="ctrl+space"),
        Binding("down", "move(1)", "Choose the next value", show=False),
        Binding("up", "move(-1)", "Choose the value before", show=False),
        Binding("tab", "take", "Take what is chosen, or the first value", show=False),
        Binding("escape", "close", "Close the list", show=False),
    )

    class Wanted(Message):
        """What the field may be completed to is wanted."""

        def __init__(self, suggestions: Suggestions, name: str, typed: str) -> None:
            super().__init__()
            self.suggestions = suggestions
            self.item = suggestions.item
            self.name = name
            self.typed = typed
            self.given = suggestions.given(name)

    def __init__(self, item: Item, value: Callable[[], Any]) -> None:
        super().__init__()
        self.item = item
        self._value = value
        self._field: TextField | None = None
        self._typed = ""
        self._found: Found | None = None
        self._trouble = ""
        self._chosen = -1
        self._top = 0
        self._timer: Timer | None = None
        self._awaited: Suggestions.Wanted | None = None

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return bool(self.display)

    # What the form tells.

    def follow(self, widget: Widget | None) -> None:
        """The focus is on `widget` now: offer what it may be completed to, if it is a text field."""
        if widget is self._field:
            return
        self.close()
        if self._field is not None:
            self._field.helper = None
        self._field = widget if isinstance(widget, TextField) and _name_of(widget) else None
        if self._field is not None:
            self._field.helper = self
            self._typed = self._field.value

    def typed(self) -> None:
        """Something was typed into the form."""
        field = self._field
        if field is None or field.value == self._typed:
            return
        self._typed = field.value
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(AFTER, self.action_ask)

    def given(self, name: str) -> dict[str, str]:
        """What the others hold, beside the one of this name."""
        value = self._value()
        members = value if isinstance(value, dict) else {}
        return {k: v for k, v in members.items() if isinstance(v, str) and k != name}

    def action_ask(self) -> None:
        """Ask at once what the field may be completed to."""
        if self._field is not None and self._field.has_focus:
            self._awaited = self.Wanted(self, _name_of(self._field), self._field.value)
            self.post_message(self._awaited)

    # What became of what was wanted.

    def offer(self, wanted: Wanted, found: Found) -> None:
        """Show what the field may be completed to, unless something else stands in it by now."""
        field = self._field
        if wanted is not self._awaited or field is None or field.value != wanted.typed:
            return
        if not found.values or found.values == (field.value,):
            self.close()
            return
        self._show(found, "")

    def tell(self, wanted: Wanted, says: str) -> None:
        """Show why there is nothing to offer."""
        if wanted is self._awaited:
            self._show(None, f"! {visible(says[:_LONGEST])}")

    def _show(self, found: Found | None, trouble: str) -> None:
        self._found, self._trouble, self._chosen, self._top = found, trouble, -1, 0
        self.display = True
        self._place()
        self.refresh(layout=True)

    def close(self) -> None:
        """Show nothing; what was asked for and has not come is not wanted any more."""
        self._await_nothing()
        self._found, self._trouble = None, ""
        self.display = False

    def _await_nothing(self) -> None:
        self._awaited = None
        if self._timer is not None:
            self._timer.stop()

    # Keys, which the field passes on.

    def takes_key(self, key: str) -> bool:
        """Do what a key means here; whether it means anything."""
        if key in ("ctrl+@", "ctrl+space"):
            self.action_ask()
            return True
        if not self.is_open:
            return False
        values = self._found.values if self._found is not None else ()
        match key:
            case "escape":
                self.action_close()
            case "down" | "up" if values:
                self.action_move(1 if key == "down" else -1)
            case "tab" if values:
                self.action_take()
            case "enter" if values and self._chosen >= 0:
                self.action_take()
            case _:
                if key in ("enter", "tab", "up", "down"):
                    self.close()
                return False
        return True

    def action_close(self) -> None:
        """Show nothing."""
        self.close()

    def action_move(self, by: int) -> None:
        """Choose another value, or none above the first."""
        values = self._found.values if self._found is not None else ()
        self._await_nothing()  # nothing moves while somebody chooses
        number = self._chosen = max(-1, min(self._chosen + by, len(values) - 1))
        self._top = max(min(self._top, max(number, 0)), number - _ROWS + 1)
        self.refresh()

    def action_take(self) -> None:
        """Take what is chosen, or the first value."""
        if self._found is not None and self._found.values:
            self._take(self._found.values[max(self._chosen, 0)])

    def _take(self, value: str) -> None:
        self.close()
        if self._field is not None:
            self._typed = value
            self._field.value = value
            self._field.cursor_position = len(value)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        event.prevent_default()  # the focus stays where it is
        at = self._top + event.y
        if self._found is not None and event.y < _ROWS and at < len(self._found.values):
            self._take(self._found.values[at])
        else:
            self.close()

    # How it looks.

    def _rows(self) -> list[str]:
        values: Sequence[str] = self._found.values if self._found is not None else ()
        return [clip(visible(value[:_LONGEST]), _WIDEST - 2) or '""' for value in values]

    def _foot(self) -> str:
        if self._found is None:
            return clip(self._trouble, _WIDEST - 2)
        ways = "↓ ⏎ or tab takes, esc closes"
        return f"{self._found.count} · {ways}" if self._found.count else ways

    def render(self) -> Content:
        rows = self._rows()[self._top : self._top + _ROWS]
        width = max(self.content_size.width - 2, 1)
        pieces: list[tuple[str, str]] = []
        for number, row in enumerate(rows, self._top):
            chosen = "$block-cursor-foreground on $block-cursor-background" if number == self._chosen else ""
            pieces.append((f" {row}{' ' * (width - cells(row))} ", chosen))
            pieces.append(("\n", ""))
        role = "$text-warning" if self._found is None else "$foreground-muted"
        pieces.append((f" {self._foot()}", role))
        return Content.assemble(*pieces)

    def get_content_width(self, container: object, viewport: object) -> int:
        return min(max(map(cells, [*self._rows(), self._foot()])) + 2, _WIDEST)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return min(len(self._rows()), _ROWS) + 1

    def _place(self) -> None:
        """Under the field, or above it where there is no room."""
        if self._field is None:
            return
        region, height = self._field.region, min(len(self._rows()), _ROWS) + 1
        below = region.bottom
        above = region.y - height
        y = above if below + height > self.screen.size.height - 1 and above >= 0 else below
        self.absolute_offset = Offset(region.x, y)


def _name_of(field: TextField) -> str:
    """The argument or variable that a field is part of."""
    path = field.line.path
    return path[0] if path and isinstance(path[0], str) else ""
