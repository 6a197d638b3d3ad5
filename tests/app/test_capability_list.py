"""The list of capabilities: folds, search, the cursor, and names that mean harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import App, ComposeResult

from inspector.app.items import Item
from inspector.app.widgets.capability_list import CapabilityList, Offered
from inspector.journal.changes import Marked

HOSTILE = "x\x1b[31m\u202e[/]$filter"


def offered(entries: Sequence[object], **more: Any) -> Offered:
    return Offered(tuple(each if isinstance(each, Marked) else Marked(each) for each in entries), **more)


class Host(App[None]):
    def __init__(self, tools: Sequence[object], complete: bool = True) -> None:
        super().__init__()
        self.sections = {
            "tools": offered(tools, complete=complete),
            "prompts": offered([{"name": "hello"}]),
        }
        self.opened: list[Item | None] = []
        self.wanted: list[str] = []

    def compose(self) -> ComposeResult:
        yield CapabilityList()

    def on_mount(self) -> None:
        self.list.show("A server 1", self.sections)
        self.list.focus()

    @property
    def list(self) -> CapabilityList:
        return self.query_one(CapabilityList)

    def on_capability_list_opened(self, event: CapabilityList.Opened) -> None:
        self.opened.append(event.item)

    def on_capability_list_more_wanted(self, event: CapabilityList.MoreWanted) -> None:
        self.wanted.append(event.section)

    def on_capability_list_by_page_wanted(self) -> None:
        self.wanted.append("by page")

    def on_capability_list_noted(self) -> None:
        self.wanted.append("noted")


def screen(app: Host) -> list[str]:
    return [app.list.render_line(y).text.rstrip() for y in range(app.list.size.height)]


TOOLS = [{"name": "echo", "title": "Echo it"}, {"name": "add", "description": "two numbers"}]


async def test_sections_with_counts_and_what_they_hold() -> None:
    async with Host(TOOLS).run_test(size=(30, 8)) as pilot:
        assert screen(pilot.app)[:6] == [  # type: ignore[arg-type]
            " A server 1",
            " ▾ Tools 2",
            "    echo  Echo it",
            "    add",
            " ▾ Prompts 1",
            "    hello",
        ]


async def test_a_tool_that_is_not_to_be_called_is_marked_by_shape_and_word() -> None:
    app = Host(TOOLS)
    async with app.run_test(size=(30, 8)):
        app.list.show("A server 1", app.sections, {"echo", "hello"})
        assert screen(app)[2:6] == ["  ⊘ echo  withheld", "    add", " ▾ Prompts 1", "    hello"]


async def test_a_section_that_is_still_being_listed_says_so() -> None:
    async with Host(TOOLS, complete=False).run_test(size=(30, 8)) as pilot:
        assert " ▾ Tools 2…" in screen(pilot.app)  # type: ignore[arg-type]


async def test_enter_opens_items_and_folds_headings() -> None:
    app = Host(TOOLS)
    async with app.run_test(size=(30, 8)) as pilot:
        await pilot.press("enter", "down", "enter")
        assert screen(app)[1:3] == [" ▸ Tools 2", " ▾ Prompts 1"]
        await pilot.press("right", "down", "enter")
        assert [item.label if item else "" for item in app.opened] == ["", "echo"]
        await pilot.press("left")
        assert app.list.current is not None
        assert app.list.current.item is None


async def test_what_is_searched_for_before_it_came_is_under_the_cursor_then() -> None:
    app = Host([])
    async with app.run_test(size=(30, 8)) as pilot:
        app.list.search("add")
        app.list.show("A server 1", {**app.sections, "tools": offered(TOOLS)})
        await pilot.pause()
        assert app.list.current is not None
        assert app.list.current.item is not None
        assert app.list.current.item.label == "add"


async def test_search_looks_at_names_titles_descriptions_and_says_if_nothing_matches() -> None:
    app = Host(TOOLS)
    async with app.run_test(size=(30, 8)) as pilot:
        app.list.search("NUMBERS")
        await pilot.pause()
        assert screen(app)[:2] == [" ▾ Tools 1", "    add"]
        app.list.search("nowhere")
        await pilot.pause()
        assert screen(app)[0] == " nothing matches"
        app.list.search("")
        await pilot.pause()
        assert screen(app)[0] == " A server 1"


async def test_the_cursor_stays_on_its_item_when_the_list_grows() -> None:
    app = Host(TOOLS)
    async with app.run_test(size=(30, 8)) as pilot:
        await pilot.press("down", "down", "down")
        app.list.show("A server 1", {"tools": offered([{"name": "new"}, *TOOLS])})
        assert app.list.current is not None
        assert app.list.current.item == Item("tools", {"name": "add"})


@pytest.mark.parametrize("width", [8, 20, 60])
async def test_hostile_names_stay_in_their_line(width: int) -> None:
    app = Host([{"name": HOSTILE * 20, "title": HOSTILE}, {"name": HOSTILE}, None, 3])
    async with app.run_test(size=(width, 8)) as pilot:
        await pilot.pause()
        for line in screen(app):
            assert not set(line) & {"\x1b", "\u202e"}
        await pilot.press("down", "down", "enter")
        assert app.opened


async def test_thousands_of_entries_and_a_click() -> None:
    app = Host([{"name": f"tool-{n}"} for n in range(5_000)])
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.press("end")
        assert screen(app)[-1] == "    hello"
        await pilot.press("home")
        await pilot.click(CapabilityList, offset=(6, 3))
        assert app.opened == [Item("tools", {"name": "tool-1"})]


CHANGED = [
    Marked({"name": "echo", "title": "Echo it"}, "changed", {"name": "echo"}),
    Marked({"name": "add"}),
    Marked({"name": "old"}, "gone"),
    Marked({"name": "fresh"}, "new"),
]


async def test_what_is_new_changed_and_gone_is_marked_by_sign_and_word() -> None:
    app = Host(CHANGED)
    async with app.run_test(size=(30, 9)) as pilot:
        assert screen(app)[1:6] == [
            " ▾ Tools 3  +1 ~1 −1",
            " ~  echo  changed",
            "    add",
            " −  old  gone",
            " +  fresh  new",
        ]
        await pilot.press("down", "left", "w")
        assert app.list.current is not None
        found = []
        for _ in range(4):
            assert app.list.current is not None
            assert app.list.current.item is not None
            found.append(app.list.current.item.label)
            await pilot.press("w")
        assert found == ["echo", "old", "fresh", "echo"]
        await pilot.press("enter", "u")
        assert app.opened[-1] is not None
        assert (app.opened[-1].mark, app.opened[-1].before) == ("gone", None)
        assert app.wanted == ["noted"]


async def test_the_cursor_stays_on_an_item_that_is_marked_or_of_a_name_that_stands_twice() -> None:
    app = Host([*TOOLS, *TOOLS])
    async with app.run_test(size=(30, 9)) as pilot:
        await pilot.press("down", "down", "down", "down", "down")
        at = app.list.cursor
        app.list.show("A server 1", {"tools": offered([*TOOLS, *map(Marked, TOOLS)])})
        assert app.list.cursor == at
        app.list.show("A server 1", {"tools": offered([Marked(TOOLS[1], "gone")])})
        assert app.list.current is not None
        assert app.list.current.item == Item("tools", TOOLS[1])


async def test_the_row_under_a_list_asks_for_more() -> None:
    app = Host(TOOLS)
    more = {"tools": offered(TOOLS, complete=False, more="page 1 · 2 shown · more: m", asks=True)}
    async with app.run_test(size=(40, 9)) as pilot:
        app.list.show("A server 1", app.sections | more)
        assert screen(app)[1:5] == [
            " ▾ Tools 2…", "    echo  Echo it", "    add", "    page 1 · 2 shown · more: m"
        ]  # fmt: skip
        await pilot.press("m", "end", "m", "p")
        assert app.wanted == ["tools", "tools", "by page"]
        await pilot.press("up", "up", "enter")
        assert app.wanted[3:] == ["tools"]
        app.list.show("A server 1", app.sections)
        await pilot.press("m")
        assert len(app.wanted) == 4
