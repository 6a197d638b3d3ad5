"""A choice in one line: true or false, an enum, the forms of a oneOf; a list where they are many."""

from __future__ import annotations

import time
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from inspector.app.once import Once
from inspector.app.widgets.form_lines import Line
from inspector.forms.draft import Chosen, Draft, Exact, chosen
from inspector.forms.edit import same
from inspector.forms.plan import Field
from inspector.forms.unset import UNSET
from inspector.forms.value import shown
from inspector.wire.visible import cells, clip, visible

_MOST_INLINE = 8
_LONGEST_TITLE = 200
_MOST_LISTED = 200
_TYPING_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to choose, with its title made safe for a terminal."""

    title: str
    draft: Draft


def picks_of(field: Field) -> list[Pick]:
    """All that can be chosen for `field`; for an optional one that includes leaving it out."""
    if field.kind == "boolean":
        found = [Pick("true", Exact(True)), Pick("false", Exact(False))]
    elif field.kind == "enum":
        found = [Pick(visible(one.title[:_LONGEST_TITLE]), Exact(one.value)) for one in field.choices]
    else:
        variants = enumerate(field.variants)
        found = [Pick(visible(one.title[:_LONGEST_TITLE]), Chosen(number)) for number, one in variants]
    if field.kind == "null" or (field.nullable and not any(pick.draft == Exact(None) for pick in found)):
        found.append(Pick("null", Exact(None)))
    return found if field.required else [*found, Pick("unset", UNSET)]


def _same(one: Draft, other: Draft) -> bool:
    """The same pick, whatever is entered inside it."""
    if isinstance(one, Chosen) and isinstance(other, Chosen):
        return one.index == other.index
    return same(one, other)


class ChoiceField(Widget, can_focus=True):
    """One line: all choices where they fit, else the chosen one and a list on demand."""

    DEFAULT_CSS = """
    ChoiceField { height: 1; width: 1fr; padding: 0 1; pointer: pointer; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", "Choice before", show=False),
        Binding("right", "step(1)", "Next choice", show=False),
        Binding("space", "next", "Next choice, or the list of all", show=False),
        Binding("backspace,delete", "clear", "Choose nothing", show=False),
        Binding("enter", "submit", "Submit", show=False),
    ]

    class Edited(Message):
        """The user chose."""

        def __init__(self, editor: ChoiceField, draft: Draft) -> None:
            super().__init__()
            self.editor = editor
            self.draft = draft

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._picks = picks_of(line.field)
        self._widths = [cells(pick.title) for pick in self._picks[: _MOST_INLINE + 1]]
        self._typed = ""
        self._typed_at = 0.0
        self.line = line

    def show(self, line: Line) -> None:
        """Show what is chosen now."""
        self.line = line
        self.refresh()

    @property
    def _inline(self) -> bool:
        return (
            len(self._picks) <= _MOST_INLINE
            and sum(self._widths) + 4 * len(self._widths) <= self.content_size.width
        )

    @property
    def _chosen(self) -> int:
        draft = self.line.draft
        return next((at for at, pick in enumerate(self._picks) if _same(pick.draft, draft)), -1)

    def render(self) -> Content:
        now, draft = self._chosen, self.line.draft
        foreign = (
            "" if now >= 0 or draft is UNSET else visible(shown(self.line.field, draft)[:_LONGEST_TITLE])
        )
        if not self._inline:
            title = self._picks[now].title if now >= 0 else foreign or "choose"
            title = clip(title, max(self.content_size.width - 14, 4))
            count = f"  {len(self._picks)} choices" if now < 0 else ""
            return Content.assemble(
                (title, "$foreground-muted" if draft is UNSET else ""), (f" ▾{count}", "$foreground-muted")
            )
        parts: list[tuple[str, str]] = []
        for at, pick in enumerate(self._picks):
            style = "$foreground-muted" if at != now else "bold $text-accent" if self.has_focus else "bold"
            parts.append((f"{'●' if at == now else '○'} {pick.title}", style))
            parts.append(("  ", ""))
        if foreign:
            parts.append((foreign, "$text-error"))
        return Content.assemble(*parts)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._picks) and at != self._chosen:
            draft = self._picks[at].draft
            if isinstance(draft, Chosen):
                draft = chosen(self.line.field, draft.index, self.line.draft)
            self.post_message(self.Edited(self, draft))

    def action_step(self, by: int) -> None:
        at = self._chosen
        self._choose(max(at + by, 0) if at >= 0 or by > 0 else len(self._picks) - 1)

    def action_next(self) -> None:
        if self._inline:
            self._choose((self._chosen + 1) % max(len(self._picks), 1))
        else:
            self._open("")

    def action_clear(self) -> None:
        if self.line.draft is not UNSET:
            self.post_message(self.Edited(self, UNSET))

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character.isprintable() and character != " "

    def on_key(self, event: events.Key) -> None:
        character = event.character
        if character is None or not self.check_consume_key(event.key, character):
            return
        # A letter is for the choice, never for a command of the screen behind it.
        event.stop()
        event.prevent_default()
        if not self._inline:
            self._open(character)
            return
        now = time.monotonic()
        self._typed = self._typed + character if now - self._typed_at < _TYPING_PAUSE else character
        self._typed_at = now
        for typed in (self._typed, character):
            for at, pick in enumerate(self._picks):
                if pick.title.casefold().startswith(typed.casefold()):
                    self._choose(at)
                    return

    def on_click(self, event: events.Click) -> None:
        if not self._inline:
            self._open("")
            return
        offset = event.get_content_offset(self)
        left = 0
        for at, width in enumerate(self._widths):
            if offset is not None and left <= offset.x < left + width + 2:
                self._choose(at)
            left += width + 4

    def _open(self, typed: str) -> None:
        def picked(at: int | None) -> None:
            if at is not None:
                self._choose(at)

        name = visible(self.line.name[:_LONGEST_TITLE])
        self.app.push_screen(Picker(name, self._picks, self._chosen, typed), picked)


