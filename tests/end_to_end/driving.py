"""The app on a real server, driven by keys and read off the screen; at the end the journal is judged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from textual.events import Paste

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.inbox import Inbox
from inspector.app.widgets.json_editor import JsonEditor
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.session.options import Options
from inspector.transport.target import Target
from inspector.wire.event import Kind
from inspector.wire.jsonrpc import cut
from tests.app.stage import Stage, staged
from tests.interop.talk import assert_clean

SIZE = (120, 40)
PATIENCE = 30.0
ASKED = "asked ("
"""Of the badge that says so; the key follows, as it is pressed from where the focus is."""
_FRAME = 0.1  # seconds: how often the app draws what came


@asynccontextmanager
async def driven(
    target: Target, options: Options | None = None, *, also: Sequence[Status] = ()
) -> AsyncIterator[Stage]:
    """The app, connected, with the lists shown, and somebody there who is asked; left cleanly.

    `also` is how a request may end beside with an answer.
    """
    journal = Journal.create(target=target.describe())
    keeper = ConnectionKeeper(target, journal, options or Options().attended())
    async with staged(SIZE, keeper=keeper) as stage:
        await stage.until(lambda: keeper.state == "connected")
        await stage.connected()
        yield stage
    assert_clean(journal, *also)
    journal.close()


def screen(stage: Stage) -> str:
    """What stands on the screen, line by line."""
    strips = stage.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def shows(stage: Stage, *wanted: str) -> str:
    """Wait until all of `wanted` stands on the screen; gives the screen."""
    drawn = screen(stage)
    try:
        with anyio.fail_after(PATIENCE):
            while not all(words in drawn for words in wanted):
                await stage.pilot.pause(_FRAME)
                drawn = screen(stage)
    except TimeoutError:
        missing = [words for words in wanted if words not in drawn]
        raise AssertionError(f"Not on the screen: {missing}\n{drawn}") from None
    return drawn


async def asked(stage: Stage, *wanted: str) -> Inbox:
    """Wait until the badge says that the server asks, go to the inbox by its key, and find the question."""
    await shows(stage, ASKED)
    await stage.press("escape", "escape", "1", "i")
    await shows(stage, *wanted)
    inbox = stage.screen.query_one(Inbox)
    await stage.until(lambda: inbox.pane.asking is not None and inbox.pane.asking.waiting)
    return inbox


async def looks(stage: Stage, happened: Callable[[], object]) -> None:
    """Wait until `happened` says so."""
    with anyio.fail_after(PATIENCE):
        while not happened():
            await stage.pilot.pause(_FRAME)


async def typed(stage: Stage, text: str) -> None:
    """Type text in one go."""
    await stage.pilot.press(*("space" if c == " " else c for c in text))
    await stage.pilot.pause()


async def fill(stage: Stage, value: Mapping[str, Any]) -> None:
    """Put arguments in as JSON, as somebody who pastes them."""
    await stage.press("ctrl+t")
    editor = stage.screen.workbench.query_one(JsonEditor)
    await looks(stage, lambda: editor.has_focus)
    editor.select_all()
    stage.app.post_message(Paste(json.dumps(value)))
    await looks(stage, lambda: editor.value[0] == value)


async def run(stage: Stage, name: str, value: Mapping[str, Any] | None = None) -> None:
    """Open a capability and run it; returns when its call is under way."""
    bench = stage.screen.workbench
    before = bench.run
    await stage.press("escape", "escape", "1", "slash")
    await typed(stage, name)
    await stage.press("enter")
    await looks(stage, lambda: bench.item is not None and bench.item.label == name)
    await looks(stage, lambda: stage.app.focused is not None and bench in stage.app.focused.ancestors)
    if value:
        await fill(stage, value)
    await stage.press("f5")
    await looks(stage, lambda: bench.run is not None and bench.run is not before)


async def answer(stage: Stage, text: str) -> None:
    """Go into the form of the question, enter text in its first field, and send it."""
    await stage.press("enter")
    await typed(stage, text)
    await stage.press("enter")


def echoed(journal: Journal) -> int:
    """How many results wanted input with a `requestState`; each came back byte for byte."""
    states = 0
    for row in range(len(journal)):
        if journal.kind(row) is not Kind.CLIENT or journal.event(row).what != "leg":
            continue
        before = journal.peer(int(journal.event(row).data["request"]))
        following = next(seq for seq in range(row, len(journal)) if journal.method(seq) == "tools/call")
        state = cut(journal.body(before), "result", "requestState")
        assert state is not None
        assert cut(journal.body(following), "params", "requestState") == state
        states += 1
    return states
