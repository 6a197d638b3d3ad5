"""Lists through the app: what changes, pages, completion, previews, what is asked before it runs."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from textual.widgets import Static

from inspector.app import keeper
from inspector.app.items import Item
from inspector.app.panes.capabilities import Capabilities
from inspector.app.screens.ask import Question
from inspector.app.widgets.capability_list import CapabilityList
from inspector.app.widgets.form_fields import TextField
from inspector.app.widgets.item_facts import FactLink, ItemFacts
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.suggestions import Suggestions
from inspector.app.widgets.uri_preview import UriPreview
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget
from inspector.wire.interest import Interest
from tests.app.lists_server import ListsServer
from tests.app.stage import Stage, staged
from tests.conftest import SERVERS
from tests.servers.lists import HOSTILE

SIZE = (120, 40)


def listed(stage: Stage) -> list[str]:
    shown = stage.screen.query_one(CapabilityList)
    return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]


def says(stage: Stage, selector: str) -> str:
    return str(stage.screen.query_one(selector, Static).render())


def asked(stage: Stage, method: str) -> list[dict[str, Any]]:
    journal = stage.app.journal
    frames = [journal.event(seq).frame for seq in range(len(journal)) if journal.method(seq) == method]
    return [dict(frame.params) for frame in frames if frame is not None and frame.method == method]


def called(stage: Stage) -> list[str]:
    return [params["name"] for params in asked(stage, "tools/call")]


async def change(stage: Stage) -> None:
    await stage.open("change")
    before = len(asked(stage, "tools/list"))
    await stage.press("enter")
    await stage.until(lambda: len(asked(stage, "tools/list")) > before)
    await stage.until(lambda: stage.screen.query_one("#capability-news").display)
    await stage.settled()


async def test_what_changed_is_marked_and_told_until_it_is_taken_note_of() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await change(stage)
        lines = listed(stage)
        assert " ▾ Tools 6  +1 ~1 −1" in lines
        assert " ~  lookup  changed" in lines
        assert " −  legacy_export  gone" in lines
        assert " +  export  new" in lines
        assert says(stage, "#capability-news").startswith("1 new, 1 changed, 1 gone since")
        await stage.press("1", "w", "enter")
        assert stage.screen.workbench.item is not None
        assert stage.screen.workbench.item.label == "lookup"
        assert "changed: description, inputSchema" in str(
            stage.screen.query_one(ItemFacts).query(Static).first().render()
        )
        await stage.press("escape", "1")
        stage.screen.workbench._show_tab("Changes")
        sheet = stage.screen.workbench.arguments.query_one(Sheet)
        await stage.pilot.pause()
        assert "− Look a word up." in [entry.plain for entry in sheet.entries]
        await stage.press("1", "u")
        await stage.until(lambda: not stage.screen.query_one("#capability-news").display)
        assert " ▾ Tools 6" in listed(stage)
        assert not [line for line in listed(stage) if "legacy" in line]


async def test_what_is_opened_is_renewed_and_what_was_typed_stays() -> None:
    server = ListsServer()
    async with staged(SIZE, server) as stage:
        await stage.connected()
        await stage.open("lookup")
        await stage.type("he")
        bench = stage.screen.workbench
        assert stage.app.keeper is not None
        assert stage.app.keeper.session is not None
        await stage.app.keeper.session.call("tools/call", {"name": "change"})
        await stage.until(lambda: bench.item is not None and bench.item.mark == "changed")
        await stage.settled()
        fields = bench.query(TextField)
        assert [field.line.path for field in fields] == [("word",), ("language",)]
        assert fields[0].has_focus
        await stage.type("llo")
        assert fields[0].value == "hello"
        await stage.app.keeper.session.call("tools/call", {"name": "change"})
        await stage.until(lambda: bench.item is not None and not bench.item.mark)
        assert bench.arguments.given() == {"word": "hello"}


async def test_a_server_that_was_started_anew_is_held_against_what_it_was() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await change(stage)
        await stage.press("1", "u", "ctrl+r", "y")
        await stage.until(lambda: " ▾ Tools 6  +1 ~1 −1" in listed(stage))
        assert " −  export  gone" in listed(stage)


async def test_pages_without_end_are_left_and_gone_on_with_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "MOST_PAGES", 3)
    async with staged(SIZE, ListsServer(None)) as stage:
        await stage.until(lambda: stage.app.journal.catalogue.complete["prompts"])
        await stage.settled()
        catalogue = stage.app.journal.catalogue
        assert catalogue.pages["tools"] == 3
        capabilities = stage.screen.query_one(Capabilities)
        await stage.press("1", "m")
        await stage.until(lambda: catalogue.pages["tools"] == 4)
        await stage.settled()
        assert capabilities.list.worth_a_look
        await stage.press("p", "ctrl+l")
        await stage.until(lambda: catalogue.pages["tools"] == 1)
        await stage.settled()
        await stage.press("1", "down", "down", "left", "right", "end")
        await stage.until(lambda: any("page 1 · 26 shown · more: m" in line for line in everything(stage)))
        await stage.press("m")
        await stage.until(lambda: catalogue.pages["tools"] == 2)
        await stage.press("p", "ctrl+l")
        await stage.until(lambda: catalogue.pages["tools"] == 3)


def everything(stage: Stage) -> list[str]:
    return [line.more for line in stage.screen.query_one(CapabilityList)._lines]


def suggestions(stage: Stage) -> Suggestions:
    return stage.screen.query_one(Suggestions)


async def test_a_prompts_argument_is_completed_while_typing() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("review")
        field = stage.screen.workbench.query(TextField).first()
        assert not suggestions(stage).is_open
        await stage.type("p")
        await stage.until(lambda: suggestions(stage).is_open)
        assert "12 of 255" in str(suggestions(stage).render())
        assert asked(stage, "completion/complete") == [
            {"ref": {"type": "ref/prompt", "name": "review"}, "argument": {"name": "language", "value": "p"}}
        ]
        await stage.press("escape")
        assert not suggestions(stage).is_open
        assert field.has_focus
        await stage.type("ython")
        await stage.until(lambda: suggestions(stage).is_open)
        await stage.press("down", "down", "up", "enter")
        assert field.value == "python"
        assert not asked(stage, "prompts/get")
        await stage.press("down")
        await stage.type("f")
        await stage.until(lambda: suggestions(stage).is_open)
        assert asked(stage, "completion/complete")[-1]["context"] == {"arguments": {"language": "python"}}
        await stage.press("tab")
        assert stage.screen.workbench.arguments.given() == {"language": "python", "framework": "fastapi"}
        await stage.press("enter")
        await stage.until(lambda: asked(stage, "prompts/get"))


async def test_enter_runs_the_prompt_where_nothing_is_chosen() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("review")
        await stage.type("p")
        await stage.until(lambda: suggestions(stage).is_open)
        await stage.press("enter")
        await stage.until(lambda: asked(stage, "prompts/get"))
        assert asked(stage, "prompts/get")[0]["arguments"] == {"language": "p"}


async def test_hostile_values_are_shown_safe_and_taken_as_they_are() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("repository")
        await stage.type("octo")
        await stage.until(lambda: suggestions(stage).is_open)
        assert not set(str(suggestions(stage).render())) & {"\x1b", "\u202e"}
        await stage.press("down", "enter")
        field = stage.screen.workbench.query(TextField).first()
        assert field.value == HOSTILE[0]
        await stage.until(lambda: "octo%1B%5B31mcat" in says_preview(stage))


def says_preview(stage: Stage) -> str:
    return str(stage.screen.query_one(UriPreview).render())


async def test_a_server_without_completions_is_not_asked() -> None:
    server = ListsServer()
    async with staged(SIZE, server) as stage:
        await stage.connected()
        assert stage.app.keeper is not None
        assert stage.app.keeper.session is not None
        stage.app.keeper.session.capabilities["completions"] = False  # type: ignore[index]
        await stage.open("review")
        await stage.type("p")
        await stage.press("ctrl+@")
        assert not asked(stage, "completion/complete")


async def test_a_server_that_fails_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("tests.servers.lists.Lists.on_completion_complete")
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("review")
        await stage.type("p")
        await stage.until(lambda: suggestions(stage).is_open)
        assert "no completion" in str(suggestions(stage).render())
        await stage.press("down")
        assert not suggestions(stage).is_open
        await stage.type("x")
        await stage.press("ctrl+@")
        assert len(asked(stage, "completion/complete")) == 1


async def test_a_template_shows_the_uri_while_typing() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("repository")
        await stage.type("a b")
        await stage.until(lambda: "repo://a%20b/" in says_preview(stage))
        await stage.press("f5")
        await stage.called()
        assert asked(stage, "resources/read")[-1]["uri"] == "repo://a%20b/"


async def test_a_tool_that_says_it_is_destructive_asks_once() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("drop_table")
        for way in ("enter", "f5"):
            await stage.press(way)
            await stage.until(lambda: isinstance(stage.app.screen, Question))
            await stage.press("n")
            assert called(stage) == []
        stage.screen.workbench.run_item()
        await stage.until(lambda: isinstance(stage.app.screen, Question))
        assert "drop_table says that it is destructive. Run it on lists 1.0?" in str(
            stage.app.screen.query(Static).first().render()
        )
        await stage.press("y")
        await stage.called()
        await stage.press("f5")
        await stage.until(lambda: called(stage) == ["drop_table", "drop_table"])
        await stage.called()
        await stage.press("ctrl+r", "y")
        await stage.until(lambda: stage.app.journal.catalogue.conn == 2)
        await stage.connected()
        await stage.press("f5")
        await stage.until(lambda: isinstance(stage.app.screen, Question))
        await stage.press("n")


async def test_a_tools_ui_is_opened_as_source() -> None:
    async with staged(SIZE, ListsServer()) as stage:
        await stage.connected()
        await stage.open("view_map")
        link = stage.screen.query_one(FactLink)
        link.focus()
        await stage.press("enter")
        await stage.until(lambda: asked(stage, "resources/read"))
        await stage.called()
        item = stage.screen.workbench.item
        assert item is not None
        assert item == Item("resources", {"uri": "ui://map/view.html"})
        assert item.remarks[0].text.startswith("UI of an app, shown as source and never run")


@pytest.mark.parametrize("protocol", ["auto", "2025-11-25"])
async def test_a_server_written_with_the_sdk_changes_its_list_in_both_eras(protocol: str) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / "changing.py"), "stdio"))
    held = keeper.ConnectionKeeper(
        target, Journal.create(target=target.describe()), Options(protocol=protocol, probe_timeout=60)
    )
    async with staged(SIZE, keeper=held) as stage:
        await stage.until(lambda: held.journal.catalogue.complete["prompts"])
        assert held.session is not None
        assert held.subscriptions is not None
        await held.subscriptions.want(Interest(tools=True))
        shown, entry = stage.screen.query_one(CapabilityList), Item("tools", {"name": "later"})
        for text in ("One.", "Two."):
            arguments = {"name": "later", "text": text}
            await held.session.call("tools/call", {"name": "grow", "arguments": arguments})
            await stage.until(lambda text=text: _described(shown, entry) == (text, "new"))  # type: ignore[misc]


def _described(shown: CapabilityList, item: Item) -> tuple[str, str]:
    found = shown.item_like(item)
    return (found.text("description"), found.mark) if found is not None else ("", "")
