"""A sheet: the cursor, folds, links, by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult

from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry, heading, line, space


class Host(App[None]):
    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = entries
        self.opened: list[object] = []
        self.passed: list[str] = []

    def compose(self) -> ComposeResult:
        yield Sheet()

    def on_mount(self) -> None:
        self.sheet.show(self.entries, anew=True)
        self.sheet.focus()

    @property
    def sheet(self) -> Sheet:
        return self.query_one(Sheet)

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        self.opened.append(event.entry.link)

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        self.passed.append(event.entry.key)


def rows(app: Host) -> list[str]:
    return [app.sheet.render_line(y).text.rstrip() for y in range(app.sheet.size.height)]


ENTRIES = [
    heading("title", "Title"),
    line("one", ("first", "text")),
    Entry("two", (("second", "strong"),), more=((("below", "muted"),),)),
    space("space"),
    Entry("three", (("third [bold]x", "text"),), link=7, copy="copied"),
]


async def test_the_cursor_passes_by_what_is_only_to_be_read() -> None:
    app = Host(ENTRIES)
    async with app.run_test(size=(30, 10)) as pilot:
        assert rows(app)[:5] == ["Title", "  first", "▸ second", "", "  third [bold]x"]
        assert app.sheet.current is not None
        assert app.sheet.current.key == "one"
        await pilot.press("down", "down", "down", "up")
        assert app.passed == ["two", "three", "two"]
        await pilot.press("end")
        assert app.sheet.selected_text() == "copied"
        await pilot.press("home")
        assert app.sheet.selected_text() == "first"


async def test_enter_follows_a_link_and_unfolds_the_rest() -> None:
    app = Host(ENTRIES)
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.press("enter", "down", "enter")
        assert rows(app)[2:4] == ["▾ second", "    below"]
        await pilot.press("space")
        assert rows(app)[2] == "▸ second"
        await pilot.press("end", "enter")
        assert app.opened == [7]


async def test_the_mouse_does_the_same() -> None:
    app = Host(ENTRIES)
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.click(Sheet, offset=(3, 2))
        await pilot.click(Sheet, offset=(3, 0))
        assert app.sheet.current is not None
        assert app.sheet.current.key == "two"
        await pilot.click(Sheet, offset=(3, 4), times=2)
        assert app.opened == [7]


async def test_cursor_and_folds_stay_with_their_entries() -> None:
    app = Host(ENTRIES)
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.press("down", "space")
        app.sheet.show([line("new", ("new", "text")), *ENTRIES])
        await pilot.pause()
        assert app.sheet.current is not None
        assert app.sheet.current.key == "two"
        assert "    below" in rows(app)
        app.sheet.show(ENTRIES, anew=True)
        assert app.sheet.current.key == "one"
        assert "    below" not in rows(app)
        app.sheet.show([])
        await pilot.press("down", "pagedown", "enter", "space", "home")
        assert app.sheet.selected_text() == ""


async def test_it_scrolls_to_the_cursor_at_any_size() -> None:
    many = [line(str(number), (f"line {number} " + "word " * 12, "text")) for number in range(200)]
    app = Host(many)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("pagedown", "pagedown")
        assert app.sheet.scroll_offset.y > 0
        await pilot.press("end")
        await pilot.pause()
        assert any("line 199" in row for row in rows(app))
        await pilot.resize_terminal(25, 5)
        await pilot.pause()
        await pilot.pause()
        assert any("line 199" in row for row in rows(app))
        await pilot.press("home")
        await pilot.pause()
        assert "line 0" in rows(app)[0]
