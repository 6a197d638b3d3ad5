"""Dialogs before a server of a configuration is started: what would run, and the values that it asks for.

They decide nothing and keep nothing: they give the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from inspector.app.choices import fact_lines
from inspector.app.once import Once
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import line
from inspector.hosts.server import Input as Wanted
from inspector.hosts.server import Server, Surroundings
from inspector.kept.consent import Standing
from inspector.wire.visible import clip, visible


class Agree(ModalScreen[bool], Once[bool]):
    """Shows what would run and asks whether it may. Escape and `n` mean no."""

    DEFAULT_CSS = """
    Agree { align: center middle; }
    Agree .dialog { max-height: 100%; overflow-y: auto; }
    Agree Sheet { height: auto; max-height: 14; margin: 1 0 0 0; }
    """
    BINDINGS = [Binding("y", "answer(True)", "yes"), Binding("n,escape", "answer(False)", "no")]

    def __init__(self, server: Server, standing: Standing, around: Surroundings) -> None:
        super().__init__()
        self._server = server
        self._standing = standing
        self._around = around

    def compose(self) -> ComposeResult:
        verb = "Start" if self._server.command else "Connect to"
        with Vertical(classes="dialog"):
            yield Static(f"{verb} {clip(visible(self._server.full_name), 60)}?", markup=False)
            yield Sheet(id="agree-facts", marks=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button(f"{verb.split()[0]} (y)", id="yes", variant="warning", compact=True)
                yield Button("No (n)", id="no", compact=True)

    def on_mount(self) -> None:
        told = fact_lines(self._server, self._around.home)
        if self._standing.changes:
            told.append(line("changed", ("! Not what was agreed to before:", "warning")))
            told += [line(each, (f"  {visible(each)}", "text"), hang=4) for each in self._standing.changes]
        self.query_one("#agree-facts", Sheet).show(told)
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class Values(ModalScreen[Mapping[str, str] | None], Once[Mapping[str, str] | None]):
    """Asks for the inputs of a server, a line each, passwords hidden. Escape leaves it."""

    DEFAULT_CSS = """
    Values { align: center middle; }
    Values .dialog { max-height: 100%; overflow-y: auto; }
    Values .value-title { margin: 1 0 0 0; }
    Values Input { background: $surface-lighten-1; padding: 0 1; }
    """
    BINDINGS = [Binding("escape", "dismiss(None)", "cancel")]

    def __init__(self, title: str, asked: Sequence[Wanted]) -> None:
        super().__init__()
        self._title = title
        self._asked = asked

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.styled(f"{clip(visible(self._title), 60)} asks for", "bold"))
            for number, each in enumerate(self._asked):
                choice = f" ({visible(', '.join(each.options))})" if each.options else ""
                yield Static(f"{visible(each.title or each.id)}{choice}", markup=False, classes="value-title")
                yield Input(visible(each.default), password=each.secret, id=f"value-{number}", compact=True)
            hint = "enter goes on, esc leaves it; nothing of it is kept"
            yield Static(hint, classes="dialog-hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.query(Input))
        at = fields.index(event.input)
        wrong = self._asked[at].options and event.value not in self._asked[at].options
        if wrong:
            self.query_one(".dialog-hint", Static).update("That is none of them.")
        elif at + 1 < len(fields):
            fields[at + 1].focus()
        else:
            typed = zip(self._asked, (field.value for field in fields), strict=True)
            shown = {each.id: visible(each.default) for each in self._asked}
            self.dismiss({each.id: each.default if text == shown[each.id] else text for each, text in typed})
