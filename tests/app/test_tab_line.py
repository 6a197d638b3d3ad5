"""Words to choose from, by key and by mouse."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from inspector.app.widgets.tab_line import TabLine


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        yield TabLine(("Form", "JSON", "Schema"))

    @property
    def line(self) -> TabLine:
        return self.query_one(TabLine)

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        self.chosen.append(event.word)


async def test_arrow_keys_go_round() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.line.focus()
        await pilot.press("right", "right", "right", "left")
        assert app.chosen == ["JSON", "Schema", "Form", "Schema"]


async def test_a_click_chooses_the_word_under_it() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.click(TabLine, offset=(8, 0))
        await pilot.click(TabLine, offset=(8, 0))
        assert app.chosen == ["JSON"], "choosing what is chosen is no news"


async def test_other_words_keep_the_choice_where_they_can() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.line.offer(["JSON", "Raw"], "Raw")
        app.line.offer(["Raw", "HTTP"])
        assert app.line.active == "Raw"
        app.line.offer([])
        assert app.line.active == ""
        app.line.focus()
        await pilot.press("right")
        assert app.chosen == []


def test_a_hint_follows_the_words_and_is_none_of_them() -> None:
    line = TabLine(("One", "Two"), hint="n switches")
    assert line.render().plain == "One  Two   n switches"
    assert line.choices == ("One", "Two")
    assert line.get_content_width(None, None) == len(line.render().plain)


@pytest.mark.parametrize("width", [38, 24, 14, 6])
async def test_without_room_the_chosen_one_is_in_sight(width: int) -> None:
    words = ("1 Capabilities", "2 Workbench", "3 Messages", "4 Message")
    app = Host()
    async with app.run_test(size=(width, 4)) as pilot:
        app.line.offer(words)
        for number, word in enumerate(words):
            app.line.active = word
            await pilot.pause()
            shown = app.line.render().plain
            assert word in shown
            assert len(shown) <= max(width - 2, len(word) + 6)
            assert ("‹" in shown, "›" in shown) == (
                words[0] not in shown and number > 0,
                words[-1] not in shown and number < 3,
            )
        await pilot.click(TabLine, offset=(1, 0))
        assert app.chosen == ["3 Messages"] or "3 Messages" in shown
