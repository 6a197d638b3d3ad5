"""One row of a form: its label, its input, and for the items of a list the buttons to move and remove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from inspector.app.widgets.form_choice import ChoiceField
from inspector.app.widgets.form_fields import FoldField, JsonField, NameField, TextField
from inspector.app.widgets.form_lines import Line
from inspector.app.widgets.form_multi import MultiField
from inspector.wire.visible import cells, clip, visible

Editor = TextField | JsonField | ChoiceField | MultiField | NameField | FoldField

_LONGEST = 200
_INDENT = 2
_WIDEST_NAME = 24
_TYPE_WORDS = {"json": "JSON", "variant": "one of"}


def _type_word(line: Line) -> str:
    if line.adds:
        return ""
    return "JSON" if line.as_json else _TYPE_WORDS.get(line.field.kind, line.field.kind)


def _starred(line: Line) -> bool:
    """It must be there, and not for the only reason that the user added it."""
    own = bool(line.path) and isinstance(line.path[-1], str)
    return (line.field.required or line.needed) and own and not line.added


def _name_width(line: Line) -> int:
    """Cells that the name of `line` wants, with indent, arrow and star."""
    arrow = 2 if line.folds else 0
    return line.depth * _INDENT + arrow + cells(visible(line.name[:_LONGEST])) + 2 * _starred(line)


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells, the same for all rows of a form: of the name with its indent and star, of the type."""

    name: int
    type: int

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Columns:
        """As wide as `lines` want, within reason: names that are longer are cut short."""
        names = max(map(_name_width, lines), default=0)
        return cls(
            min(max(names, 8), _WIDEST_NAME), max((len(_type_word(line)) for line in lines), default=6)
        )

    def at_least(self, other: Columns) -> Columns:
        """Wide enough for both."""
        return Columns(max(self.name, other.name), max(self.type, other.type))

    @property
    def label(self) -> int:
        """Of the whole label: a mark, the name, the type and the gaps."""
        return 2 + self.name + 2 + self.type + 1


