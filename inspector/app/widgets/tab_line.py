"""A line of words, one of them chosen: Form, JSON, Schema; a hint may follow. It switches nothing itself.

Where there is no room for all of them the chosen one is in sight; `‹` and `›` stand for those that are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_MORE = 3  # cells of a sign for more, and the gap beside it


class TabLine(Widget, can_focus=True):
    """Words to choose from, by arrow keys or mouse."""

    DEFAULT_CSS = """
    TabLine { height: 1; width: auto; max-width: 100%; padding: 0 1; text-wrap: nowrap; text-overflow: clip; }
    TabLine:focus { background: $block-cursor-blurred-background; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", "Tab before", show=False),
        Binding("right", "step(1)", "Next tab", show=False),
    ]

    active: reactive[str] = reactive("")
    choices: reactive[tuple[str, ...]] = reactive(())

    class Chosen(Message):
        """The user chose another word."""

        def __init__(self, line: TabLine, word: str) -> None:
            super().__init__()
            self.line = line
            self.word = word

        @property
        def control(self) -> TabLine:
            """The line it happened on."""
            return self.line

    def __init__(
        self, choices: Sequence[str] = (), *, hint: str = "", id: str | None = None, focusable: bool = True
    ) -> None:
        super().__init__(id=id)
        self._hint = f"   {hint}" if hint else ""
        self.can_focus = focusable
        self.set_reactive(TabLine.choices, tuple(choices))
        self.set_reactive(TabLine.active, choices[0] if choices else "")

    def offer(self, choices: Sequence[str], active: str | None = None) -> None:
        """Put up other words; keeps the chosen one where it is still offered."""
        self.choices = tuple(choices)
        if active is not None:
            self.active = active
        elif self.active not in self.choices:
            self.active = self.choices[0] if self.choices else ""

    def watch_choices(self) -> None:
        width = self.styles.width
        if width is None or width.is_auto:
            self.refresh(layout=True)

    def render(self) -> Content:
        pieces: list[tuple[str, str]] = []
        for number, (shown, word) in enumerate(self._in_sight()):
            if number:
                pieces.append(("  ", ""))
            chosen = word == self.active
            pieces.append((shown, "bold underline $text-accent" if chosen else "$foreground-muted"))
        return Content.assemble(*pieces, (self._hint, "$foreground-disabled"))

    def _in_sight(self) -> list[tuple[str, str]]:
        """What is drawn, and the word that it stands for."""
        words, room = self.choices, self.content_size.width
        if not room or sum(map(len, words)) + 2 * (len(words) - 1) <= room or self.active not in words:
            return [(word, word) for word in words]
        chosen = words.index(self.active)
        first, end = chosen, chosen + 1
        left = room - len(self.active) - _MORE * 2
        while first and (need := len(words[first - 1]) + 2) <= left + (_MORE if first == 1 else 0):
            first, left = first - 1, left - need
        while end < len(words) and (need := len(words[end]) + 2) <= left + _MORE * (end == len(words) - 1):
            end, left = end + 1, left - need
        before = [("‹", words[first - 1])] if first else []
        behind = [("›", words[end])] if end < len(words) else []
        return [*before, *((word, word) for word in words[first:end]), *behind]

    def get_content_width(self, container: object, viewport: object) -> int:
        return sum(map(len, self.choices)) + 2 * max(0, len(self.choices) - 1) + len(self._hint)

    def action_step(self, by: int) -> None:
        if self.choices:
            at = self.choices.index(self.active) if self.active in self.choices else 0
            self._choose(self.choices[(at + by) % len(self.choices)])

    def on_click(self, event: events.Click) -> None:
        x = event.get_content_offset(self)
        at = 0
        for shown, word in self._in_sight():
            if x is not None and at <= x.x < at + len(shown) + 1:
                self._choose(word)
                return
            at += len(shown) + 2

    def _choose(self, word: str) -> None:
        if word != self.active:
            self.active = word
            self.post_message(self.Chosen(self, word))
