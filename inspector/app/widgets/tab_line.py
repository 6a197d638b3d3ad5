"""A line of words, one of them chosen: Form, JSON, Schema; a hint may follow. It switches nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class TabLine(Widget, can_focus=True):
    """Words to choose from, by arrow keys or mouse."""

    DEFAULT_CSS = """
    TabLine { height: 1; width: auto; padding: 0 1; }
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
        for number, word in enumerate(self.choices):
            if number:
                pieces.append(("  ", ""))
            chosen = word == self.active
            pieces.append((word, "bold underline $text-accent" if chosen else "$foreground-muted"))
        return Content.assemble(*pieces, (self._hint, "$foreground-disabled"))

    def get_content_width(self, container: object, viewport: object) -> int:
        return sum(map(len, self.choices)) + 2 * max(0, len(self.choices) - 1) + len(self._hint)

    def action_step(self, by: int) -> None:
        if self.choices:
            at = self.choices.index(self.active) if self.active in self.choices else 0
            self._choose(self.choices[(at + by) % len(self.choices)])

    def on_click(self, event: events.Click) -> None:
        x = event.get_content_offset(self)
        at = 0
        for word in self.choices:
            if x is not None and at <= x.x < at + len(word) + 1:
                self._choose(word)
                return
            at += len(word) + 2

    def _choose(self, word: str) -> None:
        if word != self.active:
            self.active = word
            self.post_message(self.Chosen(self, word))
