"""The inputs of a form that are typed into, and the line of an object or list."""

from __future__ import annotations

import re
from typing import Protocol

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from inspector.app.widgets.form_lines import Line
from inspector.forms import json_text
from inspector.forms.draft import Draft, Exact, Items, Members, Typed, child_of
from inspector.forms.pasted import looks_whole
from inspector.forms.unset import UNSET
from inspector.forms.value import shown
from inspector.wire.visible import clip, visible

_UNSAFE = re.compile("[^ -~]")
_LONGEST = 200
_NOT_EMPTY = "at least 1 character"  # so many schemas say it that it tells nothing
_TALLEST = 8


def _one_cell_each(match: re.Match[str]) -> str:
    """A stand-in of one character, so that the cursor stays where it seems to be."""
    character = match[0]
    if character == "\n":
        return "⏎"
    if character < " ":
        return chr(0x2400 + ord(character))
    return character if visible(character) == character else "\N{REPLACEMENT CHARACTER}"


class _Safe(Highlighter):
    """Shows an input's text with nothing in it that steers the terminal; the text itself stays as it is."""

    def __call__(self, text: str | Text) -> Text:
        plain = text.plain if isinstance(text, Text) else text
        return Text(_UNSAFE.sub(_one_cell_each, plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing to highlight."""


class KeyHelper(Protocol):
    """Who looks at the keys of a text field before it does: what completes its text."""

    def takes_key(self, key: str) -> bool:
        """Do what a key means; whether it means anything."""


class TextField(Input):
    """A string or a number. Empty means unset; the form has a key that says empty or null instead.

    The form takes what is typed by `take`, never from a message: messages come late, and a later key
    must not be undone by an earlier one.
    """

    DEFAULT_CSS = """
    TextField.-said { &>.input--placeholder { color: $text; text-style: italic; } }
    """
    BINDINGS = [Binding("ctrl+j", "newline", "Line break", show=False)]

    class Emptied(Message):
        """Backspace where the text is empty already."""

        def __init__(self, editor: TextField) -> None:
            super().__init__()
            self.editor = editor

    class Whole(Message):
        """A paste that may be meant for the whole form."""

        def __init__(self, editor: TextField | NameField, text: str) -> None:
            super().__init__()
            self.editor = editor
            self.text = text

    def __init__(self, line: Line) -> None:
        self._taken = shown(line.field, line.draft)
        super().__init__(self._taken, compact=True, highlighter=_Safe())
        self.line = line
        self.helper: KeyHelper | None = None
        self._say()

    @property
    def dirty(self) -> bool:
        """Something was typed that was not taken yet."""
        return self.value != self._taken

    def take(self) -> Draft:
        """What is typed."""
        self._taken = self.value
        if self.value:
            return Typed(self.value)
        return Typed("") if self.line.removable and self.line.field.kind == "string" else UNSET

    def show(self, line: Line) -> None:
        """Show `line`; what was typed and not yet taken stays."""
        self.line = line
        text = shown(line.field, line.draft)
        if text != self.value and not self.dirty:
            self._taken = text
            with self.prevent(Input.Changed):
                self.value = text
            self.cursor_position = len(text)
        self._say()

    def _say(self) -> None:
        """The placeholder: what an empty input means."""
        draft, field = self.line.draft, self.line.field
        words = ""
        if isinstance(draft, Exact) and draft.value is None:
            words = "null"
        elif not self.value and not self.line.removable and draft is not UNSET:
            words = "empty string"
        self.set_class(bool(words), "-said")
        if not words and field.examples:
            first = field.examples[0]
            words = f"e.g. {first if isinstance(first, str) else json_text.write(first)}"
        elif not words and not self.line.removable and field.hint != _NOT_EMPTY:
            words = field.hint
        self.placeholder = visible(words[:_LONGEST])

    def on_key(self, event: events.Key) -> None:
        if self.helper is not None and self.helper.takes_key(event.key):
            event.stop()
            event.prevent_default()

    def action_delete_left(self) -> None:
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(self.Emptied(self))

    def action_newline(self) -> None:
        if self.line.field.kind == "string":
            self.insert_text_at_cursor("\n")

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if looks_whole(event.text):
            self.post_message(self.Whole(self, event.text))
        else:
            self.take_in(event.text)

    def take_in(self, text: str) -> None:
        """All lines of a paste, not the first alone: a string may have many."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if self.line.field.kind != "string":
            text = text.strip().partition("\n")[0]
        self.replace(text, *self.selection)


class NameField(Input):
    """The name of a member that the schema does not name: Enter adds it. What stands here is no value."""

    class Named(Message):
        """A name was entered."""

        def __init__(self, editor: NameField, name: str) -> None:
            super().__init__()
            self.editor = editor
            self.name = name

    def __init__(self, line: Line) -> None:
        patterns = [rest.pattern for rest in line.field.rests if rest.pattern]
        named = f" ({' or '.join(patterns)})" if patterns else ""
        says = visible(f"name of another member{named[:_LONGEST]}, ⏎ adds it")
        super().__init__(compact=True, highlighter=_Safe(), placeholder=says)
        self.line = line

    def show(self, line: Line) -> None:
        """Take another state of the object."""
        self.line = line

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if looks_whole(event.text):
            self.post_message(TextField.Whole(self, event.text))
        else:
            self.take_in(event.text)

    def take_in(self, text: str) -> None:
        """The first line of a paste."""
        self.replace(text.strip().partition("\n")[0], *self.selection)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self.value:
            event.stop()
            self.post_message(self.Named(self, self.value))
            self.value = ""


class JsonField(TextArea):
    """A value that is edited as JSON in place: as high as its text, up to a few lines."""

    DEFAULT_CSS = """
    JsonField { height: 1; min-height: 1; border: none; }
    JsonField:focus { border: none; }
    """

    BINDINGS = [Binding("ctrl+a", "select_all", show=False)]

    def __init__(self, line: Line) -> None:
        self._taken = shown(line.field, line.draft)
        super().__init__(
            self._taken, tab_behavior="focus", compact=True, highlight_cursor_line=False, placeholder="JSON"
        )
        self.line = line
        self._grow()

    @property
    def dirty(self) -> bool:
        """Something was typed that was not taken yet."""
        return self.text != self._taken

    def take(self) -> Draft:
        """What is typed."""
        self._taken = self.text
        return Typed(self.text) if self.text.strip() else UNSET

    def show(self, line: Line) -> None:
        """Show `line`; what was typed and not yet taken stays."""
        self.line = line
        text = shown(line.field, line.draft)
        if text != self.text and not self.dirty and (text or self.text.strip()):
            self._taken = text
            with self.prevent(TextArea.Changed):
                self.load_text(text)
        self.placeholder = "null" if line.draft == Exact(None) and not text else "JSON"
        self._grow()

    def _grow(self) -> None:
        height = min(max(self.document.line_count, 1), _TALLEST)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def on_text_area_changed(self) -> None:
        self._grow()

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.cursor_at_first_line:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.cursor_at_last_line:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)


class FoldField(Widget, can_focus=True):
    """The line of an object or list: how much is in it, and a place to add an item."""

    DEFAULT_CSS = """
    FoldField { height: 1; width: 1fr; padding: 0 1; pointer: pointer; }
    """
    BINDINGS = [
        Binding("space,enter", "turn", "Open or close", show=False),
        Binding("right", "fold(True)", "Open", show=False),
        Binding("left", "fold(False)", "Close", show=False),
        Binding("plus,insert", "add", "Add an item", show=False),
    ]
    _ADD = "+ add"

    class Folded(Message):
        """The user wants it open or closed."""

        def __init__(self, editor: FoldField, is_open: bool) -> None:
            super().__init__()
            self.editor = editor
            self.is_open = is_open

    class Add(Message):
        """The user wants another item."""

        def __init__(self, editor: FoldField) -> None:
            super().__init__()
            self.editor = editor

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line

    def show(self, line: Line) -> None:
        """Show `line`."""
        self.line = line
        self.refresh()

    @property
    def _adds(self) -> bool:
        """Another item may come."""
        draft = self.line.draft
        count = len(draft.drafts) if isinstance(draft, Items) else 0
        return self.line.field.kind == "array" and child_of(self.line.field, count) is not None

    def _summary(self) -> str:
        draft = self.line.draft
        if isinstance(draft, Items):
            count = len(draft.drafts)
            return "no items" if not count else "1 item" if count == 1 else f"{count} items"
        if isinstance(draft, Members):
            extra = f"also {', '.join(draft.extra)}" if draft.extra else ""
            return extra or ("" if draft.drafts or self.line.field.required else "empty {}")
        return "unset"

    def render(self) -> Content:
        text = clip(visible(self._summary()[:_LONGEST]), max(self.content_size.width - len(self._ADD) - 3, 4))
        parts = [(text, "$foreground-muted")]
        if self._adds:
            parts += [
                ("  " if text else "", ""),
                (self._ADD, "$text-accent" if self.has_focus else "$foreground-muted"),
            ]
        return Content.assemble(*parts)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_turn(self) -> None:
        self.action_fold(not self.line.open)

    def action_fold(self, is_open: bool) -> None:
        if is_open != self.line.open:
            self.post_message(self.Folded(self, is_open))

    def action_add(self) -> None:
        if self._adds:
            self.post_message(self.Add(self))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        text = self.render().plain
        if offset is not None and self._adds and 0 <= offset.x - text.rfind(self._ADD) < 5:
            self.action_add()
        else:
            self.action_turn()
