"""The field that a filter is typed into, with the ways it may go on in a list under it, and what is wrong.

It finds no rows: who holds it reads `Input.Changed` and decides. Completion comes from the journal at once,
so nothing is waited for; values are the server's, shown made safe.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Input

from inspector.app.actions import own_keys
from inspector.journal.filter import Completion, Filter, FilterError, complete
from inspector.journal.journal import Journal
from inspector.wire.visible import cells, clip, visible

_ROWS = 8
_WIDEST = 62
_LONGEST = 200
_HINT = "filter: words, method: status: lat:>1s $.params …  ↓ lists all"


class FilterField(Input):
    """One line of text.

    Args:
        journal: Where the values come from that it is completed with.
    """

    def __init__(self, journal: Journal, *, id: str | None = None) -> None:
        super().__init__(placeholder=_HINT, id=id, compact=True, select_on_focus=False)
        self._journal = journal
        self.choices = FilterChoices(self)
        self.wrong = FilterWrong(self)
        self._typed = ""

    def meant(self) -> Filter | None:
        """What the text means, and under it what is wrong; `None` where the last good one stays in force."""
        try:
            filter = Filter.parse(self.value)
        except FilterError as error:
            self.wrong.say(error)
            return _before(error)
        self.wrong.say(None)
        return filter

    def typed(self) -> None:
        """The text changed: offer how it may go on, where somebody types."""
        if self.has_focus and self.value and self.value != self._typed:
            self.ask()
        else:
            self.choices.close()
        self._typed = self.value

    def ask(self) -> None:
        """Offer how the text may go on at the cursor."""
        self.choices.offer(complete(self.value, self.cursor_position, self._journal))

    def take(self, found: Completion, text: str) -> None:
        """Put a way to go on into the text."""
        self._typed = "" if text.endswith((":", " ")) else f"{self.value[: found.start]}{text}"
        behind = self.value[found.end :]
        if self._typed:
            self._typed += behind
        self.value = f"{self.value[: found.start]}{text}{behind}"
        self.cursor_position = found.start + len(text)

    def on_key(self, event: events.Key) -> None:
        if self.choices.takes_key(event.key):
            event.stop()
            event.prevent_default()

    def on_blur(self) -> None:
        self.choices.close()

    def column(self, at: int) -> int:
        """The column of the screen at which character `at` stands, as far as it is in sight."""
        left = self.content_region.x
        shown = cells(visible(self.value[:at])) - self.scroll_offset.x
        return left + max(0, min(shown, max(self.content_region.width - 1, 0)))


class FilterChoices(Widget):
    """How the text may go on: a list over what stands under the field.

    Args:
        field: Whose text it is; it passes its keys on.
    """

    DEFAULT_CSS = """
    FilterChoices {
        overlay: screen; constrain: inside inside; position: absolute; display: none;
        width: auto; height: auto; max-width: 64;
        background: $surface-lighten-2; color: $foreground; text-wrap: nowrap; text-overflow: clip;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "filter",
        # The focus is never here: the field passes its keys on. They stand here for the help.
        Binding("down", "move(1)", "List how the filter may go on; the next way", show=False),
        Binding("up", "move(-1)", "The way before", show=False),
        Binding("tab", "take", "Take what is chosen, or the first", show=False),
        Binding("escape", "close", "Close the list", show=False),
    )

    def __init__(self, field: FilterField) -> None:
        super().__init__()
        self._field = field
        self._found = Completion(0, 0)
        self._chosen = -1
        self._top = 0

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return bool(self.display and self._found.options)

    def offer(self, found: Completion) -> None:
        """Show what there is; nothing where it stands there already."""
        there = self._field.value[found.start : found.end]
        if not found.options or [each.text for each in found.options] == [there]:
            self.close()
            return
        self._found, self._chosen, self._top = found, -1, 0
        self.display = True
        self._place()
        self.refresh(layout=True)

    def close(self) -> None:
        """Show nothing."""
        if self.display:
            self._found, self._chosen = Completion(0, 0), -1
            self.display = False

    def takes_key(self, key: str) -> bool:
        """Do what a key of the field means here; whether it means anything."""
        if not self.is_open:
            if key in ("down", "ctrl+@", "ctrl+space"):
                self._field.ask()
                return True
            return False
        match key:
            case "escape":
                self.close()
            case "down" | "up":
                self.action_move(1 if key == "down" else -1)
            case "tab":
                self.action_take()
            case "enter" if self._chosen >= 0:
                self.action_take()
            case _:
                if key in ("enter", "left", "right", "home", "end"):
                    self.close()
                return False
        return True

    def action_move(self, by: int) -> None:
        """Choose another way, or none above the first."""
        chosen = self._chosen = max(-1, min(self._chosen + by, len(self._found.options) - 1))
        self._top = max(min(self._top, max(chosen, 0)), chosen - _ROWS + 1)
        self.refresh()

    def action_take(self) -> None:
        """Take what is chosen, or the first."""
        self._take(max(self._chosen, 0))

    def action_close(self) -> None:
        """Show nothing."""
        self.close()

    def _take(self, at: int) -> None:
        found = self._found
        self.close()
        self._field.take(found, found.options[at].text)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        event.prevent_default()  # the focus stays where it is
        at = self._top + event.y
        if event.y < _ROWS and at < len(self._found.options):
            self._take(at)
        else:
            self.close()

    # How it looks.

    def _texts(self) -> list[tuple[str, str]]:
        """Each way, made safe, and what it means."""
        width = _WIDEST - 2
        return [
            (
                text := clip(visible(each.text[:_LONGEST]), width),
                clip(each.says, max(0, width - cells(text) - 2)),
            )
            for each in self._found.options
        ]

    def _foot(self) -> str:
        more = len(self._found.options) - _ROWS
        return f"{f'{more} more · ' if more > 0 else ''}↓ ⏎ or tab takes, esc closes"

    def render(self) -> Content:
        texts = self._texts()
        widest = max((cells(text) for text, says in texts if says), default=0)
        width = max(self.content_size.width - 2, 1)
        pieces: list[tuple[str, str]] = []
        for number, (text, says) in enumerate(texts[self._top : self._top + _ROWS], self._top):
            chosen = "$block-cursor-foreground on $block-cursor-background" if number == self._chosen else ""
            gap = " " * (max(widest, cells(text)) - cells(text) + 2) if says else ""
            says = clip(says, max(0, width - cells(text) - len(gap)))
            rest = " " * max(0, width - cells(text) - len(gap) - cells(says))
            pieces += [(f" {text}", chosen), (f"{gap}{says}{rest} \n", chosen or "$text-muted")]
        pieces.append((f" {self._foot()}", "$foreground-muted"))
        return Content.assemble(*pieces)

    def get_content_width(self, container: object, viewport: object) -> int:
        texts = self._texts()
        widest = max((cells(text) for text, says in texts if says), default=0)
        rows = (max(widest, cells(text)) + 2 + cells(says) if says else cells(text) for text, says in texts)
        return min(max([*rows, cells(self._foot())]) + 2, _WIDEST)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return min(len(self._found.options), _ROWS) + 1

    def _place(self) -> None:
        """Under the field and what is wrong with it; above where there is no room."""
        region = self._field.region
        height = min(len(self._found.options), _ROWS) + 1
        below = region.bottom + len(self._field.wrong.lines(region.width))
        above = region.y - height
        y = above if below + height > self.screen.size.height - 1 and above >= 0 else below
        self.absolute_offset = Offset(max(0, self._field.column(self._found.start) - 1), y)


