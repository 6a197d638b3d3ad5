"""The text viewer, used as a person would."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection
from textual.strip import Strip

from inspector.app.widgets.text_view import TextView


class Viewer(App[None]):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown = text

    def compose(self) -> ComposeResult:
        yield TextView(self.shown, empty="(no text)")

    def on_mount(self) -> None:
        self.view.focus()

    @property
    def view(self) -> TextView:
        return self.query_one(TextView)


def screen(view: TextView) -> list[str]:
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    while pilot.app.query_one(TextView).busy:
        await pilot.pause()


async def test_wraps_at_the_width_and_not_when_told() -> None:
    app = Viewer("one two three four five six seven")
    async with app.run_test(size=(20, 6)) as pilot:
        await settled(pilot)
        assert screen(app.view)[:2] == ["one two three four", "five six seven"]
        await pilot.press("w")
        assert screen(app.view)[:2] == ["one two three four …", ""]
        app.view.scroll_to(x=13, animate=False)
        assert screen(app.view)[0] == " four five six seven"


async def test_hostile_text_is_made_visible_and_no_markup_is_read() -> None:
    app = Viewer("a\x1b]52;c;eA==\x07[/]x [bold]\u202etxt\r\nb\x9bc")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert screen(app.view)[:2] == ["a␛]52;c;eA==␇[/]x [bold]‹U+202E›txt", "b‹U+009B›c"]


@pytest.mark.parametrize("moves_on", [False, True])
async def test_the_end_is_that_of_the_whole_text(monkeypatch: pytest.MonkeyPatch, moves_on: bool) -> None:
    """A slow machine: rows are still being found when the key is pressed."""
    for name, seconds in (("FIRST_SLICE", 0.0), ("SLICE", 0.0), ("PAUSE", 0.1)):
        monkeypatch.setattr(f"inspector.app.widgets.text_view.{name}", seconds)
    app = Viewer("\n".join(f"line {n}" for n in range(3_000)))
    async with app.run_test(size=(20, 6)) as pilot:
        await pilot.press("end")
        if moves_on:
            await pilot.press("home")
        await settled(pilot)
        assert screen(app.view)[0 if moves_on else -1] == ("line 0" if moves_on else "line 2999")


async def test_find_scrolls_to_it_and_goes_round() -> None:
    app = Viewer("\n".join(f"line {n}" for n in range(1_000)))
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot)
        assert app.view.find("LINE 77")
        assert "line 77" in screen(app.view)
        assert app.view.find("line 77")
        assert "line 770" in screen(app.view)
        assert app.view.find("line 77", backwards=True)
        assert "line 77" in screen(app.view)
        assert app.view.find("line 77", backwards=True)
        assert "line 779" in screen(app.view)
        assert not app.view.find("line 1000")
        assert not app.view.find("")


async def test_five_megabytes_show_their_first_page_at_once_and_all_of_it_in_the_end() -> None:
    app = Viewer("The quick brown fox jumps over the lazy dog.\n" * 110_000 + "the end")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert screen(app.view)[0].startswith("The quick")
        await settled(pilot)
        await pilot.press("end")
        await pilot.wait_for_animation()
        assert screen(app.view)[-1] == "the end"


@pytest.mark.parametrize("slow", [False, True])
async def test_the_reader_stays_at_the_place_when_the_width_changes(
    monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """Also where the rows below that place, to the end of the page, are found later than it."""
    if slow:
        monkeypatch.setattr("inspector.app.widgets.text_view.FIRST_SLICE", 0.0)
        monkeypatch.setattr("inspector.app.widgets.text_view.SLICE", 0.0)
    app = Viewer("\n".join(f"{n} " + "word " * 30 for n in range(1_000)))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot)
        app.view.find("500 word")
        top = app.view.text[app.view._lines.start(app.view.scroll_offset.y) :][:20]
        await pilot.resize_terminal(41, 20)
        await settled(pilot)
        assert screen(app.view)[0].startswith(top[:10])


async def test_a_selection_has_no_breaks_that_only_the_width_made() -> None:
    app = Viewer("one two three four five six seven\nlast")
    async with app.run_test(size=(20, 6)) as pilot:
        await settled(pilot)
        chosen = app.view.get_selection(Selection(Offset(4, 0), Offset(8, 1)))
        assert chosen is not None
        assert chosen[0] == "two three four five six"
        assert app.view.get_selection(Selection(None, None)) == (app.view.text, "\n")
        await pilot.mouse_down(TextView, offset=(4, 0))
        await pilot.hover(TextView, offset=(8, 1))
        await pilot.mouse_up(TextView, offset=(8, 1))
        assert app.view.selected_text() == "two three four five six "


async def test_an_empty_text_says_so() -> None:
    app = Viewer("")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert screen(app.view)[0] == "(no text)"
        app.view.load("something\x00")
        assert screen(app.view)[0] == "something␀"
        assert app.view.selected_text() == "something\x00"


async def test_a_text_loaded_before_the_view_was_ever_seen_shows_from_its_top() -> None:
    class Unseen(Viewer):
        CSS = "TextView { display: none; }"

    app = Unseen("")
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.load("\n".join(f"line {n}" for n in range(100_000)))
        await pilot.pause()
        app.view.styles.display = "block"
        await settled(pilot)
        assert app.view.scroll_offset.y == 0
        assert screen(app.view)[0] == "line 0"


@pytest.mark.parametrize(("wrap", "says"), [(True, "one two"), (False, "one two thr…")])
async def test_what_was_loaded_out_of_sight_stands_in_the_first_picture(wrap: bool, says: str) -> None:
    painted: list[str] = []

    class Watched(TextView):
        def render_line(self, y: int) -> Strip:
            strip = super().render_line(y)
            painted.extend([strip.text.rstrip()] if y == 0 else [])
            return strip

    class Unseen(App[None]):
        CSS = "TextView { display: none; }"

        def compose(self) -> ComposeResult:
            yield Watched(wrap=wrap)

    app = Unseen()
    async with app.run_test(size=(12, 5)) as pilot:
        view = app.query_one(TextView)
        view.load("one two three")
        await pilot.pause()
        assert not painted
        view.styles.display = "block"
        await pilot.pause()
        assert {painted[0], painted[-1]} == {says}
