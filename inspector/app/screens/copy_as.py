"""The menu of the forms that a row can be copied in: what each says, what to know of it, why one is gone.

It copies and writes nothing: it gives what was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from inspector.app.copying import LONGEST
from inspector.app.once import Once
from inspector.app.widgets.text_view import TextView
from inspector.copying.copy import FORMS, copied
from inspector.copying.said import Copy
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.wire.visible import size, visible

_SHOWN = 256_000  # bytes of a message; of a larger one a form is made when it is chosen
_WIDEST = 30
_USUAL = "command"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to copy.

    Attributes:
        copy: It.
        title: What it is, in our words.
        name: Of a file for it.
        to_file: To a file instead of the clipboard.
    """

    copy: Copy
    title: str
    name: str
    to_file: bool

    @property
    def file(self) -> bytes:
        """What a file of it holds: programs and commands with what to know of them above."""
        if self.copy.raw is not None:
            return self.copy.raw
        comments = self.copy.notes if self.name.endswith((".sh", ".py")) else ()
        head = "".join(f"# {note}\n" for note in comments)
        return head.encode() + self.copy.octets + b"\n"


class CopyAs(ModalScreen[Chosen | None], Once[Chosen | None]):
    """Gives what was chosen, or nothing.

    Args:
        journal: Where the row stands.
        row: The row.
    """

    DEFAULT_CSS = """
    CopyAs { align: center middle; }
    CopyAs #copy-menu {
        width: 104; max-width: 100%; height: 32; max-height: 100%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    CopyAs OptionList { height: auto; background: transparent; border: none; padding: 0; margin: 1 0 0 0; }
    CopyAs TextView { height: 1fr; margin: 1 0; background: $surface-darken-1; }
    CopyAs #copy-notes { height: auto; max-height: 4; color: $text-warning; }
    CopyAs .dialog-buttons { margin: 0; }
    """
    BINDINGS = [
        Binding("escape", "leave", "back"),
        Binding("s", "save", "save"),
        Binding("y", "copy", "copy"),
    ]
    AUTO_FOCUS = "OptionList"

    def __init__(self, journal: Journal, row: int) -> None:
        super().__init__()
        self._journal = journal
        self._row = row
        self._made: dict[str, Copy] = {}
        self._refused: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        shown = outline(self._journal, self._row)
        words = " ".join(word for word in (shown.kind, shown.what, shown.target) if word)
        with Vertical(id="copy-menu"):
            yield Static(Content.styled(f"Copy row {self._row} as", "bold") + Content(f"  {words[:60]}"))
            yield OptionList(id="copy-forms", markup=False, compact=True)
            yield TextView(id="copy-preview")
            yield Static(id="copy-notes", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Copy (⏎)", id="copy-go", variant="primary", compact=True)
                yield Button("Save to a file (s)", id="copy-save", compact=True)
                yield Button("Leave (esc)", id="copy-no", compact=True)

    def on_mount(self) -> None:
        small = self._weight() <= _SHOWN
        options = self.query_one(OptionList)
        for form in FORMS:
            if small:
                self._make(form)
            options.add_option(Option(self._titled(form), id=form, disabled=form in self._refused))
        possible = [form for form in FORMS if form not in self._refused]
        if possible:
            options.highlighted = list(FORMS).index(_USUAL if _USUAL in possible else possible[0])

    def _weight(self) -> int:
        journal, peer = self._journal, self._journal.peer(self._row)
        return journal.size(self._row) + (journal.size(peer) if peer >= 0 else 0)

    def _titled(self, form: str) -> Content:
        title = FORMS[form].title
        why = self._refused.get(form, "")
        return (
            Content.assemble(title.ljust(_WIDEST), (f" {visible(why)}", "$text-muted"))
            if why
            else Content(title)
        )

    def _make(self, form: str) -> Copy | None:
        """The row in one form; nothing where it cannot be said so, and then `_refused` says why."""
        if form not in self._made and form not in self._refused:
            try:
                self._made[form] = copied(self._journal, self._row, form)
            except UsageError as refused:
                self._refused[form] = refused.message
        return self._made.get(form)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        made = self._made.get(event.option_id or "")
        text = made.text if made is not None else ""
        preview = self.query_one(TextView)
        preview.wrap = FORMS[event.option_id or _USUAL].suffix == ".sh" or len(text) > LONGEST
        preview.load(text, empty=f"{size(self._weight())}: it is made when it is chosen")
        self._say(*(made.notes if made is not None else ()))
        if made is not None and (long := len(made.octets)) > LONGEST:
            self._say(
                f"{size(long)}: many terminals take less from a program; s saves it to a file.", *made.notes
            )

    def _say(self, *notes: str) -> None:
        self.query_one("#copy-notes", Static).update("\n".join(f"! {visible(note)}" for note in notes))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(to_file=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "copy-no":
            self.dismiss(None)
        else:
            self._choose(to_file=event.button.id == "copy-save")

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_save(self) -> None:
        self._choose(to_file=True)

    def action_copy(self) -> None:
        self._choose(to_file=False)

    def _choose(self, *, to_file: bool) -> None:
        options = self.query_one(OptionList)
        option = options.highlighted_option
        if option is None or option.id is None:
            return
        made = self._make(option.id)
        if made is None:
            self._say(self._refused[option.id])
            return
        form = FORMS[option.id]
        self.dismiss(Chosen(made, form.title, form.name(self._row), to_file))