class FilterWrong(Widget):
    """What is wrong with the text: a caret under the character, and what was expected there.

    It takes the lines that it needs: an error that is cut hides what would have been right.

    Args:
        field: Whose text it is.
    """

    DEFAULT_CSS = """
    FilterWrong {
        display: none; height: auto; background: $background; color: $text-error;
        text-wrap: nowrap; text-overflow: clip;
    }
    """

    def __init__(self, field: FilterField) -> None:
        super().__init__()
        self._field = field
        self._error: FilterError | None = None

    def say(self, error: FilterError | None) -> None:
        """Show what is wrong, or that nothing is."""
        self._error = error
        self.display = error is not None
        self.refresh(layout=True)

    def lines(self, width: int) -> list[str]:
        """What is shown, in lines of `width` cells: beside the caret where it fits there, else under it."""
        error = self._error
        if error is None:
            return []
        at = min(self._field.column(error.at) - self._field.region.x, max(width - 1, 0))
        says = visible(str(error))
        if width - at - 2 >= cells(says):
            return [f"{' ' * at}^ {says}"]
        if at - 1 >= cells(says):
            return [f"{' ' * (at - 1 - cells(says))}{says} ^"]
        said = visible(f"{error.says}:")
        beside = width - at - 2 >= cells(said)
        wrapped = Content(visible(f"expected {error.expected}") if beside else says).wrap(max(width - 2, 1))
        return [f"{' ' * at}^ {said}" if beside else f"{' ' * at}^", *(f" {each.plain}" for each in wrapped)]

    def render(self) -> Content:
        return Content("\n".join(self.lines(self.size.width)))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width))


def _before(error: FilterError) -> Filter | None:
    """What stands before the last term where that is wrong: it is still being typed."""
    text, at = error.text, error.at
    if any(character.isspace() for character in text[at:]):
        return None
    before = text[: len(text) - len(text.split()[-1])] if text[at:] or not text[-1:].isspace() else text
    try:
        return Filter.parse(before) if before.strip() else None
    except FilterError:
        return None
