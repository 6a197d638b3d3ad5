"""Pictures of what is listened to: log messages, and subscriptions."""

from __future__ import annotations

import pytest

from tests.app.snapshot import hold
from tests.app.stage import Stage, staged, still
from tests.app.teller import TellingServer

__all__ = ["still"]

SIZES = [(80, 24), (120, 40)]
LINES = (
    {"level": "debug", "logger": "cache", "data": "miss for key weather/oslo"},
    {"level": "info", "logger": "http", "data": "GET /v1/weather?city=Oslo 200 in 41 ms"},
    {"level": "notice", "data": {"job": 7, "state": "queued", "retries": [1, 2, 4]}},
    {"level": "warning", "logger": "http", "data": "slow answer: 2.4 s\nfrom api.example.com\nretrying once"},
    {"level": "info", "logger": "http", "data": "\x1b]0;owned\x07[red]not markup[/red]"},
    {"level": "error", "logger": "store", "data": {"code": "EIO", "path": "/var/lib/demo", "fatal": False}},
    {"level": "critical", "logger": "store", "data": "read-only from now on"},
    {"level": "verbose", "logger": "http", "data": "a level that is none"},
)

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


@pytest.fixture(autouse=True)
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is now."""
    monkeypatch.setattr("inspector.app.panes.subscriptions.wall", lambda: 0.0)


async def listed(stage: Stage) -> None:
    catalogue = stage.app.journal.catalogue
    await stage.until(lambda: catalogue.complete["tools"] and catalogue.complete["templates"])
    await stage.settled()


async def called(stage: Stage, tool: str) -> None:
    session = stage.app.keeper.session if stage.app.keeper is not None else None
    assert session is not None
    await session.call("tools/call", {"name": tool})
    await stage.settled()


def listings(stage: Stage) -> int:
    """How often the tools were listed."""
    journal = stage.app.journal
    return sum(journal.peer(row) >= 0 for row in journal.rows_with_method("tools/list"))


async def test_snapshot_logs(size: tuple[int, int]) -> None:
    """Log messages by level, one of them unfolded, and one that was not asked for."""
    async with staged(size, TellingServer(lines=LINES)) as stage:
        await listed(stage)
        await stage.press("g", "right", "right")
        await stage.until(lambda: stage.app.keeper.levels.level == "info")  # type: ignore[union-attr]
        await called(stage, "say")
        await stage.press("home", "down", "down", "down", "space")
        await stage.settled()
        hold(stage.app, f"logs-{size[0]}x{size[1]}", "mcp-inspect: what the server logs")


async def test_snapshot_subscriptions(size: tuple[int, int]) -> None:
    """What was asked, what of it is honoured, what was told, and what nobody has read since."""
    async with staged(size, TellingServer()) as stage:
        await listed(stage)
        keeper = stage.app.keeper
        assert keeper is not None
        subscriptions = keeper.subscriptions
        assert subscriptions is not None
        await stage.press("s")
        for number, steps in enumerate((1, 1, 2, 2), 1):
            await stage.press(*["down"] * steps, "space")
            await stage.until(
                lambda wanted=number: (
                    subscriptions.state == "open" and len(subscriptions.wanted.words()) == wanted
                )
            )
        await called(stage, "touch")
        await called(stage, "grow")
        await stage.until(lambda: listings(stage) == 2)
        await called(stage, "touch")
        hold(stage.app, f"subscriptions-{size[0]}x{size[1]}", "mcp-inspect: subscriptions")
