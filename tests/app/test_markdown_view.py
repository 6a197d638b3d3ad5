"""The viewer of Markdown: wraps, scrolls, and puts nothing on the screen but what it was given."""

from __future__ import annotations

from textual.app import App, ComposeResult

from inspector.app.markdown import Line, lines_of
from inspector.app.widgets.markdown_view import MarkdownView


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield MarkdownView()


async def test_it_wraps_to_its_width_and_keeps_the_lead() -> None:
    app = Host()
    async with app.run_test(size=(30, 6)) as pilot:
        view = app.query_one(MarkdownView)
        view.show(lines_of("> " + "word " * 12) or [])
        await pilot.pause()
        assert len(view.shown) == 3
        assert all(row.startswith("│ ") for row in view.shown)
        assert view.selected_text().startswith("│ word word")


async def test_a_lead_never_takes_the_whole_width() -> None:
    app = Host()
    async with app.run_test(size=(20, 6)) as pilot:
        view = app.query_one(MarkdownView)
        view.show([Line((("abc", "text"),), "│ " * 40, "│ " * 40), Line((("x" * 99, "code"),), wraps=False)])
        await pilot.pause()
        assert view.shown[0] == "abc"


async def test_keys_scroll() -> None:
    app = Host()
    async with app.run_test(size=(30, 6)) as pilot:
        view = app.query_one(MarkdownView)
        view.show(lines_of("\n\n".join(f"line {n}" for n in range(50))) or [])
        view.focus()
        await pilot.press("down", "j", "pagedown")
        await pilot.pause()
        assert view.scroll_offset.y > 2
