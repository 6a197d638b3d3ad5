"""A plain editor for JSON: says in words where the text stops being JSON.

Plain on purpose: highlighting by tree-sitter crashes the interpreter with some versions of its parser.
"""

from __future__ import annotations

from typing import Any

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from inspector.forms import json_text
from inspector.forms.json_text import NotJson
from inspector.forms.unset import UNSET


class JsonEditor(TextArea):
    """JSON as text.

    Attributes:
        problem: What keeps the text from being JSON, with its place; empty if nothing does.
    """

    DEFAULT_CSS = """
    JsonEditor {
        padding: 0;
        background: $surface;
        border: none;
        &:focus { border: none; }
        &.-problem, &.-problem:focus {
            border: none;
            border-bottom: solid $error;
            border-subtitle-color: $text-error;
            border-subtitle-background: $surface;
            border-subtitle-align: left;
        }
    }
    """

    BINDINGS = [Binding("ctrl+a", "select_all", show=False)]  # f7, Textual's key for it, opens $EDITOR here

    problem: reactive[str] = reactive("", init=False)

    class Edited(Message):
        """The text changed."""

        def __init__(self, editor: JsonEditor, value: Any, problem: str) -> None:
            super().__init__()
            self.editor = editor
            self.value = value
            self.problem = problem

        @property
        def control(self) -> JsonEditor:
            """The editor it happened in."""
            return self.editor

    def __init__(self, value: Any = UNSET, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(_text(value), id=id, classes=classes, tab_behavior="focus")
        self.show_line_numbers = False
        self.highlight_cursor_line = False

    @property
    def value(self) -> tuple[Any, str]:
        """The value, and what is wrong: `UNSET` for no text, the text itself where it is no JSON."""
        text = self.text
        if not text.strip():
            return UNSET, ""
        try:
            return json_text.parse(text), ""
        except NotJson as error:
            return text, str(error)

    def set_value(self, value: Any) -> None:
        """Show `value`, indented; `UNSET` empties the editor. What cannot be seen is written as an escape."""
        self.load_text(_text(value))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        value, self.problem = self.value
        self.post_message(self.Edited(self, value, self.problem))

    def watch_problem(self, problem: str) -> None:
        self.set_class(bool(problem), "-problem")
        self.border_subtitle = Content(problem)


def _text(value: Any) -> str:
    return "" if value is UNSET else json_text.write(value, indent=2)
