"""The connect screen: servers of hosts and targets of lately, to search, look at and choose; or one is typed.

It gives what was chosen, after consent and with the values that were asked for, and connects to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from inspector.app.choices import Choice, agreed, choices, details, entries, target_of
from inspector.app.once import Once
from inspector.app.screens.agree import Agree, Values
from inspector.app.screens.ask import Question
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import line
from inspector.errors import InspectError
from inspector.hosts.find import Found, find
from inspector.hosts.server import Surroundings
from inspector.hosts.variables import as_written, inputs_of, meant
from inspector.kept.consent import Consents, Standing
from inspector.kept.recent import Recent, Recents
from inspector.transport.target import Target
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from textual.worker import WorkType


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to connect to.

    Attributes:
        target: With every value in its place.
        title: What it is called, safe for a terminal.
        name: The full name in a host's configuration; empty for what a person gave by hand.
    """

    target: Target
    title: str
    name: str = ""


class _Listed(Sheet, can_focus=False):
    """Choices; the keys go on to the line above them, where one types."""

    DEFAULT_CSS = """
    _Listed > .sheet--cursor {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    """


class ConnectScreen(Once[Chosen | None]):
    """Gives what was chosen, or nothing.

    Args:
        around: Where configuration is looked for.
        leaves: What escape does, for the footer.
    """

    DEFAULT_CSS = """
    ConnectScreen #connect-line { margin: 0 1; background: $surface; padding: 0 1; }
    ConnectScreen #connect-title { height: 1; padding: 0 1; }
    ConnectScreen #connect-body { height: 1fr; }
    ConnectScreen #connect-list { width: 2fr; }
    ConnectScreen #connect-detail { width: 3fr; }
    ConnectScreen #connect-detail > .sheet--cursor { background: transparent; }
    ConnectScreen #connect-detail:focus > .sheet--cursor { background: $block-cursor-background; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium")]
    AUTO_FOCUS = "#connect-line"
    BINDINGS = [
        Binding("enter", "choose", "connect", key_display="⏎", tooltip="Connect to it", priority=True),
        Binding("up", "move(-1)", "Server before", show=False, priority=True),
        Binding("down", "move(1)", "Next server", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
        Binding("ctrl+r", "look_again", "read again", tooltip="Read the configuration again", priority=True),
        Binding("escape", "leave", "leave", key_display="esc", priority=True),
    ]

    def __init__(self, around: Surroundings | None = None) -> None:
        super().__init__()
        self._around = around if around is not None else Surroundings.here()
        self._consents = Consents()
        self._found = Found()
        self._recents: Sequence[Recent] = ()
        self._read = False

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("Connect to a server", "bold"), id="connect-title")
        yield Input(placeholder="search, or type a command or a URL", id="connect-line", compact=True)
        with Horizontal(id="connect-body"):
            listed = _Listed(id="connect-list", marks=False)
            listed.border_title = "Servers"
            yield listed.add_class("pane")
            told = Sheet(id="connect-detail", marks=False)
            told.border_title = "What it is"
            yield told.add_class("pane")
        yield KeyLine()

    def on_mount(self) -> None:
        self.action_look_again()

    # What there is.

    def action_look_again(self) -> None:
        """Read the configuration of all hosts, anew where it was read before."""
        work: WorkType[None] = self._look  # not a coroutine: one that is never begun would warn
        self.run_worker(work, name="configuration", exclusive=True)

    async def _look(self) -> None:
        self._found = await asyncio.to_thread(find, self._around)
        self._recents = await asyncio.to_thread(lambda: Recents().all())
        self._read = True
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(anew=True)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self, *, anew: bool = False) -> None:
        """List what there is for what was typed."""
        field = self.query_one_optional("#connect-line", Input)  # none before the first layout
        if not self._read or field is None or not self.display:  # on leaving, its widgets go one by one
            return
        text = field.value
        sheet = self.query_one("#connect-list", _Listed)
        listed = choices(self._found, self._recents, text)
        troubles = () if text else self._found.troubles
        width = max(sheet.room, 8)
        sheet.show(entries(listed, troubles, self._around.home, width), anew=anew)
        if not listed and not troubles:  # whatever is typed is a choice
            self._say_nothing()
        self._tell()

    def _say_nothing(self) -> None:
        says = "No configuration of a host names a server: type a command or a URL."
        self.query_one("#connect-list", _Listed).show([line("nothing", (says, "muted"))], anew=True)

    def _tell(self) -> None:
        choice = self._chosen()
        told = details(choice, self._around, self._consents) if choice is not None else []
        self.query_one("#connect-detail", Sheet).show(told, anew=True)

    def _chosen(self) -> Choice | None:
        listed = self.query_one_optional("#connect-list", _Listed)
        entry = listed.current if listed is not None else None
        return entry.link if entry is not None and isinstance(entry.link, Choice) else None

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        if (listed := self.query_one_optional("#connect-list", _Listed)) is not None:
            listed.action_move(by)

    def action_page(self, by: int) -> None:
        if (listed := self.query_one_optional("#connect-list", _Listed)) is not None:
            listed.action_page(by)

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        event.stop()
        if event.sheet.id == "connect-list":
            self._tell()

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        self.action_choose()

    def action_leave(self) -> None:
        typed = self.query_one_optional("#connect-line", Input)
        if typed is not None and typed.value:
            typed.value = ""
        else:
            self.dismiss(None)

    def action_choose(self) -> None:
        choice = self._chosen()
        if choice is None or choice.problem:
            self.app.bell()
        else:
            work: WorkType[None] = partial(self._connect, choice)
            self.run_worker(work, name="choose", exclusive=True)

    async def _connect(self, choice: Choice) -> None:
        """Ask what there is to ask, and give what was chosen."""
        if choice.is_one_word and not await self.app.push_screen_wait(
            Question(f"Start {visible(choice.label)} as a server?", "Start")
        ):
            return
        try:
            standing = agreed(choice, self._around, self._consents)
            if standing.state != "given" and not await self._agrees(choice, standing):
                return
            given = await self._values(choice)
            if given is None:
                return
            target = target_of(choice, self._around, given)
        except InspectError as problem:
            self.notify(visible(problem.message), severity="error", markup=False)
            return
        self.dismiss(Chosen(target, visible(choice.name or target.title), choice.name))

    async def _values(self, choice: Choice) -> Mapping[str, str] | None:
        """What a person gives for the inputs there are; `None` where they leave it."""
        wanted = inputs_of(choice.server) if choice.server is not None else ()
        return await self.app.push_screen_wait(Values(choice.label, wanted)) if wanted else {}

    async def _agrees(self, choice: Choice, standing: Standing) -> bool:
        assert choice.server is not None
        shown = meant(choice.server, self._around, as_written(choice.server)).target
        if not await self.app.push_screen_wait(Agree(choice.server, standing, self._around)):
            return False
        self._consents.give(choice.server, shown)
        return True
