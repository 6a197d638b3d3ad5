"""The page of subscriptions, driven by keys."""

from __future__ import annotations

import pytest

from inspector.app.listening import Facts
from inspector.app.panes.subscriptions import SubscriptionsPage, ago
from inspector.journal.journal import Journal
from inspector.session.subscriptions import Subscriptions
from inspector.wire.interest import Interest
from tests.app.stage import Stage, staged
from tests.app.teller import SECRET, TEXT, TellingServer


@pytest.fixture(autouse=True)
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is now."""
    monkeypatch.setattr("inspector.app.panes.subscriptions.wall", lambda: 0.0)


async def opened(stage: Stage) -> SubscriptionsPage:
    await stage.until(lambda: stage.app.keeper is None or stage.app.journal.catalogue.complete["templates"])
    await stage.press("s")
    await stage.until(lambda: stage.screen.query(SubscriptionsPage))
    await stage.settled()
    return stage.screen.query_one(SubscriptionsPage)


def live(stage: Stage) -> Subscriptions:
    assert stage.app.keeper is not None
    assert stage.app.keeper.subscriptions is not None
    return stage.app.keeper.subscriptions


async def honoured(stage: Stage, interest: Interest) -> None:
    await stage.until(lambda: live(stage).state == "open" and live(stage).honoured == interest)
    await stage.settled()


async def called(stage: Stage, tool: str) -> None:
    assert stage.app.keeper is not None
    assert stage.app.keeper.session is not None
    await stage.app.keeper.session.call("tools/call", {"name": tool})
    await stage.settled()


def line(page: SubscriptionsPage, key: str) -> str:
    (found,) = [entry for entry in page.list.entries if entry.key == key]
    return " ".join(found.whole.split())


@pytest.mark.parametrize("modern", [True, False])
async def test_subscribing_being_told_reading(modern: bool) -> None:
    async with staged((120, 40), TellingServer(modern=modern)) as stage:
        page = await opened(stage)
        page.list.go_to(f"uri:{TEXT}")
        await stage.press("space")
        await honoured(stage, Interest(uris=(TEXT,)))
        assert line(page, f"uri:{TEXT}") == f"✓ {TEXT} ✓ honoured"
        assert line(page, "state").startswith("● open")
        await called(stage, "touch")
        row = page._subscribed.told("uri", TEXT).latest
        assert line(page, f"uri:{TEXT}").endswith("1 now ● updated")
        await stage.press("enter")
        assert stage.screen.traffic.query_one("#log").cursor == row  # type: ignore[attr-defined]
        await stage.press("2", "r")
        await stage.called()
        await stage.press("s")
        await stage.settled()
        assert line(page, f"uri:{TEXT}").endswith("1 now"), "read since"
        page.list.go_to(f"uri:{TEXT}")
        await stage.press("space")
        await stage.until(lambda: not live(stage).wanted and live(stage).state == "none")
        await stage.settled()
        assert line(page, "state").startswith("○ nothing is subscribed to")


async def test_what_is_not_honoured_or_refused() -> None:
    async with staged((80, 24), TellingServer(modern=False)) as stage:
        page = await opened(stage)
        page.list.go_to("list:tools")
        await stage.press("space", "down", "space")
        page.list.go_to(f"uri:{SECRET}")
        await stage.press("space")
        await stage.until(lambda: live(stage).refused)
        await stage.settled()
        assert line(page, "list:tools") == "✓ tools ✓ honoured"
        assert line(page, "list:prompts") == "✓ prompts ✗ not honoured"
        assert line(page, f"uri:{SECRET}") == f"✓ {SECRET} ✗ refused ✗ not for you"
        assert "! 2 not honoured" in line(page, "state")


async def test_any_uri_and_steps_back() -> None:
    async with staged((80, 24), TellingServer()) as stage:
        page = await opened(stage)
        await stage.press("u", "escape")
        assert page.list.has_focus
        await stage.press("u")
        await stage.type("demo://other ")
        await stage.press("enter")
        await honoured(stage, Interest(uris=("demo://other",)))
        assert page.list.current is not None
        assert page.list.current.link == ("uri", "demo://other")
        await stage.press("r")
        await stage.called()
        assert stage.screen.workbench.item is not None
        assert stage.screen.workbench.item.key == "demo://other"
        await stage.press("s", "u")
        await stage.type("demo://other")
        await stage.press("enter")
        assert live(stage).desired == Interest(uris=("demo://other",)), "not switched off by it"
        await stage.press("escape")
        assert not stage.screen.desk.page


async def test_from_a_resource_by_one_key() -> None:
    async with staged((120, 40), TellingServer()) as stage:
        await stage.until(lambda: stage.app.journal.catalogue.complete["templates"])
        await stage.open("notes")
        await stage.press("1", "s")
        await stage.until(lambda: stage.screen.query(SubscriptionsPage))
        page = stage.screen.query_one(SubscriptionsPage)
        assert page.list.current is not None
        assert page.list.current.link == ("uri", "demo://notes")


async def test_it_survives_a_reconnect() -> None:
    async with staged((120, 40), TellingServer()) as stage:
        page = await opened(stage)
        page.list.go_to("list:tools")
        await stage.press("space")
        await honoured(stage, Interest(tools=True))
        keeper = stage.app.keeper
        assert keeper is not None
        before = live(stage)
        keeper.reconnect()
        await stage.until(lambda: keeper.subscriptions is not None and keeper.subscriptions is not before)
        await honoured(stage, Interest(tools=True))
        await stage.press("s")
        await stage.settled()
        assert line(page, "list:tools") == "✓ tools ✓ honoured"


async def test_a_recording_shows_it_and_changes_nothing() -> None:
    async with staged((120, 40), TellingServer()) as stage:
        page = await opened(stage)
        page.list.go_to("list:tools")
        await stage.press("space", "down", "space")
        await honoured(stage, Interest(tools=True))
        await called(stage, "grow")
        journal = Journal.open(stage.app.journal.path) if stage.app.journal.path else stage.app.journal
        async with staged((120, 40), journal=journal) as viewer:
            shown = await opened(viewer)
            assert line(shown, "list:tools").startswith("✓ tools ✓ honoured 1 at")
            assert line(shown, "list:prompts") == "✓ prompts ✗ not honoured"
            await viewer.press("down", "space", "u", "r", "enter")
            assert not shown.field.display
            await viewer.until(
                lambda: any("nothing is sent" in note.message for note in viewer.app._notifications)
            )


def test_ages() -> None:
    assert [ago(seconds) for seconds in (0, 30, 600, 7200)] == ["now", "30 s ago", "10 min ago", "2 h ago"]
    assert Facts().state == "none"
