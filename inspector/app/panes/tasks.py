"""The tasks page: every task that the journal knows, how each stands and stood, and what to do with one.

A fold over the journal; what is asked of the server goes through the connection's tasks. In a recording it
shows and asks nothing.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from inspector.app.actions import own_keys
from inspector.app.ending import ending
from inspector.app.panes.page import Page
from inspector.app.panes.tasks_sheet import detail_entries, result_entries, task_entry, words
from inspector.app.screens.ask import asked
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry
from inspector.errors import InspectError
from inspector.journal.tasks import Standing, TaskStates
from inspector.session.outcome import Outcome, Replied
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal
    from inspector.session.tasks import Tasks as SessionTasks

BUDGET = 0.02
"""Seconds of a frame that taking in new rows may cost."""
MOST_SHOWN = 200
"""Tasks that are listed: those heard of first latest."""
_NOTHING = "No task so far. A tool that takes its time may be called as one."
_BUTTONS = (
    ("get", "Ask (u)"),
    ("poll", "Poll (p)"),
    ("result", "Result (o)"),
    ("cancel", "Cancel (del)"),
    ("list", "List (f)"),
)


class Tasks(Page):
    """The list, and below it all that is known of the selected one."""

    NAME = "Tasks"
    DEFAULT_CSS = """
    Tasks #tasks-head { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Tasks #tasks-all { height: 2; margin: 0 0 1 0; }
    Tasks #tasks-detail { height: 1fr; }
    Tasks #tasks-buttons { height: 1; }
    Tasks #tasks-buttons Button { margin: 0 1 0 0; min-width: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "tasks",
        Binding("u", "ask('get')", "ask", tooltip="Ask the server how the task stands"),
        Binding("p", "ask('poll')", "poll", tooltip="Poll it at the server's interval, or no more"),
        Binding("o", "ask('result')", "result", tooltip="Ask for its result"),
        Binding("delete", "ask('cancel')", "cancel it", tooltip="Ask the server to cancel it"),
        Binding("f", "ask('list')", "list", tooltip="Ask the server for its list of tasks (2025-11-25)"),
        Binding("l", "request", "Go to the request that it came of", show=False),
    )

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._states = TaskStates(journal)
        self._names: dict[str, str] = {}
        self._count = -1
        self._then = 0.0
        self._seen: object = None
        self._read: object = None
        self._body: object = None
        self._result: list[Entry] = []

    def compose(self) -> ComposeResult:
        yield Static(id="tasks-head", markup=False)
        yield Sheet(id="tasks-all", marks=False)
        yield Sheet(id="tasks-detail", marks=False)
        with Horizontal(id="tasks-buttons"):
            for what, says in _BUTTONS:
                yield Button(says, id=f"tasks-{what}", compact=True)

    def on_mount(self) -> None:
        self.query_one("#tasks-buttons").display = self.keeper is not None

    @property
    def listed(self) -> Sheet:
        """The tasks."""
        return self.query_one("#tasks-all", Sheet)

    @property
    def detail(self) -> Sheet:
        """The selected one."""
        return self.query_one("#tasks-detail", Sheet)

    @property
    def current(self) -> Standing | None:
        """The selected task."""
        entry = self.listed.current
        return entry.link if entry is not None and isinstance(entry.link, Standing) else None

    @property
    def tasks(self) -> SessionTasks | None:
        """Those of the open connection."""
        return self.keeper.tasks if self.keeper is not None else None

    # What is shown, pulled once a frame.

    def advance(self) -> None:
        self._states.advance(BUDGET)
        self._fit()
        standings = self._states.tasks[-MOST_SHOWN:]
        now = self._now()
        polled = {each.task.id: self._polled(each) for each in standings}
        seen = (self._states.revision, int(now), tuple(polled.values()), id(self.tasks))
        if seen == self._seen:
            return
        self._seen = seen
        rows = [
            task_entry(each, self._tool_of(each), now, polled[each.task.id]) for each in reversed(standings)
        ]
        self.listed.show(rows)
        self._say(len(self._states.tasks), sum(not (each.task.over or each.gone) for each in standings))
        self._show_current()

    def _now(self) -> float:
        """The time by the journal's clock, which only its rows tell."""
        count = len(self.journal)
        if count != self._count:
            self._count, self._then = count, monotonic()
        passed = monotonic() - self._then if self.keeper is not None else 0.0
        return (self.journal.time(count - 1) if count else 0.0) + passed

    def _polled(self, standing: Standing) -> float | None:
        following = self.tasks.following(standing.task.id) if self.tasks is not None else None
        return following.interval if following is not None else None

    def _tool_of(self, standing: Standing) -> str:
        """The tool that a task came of."""
        if standing.request < 0:
            return ""
        if standing.task.id not in self._names:
            frame = self.journal.event(standing.request).frame
            name = frame.params.get("name") if frame is not None else None
            self._names[standing.task.id] = name if isinstance(name, str) else ""
        return self._names[standing.task.id]

    def _say(self, known: int, open: int) -> None:
        says = f"{open} open · {known - open} over" if known else _NOTHING
        support = self._support()
        head = Content.assemble(
            (f"{says}   ", "bold" if open else "$foreground-muted"),
            (support, "$foreground-muted"),
        )
        self.query_one("#tasks-head", Static).update(head)

    def _support(self) -> str:
        """What the server declares of tasks."""
        tasks = self.tasks
        if tasks is None:
            return ""
        if not tasks.supported:
            return "the server declares no tasks for tools"
        if tasks.modern:
            return "the server decides which calls are tasks"
        more = [
            word for word, there in (("lists them", tasks.lists), ("cancels them", tasks.cancels)) if there
        ]
        return "the server takes calls as tasks" + (f", {' and '.join(more)}" if more else "")

    def _show_current(self, *, anew: bool = False) -> None:
        current = self.current
        if current is None:
            self.detail.show([], anew=anew)
            return
        polled, result = self._polled(current), self._result_of(current)
        entries = detail_entries(current, self._tool_of(current), self.journal, polled, result)
        self.detail.show(entries, anew=anew)

    def _result_of(self, standing: Standing) -> list[Entry]:
        """What it came to, read once: it may be megabytes, and how it stands is told at any rate."""
        body = standing.task.body if standing.task.body.keys() & {"result", "error"} else None
        key = (standing.task.id, standing.result)
        if key != self._read or body is not self._body:
            self._read, self._body, self._result = key, body, result_entries(standing, self.journal)
        return self._result

    def _fit(self) -> None:
        """The list takes what it needs, at most two fifths."""
        wanted = max(1, min(self.listed.virtual_size.height, max(2, self.size.height * 2 // 5)))
        if self.listed.styles.height is None or self.listed.styles.height.value != wanted:
            self.listed.styles.height = wanted

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        event.stop()
        if event.sheet is self.listed:
            self._show_current(anew=True)

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if event.sheet is self.listed:
            self.detail.focus()
        elif isinstance(event.entry.link, int):
            self.post_message(self.RowWanted(event.entry.link))

    def focus_something(self) -> None:
        self.listed.focus()

    def back(self) -> bool:
        if self.detail.has_focus:
            self.listed.focus()
            return True
        return False

    # What is asked of the server.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_ask((event.button.id or "").removeprefix("tasks-"))

    def action_request(self) -> None:
        """Go to the row of the request that the task came of."""
        current = self.current
        if current is None or current.request < 0:
            self.app.bell()
        else:
            self.post_message(self.RowWanted(current.request))

    def action_ask(self, what: str) -> None:
        """Ask something about the selected task: `get`, `poll`, `result`, `cancel`; or for the `list`."""
        tasks, current = self.tasks, self.current
        if tasks is None:
            says = "ctrl+r connects again." if self.keeper else "This is a recording: nothing is sent."
            self._warn(f"Not connected. {says}")
        elif what == "list":
            self._list(tasks)
        elif current is None:
            self.app.bell()
        elif what == "poll":
            self._poll(tasks, current)
        elif what == "cancel":
            name = words(self._tool_of(current), 40) or words(current.task.id, 40)
            asked(self.app, f"Ask the server to cancel the task of {name}?", "Cancel it",
                  partial(self._cancel, tasks, current.task.id))  # fmt: skip
        elif what == "result" and not tasks.modern:
            self._run(partial(tasks.result, current.task.id), "tasks/result")
        else:
            self._run(partial(tasks.get, current.task.id), "tasks/get")

    def _list(self, tasks: SessionTasks) -> None:
        if tasks.modern:
            self._warn(
                "This version has no list of tasks: a server tells of those only whose id it is given."
            )
        elif not tasks.lists:
            self._warn("The server does not declare that it lists tasks.")
        else:

            async def listed() -> Outcome:
                return (await tasks.list()).outcome

            self._run(listed, "tasks/list")

    def _poll(self, tasks: SessionTasks, current: Standing) -> None:
        following = tasks.following(current.task.id)
        if following is not None:
            following.stop("its polling was stopped; the task goes on")
        elif current.task.over:
            self._warn("This task is over.")
        else:
            tasks.begin(current.task).kept = True

    def _cancel(self, tasks: SessionTasks, id: str) -> None:
        async def cancel() -> Outcome:
            outcome = await tasks.cancel(id)
            if isinstance(outcome, Replied) and outcome.ok and tasks.modern and not tasks.following(id):
                return await tasks.get(id)  # its answer says nothing of how the task stands
            return outcome

        self._run(cancel, "tasks/cancel")

    def _run(self, ask: Callable[[], Awaitable[Outcome]], method: str) -> None:
        """Ask, and say so where the answer is no result; the rest is seen in the list."""

        async def work() -> None:
            try:
                outcome = await ask()
            except InspectError as refused:
                self._warn(visible(refused.message))
                return
            if not (isinstance(outcome, Replied) and outcome.ok):
                ended = ending(outcome, self.journal.catalogue.protocol_version or "")
                self._warn(f"{method}: {ended.word}. {ended.says}")

        self.run_worker(work(), name=method, group="calls")

    def _warn(self, says: str) -> None:
        self.notify(says, severity="warning", markup=False)
