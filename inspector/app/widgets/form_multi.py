"""Several of the values that a schema lists, on one line; a list to pick from where they are many."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from inspector.app.widgets.form_choice import Pick, Picker
from inspector.app.widgets.form_lines import Line
from inspector.forms.draft import Draft, Exact
from inspector.forms.edit import picked, toggled
from inspector.forms.unset import UNSET
from inspector.wire.visible import cells, clip, visible

_MOST_INLINE = 8
_LONGEST_TITLE = 200
_MOST_NAMED = 20
_ON, _OFF = "■", "□"


class MultiField(Widget, can_focus=True):
    """One line: a box for each value where they fit, else the chosen ones and a list on demand."""

    DEFAULT_CSS = """
    MultiField { height: 1; width: 1fr; padding: 0 1; pointer: pointer; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", "Value before", show=False),
        Binding("right", "step(1)", "Next value", show=False),
        Binding("space", "turn", "Choose or not, or the list of all", show=False),
        Binding("backspace,delete", "clear", "Choose nothing", show=False),
        Binding("enter", "submit", "Submit", show=False),
    ]

    class Edited(Message):
        """The user chose."""

        def __init__(self, editor: MultiField, draft: Draft) -> None:
            super().__init__()
            self.editor = editor
            self.draft = draft

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        choices = line.field.item.choices if line.field.item is not None else ()
        self._titles = [visible(choice.title[:_LONGEST_TITLE]) for choice in choices]
        self._widths = [cells(title) + 2 for title in self._titles[: _MOST_INLINE + 1]]
        self._at = 0
        self.line = line

    def show(self, line: Line) -> None:
        """Show what is chosen now."""
        self.line = line
        self.refresh()

    @property
    def _inline(self) -> bool:
        room = self.content_size.width
        return len(self._titles) <= _MOST_INLINE and sum(self._widths) + 2 * len(self._widths) <= room

    @property
    def _chosen(self) -> list[int]:
        return picked(self.line.field, self.line.draft) or []

    def render(self) -> Content:
        chosen = self._chosen
        unset = ("unset", "$foreground-muted") if self.line.draft is UNSET else ("", "")
        if not self._inline:
            titles = ", ".join(self._titles[at] for at in chosen[:_MOST_NAMED])
            count = f" ▾  {len(chosen)} of {len(self._titles)} chosen"
            text = clip(titles, max(self.content_size.width - len(count) - 6, 4)) if titles else ""
            return Content.assemble((text, ""), unset, (count, "$foreground-muted"))
        parts: list[tuple[str, str]] = []
        for at, title in enumerate(self._titles):
            style = "bold" if at in chosen else "$foreground-muted"
            if self.has_focus and at == self._at:
                style = "bold $text-accent"
            parts += [(f"{_ON if at in chosen else _OFF} {title}", style), ("  ", "")]
        return Content.assemble(*parts, unset)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _toggle(self, at: int) -> None:
        if 0 <= at < len(self._titles):
            self._at = at
            self.post_message(self.Edited(self, toggled(self.line.field, self.line.draft, at)))

    def action_step(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), len(self._titles) - 1)
        self.refresh()

    def action_turn(self) -> None:
        if self._inline:
            self._toggle(self._at)
        else:
            self._open("")

    def action_clear(self) -> None:
        if self.line.draft is not UNSET:
            self.post_message(self.Edited(self, UNSET))

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def on_key(self, event: events.Key) -> None:
        character = event.character
        if character is None or not event.is_printable or character == " ":
            return
        # A letter is for the choice, never for a command of the screen behind it.
        event.stop()
        event.prevent_default()
        if not self._inline:
            self._open(character)
            return
        letter = character.casefold()
        for step in range(1, len(self._titles) + 1):
            at = (self._at + step) % len(self._titles)
            if self._titles[at].casefold().startswith(letter):
                self._at = at
                self.refresh()
                return

    def on_click(self, event: events.Click) -> None:
        if not self._inline:
            self._open("")
            return
        offset = event.get_content_offset(self)
        left = 0
        for at, width in enumerate(self._widths):
            if offset is not None and left <= offset.x < left + width:
                self._toggle(at)
            left += width + 2

    def _open(self, typed: str) -> None:
        def pick(at: int | None) -> None:
            if at is not None:
                self._toggle(at)

        chosen = self._chosen
        picks = [
            Pick(f"{title} {_ON}" if at in chosen else title, Exact(at))
            for at, title in enumerate(self._titles)
        ]
        self.app.push_screen(Picker(visible(self.line.name[:_LONGEST_TITLE]), picks, -1, typed), pick)
