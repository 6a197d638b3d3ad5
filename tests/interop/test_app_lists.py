"""Completion and templates of the reference server, by the keys of the app."""

from __future__ import annotations

import pytest

from inspector.app.widgets.form_fields import TextField
from inspector.app.widgets.suggestions import Suggestions
from inspector.app.widgets.uri_preview import UriPreview
from tests.app.stage import Stage
from tests.interop.test_app_everything import Target, app_on

pytestmark = pytest.mark.timeout(300)


def suggestions(stage: Stage) -> Suggestions:
    return stage.screen.query_one(Suggestions)


async def test_the_arguments_of_a_prompt_are_completed_one_by_the_other(target: Target) -> None:
    async with app_on(target) as stage:
        await stage.open("completable-prompt")
        await stage.type("Eng")
        await stage.until(lambda: suggestions(stage).is_open)
        await stage.press("tab")
        department, name = stage.screen.workbench.query(TextField)
        assert department.value == "Engineering"
        await stage.press("down")
        assert name.has_focus
        await stage.press("ctrl+@")
        await stage.until(lambda: suggestions(stage).is_open)
        await stage.press("down", "enter")
        assert name.value == "Alice"
        await stage.press("f5")
        await stage.called()
        call = stage.screen.workbench.call
        assert call is not None
        assert stage.screen.workbench.arguments.given() == {"department": "Engineering", "name": "Alice"}


@pytest.mark.parametrize("name", ["Dynamic Text Resource", "Dynamic Blob Resource"])
async def test_the_variable_of_a_template_is_completed_and_shown_in_the_uri(
    target: Target, name: str
) -> None:
    async with app_on(target) as stage:
        await stage.open(name)
        await stage.type("7")
        preview = stage.screen.query_one(UriPreview)
        await stage.until(lambda: str(preview.render()).endswith("/7"))
        await stage.press("f5")
        await stage.called()
        run = stage.screen.workbench.run
        assert run is not None
        assert run.ending is not None
        assert run.ending.good
