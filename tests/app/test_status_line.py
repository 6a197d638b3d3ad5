"""The top line says how the connection stands, whatever the server is called."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from inspector.app.widgets.status_line import Standing, StatusLine


class OneLine(App[None]):
    def compose(self) -> ComposeResult:
        yield StatusLine()


async def shown(standing: Standing, width: int) -> str:
    async with OneLine().run_test(size=(width, 3)) as pilot:
        line = pilot.app.query_one(StatusLine)
        line.standing = standing
        await pilot.pause()
        return line.render().plain


@pytest.mark.parametrize("width", [70, 80, 200])
async def test_a_long_name_gives_way(width: int) -> None:
    standing = Standing("name " * 20, ("stdio", "2025-11-25"), "connected 0:00", True, "18 events")
    said = await shown(standing, width)
    assert "· ● connected 0:00" in said
    assert said.endswith("18 events")
    assert len(said) <= width - 2


async def test_a_short_name_stays() -> None:
    said = await shown(Standing("demo", ("stdio",), "closed", False, "1 event"), 80)
    assert said == "demo · stdio · ✗ closed" + " " * 48 + "1 event"


async def test_without_room_the_state_stays() -> None:
    standing = Standing("a long name", ("stdio", "2025-11-25"), "closed", False, "1 event")
    assert await shown(standing, 45) == "a long name · stdio · 2025-11-25 · ✗ closed"
    assert (await shown(standing, 40)).startswith("a long name · 2025-11-25 · ✗ closed")
    assert (await shown(standing, 30)).startswith("a long name · ✗ closed")


async def test_that_somebody_waits_stays_where_there_is_little_room() -> None:
    standing = Standing(
        "a long name", ("stdio", "2026-07-28"), "connected 0:00", True, "9 events", "1 asked (i)"
    )
    assert await shown(standing, 62) == "a long name · 2026-07-28 · ● connected 0:00 · ! 1 asked (i)"
    assert await shown(standing, 49) == "a long name · ● connected 0:00 · ! 1 asked (i)"


async def test_a_rate_stands_before_the_counts_where_there_is_room() -> None:
    standing = Standing("demo", ("stdio",), "connected 0:00", True, "9 events", rate="→ 2/s 5 B/s")
    assert (await shown(standing, 80)).endswith("   → 2/s 5 B/s · 9 events")
    assert (await shown(standing, 52)).endswith("connected 0:00           9 events")
