"""Small dialogs: a question with yes and no, a file name to save to, a text to select with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from inspector.app.once import Once
from inspector.app.widgets.text_view import TextView
from inspector.wire.visible import visible


class Question(ModalScreen[bool], Once[bool]):
    """Asks before something that cannot be taken back. Escape and `n` mean no."""

    BINDINGS = [Binding("y", "answer(True)", "yes"), Binding("n,escape", "answer(False)", "no")]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button(f"{self._yes} (y)", id="yes", variant="warning", compact=True)
                yield Button("No (n)", id="no", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class AskLine(ModalScreen[str | None], Once[str | None]):
    """Asks for one line of text. Escape leaves it."""

    BINDINGS = [Binding("escape", "dismiss(None)", "cancel")]

    def __init__(self, question: str, hint: str = "", suggestion: str = "") -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._suggestion = suggestion

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Input(self._suggestion, placeholder=self._hint, id="ask-line", compact=True)
            yield Static("enter takes it, esc leaves it", classes="dialog-hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())


class Plain(ModalScreen[None], Once[None]):
    """A text alone on the screen, without a border, so that the terminal's own selection takes it whole."""

    BINDINGS = [Binding("escape,enter,q", "dismiss(None)", "back")]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        yield TextView(self._text, id="plain-text")
        yield Static("esc goes back", id="plain-hint", markup=False)


def asked(app: App[int], question: str, yes: str, then: Callable[[], object]) -> None:
    """Ask, and do `then` if the answer is yes."""

    def answered(agreed: bool | None) -> None:
        if agreed:
            then()

    app.push_screen(Question(question, yes), answered)


class SaveAs(ModalScreen[Path | None], Once[Path | None]):
    """Asks for a file name and writes nothing itself. A file that exists is asked about again."""

    BINDINGS = [Binding("escape", "leave", "cancel")]

    def __init__(self, suggestion: str, what: str) -> None:
        super().__init__()
        self._suggestion = suggestion
        self._what = what
        self._warned = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(f"Save {visible(self._what)} as", markup=False)
            yield Input(self._suggestion, id="save-name", compact=True)
            yield Static("enter saves, esc leaves it", id="save-hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        hint = self.query_one("#save-hint", Static)
        try:
            path = Path(event.value).expanduser()
        except RuntimeError:  # ~name of nobody
            hint.update("There is no user of that name.")
            return
        if not event.value.strip() or path.is_dir():
            hint.update("That is a folder: add a file name.")
        elif path.exists() and self._warned != event.value:
            self._warned = event.value
            hint.update("That file exists: enter again replaces it.")
        else:
            self.dismiss(path)

    def action_leave(self) -> None:
        self.dismiss(None)
