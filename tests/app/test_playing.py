"""A recording is played: the screen is as it was at the playhead, forwards and back."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from inspector.app.panes.messages import Messages
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.player_bar import PlayerBar
from inspector.journal.pairing import Status
from inspector.journal.played import Played
from inspector.journal.trouble import troubles
from tests.app.stage import Stage, staged, still
from tests.app.test_snapshots import SIZES, held
from tests.app.timed import shop

__all__ = ["still"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which is played; a test moves it, for a slow machine would be at the end meanwhile."""
    now = [0.0]
    monkeypatch.setattr("inspector.app.playing.monotonic", lambda: now[0])
    return now


def bar(stage: Stage) -> str:
    return str(stage.screen.query_one(PlayerBar).render())


async def at(stage: Stage, row: int) -> None:
    """Wait until the screen shows the recording up to a row."""
    await stage.until(lambda: len(stage.screen.journal) == row + 1 and stage.screen.query(PlayerBar))
    await stage.until(lambda: stage.screen.query_one(MessageLog)._count == row + 1)
    await stage.pilot.pause()


async def test_stepping_back_and_on_shows_the_session_as_it_was() -> None:
    whole = shop()
    async with staged((120, 40), journal=whole) as stage:
        await stage.settled()
        assert not stage.screen.query(PlayerBar)
        await stage.press("left_parenthesis")
        await at(stage, len(whole) - 2)
        assert isinstance(stage.screen.journal, Played)
        await stage.press("left_parenthesis", "left_parenthesis")
        await at(stage, len(whole) - 4)
        await stage.press("right_parenthesis")
        await at(stage, len(whole) - 3)
        bar_ = stage.screen.query_one(PlayerBar)
        bar_.focus()
        await stage.press("home")
        await at(stage, 0)
        assert stage.screen.query_one(PlayerBar).has_focus
        assert stage.screen.journal.catalogue.server_info == {}
        await stage.press("shift+right")
        row = next(seq for seq in range(1, len(whole)) if whole.status(seq) is not Status.NONE)
        await at(stage, row)
        assert stage.screen.journal.status(row) is Status.PENDING, "its answer is not there yet"
        await stage.press("end")
        await at(stage, len(whole) - 1)
        assert "■" in bar(stage)
        await stage.press("escape")
        await stage.until(lambda: stage.screen.journal is whole and not stage.screen.query(PlayerBar))


async def test_what_is_opened_stays_open_while_the_playhead_moves() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.settled()
        await stage.press("3", "slash")
        await stage.type("method:tools/call")
        await stage.press("enter", "t", "3", "home", "down")
        cursor = stage.screen.query_one(MessageLog).cursor
        last = len(stage.screen.journal) - 1
        await stage.press("left_parenthesis", "left_parenthesis")
        await stage.until(lambda: len(stage.screen.journal) == last - 1 and stage.screen.query(PlayerBar))
        await stage.until(lambda: stage.screen.query_one(MessageLog).cursor == cursor)
        assert stage.screen.traffic.query_one(Messages).text == "method:tools/call"
        assert stage.screen.desk.page == "tasks"
        assert stage.screen.query_one(MessageLog).has_focus


async def test_it_plays_to_the_end_and_says_so(clock: list[float]) -> None:
    whole = shop()
    async with staged((80, 24), journal=whole) as stage:
        await stage.settled()
        await stage.press("P")
        await stage.until(lambda: isinstance(stage.screen.journal, Played) and stage.screen.query(PlayerBar))
        await stage.until(lambda: "▶ playing 1x" in bar(stage))
        begun = len(stage.screen.journal)

        def goes_on() -> bool:
            clock[0] += 0.01
            return len(stage.screen.journal) > begun

        await stage.until(goes_on)
        assert len(stage.screen.journal) < len(whole)
        await stage.press(*["greater_than_sign"] * 5)
        await stage.until(lambda: len(stage.screen.journal) == len(whole))
        await stage.until(lambda: "■ end at once" in bar(stage))
        assert stage.screen.query_one(PlayerBar).has_focus


async def test_the_mouse_moves_the_playhead() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.settled()
        await stage.press("left_parenthesis")
        await stage.until(lambda: isinstance(stage.screen.journal, Played) and stage.screen.query(PlayerBar))
        await stage.until(lambda: stage.screen.query_one(PlayerBar).region)  # it has its place
        await stage.pilot.mouse_down(PlayerBar, offset=(22, 0))
        await stage.pilot.hover(PlayerBar, offset=(36, 0))
        await stage.pilot.mouse_up(PlayerBar, offset=(36, 0))
        await stage.until(
            lambda: 1 < len(stage.screen.journal) < len(stage.app.connections.all[0].journal.whole)
        )


async def test_a_session_that_goes_on_is_not_played() -> None:
    async with staged((80, 24)) as stage:
        await stage.connected()
        await stage.press("P")
        assert not stage.screen.query(PlayerBar)


@pytest.mark.usefixtures("still", "clock")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_snapshot_replay_at_an_error(size: tuple[int, int]) -> None:
    """A replay that went to its first error: what comes later is not there yet."""
    async with staged(size, journal=shop()) as stage:
        await stage.settled()
        await stage.press("P", "space", "home")
        await at(stage, 0)
        await stage.press("e")
        row = next(troubles(stage.screen.journal.whole, 0))
        await at(stage, row)
        await stage.press("3", "end", "f")
        await stage.settled()
        await held(stage, "replay-at-an-error", "mcp-inspect replay: stopped at an error")


@pytest.mark.usefixtures("clock")
async def test_the_log_s_keys_go_on_by_moving_the_playhead() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.settled()
        await stage.press("P", "space", "home")
        await at(stage, 0)
        rows = list(troubles(stage.screen.journal.whole, 0))[:2]
        await stage.press("3")
        for row in rows:
            await stage.press("e")
            await at(stage, row)
        await stage.press("E")
        await stage.until(lambda: stage.screen.query_one(MessageLog).cursor == rows[0])
        assert len(stage.screen.journal) == rows[1] + 1, "backwards the log has it"


async def test_quitting_a_recording_stops_no_server() -> None:
    async with staged((80, 24), journal=shop()) as stage:
        await stage.settled()
        await stage.press("q")
        await stage.until(lambda: len(stage.app.screen_stack) > 1)
        said = " ".join(str(each.render()) for each in stage.app.screen.query(Static))
        assert "The recording stays as it is" in said
        assert "server" not in said
