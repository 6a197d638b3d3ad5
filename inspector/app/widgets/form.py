"""The form of a field tree: one row a field, two ways with JSON.

What is entered lives in one draft (`inspector.forms.draft`); rows show parts of it and post what the user
does. So rows can be mounted late: the first screenful at once, the rest in portions. It sends nothing and
judges little: whether a problem prevents anything is for its host.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, TextArea

from inspector.app.actions import own_keys
from inspector.app.widgets.form_about import FormAbout
from inspector.app.widgets.form_choice import ChoiceField
from inspector.app.widgets.form_entry import Entry, Part
from inspector.app.widgets.form_fields import FoldField, JsonField, NameField, TextField
from inspector.app.widgets.form_lines import Line, next_state
from inspector.app.widgets.form_multi import MultiField
from inspector.app.widgets.form_note import FormNote
from inspector.app.widgets.form_row import Columns, FormRow, RowLabel, turnover
from inspector.forms import edit
from inspector.forms.check import Problem
from inspector.forms.draft import Draft, Key, Path, in_value
from inspector.forms.plan import Field
from inspector.forms.unset import UNSET

MOST_ROWS = 200
_PORTION = 40
_MARGIN = 12


class _OfForm(Message):
    def __init__(self, form: SchemaForm) -> None:
        super().__init__()
        self.form = form

    @property
    def control(self) -> SchemaForm:
        """The form it happened in."""
        return self.form


class SchemaForm(VerticalScroll):
    """A form for `field`, filled with `value` or with the schema's defaults.

    Args:
        field: What is asked for.
        value: A JSON value to begin with; `UNSET` for a fresh form.
        draft: What was entered in such a form before, instead of `value`: half a number too.
    """

    can_focus = False
    DEFAULT_CSS = """
    SchemaForm { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    """
    BINDINGS = own_keys(
        "form",
        Binding("up", "move(-1)", "Field before", show=False),
        Binding("down", "move(1)", "Next field", show=False),
        Binding("ctrl+n", "state", "Unset, empty or null", show=False),
        Binding("ctrl+o", "add", "Add an item below", show=False),
        Binding("f8", "remove", "Remove the item or added member", show=False),
        Binding("f4", "json", "Edit this part as JSON, and back", show=False),
        Binding("shift+up", "shift(-1)", "Move the item up", show=False),
        Binding("shift+down", "shift(1)", "Move the item down", show=False),
        Binding("ctrl+z", "undo", "Take back what filled the whole form", show=False),
    )

    class Changed(_OfForm):
        """Something was entered: what the form stands for now, and what is wrong with it."""

        def __init__(self, form: SchemaForm, value: Any, problems: list[Problem]) -> None:
            super().__init__(form)
            self.value = value
            self.problems = problems

    class Submitted(_OfForm):
        """Enter was pressed in a field of one line."""

    def __init__(
        self, field: Field, value: Any = UNSET, *, draft: Draft | None = None, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._entry = Entry(field, value, draft)
        self._rows: list[FormRow] = []
        self._limit = _PORTION
        self._wanted: Path | None = None
        self._about = FormAbout()
        self._note = FormNote()
        self._columns = Columns.of(self._entry.lines()[:MOST_ROWS])

    def compose(self) -> ComposeResult:
        self._rows = [FormRow(line, self._columns) for line in self._entry.lines()[: self._limit]]
        yield from self._rows
        yield self._note
        yield self._about

    def on_mount(self) -> None:
        self._about.reserve(line.field for line in self._entry.lines())
        self._note.show(len(self._entry.lines()), MOST_ROWS)
        self._mark()

    @property
    def value(self) -> tuple[Any, list[Problem]]:
        """The JSON value, or `UNSET`, and what is wrong with it; with a problem it holds what was typed."""
        self._gather()
        return self._entry.value

    @property
    def draft(self) -> Draft:
        """What is entered, as it was typed."""
        self._gather()
        return self._entry.draft

    def set_value(self, value: Any) -> None:
        """Show `value` instead; `UNSET` gives a fresh form. Posts nothing; ctrl+z takes it back."""
        self._gather()
        self._entry.set_value(value)
        self.call_later(self._sync)

    def fill(self, value: Any) -> None:
        """Show `value` instead, as if the user had entered all of it at once."""
        self._gather()
        self._entry.set_value(value)
        self._changed()

    @property
    def part(self) -> Part | None:
        """What has the cursor, to be edited elsewhere; `None` for a choice, and where nothing has it."""
        self._gather()
        row = self._focused
        return self._entry.part(row.line.path) if row is not None else None

    def put_part(self, path: Path, text: str) -> None:
        """Let `text` stand at a place that `part` gave: as fields where it is JSON that they can show."""
        self._gather()
        self._entry.put_part(path, text)
        self._wanted = path
        self._changed()

    def tell(self, problems: Sequence[Problem]) -> None:
        """Show these problems too, until the next change: what a check of the whole value has found."""
        self._entry.tell(problems)
        self._mark()

    def focus_first(self) -> None:
        """Put the cursor into the first empty field, a required one before an optional one."""
        if (path := self._entry.first_empty()) is not None:
            self._focus(path)

    # What the user does

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        if self._gather():
            self._changed()

    @on(ChoiceField.Edited)
    @on(MultiField.Edited)
    def _chosen(self, event: ChoiceField.Edited | MultiField.Edited) -> None:
        event.stop()
        self._change(event.editor.line.path, event.draft)

    @on(Input.Submitted)
    @on(ChoiceField.Submitted)
    @on(MultiField.Submitted)
    def _submit(self, event: Message) -> None:
        event.stop()
        self._entry.submitted = True
        self._mark()
        self.post_message(self.Submitted(self))

    @on(FoldField.Folded)
    def _folded(self, event: FoldField.Folded) -> None:
        event.stop()
        self._entry.folds[event.editor.line.path] = event.is_open
        self.call_later(self._sync)

    @on(RowLabel.Pressed)
    def _label_pressed(self, event: RowLabel.Pressed) -> None:
        event.stop()
        line = event.line
        self._focus(line.path)
        if line.folds:
            self._entry.folds[line.path] = not line.open
            self.call_later(self._sync)

    @on(FoldField.Add)
    def _add_pressed(self, event: FoldField.Add) -> None:
        event.stop()
        self._insert(event.editor.line, None)

    @on(TextField.Emptied)
    def _emptied(self, event: TextField.Emptied) -> None:
        event.stop()
        line = event.editor.line
        if line.removable:
            self._take(edit.remove, line.path)
        else:
            self._change(line.path, UNSET)

    @on(NameField.Named)
    def _named(self, event: NameField.Named) -> None:
        event.stop()
        line = event.editor.line
        self._take(edit.add_member, line.path[:-1], line.field, event.name)

    @on(TextField.Whole)
    def _whole(self, event: TextField.Whole) -> None:
        event.stop()
        line = event.editor.line
        place = line.path if isinstance(event.editor, TextField) and line.field.kind == "string" else None
        if not self._paste(event.text, place):
            event.editor.take_in(event.text)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if (row := self._focused) is not None and not isinstance(row.editor, TextArea):  # which has it
            self._paste(event.text, None)

    def _paste(self, text: str, place: Path | None) -> bool:
        self._gather()
        if (count := self._entry.paste(text, place)) is None:
            return False
        self._changed()
        members = "1 member" if count == 1 else f"{count} members"
        says = "takes it back" if place is None else "takes it back and pastes it as text"
        self.notify(f"The form is filled from what you pasted: {members}. ctrl+z {says}.", markup=False)
        return True

    @on(FormRow.Button)
    def _button(self, event: FormRow.Button) -> None:
        event.stop()
        if event.word == "remove":
            self._take(edit.remove, event.row.line.path)
        else:
            self._take(edit.shift, event.row.line.path, -1 if event.word == "up" else 1)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._tell_about()
        if (row := self._focused) is not None:
            # Textual's own scrolling to what has the focus takes a row behind the foot for visible.
            self.call_after_refresh(self.scroll_to_widget, row, animate=False)
            if row in self._rows[-_MARGIN:]:
                self._grow()

    def action_move(self, by: int) -> None:
        row = self._focused
        if row is not None and 0 <= (to := self._rows.index(row) + by) < len(self._rows):
            self._rows[to].editor.focus()

    def action_state(self) -> None:
        if (row := self._focused) is not None:
            self._change(row.line.path, next_state(row.line.field, row.line.draft)[1])

    def action_add(self) -> None:
        row = self._focused
        if row is None:
            return
        if row.line.field.kind == "array" and row.line.folds:
            self._insert(row.line, None)
        elif (item := edit.item_around(row.line.path)) is not None:
            path, index = item
            self._insert(self._entry.line_at(path), index + 1)

    def action_remove(self) -> None:
        if (row := self._focused) is not None:
            self._take(edit.remove, row.line.path)

    def action_shift(self, by: int) -> None:
        if (row := self._focused) is not None:
            self._take(edit.shift, row.line.path, by)

    def action_undo(self) -> None:
        self._gather()
        if self._entry.back():
            self._changed()

    def action_json(self) -> None:
        row = self._focused
        if row is not None and not row.line.adds:
            self._gather()
            line = self._entry.line_at(row.line.path) or row.line
            self._wanted = line.path
            self._change(line.path, edit.as_json(line.field, line.draft))

    # The draft

    def _gather(self) -> bool:
        """Take what was typed since the last time; says whether that is anything."""
        found = False
        for row in self._rows:
            editor = row.editor
            if isinstance(editor, TextField | JsonField) and editor.dirty:
                self._entry.put(row.line.path, editor.take())
                found = True
        return found

    def _change(self, path: Path, draft: Draft) -> None:
        self._gather()
        self._entry.put(path, draft)
        self._changed()

    def _changed(self) -> None:
        value, problems = self.value
        self.call_later(self._sync)
        self.post_message(self.Changed(self, value, problems))

    def _take(self, change: Callable[..., edit.Edit | None], path: Path, *more: Any) -> None:
        """Let an edit of the structure be so, and put the cursor where it belongs."""
        self._gather()
        edited = change(self._entry.field, self._entry.draft, path, *more)
        if edited is not None:
            self._wanted = self._entry.edited(edited)
            self._changed()

    def _insert(self, line: Line | None, index: int | None) -> None:
        if line is not None and line.field.kind == "array":
            self._entry.folds[line.path] = True
            self._take(edit.insert, line.path, line.field, index)

    # The rows

    async def _sync(self) -> None:
        """Let the rows show the draft: those of the same place are kept, others go or come."""
        lines = self._entry.lines()[: self._limit]
        self._columns = self._columns.at_least(Columns.of(lines))
        turn = turnover(self._rows, lines, self._columns)
        self._rows = turn.rows
        if turn.gone or turn.new:
            with self.app.batch_update():
                if turn.gone:
                    await self.remove_children(turn.gone)
                if turn.new:
                    await self.mount_all(turn.new, before=turn.before or self._note)
        self._note.show(len(self._entry.lines()), MOST_ROWS)
        self._mark()
        if self._wanted is not None:
            self._focus(self._wanted)

    def _grow(self) -> bool:
        """Mount another portion of rows; False if there are no more."""
        if self._limit >= min(len(self._entry.lines()), MOST_ROWS):
            return False
        self._limit = min(self._limit + _PORTION, MOST_ROWS)
        self.call_later(self._sync)
        return True

    def on_resize(self) -> None:
        self._about.fit()
        if len(self._rows) < self.size.height:
            self._grow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._grow_near_end()

    def _grow_near_end(self) -> None:
        if self.scroll_y > self.max_scroll_y - _MARGIN:
            self._grow()

    def _focus(self, path: Path) -> None:
        """Focus the row of `path`, or its first member's; at once if it is there, else once it is."""
        self._wanted = path
        for row in self._rows:
            if row.line.path == path and row.is_attached:
                self._wanted = None
                row.editor.focus()
                return
        if not self._grow():
            self._wanted = None

    @property
    def _focused(self) -> FormRow | None:
        focused = self.screen.focused
        return next((row for row in self._rows if focused is row.editor), None)

    def _mark(self) -> None:
        problems = self._entry.problems()
        for row in self._rows:
            row.mark(not row.line.adds and in_value(row.line.path) in problems)
        self._tell_about(problems)

    def _tell_about(self, problems: dict[tuple[Key, ...], Problem] | None = None) -> None:
        if self.is_attached and (row := self._focused) is not None:
            found = self._entry.problems() if problems is None else problems
            # What is wrong with the whole has no line of its own.
            problem = found.get(in_value(row.line.path)) or found.get(())
            self._about.show(row.line, problem)
