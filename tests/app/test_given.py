"""Arguments as a whole: what was sent before, the user's editor, calls with a name."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.widgets import Static

from inspector.app.screens.ask import AskLine
from inspector.app.widgets.form_choice import Picker
from inspector.journal.journal import Journal
from inspector.kept.arguments import ArgumentHistory, arguments_path
from inspector.kept.calls import SavedCall, SavedCalls
from tests.app.stage import Stage, StagedServer, staged

SIZE = (120, 40)


def value(stage: Stage) -> Any:
    return stage.screen.workbench.arguments.value


def status(stage: Stage) -> str:
    return str(stage.screen.query_one("#wb-status", Static).render())


def told(stage: Stage) -> list[str]:
    return [str(each.message) for each in stage.app._notifications]


async def done(stage: Stage, group: str) -> None:
    """Wait for what runs beside the screen."""
    await stage.until(lambda: not [one for one in stage.app.workers if one.group == group])


async def call(stage: Stage, town: str) -> None:
    await stage.press("ctrl+u")
    await stage.type(town)
    await stage.press("enter")
    await stage.called()


async def test_what_was_sent_is_stepped_through_and_what_is_typed_is_kept() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.press("alt+up")
        assert status(stage) == "Nothing else was sent that is remembered"
        for town in ("Oslo", "Rome", "Oslo"):
            await call(stage, town)
        await stage.press("ctrl+u")
        await stage.type("Ber")
        await stage.press("alt+up")
        assert value(stage)["city"] == "Oslo"
        assert status(stage).startswith("1 of 2 · at 0.")
        await stage.press("alt+up", "alt+up")
        assert value(stage)["city"] == "Rome"
        assert status(stage).startswith("2 of 2")
        await stage.press("alt+down", "alt+down", "alt+down")
        assert value(stage)["city"] == "Ber"
        assert status(stage) == "What you typed · 2 sent before"
        await stage.press("alt+up", "X", "alt+up")
        assert value(stage)["city"] == "Oslo"
        await stage.press("alt+down")
        assert value(stage)["city"] == "OsloX"


async def test_in_the_raw_view_too() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await call(stage, "Oslo")
        await stage.press("ctrl+u", "ctrl+t", "alt+up")
        assert json.loads(stage.screen.workbench.arguments.text)["city"] == "Oslo"


async def test_what_is_remembered_outlives_the_session() -> None:
    for town in ("Oslo", "Rome"):
        async with staged(SIZE) as stage:
            stage.screen._given = type(stage.screen._given)(
                stage.screen.workbench, stage.app.journal, ArgumentHistory()
            )
            await stage.connected()
            await stage.open("weather")
            await call(stage, town)
            await done(stage, "keep")
    async with staged(SIZE) as stage:
        stage.screen._given = type(stage.screen._given)(
            stage.screen.workbench, stage.app.journal, ArgumentHistory()
        )
        await stage.connected()
        await stage.open("weather")
        await stage.press("alt+up", "alt+up")
        assert value(stage)["city"] == "Oslo"
        assert status(stage) == "2 of 2 · just now"


async def test_nothing_is_remembered_where_nothing_shall_be() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await call(stage, "Oslo")
    assert not arguments_path().exists()


async def test_a_damaged_file_is_told_in_a_sentence() -> None:
    path = arguments_path()
    path.parent.mkdir(parents=True)
    path.write_text("{")
    path.chmod(0o600)
    async with staged(SIZE) as stage:
        stage.screen._given = type(stage.screen._given)(
            stage.screen.workbench, stage.app.journal, ArgumentHistory()
        )
        await stage.connected()
        await stage.open("weather")
        await stage.press("alt+up")
        assert "put aside as arguments.json.damaged" in told(stage)[0]


async def test_a_recording_remembers_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    journal = Journal.create(path, target=StagedServer().describe())
    async with staged(SIZE, into=journal) as stage:
        await stage.connected()
        await stage.open("weather")
        await call(stage, "Oslo")
    journal.close()
    async with staged(SIZE, journal=Journal.open(path)) as stage:
        await stage.settled()
        await stage.open("weather")
        await stage.press("alt+up")
        assert value(stage)["city"] == "Oslo"


# The user's editor


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that writes the text of a file into what it is to edit, and keeps what stood there."""
    new, program = tmp_path / "new text", tmp_path / "my editor.py"
    program.write_text(
        "import pathlib, sys\n"
        "path, new = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[1])\n"
        "new.with_name('old').write_bytes(path.read_bytes())\n"
        "new.with_name('name').write_text(f'{path.name} {path.stat().st_mode & 0o777:o}')\n"
        "path.write_bytes(new.read_bytes()) if new.exists() else sys.exit(3)\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f'"{sys.executable}" "{program}" "{new}"')
    # No terminal is there to be given away, and none is needed.
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)
    return new


