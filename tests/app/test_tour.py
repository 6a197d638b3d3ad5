"""The tour: six steps, each with its pane and keys that there are; offered once, at the first start."""

from __future__ import annotations

from pathlib import Path

from inspector.app.keys import every_key
from inspector.app.tour import STEPS, TourScreen, offer
from inspector.kept.look import Look
from tests.app.stage import staged


def test_it_names_keys_that_there_are() -> None:
    names = {row.name: "" for row in every_key() if row.place == "main"}
    assert len(STEPS) == 6
    for step in STEPS:
        assert step.says.format_map(names)


async def test_six_steps_and_back(tmp_path: Path) -> None:
    async with staged((120, 40)) as stage:
        await stage.connected()
        app, main = stage.app, stage.screen
        app.look = Look(tmp_path / "look.json")
        app.remapped = {"main.run": ("f12",)}
        app.offers_tour = True
        offer(app)
        offer(app)
        await stage.until(lambda: len(app._notifications))
        assert [note.message for note in app._notifications] == [
            "First time here? K takes a tour of six steps."
        ]
        assert Look(tmp_path / "look.json").get("tour") is True
        await stage.press("K")
        tour = app.screen
        assert isinstance(tour, TourScreen)
        panes = []
        for step in STEPS:
            assert tour.step is step
            panes.append(main.pane)
            if step.title == "The workbench":
                assert "f12 runs it" in str(tour.query_one("#tour").render())
            await stage.press("right")
        assert panes == [1, 2, 3, 4, 2, 1]
        assert app.screen is main
        await stage.pilot.resize_terminal(20, 5)
        await stage.press("K", "left", "n", "escape")
        assert [type(each) for each in app.screen_stack] == [type(main)]
