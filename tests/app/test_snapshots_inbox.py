"""The stories of the inbox in pictures under snapshots/. `make snapshots` draws them again."""

from __future__ import annotations

import itertools

import pytest
from textual.widgets import Input

from inspector.app.panes.inbox import Inbox
from inspector.journal.journal import Journal
from tests.app.asking import AskingServer, asked, elicit, sample, visit
from tests.app.snapshot import hold
from tests.app.stage import Stage, still

__all__ = ["still"]

SIZES = [(80, 24), (120, 40)]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still", "aged")]  # fmt: skip


@pytest.fixture
def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question came some seconds before the next, and time stands still."""
    came = itertools.count(960.0, 17.0)
    monkeypatch.setattr("inspector.session.inbox.monotonic", lambda: next(came))
    monkeypatch.setattr("inspector.app.panes.inbox.monotonic", lambda: 1000.0)


def journal() -> Journal:
    ticks = itertools.count()
    return Journal.create(target={"argv": ["carrier"]}, clock=lambda: next(ticks) / 1000)


async def opened(stage: Stage) -> Inbox:
    await stage.press("1", "i")
    inbox = stage.screen.query_one(Inbox)
    await stage.until(lambda: inbox.pane.asking is not None)
    await stage.settled()
    return inbox


async def held(stage: Stage, story: str, title: str) -> None:
    width, height = stage.app.size
    stage.app.clear_notifications()
    await stage.pilot.pause()  # as in the others: no cursor is about to blink
    for field in stage.app.screen.query(Input):
        field.cursor_blink = False
    await stage.settled()
    hold(stage.app, f"{story}-{width}x{height}", title)


async def test_snapshot_inbox_form(size: tuple[int, int]) -> None:
    """A form that the server asks for, filled in with its defaults; two more questions wait."""
    server = AskingServer(elicit("e1"), sample("s1"), visit("u1"))
    async with asked(size, server, journal=journal()) as stage:
        await opened(stage)
        await stage.press("enter")
        await stage.type("Oslo")
        await held(stage, "inbox-form", "mcp-inspect: the server asks back")


async def test_snapshot_inbox_url(size: tuple[int, int]) -> None:
    """A URL to visit: whole, its host marked, with what speaks against going there."""
    async with asked(size, AskingServer(elicit("e1"), visit("u1")), journal=journal()) as stage:
        inbox = await opened(stage)
        await stage.press("f2")
        await stage.until(
            lambda: inbox.pane.asking is not None and inbox.pane.asking.kind == "elicitation-url"
        )
        await held(stage, "inbox-url", "mcp-inspect: the server wants a URL visited")
