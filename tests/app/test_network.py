"""The network view: from messages to exchanges and back, the filter, the tail, by keyboard and mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import MouseScrollUp

from inspector.app.panes.network import Network, SelectedExchange
from inspector.app.panes.traffic import Traffic
from inspector.app.widgets.exchange_list import ExchangeList
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.journal import Journal
from inspector.transport.tap import Tap
from tests.app.recorded import URL, session
from tests.app.stage import Stage, staged

WIDE, NARROW = (120, 40), (80, 24)


def listed(stage: Stage) -> ExchangeList:
    return stage.screen.query_one(ExchangeList)


@pytest.mark.parametrize("size", [WIDE, NARROW, (200, 60), (40, 10)])
async def test_every_exchange_is_listed_and_the_last_is_shown(size: tuple[int, int]) -> None:
    async with staged(size, journal=session().journal) as stage:
        await stage.settled()
        await stage.press("n")
        await stage.settled()
        assert stage.app.focused is listed(stage)
        assert len(listed(stage).found) == 9
        assert listed(stage).cursor == 9
        text = "\n".join(entry.whole for entry in stage.screen.query_one("#exchange-sheet", Sheet).entries)
        assert "dropped on the way: authorization" in text
        await stage.press("n")
        assert stage.app.focused is stage.screen.query_one(MessageLog)


async def test_a_message_leads_to_its_exchange_and_back() -> None:
    async with staged(WIDE, journal=session().journal) as stage:
        await stage.settled()
        log = stage.screen.query_one(MessageLog)
        await stage.press("3", "home")
        await stage.press("x")
        assert not stage.screen.query_one(Traffic).network, "a row without an exchange leads nowhere"
        await stage.press("down", "x")
        await stage.settled()
        assert stage.app.focused is listed(stage)
        assert listed(stage).cursor == 1
        await stage.press("x")
        await stage.settled()
        assert stage.app.focused is log
        assert log.cursor == 1


async def test_a_line_of_the_detail_leads_to_its_row_past_a_filter() -> None:
    async with staged(NARROW, journal=session().journal) as stage:
        await stage.settled()
        await stage.press("3", "slash")
        await stage.type("nothing-holds-this")
        await stage.press("enter", "n", "enter")
        sheet = stage.screen.query_one("#exchange-sheet", Sheet)
        assert stage.app.focused is sheet
        linked = next(entry for entry in sheet.entries if entry.link is not None)
        sheet.go_to(linked.key)
        await stage.press("enter")
        await stage.settled()
        assert stage.screen.query_one(MessageLog).cursor == linked.link
        assert stage.app.focused is stage.screen.query_one(MessageLog)


async def test_the_filter_finds_words_anywhere_in_an_exchange() -> None:
    async with staged(WIDE, journal=session().journal) as stage:
        await stage.settled()
        await stage.press("n", "slash")
        await stage.type("eu.example.net tools/call")
        await stage.settled()
        network = stage.screen.query_one(Network)
        assert "1 of 9" in str(network.border_title)
        assert network.field.choices.is_open
        await stage.press("escape", "escape")
        await stage.settled()
        assert " of " not in str(network.border_title)
        assert stage.app.focused is listed(stage)


async def test_the_filter_is_that_of_the_messages() -> None:
    async with staged(NARROW, journal=session().journal) as stage:
        await stage.settled()
        await stage.press("n", "slash")
        network = stage.screen.query_one(Network)
        await stage.type("stat")
        await stage.until(lambda: network.field.choices.is_open)
        await stage.press("tab")
        await stage.type("4xx")
        await stage.settled()
        found = len(listed(stage).found)
        assert 0 < found < 9
        assert f"{found} of 9" in str(network.border_title)
        await stage.type(" lat:>x")
        await stage.until(lambda: network.field.wrong.display)
        assert "expected" in str(network.field.wrong.render())
        assert f"{found} of 9" in str(network.border_title), "what stands before stays in force"
        await stage.press("enter")
        await stage.until(lambda: listed(stage).has_focus)


def ask(journal: Journal) -> None:
    tap, number = Tap(journal), journal.new_exchange()
    tap.http("request", number, method="GET", url=URL, headers=[])
    tap.http("end", number, outcome="complete")


async def test_it_follows_the_tail_until_somebody_looks_back() -> None:
    journal = Journal.create(target={"url": URL})

    async with staged(WIDE, journal=journal) as stage:
        await stage.press("n")
        await stage.settled()
        for _ in range(100):
            ask(journal)
        await stage.settled()
        assert listed(stage).cursor == 100
        await stage.press("up", "pageup")
        kept = listed(stage).cursor
        assert kept < 99
        assert not listed(stage).following
        ask(journal)
        await stage.settled()
        assert listed(stage).cursor == kept
        assert "paused" in str(stage.screen.query_one(Network).border_title)
        await stage.press("f")
        assert listed(stage).cursor == 101
        await stage.press("home")
        assert listed(stage).cursor == 1
        await stage.press("pagedown", "end")
        assert listed(stage).following


async def test_the_wheel_pauses_and_nothing_moves_while_one_reads() -> None:
    journal = Journal.create(target={"url": URL})

    for _ in range(100):
        ask(journal)
    async with staged(WIDE, journal=journal) as stage:
        await stage.press("n")
        await stage.settled()
        shown = listed(stage)
        assert shown.following
        shown.post_message(MouseScrollUp(shown, 5, 5, 0, 0, 0, False, False, False))
        await stage.settled()
        assert not shown.following
        top = shown.scroll_offset.y
        ask(journal)
        await stage.settled()
        assert shown.scroll_offset.y == top


async def test_what_is_shown_grows_with_its_exchange() -> None:
    journal = Journal.create(target={"url": URL})
    tap = Tap(journal)
    tap.http("request", 1, method="GET", url=URL, headers=[])
    async with staged(WIDE, journal=journal) as stage:
        await stage.press("n")
        await stage.settled()
        tap.sse("event", 1, id="7", retry=1000)
        await stage.settled()
        sheet = stage.screen.query_one(SelectedExchange).sheet
        assert any("id=7" in entry.plain for entry in sheet.entries)


async def test_mouse_and_tabs_do_the_same() -> None:
    async with staged(WIDE, journal=session().journal) as stage:
        await stage.settled()
        await stage.pilot.click("#messages-kind", offset=(11, 0))
        await stage.settled()
        assert stage.screen.query_one(Traffic).network
        assert stage.screen.query_one("#network-kind", TabLine).active == "Network"
        await stage.pilot.click(ExchangeList, offset=(10, 2))
        await stage.settled()
        assert listed(stage).cursor == 2
        await stage.press("left_square_bracket")
        assert not stage.screen.query_one(Traffic).network


async def test_over_stdio_there_is_no_network() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        assert not stage.screen.query_one("#messages-kind").display
        await stage.press("n", "x", "a")
        assert stage.app.screen is stage.screen
        assert not stage.screen.query_one(Traffic).network


async def test_a_recording_on_disk_shows_its_exchanges(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    made = Journal.create(path, target={"url": URL})
    tap = Tap(made)
    tap.http("request", 1, method="GET", url=URL, headers=[], purpose="[bold]\x1b[31m")
    made.close()
    opened = Journal.open(path)
    async with staged(NARROW, journal=opened) as stage:
        await stage.press("n")
        await stage.settled()
        assert len(listed(stage).found) == 1
        await stage.press("enter", "y")
    opened.close()