def writes(editor: Path, text: str) -> None:
    editor.write_text(text)


async def edited(stage: Stage, key: str) -> None:
    await stage.press(key)
    await done(stage, "editor")
    await stage.pilot.pause()
    await stage.pilot.pause()


async def test_the_field_and_all_of_it_in_the_editor(editor: Path) -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.type("Oslo")
        writes(editor, "Rome\n")
        await edited(stage, "f7")
        assert editor.with_name("old").read_text() == "Oslo\n"
        if sys.platform != "win32":
            assert editor.with_name("name").read_text() == "city.txt 600"
        assert value(stage)["city"] == "Rome"
        writes(editor, '{"city": "Bergen"}')
        await edited(stage, "alt+e")
        assert json.loads(editor.with_name("old").read_text())["city"] == "Rome"
        assert editor.with_name("name").read_text().startswith("weather.json")
        assert value(stage) == {"city": "Bergen"}
        await stage.press("ctrl+z")
        assert value(stage)["city"] == "Rome"


async def test_what_is_no_json_is_kept_in_the_raw_view(editor: Path) -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        writes(editor, '{"city": ')
        await edited(stage, "alt+e")
        assert stage.screen.workbench.arguments.raw
        assert stage.screen.workbench.arguments.text == '{"city": '
        assert "is not JSON" in told(stage)[-1]
        writes(editor, '{"city": "Rome"}')
        await edited(stage, "f7")
        assert editor.with_name("old").read_text() == '{"city": \n'
        assert value(stage) == {"city": "Rome"}


async def test_an_editor_that_fails_changes_nothing(editor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.type("Oslo")
        await edited(stage, "f7")
        assert "ended with 3" in told(stage)[-1]
        monkeypatch.setenv("VISUAL", "no-such-editor-anywhere")
        await edited(stage, "f7")
        assert "Cannot start the editor no-such-editor-anywhere" in told(stage)[-1]
        monkeypatch.setattr(HeadlessDriver, "can_suspend", False)
        await edited(stage, "f7")
        assert "on this terminal" in told(stage)[-1]
        assert value(stage)["city"] == "Oslo"


# Calls with a name


async def test_a_call_is_kept_under_a_name_and_taken() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.press("alt+o")
        assert "No call of this tool" in told(stage)[-1]
        await stage.type("Oslo")
        await stage.press("alt+s")
        assert isinstance(stage.app.screen, AskLine)
        await stage.type("north")
        await stage.press("enter")
        kept = SavedCalls().get("north")
        assert kept.arguments["city"] == "Oslo"
        assert kept.command == ("python", "-m", "inspector.demo")
        assert "Kept as north" in told(stage)[-1]
        await stage.press("ctrl+u")
        await stage.type("Rome")
        await stage.press("alt+s")
        await stage.type("north")
        await stage.press("enter")
        assert isinstance(stage.app.screen, AskLine)
        await stage.press("enter")
        assert SavedCalls().get("north").arguments["city"] == "Rome"
        await stage.press("alt+s")
        await stage.type("a b")
        await stage.press("enter")
        assert isinstance(stage.app.screen, AskLine)
        await stage.press("escape")
        SavedCalls().put(SavedCall("south", "weather", {"city": "Lima"}))
        SavedCalls().put(SavedCall("other", "add", {"a": 1}))
        await stage.press("alt+o")
        assert isinstance(stage.app.screen, Picker)
        assert len(stage.app.screen._picks) == 2
        await stage.type("sou")
        await stage.press("enter")
        assert value(stage) == {"city": "Lima"}
        await stage.press("ctrl+z")
        assert value(stage)["city"] == "Rome"


async def test_a_file_of_calls_that_is_damaged_is_told() -> None:
    kept = SavedCalls()
    kept.put(SavedCall("a", "weather", {}))
    kept.path.write_text("{")
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.press("alt+o")
        assert "is not JSON" in told(stage)[-1]


async def test_what_takes_no_arguments_has_none_of_it() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        assert not stage.screen.check_action("given", ("older",))
        await stage.screen._given.do("older")
        await stage.pilot.pause()
        assert "takes no arguments" in told(stage)[-1]
