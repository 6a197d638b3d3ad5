"""A shell with a person at it: the terminal, its history and completion, and the loop over what is typed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.cli.oneshot import Console, run
from inspector.cli.output import print_text
from inspector.cli.render import server_line
from inspector.cli.shell.here import Here
from inspector.cli.shell.history import History
from inspector.cli.shell.loop import Loop, Stopped
from inspector.cli.shell.offers import PATIENCE, Offers
from inspector.cli.shell.own import notice
from inspector.cli.shell.printer import Printer
from inspector.cli.shell.reader import Given
from inspector.cli.shell.suggest import suggest
from inspector.cli.shell.terminal import Terminal
from inspector.journal.recording import state_directory
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.session.session import Session

_WIDEST = 24  # cells of a server's name in the prompt


def typed(wanted: Wanted, *, people: bool, strict: bool) -> int:
    """Connect, and run what is typed until the person leaves; arguments and errors are those of `start`."""
    line = _readline()
    history = History(state_directory() / "shell-history")

    def entered(text: str) -> None:
        if history.add(text) and line is not None:
            line.add_history(text)

    terminal = Terminal(entered)

    async def work(session: Session) -> Stopped:
        shell = Here.on(session, wanted)
        print_text(
            server_line(session.catalogue.server_info, session.version),
            "help lists what can be said; Tab completes; Ctrl+D leaves.",
        )
        session.hear(lambda noticed: terminal.say(notice(noticed)))
        completer.offers = Offers(session)
        printer = Printer(people=people, turn=terminal.turn)
        loop = Loop(shell, _Lines(terminal, session), printer, strict=strict, numbered=False)
        terminal.interrupt = loop.interrupt
        return await loop.run()

    completer = _Completer(terminal, line)
    console = Console(terminal, terminal.say, terminal.host)
    with _editing(line, history, completer):
        stopped: Stopped = run(replace(wanted, json=False), work, console=console)
    if stopped.error is not None:
        raise stopped.error
    return 0


class _Lines:
    """What is typed, as a source of lines."""

    def __init__(self, terminal: Terminal, session: Session) -> None:
        self._terminal = terminal
        name = session.catalogue.server_info.get("name")
        self._prompt = f"{clip(visible(name), _WIDEST) if isinstance(name, str) and name else 'mcp'}> "
        self._number = 0

    async def next(self) -> Given | None:
        text = await self._terminal.line(self._prompt)
        self._number += 1
        return None if text is None else Given(self._number, text)


class _Completer:
    """Completion as `readline` asks for it: one candidate at a time, by number."""

    def __init__(self, terminal: Terminal, line: Any) -> None:
        self.offers: Offers | None = None
        self._terminal = terminal
        self._line = line
        self._found: list[str] = []

    def __call__(self, text: str, state: int) -> str | None:
        if state == 0:
            self._found = self._candidates()
        return self._found[state] if state < len(self._found) else None

    def _candidates(self) -> list[str]:
        offers = self.offers
        if offers is None:
            return []
        buffer, begin = self._line.get_line_buffer()[: self._line.get_endidx()], self._line.get_begidx()
        # Two lists may be asked for, one after the other.
        return self._terminal.call(lambda: suggest(buffer, begin, offers), 2 * PATIENCE + 0.5) or []


def _readline() -> Any:
    """The module, where there is one."""
    with contextlib.suppress(ImportError):
        import readline

        return readline
    return None


@contextmanager
def _editing(line: Any, history: History, completer: _Completer) -> Iterator[None]:
    """Set `readline` up, and leave it as it was."""
    if line is None:
        yield
        return
    line.set_auto_history(False)
    line.clear_history()
    for each in history.lines():
        line.add_history(each)
    before = line.get_completer(), line.get_completer_delims()
    line.set_completer(completer)
    line.set_completer_delims(" \t\n")
    # libedit, which stands in for readline on macOS, has a language of its own.
    libedit = "libedit" in (line.__doc__ or "") or getattr(line, "backend", "") == "editline"
    line.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    try:
        yield
    finally:
        line.set_completer(before[0])
        line.set_completer_delims(before[1])
        line.set_auto_history(True)
        sys.stdout.flush()
