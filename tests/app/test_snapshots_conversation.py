"""Pictures of a conversation: the story of a call, and its rows in the log."""

from __future__ import annotations

import pytest

from inspector.app.widgets.log import MessageLog
from inspector.journal.noting import write_note
from tests.app.snapshot import hold
from tests.app.stage import staged, still
from tests.app.storied import booking

__all__ = ["still"]


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_snapshot_conversation(size: tuple[int, int]) -> None:
    """A booking that waited for a slow provider and for its user; what belongs to it is lit in the log."""
    journal = booking().journal
    write_note(journal, "note", 24, "ask them why fjord-hotels is slow")
    write_note(journal, "mark", 29)
    async with staged(size, journal=journal) as stage:
        log = stage.screen.query_one(MessageLog)
        stage.screen.action_pane(3)
        log.go_to(24)
        await stage.settled()
        if size[0] >= 120:
            await stage.press("o", "3")
        else:
            await stage.press("o")
        await stage.settled()
        hold(stage.app, f"conversation-{size[0]}x{size[1]}", "mcp-inspect: the story of a call")
