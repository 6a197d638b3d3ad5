"""The form and the raw JSON of one value: what is half typed in either is not lost, nor taken for a text."""

from __future__ import annotations

from textual.widgets import TextArea

from inspector.app.panes.arguments import Arguments
from inspector.app.widgets.json_editor import JsonEditor
from tests.app.stage import Stage, staged

SIZE = (120, 40)


def shown(stage: Stage) -> Arguments:
    return stage.screen.workbench.arguments


async def raw(stage: Stage, text: str) -> None:
    """Let `text` stand in the raw view."""
    await stage.press("ctrl+t")
    await stage.until(lambda: isinstance(stage.app.focused, JsonEditor))
    assert isinstance(stage.app.focused, TextArea)
    stage.app.focused.load_text(text)


async def elsewhere_and_back(stage: Stage) -> None:
    for name in ("echo", "add"):
        await stage.press("escape")
        await stage.open(name)


def problems(stage: Stage) -> list[str]:
    form = shown(stage).form
    return [problem.sentence for problem in form.value[1] if problem.blocks] if form is not None else []


async def test_half_a_number_is_not_a_text_later() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("add")
        await stage.type("1e")
        await stage.until(lambda: problems(stage) == ["a must be a number"])
        await stage.press("ctrl+t")
        await stage.until(lambda: shown(stage).raw)
        await stage.press("ctrl+t")
        await stage.until(lambda: not shown(stage).raw)
        assert problems(stage) == ["a must be a number"]
        await elsewhere_and_back(stage)
        assert problems(stage) == ["a must be a number"]


async def test_raw_json_is_kept_while_another_tool_is_opened() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("add")
        await raw(stage, '{"a": 1, "b": 2}')
        await elsewhere_and_back(stage)
        assert not shown(stage).raw
        assert shown(stage).value == {"a": 1, "b": 2}


async def test_raw_json_counts_while_the_schema_is_looked_at() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("add")
        await raw(stage, '{"a": 1, "b": 2}')
        shown(stage).show("Schema")
        assert shown(stage).given() == {"a": 1, "b": 2}
        shown(stage).show("Form")
        assert shown(stage).given() == {"a": 1, "b": 2}


async def test_what_is_no_json_yet_is_there_again() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        await stage.open("add")
        await raw(stage, '{"a": ')
        await stage.press("ctrl+t")
        await stage.until(lambda: not shown(stage).raw)
        await stage.press("ctrl+t")
        await stage.until(lambda: shown(stage).raw)
        assert shown(stage).text == '{"a": '
        await elsewhere_and_back(stage)
        assert (shown(stage).raw, shown(stage).text) == (True, '{"a": ')
        await stage.press("ctrl+t")
        await stage.until(lambda: not shown(stage).raw)
        form = shown(stage).form
        assert form is not None
        form.fill({"a": 5})
        await stage.press("ctrl+t")
        await stage.until(lambda: shown(stage).raw)
        assert shown(stage).value == {"a": 5}
