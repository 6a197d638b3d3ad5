"""The list of questions: where the cursor stands, and what a row says."""

from __future__ import annotations

from textual.app import App, ComposeResult

from inspector.app.asking import Asking
from inspector.app.widgets.inbox_list import InboxList
from inspector.journal.question import Question


class Host(App[None]):
    """Holds the list, and what it posted."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[object] = []

    def compose(self) -> ComposeResult:
        yield InboxList()

    def on_inbox_list_highlighted(self, event: InboxList.Highlighted) -> None:
        self.posted.append(event.ident)

    def on_inbox_list_opened(self, event: InboxList.Opened) -> None:
        self.posted.append(("opened", event.ident))


def question(seq: int, key: str | None = None, says: str = "") -> Question:
    made = Question(seq, key, None if key else "1", "elicitation/create", says=says)
    made.state, made.by, made.over = "answered", "user", 1.25
    return made


def asking(count: int) -> list[Asking]:
    return [Asking(question(number), None, "tools/call ship") for number in range(count)]


def row(shown: InboxList, y: int) -> str:
    return shown.render_line(y).text


async def test_the_cursor_stays_with_its_question() -> None:
    app = Host()
    async with app.run_test(size=(80, 10)) as pilot:
        shown = app.query_one(InboxList)
        shown.show(asking(5), 0)
        shown.focus()
        await pilot.press("down", "j", "enter")
        assert shown.current is not None
        assert shown.current.ident == (2, "1", True)
        shown.show(asking(5)[::-1], 0)
        assert shown.current.ident == (2, "1", True)
        shown.show(asking(2), 0)
        assert shown.current.ident == (0, "1", True)
        shown.go_to((1, "1", True))
        await pilot.press("end", "home", "up")
        shown.show([], 0)
        assert shown.current is None
        await pilot.press("down", "enter")
        await pilot.pause()
    assert app.posted == [(1, "1", True), (2, "1", True), ("opened", (2, "1", True)), (0, "1", True)]


async def test_rows_and_a_heading_for_what_came_together() -> None:
    app = Host()
    async with app.run_test(size=(80, 10)) as pilot:
        shown = app.query_one(InboxList)
        pair = [Asking(question(7, key, "What?"), None, "tools/call ship", 2) for key in "ab"]
        shown.show([*pair, *asking(1)], 0)
        shown.styles.height = 4
        await pilot.pause()
        assert shown.rows == 4
        assert row(shown, 0).startswith("tools/call ship · 2 questions")
        assert "a: What?" in row(shown, 1)
        assert row(shown, 3).rstrip().endswith("answered by you")
        assert row(shown, 3).startswith("✓   1.250 form")
        assert row(shown, 4).strip() == ""
        await pilot.click(InboxList, offset=(3, 2))
        assert shown.current is pair[1]
        await pilot.click(InboxList, offset=(3, 0))
        assert shown.current is pair[0]
        shown.tick(1.0)


async def test_the_cursor_is_scrolled_into_sight() -> None:
    app = Host()
    async with app.run_test(size=(80, 10)) as pilot:
        shown = app.query_one(InboxList)
        shown.show(asking(50), 0)
        shown.focus()
        await pilot.press("end")
        await pilot.pause()
        assert shown.scroll_offset.y == 47
        await pilot.press("home")
        await pilot.pause()
        assert shown.scroll_offset.y == 0
