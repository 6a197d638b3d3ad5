"""The workbench: describe what was opened, fill in its form, run it, see the result.

It holds no connection. It posts `Wanted` with the request to make and is told what becomes of it. Calls of
several items may run at once; the latest of each item is kept, and shown again when the item is.
"""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from inspector.app.breaking import held_of
from inspector.app.ending import ending
from inspector.app.items import Item
from inspector.app.panes.arguments import Arguments
from inspector.app.panes.progress import CallProgress
from inspector.app.panes.result import Result
from inspector.app.panes.run_line import RunLine
from inspector.app.progress_words import progress_brief
from inspector.app.runs import Run, Runs
from inspector.app.standing import inbox_key
from inspector.app.widgets.item_facts import ItemFacts
from inspector.app.widgets.tab_line import TabLine
from inspector.errors import UsageError
from inspector.session import mrtr
from inspector.session.outcome import Cancelled, Outcome, Replied, TimedOut
from inspector.wire.visible import seconds, size, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.app.widgets.form import SchemaForm
    from inspector.session.calls import Call

_SOON = 10.0
"""Seconds before a time-out from which on it is announced."""
_GRANTED = 60.0
"""Seconds that a key gives a running call."""
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
        self.run: Run | None = None
        self._runs = Runs()
        self._withheld: Sequence[str] = ()
        self._notices = -1
        self._others = 0

    def compose(self) -> ComposeResult:
        yield Static(id="wb-title", markup=False)
        yield Static(id="wb-about", markup=False)
        yield ItemFacts(id="wb-facts")
        yield TabLine(id="wb-tabs")
        yield Arguments(id="wb-body")
        yield RunLine(id="wb-run")
        yield CallProgress(id="wb-course")
        yield Result(id="result")

    def on_mount(self) -> None:
        self._say("")
        self._line.display = False
        self.arguments.display = False
        self.query_one(TabLine).display = False

    @property
    def arguments(self) -> Arguments:
        """What a request is given."""
        return self.query_one(Arguments)

    @property
    def _line(self) -> RunLine:
        return self.query_one(RunLine)

    @property
    def result(self) -> Result:
        """The result part of the pane."""
        return self.query_one(Result)

    @property
    def call(self) -> Call | None:
        """The latest call of what is opened."""
        return self.run.call if self.run is not None else None

    @property
    def running(self) -> bool:
        """Whether a call of what is opened is under way."""
        return self.run is not None and self.run.running

    @property
    def has_form(self) -> bool:
        """Whether what is opened takes arguments."""
        return self.arguments.form is not None

    @property
    def offers(self) -> tuple[bool, bool, bool, bool]:
        """Whether something is opened, whether it runs, has a form, and whether there was a call."""
        return self.item is not None, self.running, self.has_form, self.call is not None

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
        self._line.offer(item.verb)
        self.arguments.display = takes
        word = self.arguments.begins_with if takes else ""
        if takes:
            self._show_tab(word)
        tabs.active = word
        self._say("Withheld, not to be called" if withheld else "", "$text-warning")
        self.result.clear("\n".join(withheld))
        self._take_up(self._runs.of(item))
        self.focus_something()

    async def renew(self, item: Item) -> None:
        """The list has another entry for what is opened, or has it no more. What was typed stays."""
        self.item = item
        self._describe(item)
        self.query_one(TabLine).offer(await self.arguments.renew(item))

    def open_server(self, facts: Any, says: str) -> None:
        """Show what the server says of itself."""
        self.arguments.close()
        self.item = None
        self._take_up(None)
        self.border_title = "Server"
        self.query_one("#wb-title", Static).update(Content.styled(says, "bold"))
        self.query_one("#wb-about", Static).update("")
        self.query_one(ItemFacts).show(())
        self.query_one("#wb-about").display = False
        self.query_one(TabLine).display = False
        self.arguments.display = True
        self._line.display = False
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
        self.query_one(ItemFacts).show(item.remarks)

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

    def say_how(self, words: str) -> None:
        """Say beside the button how the call will be made, as a task or plainly; empty for nothing to say."""
        self._line.say_how(words)

    def refuse(self, why: str) -> None:
        """Say why the request was not made; `why` may quote the server."""
        self._say(f"Not sent: {visible(why)}")

    def began(self, run: Run) -> None:
        """The request was made."""
        run.began = monotonic()
        self._runs.keep(run)
        self.result.clear()
        self._take_up(run)

    def _take_up(self, run: Run | None) -> None:
        """Show how a run goes, or how it ended."""
        self.run, self._notices = run, -1
        self._line.offer_cancel(self.running)
        self.tick()
        if run is not None and run.ending is not None:
            self._show_end(run)

    def tick(self) -> None:
        """Once a frame: how the call goes, and whether an answer came after it was given up."""
        others = self._runs.running - self.running
        if others != self._others:  # to set it draws the whole pane anew
            self._others = others
            says = f"{others} other call{'s run' if others > 1 else ' runs'}"
            self.border_subtitle = says if others else ""
        run, now = self.run, monotonic()
        if run is None:
            self._course.show(None, 0.0, 0.0)
            return
        if run.progress.notices != self._notices:
            self._notices, run.moved = run.progress.notices, now
        if run.running:
            self._say(self._standing(run, now))
        self._course.show(run, now - run.began, now - run.moved)
        if run.find_late():
            self._show_end(run)

    @property
    def _course(self) -> CallProgress:
        return self.query_one(CallProgress)

    def _standing(self, run: Run, now: float) -> str:
        """What the run line says of a call that runs."""
        says = f"{run.task.says if run.task is not None else 'running'} · {seconds(now - run.began)}"
        if run.waiting():
            return f"{says} · waits for your answer ({inbox_key(self.screen.focused)})"
        held = held_of(self.screen, run.legs)
        if held:
            return f"{says} · {held}"
        left = run.call.left if run.call is not None and run.task is None else inf
        if left <= _SOON or (run.progress.notices and left < inf):
            says += f" · times out in {max(0.0, left):.0f} s"
            says += " · + gives more" if left <= _SOON else ""
        return says

    def cancel(self) -> None:
        """Cancel the running call, if one is running; of a task the server is asked to."""
        if self.run is not None and self.run.task is not None and self.running:
            self.run.task.cancel()
        elif self.call is not None and self.running:
            self.call.cancel("cancelled by the user")

    def give_more_time(self) -> None:
        """Give the running call another minute, if one is running; a task has its time from the server."""
        if self.call is not None and self.running and self.call.outcome is None:
            self.call.held.grant(_GRANTED)
            self.notify(f"The call has {seconds(self.call.left)} from now on.", timeout=2, markup=False)

    def ended(self, run: Run, outcome: Outcome, version: str) -> None:
        """A call is over. Where something else is open by now, a note says how it ended.

        Args:
            run: The call.
            outcome: How it ended.
            version: The protocol version, for the names of error codes.
        """
        took = run.duration() if isinstance(outcome, Replied) else None
        run.took = monotonic() - run.began if took is None else took
        run.outcome = outcome
        run.ending = (run.task.ending if run.task is not None else None) or ending(outcome, version)
        self._runs.trim()
        if run is self.run:
            self.tick()
            self._show_end(run)
        else:
            self.notify(f"{visible(run.item.label)}: {_how(run)}. Opening it shows more.", markup=False)

    def _show_end(self, run: Run) -> None:
        assert run.outcome is not None
        assert run.ending is not None
        self._line.offer_cancel(self.running)
        self.add_class("-answered")
        says, style = _how(run), "" if run.ending.good else "$text-error"
        schema = run.item.output_schema
        late = run.late_reply()
        if late is not None:
            says += " · ! late result below · l its row"
            self.result.show(late, ending(late, ""), schema)
        else:
            if run.late >= 0:
                says += " · ! a late answer came · l its row"
            elif run.ending.raw:
                says += f" · {size(len(run.ending.raw))}"
            self.result.show(run.outcome, run.ending, schema)
        self._say(says, style)

    def _say(self, text: str, style: str = "") -> None:
        self._line.say(text, style)

    def tell(self, title: str, says: str, *, bad: bool = False) -> None:
        """Show a sentence instead of an item: that we are connecting, or why there is no connection.

        Args:
            title: A few words.
            says: Lines of text from anywhere.
            bad: Whether it is a failure.
        """
        self.arguments.close()
        self.item = None
        self._take_up(None)
        self.border_title = "Workbench"
        words = Content.styled(title, "bold $text-error" if bad else "bold")
        self.query_one("#wb-title", Static).update(words)
        self.query_one(ItemFacts).show(())
        self.query_one("#wb-about").display = False
        self.query_one(TabLine).display = False
        self.arguments.display = False
        self._line.display = False
        self.result.clear("\n".join(visible(line) for line in says.splitlines()))

    def focus_something(self) -> None:
        """Put the focus to where work goes on: the form, the button, or whatever is there."""
        if not self.arguments.focus_something():
            self.query_one("#wb-go").focus()


def _how(run: Run) -> str:
    """How a run ended, with what it took, in a line."""
    ended, legs = run.ending, len(run.legs)
    assert ended is not None
    mark, took = "✓" if ended.good else "✗", seconds(run.took)
    if isinstance(run.outcome, Cancelled | TimedOut):
        far = progress_brief(run.progress)
        return f"{mark} {ended.word} after {took}{f', at {far}' if far else ''}"
    says = f"{mark} {ended.word} · {took}"
    if legs > mrtr.ROUNDS:
        return f"{says} · the {mrtr.ROUNDS} rounds of answers are used up"
    return f"{says} · {legs} legs" if legs > 1 else says