class RowLabel(Widget):
    """The name, a star where it is required, the type; `!` before it where something is wrong."""

    DEFAULT_CSS = """
    RowLabel { height: 1; }
    """

    class Pressed(Message):
        """It was clicked."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    def __init__(self, line: Line, columns: Columns) -> None:
        super().__init__()
        self.styles.width = columns.label
        self._columns = columns
        self.line = line
        self.wrong = False
        self.current = False

    def fit(self, columns: Columns) -> None:
        """Take other widths: what was folded may have longer names."""
        if columns != self._columns:
            self._columns = columns
            self.styles.width = columns.label
            self.refresh()

    def render(self) -> Content:
        line = self.line
        arrow = ("▾ " if line.open else "▸ ") if line.folds else ""
        indent = " " * (line.depth * _INDENT)
        star = " *" if _starred(line) else ""
        room = max(self._columns.name - len(indent) - len(arrow) - len(star), 1)
        name = clip(visible(line.name[:_LONGEST]), room) or ('""' if line.path else "value")
        rest = room - cells(name)
        return Content.assemble(
            ("! " if self.wrong else "  ", "bold $text-error"),
            (indent + arrow, "$foreground-muted"),
            (name, "bold $text-accent" if self.current else ""),
            (star, "$text-accent"),
            (" " * (rest + 2), ""),
            (_type_word(line), "$foreground-disabled"),
        )

    def on_click(self) -> None:
        self.post_message(self.Pressed(self.line))


class RowButtons(Widget):
    """Move up, move down, remove: by mouse; the form has keys for them."""

    DEFAULT_CSS = """
    RowButtons { width: 9; height: 1; padding: 0 1; color: $foreground-disabled; }
    """
    _ACTIONS = ("up", "down", "remove")

    class Pressed(Message):
        """One of them was clicked."""

        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word

    def __init__(self, moves: bool) -> None:
        super().__init__()
        self._moves = moves

    def render(self) -> Content:
        return Content("↑  ↓  ✕" if self._moves else "      ✕")

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and (self._moves or offset.x >= 6):
            self.post_message(self.Pressed(self._ACTIONS[min(offset.x // 3, 2)]))


class FormRow(Horizontal):
    """One row. Which widget the input is depends on the field's kind."""

    DEFAULT_CSS = """
    FormRow {
        height: auto;
        & RowLabel { color: $text; }
        & TextField.-textual-compact, & NameField.-textual-compact, & JsonField {
            background: $surface; width: 1fr; padding: 0 1;
        }
        & TextField:focus, & NameField:focus, & JsonField:focus {
            background: $surface-lighten-1; background-tint: transparent;
        }
        & ChoiceField:focus, & MultiField:focus, & FoldField:focus { background: $surface-lighten-1; }
        &:focus-within RowButtons { color: $text-accent; }
    }
    """

    class Button(Message):
        """A button of an item's row was pressed: `up`, `down` or `remove`."""

        def __init__(self, row: FormRow, word: str) -> None:
            super().__init__()
            self.row = row
            self.word = word

    def __init__(self, line: Line, columns: Columns) -> None:
        super().__init__()
        self.line = line
        self.label = RowLabel(line, columns)
        self.editor: Editor = _editor_of(line)(line)

    def compose(self) -> ComposeResult:
        yield self.label
        yield self.editor
        if self.line.removable:
            yield RowButtons(self.line.is_item)

    def suits(self, line: Line) -> bool:
        """`line` can be shown here too: the same place, edited in the same way."""
        return (
            self.line.place == line.place
            and type(self.editor) is _editor_of(line)
            and self.line.folds == line.folds
            and self.line.removable == line.removable
        )

    def show(self, line: Line) -> None:
        """Show another state of the same place."""
        if line.draft is self.line.draft and line == self.line:
            return
        before = self.line
        if (line.open, line.needed) != (before.open, before.needed):
            self.label.refresh()
        self.line = self.label.line = line
        self.editor.show(line)

    def mark(self, wrong: bool) -> None:
        """Say whether something is wrong here."""
        if wrong != self.label.wrong:
            self.label.wrong = wrong
            self.label.refresh()

    def on_descendant_focus(self) -> None:
        self.label.current = True
        self.label.refresh()

    def on_descendant_blur(self) -> None:
        self.label.current = False
        self.label.refresh()

    def on_row_buttons_pressed(self, event: RowButtons.Pressed) -> None:
        event.stop()
        self.post_message(self.Button(self, event.word))


def _editor_of(line: Line) -> type[Editor]:
    kind = line.field.kind
    if line.adds:
        return NameField
    if line.multiple:
        return MultiField
    if line.folds:
        return FoldField
    if kind in ("boolean", "enum", "null") or (kind == "variant" and not line.as_json):
        return ChoiceField
    return TextField if kind in ("string", "number", "integer") else JsonField


@dataclass(frozen=True, slots=True)
class Turnover:
    """How rows follow the lines of a form.

    Attributes:
        rows: One for each line, those of the same place kept.
        gone: Those that show nothing any more.
        new: Those that are to be mounted.
        before: The row that they stand before; `None` at the end.
    """

    rows: list[FormRow]
    gone: list[FormRow]
    new: list[FormRow]
    before: FormRow | None


def turnover(rows: Sequence[FormRow], lines: Sequence[Line], columns: Columns) -> Turnover:
    """Let `rows` follow `lines`: what stays shows its line already, what is new is not mounted yet."""
    same, tail = _unchanged(rows, lines)
    new = [FormRow(line, columns) for line in lines[same : len(lines) - tail]]
    after = rows[len(rows) - tail :]
    now = [*rows[:same], *new, *after]
    for row, line in zip(now, lines, strict=True):
        row.show(line)
        row.label.fit(columns)
    return Turnover(now, list(rows[same : len(rows) - tail]), new, after[0] if after else None)


def _unchanged(rows: Sequence[FormRow], lines: Sequence[Line]) -> tuple[int, int]:
    """How many of `rows` can show `lines` from the start, and how many more from the end."""
    most = min(len(lines), len(rows))
    same = tail = 0
    while same < most and rows[same].suits(lines[same]):
        same += 1
    while tail < most - same and rows[-1 - tail].suits(lines[-1 - tail]):
        tail += 1
    return same, tail
