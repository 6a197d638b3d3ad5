"""What a person does with the arguments as a whole: step through those that were sent, edit them elsewhere,
keep them under a name and take them from there.

It holds no widget of its own: it moves values between the workbench's arguments, the user's files and editor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from textual.content import Content
from textual.widgets import Static

from inspector.app.recall import Recall, Steps
from inspector.errors import InspectError, UsageError
from inspector.forms import json_text
from inspector.forms.json_text import NotJson
from inspector.forms.unset import UNSET
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import WorkType

    from inspector.app.items import Item
    from inspector.app.panes.workbench import Workbench
    from inspector.journal.journal import Journal
    from inspector.kept.arguments import ArgumentHistory
    from inspector.kept.calls import SavedCall, SavedCalls

_LONGEST = 200
_WIDEST = 52  # cells of a line in the list of calls


class Given:
    """The arguments of one workbench.

    Args:
        bench: Whose arguments.
        journal: This session, or a recording.
        history: What is remembered from session to session; `None` where nothing is.
    """

    def __init__(self, bench: Workbench, journal: Journal, history: ArgumentHistory | None) -> None:
        self._bench = bench
        self._journal = journal
        self._recall = Recall(journal, history)
        self._steps: tuple[Item, Steps] | None = None
        self._warnings: list[str] = []
        if history is not None:
            history.warn = self._warnings.append

    async def do(self, what: str) -> None:
        """One of the actions `given('…')`: `older`, `newer`, `edit`, `edit all`, `save`, `take`."""
        if self._bench.arguments.form is None:
            self._notify("What is opened takes no arguments.")
            return
        actions: dict[str, Callable[[], Awaitable[None]]] = {
            "older": partial(self._step, 1),
            "newer": partial(self._step, -1),
            "edit": self._edit,
            "edit all": self._edit_all,
            "save": self._save,
            "take": self._take,
        }
        if what.startswith("edit"):  # an editor takes its time, and the screen must not wait for it
            work: WorkType[None] = partial(self._done, actions[what])
            self._bench.run_worker(work, name="editor", group="editor", exclusive=True)
        else:
            await self._done(actions[what])

    async def _done(self, action: Callable[[], Awaitable[None]]) -> None:
        try:
            await action()
        except InspectError as refused:
            self._notify(f"{refused.message}. {refused.next}" if refused.next else f"{refused.message}.")
        self._warn()

    def sent(self, item: Item, params: dict[str, Any]) -> None:
        """A request was made: remember what it was given, beside whatever else goes on."""
        value = params.get("arguments")
        if isinstance(value, dict) and self._journal.catalogue.server_info:
            self._bench.run_worker(self._keep(item, value), name="keep", group="keep")

    async def _keep(self, item: Item, value: Any) -> None:
        await anyio.to_thread.run_sync(self._recall.keep, item, value)
        self._warn()

    # What was sent before

    async def _step(self, by: int) -> None:
        arguments = self._bench.arguments
        item, now = arguments.item, arguments.value
        if item is None:
            return
        walk = self._steps[1] if self._steps is not None and self._steps[0] == item else None
        if walk is None or walk.shown != now:  # what is typed in the middle of a walk is the newest of all
            walk = Steps(self._recall.of(item), now)
        if walk.step(by):
            arguments.put(walk.shown)
            # Read back: a form may say the same in its own way.
            walk.shown = arguments.value
        self._steps = item, walk
        self._say(walk.says())

    # In the user's editor

    async def _edit(self) -> None:
        arguments = self._bench.arguments
        form, item = arguments.form, arguments.item
        part = form.part if form is not None and not arguments.raw else None
        if form is None or item is None or part is None:
            await self._edit_all()
            return
        ending = "json" if part.is_json else "txt"
        name = str(next((key for key in reversed(part.path) if isinstance(key, str)), item.label))
        text = await self._outside(part.text, f"{name}.{ending}")
        if text is not None and form is arguments.form:
            form.put_part(part.path, text if not part.is_json or "\n" in text else text.strip())

    async def _edit_all(self) -> None:
        arguments = self._bench.arguments
        item = arguments.item
        before = arguments.text
        text = await self._outside(before, f"{item.label if item is not None else 'arguments'}.json")
        if text is None or item is not arguments.item:
            return
        try:
            value = json_text.parse(text) if text.strip() else UNSET
        except NotJson as problem:
            if not arguments.raw:
                self._bench.toggle_json()
            arguments.put_text(text)
            self._notify(f"What you wrote is not JSON: {problem}. It stands here as you left it.")
            return
        arguments.put(value)

    async def _outside(self, text: str, name: str) -> str | None:
        """What the editor made of `text`; `None` where it changed nothing."""
        from inspector.app.outside import WAITS, edited  # most sessions never leave the app

        after = await edited(self._app, text, name)
        if after == text:
            self._notify(f"Nothing was changed. {WAITS}.")
            return None
        return after

    # Calls with a name

    async def _save(self) -> None:
        item, value = self._bench.arguments.item, self._bench.arguments.given()
        calls = self._calls(item)
        taken = {call.name for call in calls.all()}
        self._ask_name(calls, taken, value, "", "Keep this call under the name")

    def _ask_name(self, calls: SavedCalls, taken: set[str], value: Any, name: str, asks: str) -> None:
        from inspector.app.screens.ask import AskLine

        def answered(typed: str | None) -> None:
            typed = (typed or "").strip()
            if not typed:
                return
            if typed in taken and typed != name:
                says = f"There is a call {visible(typed)}: enter replaces it"
                self._ask_name(calls, taken, value, typed, says)
                return
            try:
                self._saved(calls, typed, value, replace=typed == name)
            except InspectError as refused:
                self._ask_name(calls, taken, value, "", visible(f"{refused.message}. {refused.next}"))

        self._app.push_screen(AskLine(asks, suggestion=name), answered)

    def _saved(self, calls: SavedCalls, name: str, value: Any, *, replace: bool) -> None:
        from inspector.kept.calls import call_of

        item = self._bench.arguments.item
        if item is None:
            return
        target = self._journal.header.target
        done = calls.put(call_of(name, item.key, value or {}, target), item.schema, replace=replace)
        says = f"Kept as {done.name} in {calls.path}."
        if done.left_out:
            says += f" Not kept, because it sounds secret: {', '.join(done.left_out)}."
        self._notify(says, warning=bool(done.left_out))

    async def _take(self) -> None:
        from inspector.app.widgets.form_choice import Pick, Picker
        from inspector.forms.draft import Exact

        item = self._bench.arguments.item
        found = [call for call in self._calls(item).all() if item is not None and call.tool == item.key]
        if not found:
            self._notify("No call of this tool is kept yet. alt+s keeps this one under a name.")
            return

        def taken(at: int | None) -> None:
            if at is not None and self._bench.arguments.item is item:
                self._bench.arguments.put(dict(found[at].arguments))
                if found[at].left_out:
                    self._say(f"{', '.join(found[at].left_out)}: not kept, fill it in")

        picks = [Pick(_title(call), Exact(at)) for at, call in enumerate(found)]
        self._app.push_screen(Picker("Calls of this tool", picks, 0, ""), taken)

    def _calls(self, item: Item | None) -> SavedCalls:
        from inspector.kept.calls import SavedCalls

        if item is None or item.section != "tools":
            raise UsageError("Only calls of tools have names")
        return SavedCalls()

    # Telling

    @property
    def _app(self) -> App[Any]:
        return self._bench.app

    def _say(self, text: str) -> None:
        self._bench.query_one("#wb-status", Static).update(Content(visible(text[:_LONGEST])), layout=False)

    def _notify(self, text: str, *, warning: bool = False) -> None:
        self._app.notify(visible(text), severity="warning" if warning else "information", markup=False)

    def _warn(self) -> None:
        while self._warnings:
            self._notify(self._warnings.pop(0), warning=True)


def _title(call: SavedCall) -> str:
    text = json_text.write(dict(call.arguments))[:_LONGEST]
    return clip(visible(f"{call.name[:_LONGEST]}  {text}"), _WIDEST)
