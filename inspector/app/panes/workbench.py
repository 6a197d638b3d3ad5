"""The workbench: describe what was opened, fill in its form, run it, see the result.

It holds no connection. It posts `Wanted` with the request to make and is told what becomes of it.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from inspector.app.ending import ending
from inspector.app.items import Item
from inspector.app.panes.arguments import Arguments
from inspector.app.panes.result import Result
from inspector.app.widgets.form import SchemaForm
from inspector.app.widgets.tab_line import TabLine
from inspector.errors import UsageError
from inspector.session.outcome import Outcome
from inspector.wire.visible import seconds, size, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.session.calls import Call

_ABOUT = 4000  # characters of a description that are shown above the form; its entry has them all


class Workbench(Vertical):
    """One opened item at a time."""

    BORDER_TITLE = "Workbench"

    class Wanted(Message):
        """The user wants this request made."""

        def __init__(self, item: Item, method: str, params: dict[str, Any]) -> None:
            super().__init__()
            self.item = item
            self.method = method
            self.params = params

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.item: Item | None = None
        self.call: Call | None = None
        self._called: Item | None = None
        self._withheld: Sequence[str] = ()
        self._started = 0.0

    def compose(self) -> ComposeResult:
        yield Static(id="wb-title", markup=False)
        yield Static(id="wb-about", markup=False)
        yield TabLine(id="wb-tabs")
        yield Arguments(id="wb-body")
        with Horizontal(id="wb-run"):
            yield Button("Run", id="wb-go", compact=True, variant="primary")
            yield Button("Cancel", id="wb-cancel", compact=True)
            yield Static(id="wb-status", markup=False)
        yield Result(id="result")

    def on_mount(self) -> None:
        self._say("")
        self.query_one("#wb-run").display = False
        self.arguments.display = False
        self.query_one(TabLine).display = False

    @property
    def arguments(self) -> Arguments:
        """What a request is given."""
        return self.query_one(Arguments)

    @property
    def result(self) -> Result:
        """The result part of the pane."""
        return self.query_one(Result)

    @property
    def running(self) -> bool:
        """Whether a call of what is opened is under way."""
        return self.call is not None and not self.call.done and self._called == self.item

    @property
    def has_form(self) -> bool:
        """Whether what is opened takes arguments."""
        return self.arguments.form is not None

    @property
    def offers(self) -> tuple[bool, bool, bool, bool]:
        """Whether something is opened, whether it runs, has a form, and whether there was a call."""
        return self.item is not None, self.running, self.has_form, self.call is not None

    @property
    def elapsed(self) -> float:
        """Seconds since the latest call began."""
        return monotonic() - self._started

    async def open_item(self, item: Item, withheld: Sequence[str] = ()) -> None:
        """Show `item` with its form, and put the cursor into the first empty field.

        Args:
            item: What to open.
            withheld: Why it is not to be called, one sentence each.
        """
        self.item = item
        self._withheld = withheld
        self.border_title = {"tools": "Tool", "resources": "Resource", "prompts": "Prompt"}.get(
            item.section, "Resource template"
        )
        self.remove_class("-reading", "-answered")
        self._describe(item)
        views = await self.arguments.open_item(item)
        takes = self.has_form
        tabs = self.query_one(TabLine)
        tabs.display = True
        tabs.offer(views)
        self.query_one("#wb-run").display = True
        self.query_one("#wb-go", Button).label = item.verb
        self.arguments.display = takes
        if takes:
            self._show_tab("Form")
        tabs.active = "Form" if takes else ""
        self.query_one("#wb-cancel").display = self.running
        self._say("Withheld, not to be called" if withheld else "", "$text-warning")
        self.tick()
        self.result.clear("\n".join(withheld))
        self.focus_something()

    def open_server(self, facts: Any, says: str) -> None:
        """Show what the server says of itself."""
        self.arguments.close()
        self.item = None
        self.border_title = "Server"
        self.query_one("#wb-title", Static).update(Content.styled(says, "bold"))
        self.query_one("#wb-about", Static).update("")
        self.query_one("#wb-about").display = False
        self.query_one(TabLine).display = False
        self.arguments.display = True
        self.query_one("#wb-run").display = False
        self.arguments.read(facts)
        self.add_class("-reading")
        self.result.clear()

    def _describe(self, item: Item) -> None:
        title = Content.assemble(
            (visible(item.label), "bold"),
            (f"  {visible(item.title)}" if item.title else "", ""),
            (f"  {visible(' · '.join(item.notes))}" if item.notes else "", "$foreground-muted"),
        )
        self.query_one("#wb-title", Static).update(title)
        about = item.text("description")[:_ABOUT]
        if item.section in ("resources", "templates"):
            about = f"{item.key}\n{about}" if about else item.key
        lines = [visible(line) for line in about.strip().splitlines()[:40]]
        self.query_one("#wb-about", Static).update(Content("\n".join(lines)))
        self.query_one("#wb-about").display = bool(lines)

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        self._show_tab(event.word)

    def _show_tab(self, word: str) -> None:
        self.arguments.display = True
        self.set_class(self.arguments.show(word), "-reading")

    def toggle_json(self) -> None:
        """Switch between the form and its value as raw JSON."""
        form = self.arguments.form
        if form is not None:
            word = "Form" if self.arguments.raw else "JSON"
            self.query_one(TabLine).active = word
            self._show_tab(word)
            if word == "Form":
                form.focus_first()

    def on_schema_form_submitted(self, event: SchemaForm.Submitted) -> None:
        event.stop()
        self.run_item()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "wb-go":
            self.run_item()
        elif event.button.id == "wb-cancel":
            self.cancel()

    def run_item(self) -> None:
        """Ask for the request to be made with what the form holds. Problems warn, they do not prevent."""
        if self.item is None:
            return
        if self._withheld:
            self.refuse("; ".join(self._withheld))
            return
        if self.running:
            self._say("A call is running: ctrl+g cancels it.")
            return
        try:
            method, params = self.item.request(self.arguments.given())
        except UsageError as refused:
            self.refuse(refused.message)
            return
        self.post_message(self.Wanted(self.item, method, params))

    def refuse(self, why: str) -> None:
        """Say why the request was not made; `why` may quote the server."""
        self._say(f"Not sent: {visible(why)}")

    def began(self, call: Call, item: Item) -> None:
        """The request was made."""
        self.call, self._called, self._started = call, item, monotonic()
        self.result.clear()
        self.query_one("#wb-cancel").display = True
        self.tick()

    def tick(self) -> None:
        """Once a frame while a call runs: elapsed time and the latest progress."""
        if self.call is None or not self.running:
            return
        says = f"running · {seconds(self.elapsed)}"
        if progress := progress_words(self.call.progress):
            says += f" · {progress}"
        self._say(says)

    def cancel(self) -> None:
        """Cancel the running call, if one is running."""
        if self.call is not None and self.running:
            self.call.cancel("cancelled by the user")

    def ended(self, call: Call, item: Item, outcome: Outcome, took: float, version: str) -> None:
        """The call is over. Where something else is open by now, a note says how it ended.

        Args:
            call: The call.
            item: What was called.
            outcome: How it ended.
            took: Seconds from request to answer, as the journal has them.
            version: The protocol version, for the names of error codes.
        """
        ended = ending(outcome, version)
        says = f"{'✓' if ended.good else '✗'} {ended.word} · {seconds(took)}"
        if call is not self.call or item != self.item:
            self.notify(f"{visible(item.label)}: {says}. The log has it.", markup=False)
            return
        self.query_one("#wb-cancel").display = False
        self.add_class("-answered")
        if ended.raw:
            says += f" · {size(len(ended.raw))}"
        self._say(says, "" if ended.good else "$text-error")
        self.result.show(outcome, ended)

    def _say(self, text: str, style: str = "") -> None:
        # Its size is fixed; without this, ten times a second the whole screen would be laid out anew.
        self.query_one("#wb-status", Static).update(Content.styled(text, style), layout=False)

    def tell(self, title: str, says: str, *, bad: bool = False) -> None:
        """Show a sentence instead of an item: that we are connecting, or why there is no connection.

        Args:
            title: A few words.
            says: Lines of text from anywhere.
            bad: Whether it is a failure.
        """
        self.arguments.close()
        self.item = None
        self.border_title = "Workbench"
        self.query_one("#wb-title", Static).update(
            Content.styled(title, "bold $text-error" if bad else "bold")
        )
        self.query_one("#wb-about").display = False
        self.query_one(TabLine).display = False
        self.arguments.display = False
        self.query_one("#wb-run").display = False
        self.result.clear("\n".join(visible(line) for line in says.splitlines()))

    def focus_something(self) -> None:
        """Put the focus to where work goes on: the form, the button, or whatever is there."""
        if not self.arguments.focus_something():
            self.query_one("#wb-go").focus()


def progress_words(params: Any) -> str:
    """A progress notification in words: `3/10 counting`; empty where there is none."""
    if not isinstance(params, dict):
        return ""
    done, total, message = params.get("progress"), params.get("total"), params.get("message")
    words = f"{done}/{total}" if total is not None else f"{done}"
    return visible(f"{words} {message}" if isinstance(message, str) else words)
