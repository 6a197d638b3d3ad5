"""The list of capabilities: folds, search, the cursor, and names that mean harm."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult

from inspector.app.items import Item
from inspector.app.widgets.capability_list import CapabilityList

HOSTILE = "x\x1b[31m\u202e[/]$filter"


class Host(App[None]):
    def __init__(self, tools: Sequence[object], complete: bool = True) -> None:
        super().__init__()
        self.sections = {"tools": (tools, complete), "prompts": ([{"name": "hello"}], True)}
        self.opened: list[Item | None] = []

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
        app.list.show("A server 1", {"tools": ([{"name": "new"}, *TOOLS], True)})
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
