"""All keys are read from the tables that bind them: help, footer, palette and the bindings agree."""

from __future__ import annotations

import pytest

from inspector.app.actions import ACTIONS, UNBOUND, key_named, name_of, shown_key
from inspector.app.keys import as_markdown, binding_keys, every_key, screen_keys, widget_keys
from inspector.app.screens.help import HelpScreen
from inspector.app.widgets.capability_list import CapabilityList
from inspector.app.widgets.filter_field import FilterField
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.log import MessageLog
from tests.app.stage import staged


def test_no_two_are_called_alike_and_no_key_means_two_things() -> None:
    rows = every_key()
    ids = [row.id for row in rows]
    assert len(ids) == len(set(ids))
    for place in {row.place for row in rows}:
        keys = [key for row in rows if row.place == place for key in row.keys]
        assert len(keys) == len(set(keys)), place


def test_terminals_send_every_key() -> None:
    """ESC b is read as ctrl+left, ESC f as ctrl+right; ctrl+i, ctrl+m, ctrl+h are tab, enter, backspace."""
    never = {"alt+b", "alt+f", "ctrl+i", "ctrl+m", "ctrl+h", "ctrl+left_square_bracket"}
    assert [row.id for row in every_key() if never & set(row.keys)] == []


def test_names() -> None:
    assert name_of("cancel_call") == "cancel-call"
    assert name_of("page('inbox')") == "page-inbox"
    assert name_of("do('next_tab')") == "next-tab"
    assert name_of("given('edit all')") == "given-edit-all"
    assert (name_of("pane(1)"), name_of("tab(-1)"), name_of("move(-1)")) == (
        "pane-1",
        "view-before",
        "move-up",
    )


def test_keys_are_written_and_read_alike() -> None:
    for row in every_key():
        assert tuple(map(key_named, row.written)) == row.keys, row.id
    assert (shown_key("ctrl+slash"), key_named("ctrl+/"), key_named("F5")) == ("ctrl+/", "ctrl+slash", "f5")


def test_what_is_changed_is_told_everywhere() -> None:
    changed = {"main.run": ("f9",), "log.pair": (), "sheet.open": ("enter", "o")}
    (run, *_) = screen_keys("main", ACTIONS, changed)
    assert run.written == ("f9",)
    (pair,) = [row for row in widget_keys("log", changed) if row.name == "pair"]
    assert pair.keys == ()
    assert binding_keys(changed) == {"main.run": "f9", "log.pair": UNBOUND, "sheet.open": "enter,o"}
    assert "| f9 | Run the opened tool" in as_markdown([run])


async def test_bindings_help_footer_and_palette_say_the_same() -> None:
    async with staged((120, 40)) as stage:
        await stage.connected()
        app, screen = stage.app, stage.screen
        told = {key: row for row in screen_keys("main", ACTIONS) for key in row.keys}
        bound = {key: binding for key, binding in screen._bindings if binding.id}
        assert {key: binding.id for key, binding in bound.items()} == {
            key: row.id for key, row in told.items()
        }
        for key, _shown, says in screen.query_one(KeyLine).offers:
            if (
                key in told
                and screen.focused is not None
                and key not in screen.focused._bindings.key_to_bindings
            ):
                assert says == told[key].footer
        commands = {command.title: command.help for command in app.get_system_commands(app.screen)}
        for action in ACTIONS:
            if action.title in commands:
                assert commands[action.title] == " or ".join(map(shown_key, action.keys.split(",")))
        # vi's keys, in a tree and in a list.
        tree, log = screen.query_one(CapabilityList), screen.query_one(MessageLog)
        await stage.press("j", "j", "k")
        assert tree.cursor == 1
        await stage.press("G")
        last = tree.cursor
        await stage.press("ctrl+u", "ctrl+d")
        assert (tree.cursor, last > 10) == (last, True)
        await stage.press("3", "k", "k", "j")
        assert log.cursor == len(app.journal) - 2
        assert not log.following
        await stage.press("ctrl+u")
        assert log.cursor < len(app.journal) - 3
        await stage.press("G")
        assert log.following
        app.set_keymap(binding_keys({"main.help": ("f12",), "main.run": ()}))
        app.remapped = {"main.help": ("f12",), "main.run": ()}
        await stage.press("f1")
        assert app.screen is stage.screen
        await stage.press("f12")
        assert [type(each) for each in app.screen_stack][1:] == [HelpScreen]
        shown = "\n".join(str(widget.render()) for widget in app.screen.query(".help-rows"))
        assert "f12 " in shown
        assert "Run the opened tool" not in shown
        await stage.press("j", "G", "ctrl+u", "escape")
        assert app.screen is screen
        assert all(key != UNBOUND for key, _, _ in screen.query_one(KeyLine).offers)


@pytest.mark.parametrize("width", [80, 60, 40, 20])
async def test_a_footer_without_room_leaves_out_whole_words_but_not_the_help(width: int) -> None:
    async with staged((width, 24)) as stage:
        await stage.connected()
        line = stage.screen.query_one(KeyLine)
        await stage.until(lambda: line.offers)
        shown = str(line.render()).partition("▏")[0].rstrip()
        known = [f"{key} {says}" for _, key, says in line.offers]
        assert "f1 help" in shown
        assert len(shown) <= width
        assert shown == " ".join(words for words in known if words in shown)
        assert (shown == " ".join(known)) == (width >= 60)


async def test_the_footer_names_no_key_that_a_field_takes_for_a_character() -> None:
    async with staged((120, 40)) as stage:
        await stage.connected()
        line = stage.screen.query_one(KeyLine)
        await stage.until(lambda: "/" in {key for _, key, _ in line.offers})
        await stage.press("3", "slash")
        await stage.until(lambda: isinstance(stage.screen.focused, FilterField))
        await stage.until(lambda: "/" not in {key for _, key, _ in line.offers})


async def test_the_footer_offers_to_run_nothing_that_a_page_hides() -> None:
    async with staged((120, 40)) as stage:
        await stage.connected()
        await stage.open("echo")
        line = stage.screen.query_one(KeyLine)

        def named() -> set[str]:
            return {says for _, _, says in line.offers}

        await stage.until(lambda: {"run", "form/JSON"} <= named())
        await stage.press("escape", "t")
        await stage.until(lambda: stage.screen.desk.page == "tasks")
        await stage.until(lambda: "run" not in named())
        assert "form/JSON" not in named()
        stage.screen.desk.show_bench()
        await stage.press("1")
        await stage.until(lambda: {"run", "form/JSON"} <= named())