class Picker(ModalScreen[int | None], Once[int | None]):
    """The list of all choices, narrowed down by typing. Gives the number of the one that was picked."""

    DEFAULT_CSS = """
    Picker { align: center middle; }
    Picker Vertical {
        width: 60; max-width: 90%; height: auto; max-height: 80%;
        border: round $primary; border-title-color: $text-accent; background: $surface; padding: 0 1;
    }
    Picker OptionList { border: none; padding: 0; background: $surface; height: auto; max-height: 16; }
    Picker OptionList:focus { border: none; }
    """
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("up", "cursor('up')", "Up", show=False),
        Binding("down", "cursor('down')", "Down", show=False),
        Binding("pageup", "cursor('page_up')", "Page up", show=False),
        Binding("pagedown", "cursor('page_down')", "Page down", show=False),
    ]

    def __init__(self, name: str, picks: list[Pick], chosen: int, typed: str) -> None:
        super().__init__()
        self._title = name
        self._picks = picks
        self._chosen = chosen
        self._first = typed
        self._listed: list[int] = []

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(clip(self._title, 50))
            yield Input(self._first, placeholder="type to narrow down", compact=True, select_on_focus=False)
            choices = OptionList(markup=False)
            choices.can_focus = False
            yield choices

    def on_mount(self) -> None:
        self._list(self._first)
        self.query_one(Input).focus()

    def _list(self, typed: str) -> None:
        """List what contains the typed words: at most some hundreds, those that begin with them first."""
        words = typed.casefold()
        found = [at for at, pick in enumerate(self._picks) if words in pick.title.casefold()]
        found.sort(key=lambda at: not self._picks[at].title.casefold().startswith(words))
        self._listed = found[:_MOST_LISTED]
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options([Option(Content(self._picks[at].title)) for at in self._listed])
        if len(found) > len(self._listed):
            choices.add_option(Option(Content(f"… {len(found) - len(self._listed):,} more"), disabled=True))
        if self._listed:
            choices.highlighted = (
                self._listed.index(self._chosen) if self._chosen in self._listed and not typed else 0
            )

    def action_cursor(self, where: str) -> None:
        getattr(self.query_one(OptionList), f"action_{'cursor_' if len(where) < 5 else ''}{where}")()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.query_one(OptionList).highlighted
        self.dismiss(self._listed[at] if at is not None and at < len(self._listed) else None)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._listed[event.option_index])
