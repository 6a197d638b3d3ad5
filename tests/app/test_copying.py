"""`Y`: what is selected in another language, to the terminal's clipboard or to a private file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from inspector.app.copying import LONGEST, selected_row
from inspector.app.screens.ask import SaveAs
from inspector.app.screens.copy_as import CopyAs
from inspector.app.widgets.text_view import TextView
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from tests.app.stage import Stage, staged


async def menu(stage: Stage) -> CopyAs:
    await stage.press("Y")
    await stage.until(lambda: isinstance(stage.app.screen, CopyAs) and stage.app.screen.focused)
    await stage.pilot.pause()
    screen = stage.app.screen
    assert isinstance(screen, CopyAs)
    return screen


async def test_the_call_of_the_workbench_and_the_selected_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged((120, 40)) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.type("$(x) 'y'")
        await stage.press("f5")
        await stage.called()
        called = stage.screen.workbench.run
        assert called is not None
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.focused, Input))
        if stage.screen.pane != 2:
            await stage.press("2")
        stage.screen.workbench.query_one("#wb-go").focus()
        await stage.pilot.pause()
        assert selected_row(stage.screen) == called.row
        shown = await menu(stage)
        line = "mcp-inspect call echo $'text=$(x) \\047y\\047' -- python -m inspector.demo"
        assert shown.query_one(TextView).text == line
        options = shown.query_one(OptionList)
        assert [option.disabled for option in options.options] == [False, False, False, True, False, False]
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.screen)
        assert stage.app.clipboard == line

        await stage.press("3", "home")
        await stage.until(lambda: selected_row(stage.screen) == 0)
        shown = await menu(stage)
        assert shown.query_one(OptionList).highlighted == 0  # a row that is no message is JSON alone
        assert '"connecting"' in shown.query_one(TextView).text
        await stage.press("s")
        await stage.until(lambda: isinstance(stage.app.screen, SaveAs))
        await stage.press("enter")
        await stage.until((tmp_path / "row-0.json").exists)
        assert stat.S_IMODE((tmp_path / "row-0.json").stat().st_mode) == 0o600
        await menu(stage)
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.screen)


async def test_a_large_message_is_made_when_it_is_chosen_and_told_to_be_large() -> None:
    journal = Journal.create(target={"argv": ["x"]})
    for size in (100_000, 300_000):
        params = {"said": "x" * size}
        journal.append(
            Kind.MESSAGE,
            Direction.C2S,
            encode({"jsonrpc": "2.0", "id": size, "method": "y", "params": params}),
        )
    async with staged((80, 24), journal=journal) as stage:
        await stage.settled()
        await stage.press("3", "home")
        await stage.until(lambda: selected_row(stage.screen) == 0)
        shown = await menu(stage)
        assert "many terminals" in str(shown.query_one("#copy-notes").render())
        await stage.press("escape", "end")
        await stage.until(lambda: selected_row(stage.screen) == 1)
        shown = await menu(stage)
        assert shown.query_one(TextView).text == ""
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.screen)
        assert len(stage.app.clipboard) > 300_000 > LONGEST


async def test_nothing_is_selected() -> None:
    async with staged((80, 24), journal=Journal.create(target={"argv": ["x"]})) as stage:
        await stage.press("Y")
        assert stage.app.screen is stage.screen
