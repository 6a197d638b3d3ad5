"""Timeline, latencies and waterfall in the app: their keys, their mouse, and the selection they share."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from inspector.app.panes.message import SelectedMessage
from inspector.app.panes.traffic import Traffic
from inspector.app.widgets.latency_table import LatencyTable
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.timeline import Timeline
from inspector.journal.journal import Journal
from tests.app.stage import Stage, staged
from tests.app.timed import shop


def painted(stage: Stage) -> str:
    """The screen as text."""
    strips = stage.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def selected(stage: Stage) -> tuple[int, int, int]:
    """The row in the timeline, in the log, and the one that is shown in full."""
    screen = stage.screen
    return (
        screen.query_one(Timeline).cursor,
        screen.query_one(MessageLog).cursor,
        screen.query_one(SelectedMessage).seq,
    )


async def test_the_timeline_shares_its_cursor_with_the_log() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.settled()
        log = stage.screen.query_one(MessageLog)
        assert log.go_to(4)
        await stage.press("T")
        await stage.settled()
        timeline = stage.screen.query_one(Timeline)
        assert stage.app.focused is timeline
        assert stage.screen.query_one(Traffic).names == ("Timeline", "Message")
        assert "paused" in str(timeline.parent.border_title)  # type: ignore[union-attr]
        assert selected(stage) == (4, 4, 4)
        await stage.press("right", "right")
        await stage.settled()
        assert selected(stage) == (8, 8, 8)
        assert "-32000" not in painted(stage)
        await stage.press("down", "down")
        assert timeline.cursor not in (8, -1)
        assert log.go_to(23)  # whoever moves the log's cursor moves this one
        await stage.settled()
        assert selected(stage) == (23, 23, 23)
        await stage.press("end")
        await stage.settled()
        assert timeline.following
        assert selected(stage) == (48, 48, 48)
        await stage.press("home", "enter")
        await stage.settled()
        assert selected(stage) == (0, 0, 0)
        assert stage.screen.query_one(SelectedMessage) in stage.app.focused.ancestors  # type: ignore[union-attr]
        await stage.press("T")
        assert stage.app.focused is log
        assert log.cursor == 0


async def test_zoom_and_pan_by_keys_and_mouse() -> None:
    async with staged((80, 24), journal=shop()) as stage:
        await stage.press("T")
        await stage.settled()
        timeline = stage.screen.query_one(Timeline)
        whole = timeline.window
        await stage.press("home", "plus", "plus")
        assert timeline.window.width == pytest.approx(whole.width / 4)
        assert timeline.window.begin == 0
        await stage.press("shift+right")
        assert timeline.window.begin == pytest.approx(whole.width / 16)
        await stage.press("minus", "escape")
        assert timeline.window == whole
        assert stage.screen.query_one(Traffic).names[0] == "Timeline"
        wheel = {"widget": timeline, "x": 8, "y": 2, "delta_x": 0, "delta_y": 0, "button": 0}
        keys = {"shift": False, "meta": False, "ctrl": False}
        timeline.post_message(events.MouseScrollUp(**wheel, **keys))  # type: ignore[arg-type]
        await stage.pilot.pause()
        assert timeline.window.begin < 0.1
        near = timeline.window
        assert near.width == pytest.approx(whole.width * 0.7)
        await stage.pilot.mouse_down(Timeline, offset=(40, 2))
        await stage.pilot.hover(Timeline, offset=(20, 2))
        await stage.pilot.mouse_up(Timeline, offset=(20, 2))
        moved = timeline.window
        assert moved.begin > near.begin
        assert moved.width == pytest.approx(near.width)
        cell = next(cell for cell, row in enumerate(timeline.lines[1].rows) if row >= 0)
        row = timeline.lines[1].rows[cell]
        await stage.pilot.click(Timeline, offset=(cell + 8, 1))
        await stage.settled()
        assert timeline.cursor == row
        assert timeline.window == moved
        await stage.press("0", "escape")
        assert stage.screen.query_one(Traffic).names[0] == "Messages"


async def test_latencies_are_sorted_copied_and_filter_the_log() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.press("L")
        await stage.settled()
        table = stage.screen.query_one(LatencyTable)
        assert stage.app.focused is table
        assert [each.tool or each.method for each in table.rows][:2] == ["search", "order"]
        assert stage.screen.query_one(SelectedMessage).seq == table.rows[0].slowest
        await stage.pilot.click(LatencyTable, offset=(table.size.width - 16, 0))
        assert table.order == ("max", True)
        assert table.rows[0].tool == "reindex"
        await stage.press("left", "left", "space")
        assert table.order == ("p95", False)
        await stage.press("y")
        assert "tools/call" in stage.app.clipboard
        table.sort_by("count")
        await stage.press("home", "enter")
        await stage.settled()
        assert stage.screen.query_one("#log-filter", Input).value == "method:tools/call tool:search"
        await stage.press("escape", "L", "slash")
        assert stage.app.focused is stage.screen.query_one("#log-filter", Input)


async def test_views_of_a_server_over_http_are_tabs() -> None:
    async with staged((120, 40), journal=shop("https://shop.example/mcp")) as stage:
        await stage.settled()
        traffic = stage.screen.query_one(Traffic)
        await stage.press("3")
        seen = []
        for _ in range(4):
            await stage.press("right_square_bracket")
            await stage.settled()
            seen.append(traffic.names[0])
        assert seen == ["Network", "Timeline", "Latencies", "Messages"]
        await stage.press("left_square_bracket", "n")
        await stage.settled()
        assert traffic.names[0] == "Network"


async def test_nothing_has_happened_yet() -> None:
    async with staged((80, 24), journal=Journal.create(target={"argv": ["x"]})) as stage:
        await stage.press("T", "left", "right", "up", "down", "plus", "minus", "end", "home", "enter", "f")
        await stage.settled()
        assert "Nothing has crossed the wire yet" in painted(stage)
        await stage.press("L", "enter", "end", "space", "y")
        assert "No request has been made" in painted(stage)


async def test_the_waterfall_comes_and_goes() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.settled()
        await stage.press("3")
        assert "  in " not in painted(stage)
        await stage.press("W")
        assert "  in " in painted(stage)
        await stage.press("W", "z")
        assert "  in " not in painted(stage)
        await stage.press("W")
        assert "▌" in painted(stage) or "█" in painted(stage)


async def test_keys_mean_the_message_that_is_shown_beside_the_table_and_the_lanes() -> None:
    async with staged((120, 40), journal=shop()) as stage:
        await stage.settled()
        journal, screen = stage.screen.journal, stage.screen
        log, message = screen.query_one(MessageLog), screen.query_one(SelectedMessage)
        assert log.go_to(0)
        await stage.press("L", "down")
        await stage.settled()
        shown, peer = message.seq, journal.peer(message.seq)
        assert (shown, peer) > (0, 0)
        assert screen.traffic.row == shown
        await stage.press("H")
        await stage.until(lambda: f"As of row {shown} " in painted(stage))
        await stage.press("right")
        await stage.until(lambda: f"As of row {shown + 1} " in painted(stage))
        await stage.press("3", "L", "p")
        await stage.settled()
        assert screen.traffic.names[0] == "Messages"
        assert (log.cursor, message.seq) == (peer, peer)
        await stage.press("T", "p")
        await stage.settled()
        assert selected(stage) == (shown, shown, shown)
        await stage.press("end")
        await stage.settled()
        last = message.seq
        await stage.press("asterisk")
        await stage.until(lambda: len(journal) == last + 2)
        await stage.settled()
        assert selected(stage) == (last, last, last)  # the mark is the last row now, and is not gone to
