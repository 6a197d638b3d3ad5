"""What a request is given: the form of the opened item, the same value as raw JSON, its schema, its entry.

One of these is shown at a time. It makes no request; the workbench around it asks for the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from inspector.app.changed import sheet
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.late_switcher import LateSwitcher
from inspector.app.widgets.sheet import Sheet
from inspector.errors import UsageError
from inspector.forms import json_text
from inspector.forms.unset import UNSET
from inspector.wire.content import indented

if TYPE_CHECKING:
    from textual.worker import WorkType

    from inspector.app.items import Item
    from inspector.app.widgets.form import SchemaForm
    from inspector.app.widgets.json_editor import JsonEditor
    from inspector.app.widgets.suggestions import Suggestions
    from inspector.app.widgets.uri_preview import UriPreview
    from inspector.forms.draft import Draft

_CHECK_AFTER = 0.3  # seconds of not typing


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was entered for an item that is not opened now.

    Attributes:
        schema: Of what: a draft means nothing to another schema.
        draft: As it was entered, half a number too; `None` where the raw JSON is newer.
        value: The same as JSON.
        broken: The raw view's text, where that is no JSON, behind what it began with.
    """

    schema: Any
    draft: Draft | None
    value: Any
    broken: tuple[str, str] | None = None


class Arguments(LateSwitcher):
    """Of one opened item at a time; what was typed for the others is kept for when they are opened again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(initial="wb-form", id=id)
        self._item: Item | None = None
        self._form: SchemaForm | None = None
        self._preview: UriPreview | None = None
        self._suggestions: Suggestions | None = None
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._raw = False
        # What the raw view began with: while that stands there, the form's own draft says more.
        self._shown = ""
        # A text that is no JSON and was left in the raw view, behind what that began with.
        self._broken: tuple[str, str] | None = None
        self._check_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Vertical(id="wb-form")

    @property
    def _editor(self) -> JsonEditor:
        # Imported here: a text area brings a good deal with it, and few write raw JSON.
        from inspector.app.widgets.json_editor import JsonEditor

        return self.view("wb-json", JsonEditor)

    @property
    def form(self) -> SchemaForm | None:
        """The form; `None` where what is opened takes no arguments, and where nothing is opened."""
        return self._form if self._item is not None else None

    @property
    def item(self) -> Item | None:
        """What is opened."""
        return self._item

    @property
    def value(self) -> Any:
        """What stands there now, with all that is wrong with it; `UNSET` where that is nothing."""
        if self._form is None:
            return UNSET
        return self._editor.value[0] if self.raw else self._form.value[0]

    @property
    def text(self) -> str:
        """The same as JSON text; in the raw view as it was typed."""
        if self.raw:
            return self._editor.text
        return "{}" if self.value is UNSET else json_text.write(self.value, indent=2)

    def put(self, value: Any) -> None:
        """Let another value stand there, in the view that is shown."""
        if self.raw:
            self._editor.set_value(value)
        elif self._form is not None:
            self._form.fill(value)

    def put_text(self, text: str) -> None:
        """Let a text stand in the raw view, JSON or not."""
        self._editor.load_text(text)

    @property
    def raw(self) -> bool:
        """Whether the value is edited as raw JSON; so it is while schema or entry is looked at in between."""
        return self._form is not None and self._raw

    @property
    def begins_with(self) -> str:
        """The word of the view in which the value of what was just opened is to be edited."""
        return "JSON" if self._broken is not None else "Form"

    async def open_item(self, item: Item) -> list[str]:
        """Make the form of `item`, with what was typed for it before.

        Returns:
            The words of the views that there are: Form and JSON where it takes arguments, Schema, Entry.
        """
        # Imported here, as the other parts of a form: the first paint waits for none.
        from inspector.app.widgets.form import SchemaForm
        from inspector.forms.plan import plan

        self.close()
        self._item = item
        schema = item.schema
        if schema is not None and (planned := plan(schema)).takes_input:
            # Before anything waits: what is given is asked for at any time.
            kept = self._kept.get((item.section, item.key))
            draft = kept.draft if kept is not None and kept.schema == schema else None
            self._form = SchemaForm(planned, kept.value if kept is not None else UNSET, draft=draft)
            self._broken = kept.broken if kept is not None else None
        holder = self.query_one("#wb-form", Vertical)
        await holder.remove_children()
        await holder.mount_all(self._parts(item))
        return self._views()

    def _parts(self, item: Item) -> list[Widget]:
        """The form and what stands about it."""
        if self._form is None:
            return []
        parts: list[Widget] = [self._form]
        if item.section in ("prompts", "templates"):
            from inspector.app.widgets.suggestions import Suggestions

            form = self._form
            self._suggestions = Suggestions(item, lambda: form.value[0])
            parts.append(self._suggestions)
        if item.section == "templates":
            from inspector.app.widgets.uri_preview import UriPreview

            self._preview = UriPreview(item.key)
            self._preview.show(self._form.value[0])
            parts.append(self._preview)
        return parts

    async def renew(self, item: Item) -> list[str]:
        """Another entry of the list stands for what is opened: show it, and keep what was typed.

        Returns:
            As `open_item`.
        """
        from inspector.app.widgets.form_row import FormRow

        form, focused = self._form, self.screen.focused
        if self._item is not None and self._item.schema == item.schema:
            self._item = item
            return self._views()
        row = next((row for row in form.query(FormRow) if row.editor is focused), None) if form else None
        await self.open_item(item)
        if self._form is not None and row is not None:
            same = [each for each in self._form.query(FormRow) if each.line.path == row.line.path]
            if not same:
                self._form.focus_first()
            elif isinstance(editor := same[0].editor, Input) and isinstance(row.editor, Input):
                # The cursor stays where it was: what is selected would be replaced by the next key.
                editor.select_on_focus = False
                editor.focus()
                editor.selection = row.editor.selection
            else:
                same[0].editor.focus()
        return self._views()

    def _views(self) -> list[str]:
        item = self._item
        if item is None:
            return []
        takes, schema = self._form is not None, item.schema is not None
        return [
            *(["Form", "JSON"] if takes else []),
            *(["Schema"] if schema else []),
            "Entry",
            *(["Changes"] if item.before is not None else []),
        ]

    def close(self) -> None:
        """Keep what was typed, and have nothing opened."""
        if self._item is not None and self._form is not None:
            self._kept[(self._item.section, self._item.key)] = self._keeping(self._form, self._item.schema)
        self._item = self._form = self._preview = self._suggestions = None
        self._raw, self._broken = False, None

    def _keeping(self, form: SchemaForm, schema: Any) -> _Kept:
        """What there is to keep of `form`, or of the raw view where that is newer."""
        value, draft = form.value[0], form.draft
        if not self._raw or self._editor.text == self._shown:
            return _Kept(schema, draft, value)
        edited, problem = self._editor.value
        if problem:
            return _Kept(schema, draft, value, (self._shown, self._editor.text))
        return _Kept(schema, None, edited)

    def show(self, word: str) -> bool:
        """Show one view by its word; returns whether it wants all the room there is."""
        item = self._item
        if item is None:
            return False
        if word == "Form" and self._form is not None:
            self._to_form(self._form)
            self.current = "wb-form"
        elif word == "JSON" and self._form is not None:
            self._to_raw(self._form)
            self.current = "wb-json"
            self._editor.focus()
        elif word == "Changes" and item.before is not None:
            changes = self.show_view("wb-changes", partial(Sheet, marks=False))
            changes.show(sheet(item.before, item.entry), anew=True)
            return True
        else:
            self.read(item.schema if word == "Schema" else item.entry)
            return True
        return False

    def _to_form(self, form: SchemaForm) -> None:
        """Let the form have what was edited as raw JSON."""
        if self._raw and self._editor.text != self._shown:
            edited, problem = self._editor.value
            if problem:
                self._broken = (self._shown, self._editor.text)
            else:
                form.set_value(edited)
        self._raw = False

    def _to_raw(self, form: SchemaForm) -> None:
        """Let the raw view have what was entered in the form."""
        if not self._raw:
            value, broken, self._broken = form.value[0], self._broken, None
            self._editor.set_value({} if value is UNSET else value)
            self._shown = self._editor.text
            if broken is not None and broken[0] == self._shown:
                self._editor.load_text(broken[1])
        self._raw = True

    def read(self, value: Any) -> None:
        """Show any JSON value."""
        self.show_view("wb-view", JsonView).load(indented(value))

    def given(self) -> Any:
        """The value as it goes onto the wire; `None` where nothing is given.

        Raises:
            UsageError: What is typed is no JSON value. What it says may quote the server.
        """
        if self._form is None:
            return {} if self._item is not None and self._item.section == "tools" else None
        if self.raw:
            value, problem = self._editor.value
            if problem:
                raise UsageError(problem)
            return value
        value, problems = self._form.value
        unusable = [problem for problem in problems if problem.blocks]
        if unusable:
            raise UsageError(unusable[0].sentence)
        return {} if value is UNSET else value

    def focus_something(self) -> bool:
        """Put the focus to where typing goes on; returns whether there is such a place."""
        if self._form is not None and self.current == "wb-form":
            self._form.focus_first()
        elif self._item is None:
            self.view("wb-view", JsonView).focus()
        else:
            return False
        return True

    def on_descendant_focus(self) -> None:
        self._follow_focus()

    def on_descendant_blur(self) -> None:
        self._follow_focus()

    def _follow_focus(self) -> None:
        """The two come in any order: what counts is where the focus is."""
        focused = self.screen.focused
        if self._suggestions is not None:
            self._suggestions.follow(focused if focused is not None and self in focused.ancestors else None)

    # Warnings, which prevent nothing.

    def on_schema_form_changed(self, event: SchemaForm.Changed) -> None:
        event.stop()
        if self._preview is not None:
            self._preview.show(event.value)
        if self._suggestions is not None:
            self._suggestions.typed()
        if self._check_timer is not None:
            self._check_timer.stop()
        self._check_timer = self.set_timer(_CHECK_AFTER, self._check)

    def _check(self) -> None:
        form, item = self._form, self._item
        if form is not None and item is not None:
            value, _ = form.value
            work: WorkType[None] = partial(self._warn, form, item.schema, value)
            self.run_worker(
                work, name="check", group="check", description="against the schema", exclusive=True
            )

    async def _warn(self, form: SchemaForm, schema: Any, value: Any) -> None:
        """Hold what was typed against the schema, in a thread: it imports jsonschema."""
        from inspector.forms.check import check

        problems = [] if value is UNSET else await anyio.to_thread.run_sync(check, schema, value)
        if form is self._form and form.is_attached:
            form.tell(problems)
