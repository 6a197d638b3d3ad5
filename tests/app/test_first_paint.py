"""What the app does before anything is to be seen is a budget: modules, widgets, rules of style. No clock."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.app.stage import staged

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from inspector.cli import open
from inspector.cli.main import main
open.on_terminal = lambda: True
sys.exit(main(sys.argv[1:]))
"""
LATER = (
    "PIL", "anyio.streams", "fastmcp", "h11", "httpcore", "httpx", "inspector.app.markdown",
    "inspector.doctor", "inspector.forms.check", "inspector.forms.plan", "inspector.serving",
    "inspector.session.owner", "inspector.session.session", "inspector.transport.http",
    "inspector.transport.stdio", "jsonschema", "jwt", "keyring", "markdown_it", "mcp", "pydantic", "pygments",
    "textual.widgets._text_area", "tomllib",
)  # fmt: skip
"""What is imported when it is wanted, with all that is in it."""
SCREENS = {"ask", "framed", "main", "paned"}
PANES = {
    "arguments", "capabilities", "desk", "message", "messages", "network", "page", "progress", "result",
    "run_line", "traffic", "views", "workbench",
}  # fmt: skip
MODULES, WIDGETS, RULES = 220, 43, 145
"""Modules of ours, widgets and rules of style: what there was, and a little more. Raise none without a look
at what came with the change: a screen or a pane that few see is mounted and imported when it is shown."""


@pytest.fixture(scope="module")
def took(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first paint of the app on a server took, as `tests.app.painted` says it."""
    state = tmp_path_factory.mktemp("state")
    said = state / "painted.json"
    driver = {"TEXTUAL_DRIVER": "tests.app.painted:Painted", "PAINTED": str(said), "PYTHONPATH": str(ROOT)}
    size = {"COLUMNS": "120", "LINES": "40", "XDG_STATE_HOME": str(state), "XDG_CONFIG_HOME": str(state)}
    words = ["--no-record", "--", sys.executable, "-m", "inspector.demo"]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={**os.environ, **driver, **size},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told: dict[str, Any] = json.loads(said.read_text("utf-8"))
    return told


def test_what_nobody_sees_yet_is_not_imported(took: dict[str, Any]) -> None:
    early = {
        name
        for name in took["modules"]
        if name in LATER or name.startswith(tuple(f"{later}." for later in LATER))
    }
    assert early == set()


@pytest.mark.parametrize(("package", "first"), [("screens", SCREENS), ("panes", PANES)])
def test_a_screen_or_pane_that_is_hidden_is_not_imported(
    took: dict[str, Any], package: str, first: set[str]
) -> None:
    inside = f"inspector.app.{package}."
    assert {name.removeprefix(inside) for name in took["modules"] if name.startswith(inside)} <= first


def test_a_verb_that_the_line_does_not_name_is_not_imported(took: dict[str, Any]) -> None:
    inside = "inspector.cli.verbs."
    assert [name for name in took["modules"] if name.startswith(inside)] == [f"{inside}open"]


def test_no_more_is_made_ready_than_there_was(took: dict[str, Any]) -> None:
    ours = [name for name in took["modules"] if name.partition(".")[0] == "inspector"]
    assert len(ours) <= MODULES
    assert len(took["widgets"]) <= WIDGETS, sorted(took["widgets"])
    assert took["rules"] <= RULES


def test_no_garbage_is_looked_for(took: dict[str, Any]) -> None:
    assert not took["collects"]


async def test_from_then_on_garbage_is_looked_for_seldom() -> None:
    usual = gc.get_threshold()
    gc.disable()
    try:
        async with staged((80, 24)) as stage:
            await stage.until(gc.isenabled)
            assert gc.get_threshold()[0] == 5_000
            assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
        gc.enable()
