"""The line under what a request is given: the buttons, how the call will be made, how it goes.

It says and offers what it is told to; pressing a button is the workbench's business.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static


class RunLine(Horizontal):
    """One line. Its buttons come with the first item: the rules of their style are a quarter of all."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._how = "?"

    def compose(self) -> ComposeResult:
        yield Static(id="wb-task", markup=False)
        yield Static(id="wb-status", markup=False)

    def offer(self, verb: str) -> None:
        """Show the line, with a button that `verb` stands on."""
        if not self.query(Button):
            go = Button(id="wb-go", compact=True, variant="primary")
            self.mount(go, Button("Cancel", id="wb-cancel", compact=True), before=0)
        self.query_one("#wb-go", Button).label = verb
        self.display = True

    def offer_cancel(self, running: bool) -> None:
        """Show the button that cancels while something runs."""
        for button in self.query("#wb-cancel"):
            button.display = running

    def say_how(self, words: str) -> None:
        """Say beside the button how the call will be made. Cheap where nothing changed.

        Args:
            words: Ours; empty for nothing to say.
        """
        if words != self._how:
            self._how = words
            shown = self.query_one("#wb-task", Static)
            shown.update(Content.styled(words, "$text-muted"))
            shown.display = bool(words)

    def say(self, text: str, style: str = "") -> None:
        """Say how the call goes."""
        # Its size is fixed; without this, ten times a second the whole screen would be laid out anew.
        self.query_one("#wb-status", Static).update(Content.styled(text, style), layout=False)
