"""Pictures of the app, kept under snapshots/ and held against what the app draws now.

`make snapshots` draws them again. A picture that differs is left beside the old one as NAME.new.svg.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from textual.app import App

FOLDER = Path(__file__).parents[2] / "snapshots"

_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)
_UNIQUE = re.compile(r"terminal-\d+")


def picture(app: App[object], title: str) -> str:
    """The screen as SVG, without fonts from the network and without numbers that change with the text."""
    svg = app.export_screenshot(title=title)
    return _UNIQUE.sub("terminal", _FONT_FACE.sub("\n", svg)).rstrip() + "\n"


def hold(app: App[object], name: str, title: str) -> None:
    """Hold the screen against snapshots/NAME.svg."""
    path, now = FOLDER / f"{name}.svg", picture(app, title)
    fresh = path.with_suffix(".new.svg")
    if os.environ.get("SNAPSHOT_UPDATE"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
        fresh.unlink(missing_ok=True)
        return
    if not path.exists():
        pytest.fail(f"{path.name} is not there yet: make snapshots draws it, look at it, commit it")
    if path.read_text(encoding="utf-8") != now:
        fresh.write_text(now, encoding="utf-8")
        pytest.fail(
            f"{path.name} differs from what the app draws: look at {fresh.name}; meant: make snapshots"
        )
    fresh.unlink(missing_ok=True)
