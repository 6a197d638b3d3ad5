"""Comparing two results: from the workbench, from a row, in a recording; which two is up to the user."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Static

from inspector.app.items import Item
from inspector.app.screens.compare import CompareScreen, subject_for
from inspector.app.screens.main import MainScreen
from inspector.app.widgets.form import SchemaForm
from inspector.journal.journal import Journal
from inspector.journal.results import Subject
from tests.app.stage import Stage, staged
from tests.journal.test_results import ADD, session

WIDE = (120, 40)


def compared(stage: Stage) -> CompareScreen | None:
    screen = stage.app.screen
    return screen if isinstance(screen, CompareScreen) and screen.compared else None


async def comparing(stage: Stage) -> CompareScreen:
    await stage.until(lambda: compared(stage))
    await stage.pilot.pause()
    screen = compared(stage)
    assert screen is not None
    return screen


def title(screen: CompareScreen) -> str:
    return str(screen.query_one("#compare-title", Static).render())


async def weather(stage: Stage, *cities: str) -> None:
    await stage.connected()
    await stage.open("weather")
    for city in cities:
        form = stage.screen.query_one(SchemaForm)
        form.set_value({"city": city})
        await stage.press("f5")
        await stage.called()
    await stage.press("2", "escape")


async def test_the_latest_result_against_the_one_before() -> None:
    async with staged(WIDE) as stage:
        await weather(stage, "Oslo", "Lagos", "Bergen")
        await stage.press("v")
        screen = await comparing(stage)
        assert "tools/call weather · 2 and 3 of 3" in title(screen)
        head = str(screen.query_one("#compare-head", Static).render())
        assert '"city": "Lagos"' in head.splitlines()[0]
        assert '"city": "Bergen"' in head.splitlines()[1]
        assert screen.diff.count >= 1
        assert "content.0.text" in str(screen.query_one("#compare-where", Static).render())
        await stage.press("n", "p", "left_square_bracket")
        screen = await comparing(stage)
        assert "1 and 3 of 3" in title(screen)
        await stage.press("right_curly_bracket")
        assert "1 and 3 of 3" in title(screen), "there is no later one"
        await stage.press("left_curly_bracket", "left_curly_bracket")
        screen = await comparing(stage)
        assert "1 and 1 of 3 · no difference" in title(screen)
        await stage.press("l")
        assert isinstance(stage.app.screen, MainScreen)


async def test_one_result_is_nothing_to_compare() -> None:
    async with staged((80, 24)) as stage:
        await weather(stage, "Oslo")
        await stage.press("v")
        screen = await comparing(stage)
        assert "one result" in title(screen)
        assert "call it twice" in str(screen.query_one("#compare-head", Static).render())
        await stage.press("n", "left_square_bracket", "question_mark", "escape", "escape")
        assert isinstance(stage.app.screen, MainScreen)


async def test_nothing_opened_is_nothing_to_compare() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.press("v")
        assert isinstance(stage.app.screen, MainScreen)


async def test_results_of_a_recording_are_compared_too(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    journal = Journal.create(path)
    async with staged(WIDE, into=journal) as stage:
        await weather(stage, "Oslo", "Lagos")
    journal.close()
    viewed = Journal.open(path)
    async with staged(WIDE, journal=viewed) as stage:
        await stage.settled()
        stage.screen.traffic.show_row(viewed.rows_with_method("tools/call")[0])
        await stage.press("3", "v")
        screen = await comparing(stage)
        assert "tools/call weather · 1 and 2 of 2" in title(screen)
        assert screen.diff.count


def test_what_is_compared() -> None:
    journal = session()
    tool = Item("tools", {"name": "add"})
    assert subject_for(journal, -1, tool, -1) == ADD
    assert subject_for(journal, 8, tool, -1) == Subject("resources/read", "x:y"), "a selected row comes first"
    assert subject_for(journal, -1, Item("resources", {"uri": "x:y"}), -1) == Subject("resources/read", "x:y")
    assert subject_for(journal, -1, Item("prompts", {"name": "p"}), -1) == Subject("prompts/get", "p")
    template = Item("templates", {"uriTemplate": "x:{a}"})
    assert subject_for(journal, -1, template, 8) == Subject("resources/read", "x:y")
    assert subject_for(journal, -1, template, -1) is None
    assert subject_for(journal, -1, None, 0) is None
