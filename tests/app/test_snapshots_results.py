"""The stories of results that pictures under snapshots/ tell. `make snapshots` draws them again."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image

from inspector.app.screens.compare import CompareScreen
from inspector.app.widgets.picture import HalfCells
from inspector.demo.offer import TOOLS, Tool
from inspector.demo.server import METHODS
from tests.app.stage import staged, still
from tests.app.test_snapshots import SIZES, held

__all__ = ["still"]

pytestmark = [
    pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
    pytest.mark.usefixtures("still", "tools"),
]

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "celsius": {"type": "number"},
        "sky": {"enum": ["clear", "cloudy", "rain"]},
        "wind": {"type": "object", "properties": {"speed": {"type": "number"}}, "required": ["speed"]},
    },
    "required": ["city", "celsius", "sky"],
}
DAYS: dict[str, dict[str, Any]] = {
    "Oslo": {"city": "Oslo", "celsius": 11, "sky": "rain", "wind": {"speed": 3, "from": "west"}},
    "Lima": {"city": "Lima", "celsius": "19", "sky": "fog", "wind": {}},
}
WEEK = {
    "Oslo": "Monday: rain\nTuesday: rain\nWednesday: cloudy",
    "Lima": "Monday: fog\nTuesday: fog\nWednesday: cloudy\nThursday: clear",
}


def sunset() -> str:
    """A picture that shows what half cells can: colours that fade, edges, a round thing."""
    image = Image.new("RGBA", (96, 54))
    for x in range(96):
        for y in range(54):
            sky = (40 + 4 * y, 30 + 2 * y, 90 + y)
            sun = (x - 48) ** 2 + (y - 34) ** 2 < 130
            sea = (10, 40 + x // 2, 70 + 2 * (54 - y))
            image.putpixel((x, y), (*(sea if y > 36 else (255, 220, 120) if sun else sky), 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def forecast(arguments: Any, call: Any) -> Any:
    day = DAYS[arguments["city"]]
    blocks = [{"type": "text", "text": json.dumps(day)}, {"type": "text", "text": WEEK[arguments["city"]]}]
    return {"content": blocks, "structuredContent": day}


def sketch(arguments: Any, call: Any) -> Any:
    blocks = [
        {"type": "image", "data": sunset(), "mimeType": "image/png", "annotations": {"audience": ["user"]}},
        {"type": "text", "text": "The sun over the sea."},
    ]
    return {"content": blocks}


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    entry = {"name": "today", "annotations": {"readOnlyHint": True}, "inputSchema": given}
    monkeypatch.setitem(TOOLS, "today", Tool(forecast, {**entry, "outputSchema": SCHEMA}))
    drawn = {**entry, "name": "sketch", "inputSchema": {"type": "object", "properties": {}}}
    monkeypatch.setitem(TOOLS, "sketch", Tool(sketch, drawn))
    listing = {"tools": [tool.entry for tool in TOOLS.values()]}
    monkeypatch.setitem(METHODS, "tools/list", ("", lambda server, call: listing, True))


async def test_snapshot_image(size: tuple[int, int]) -> None:
    """A picture in a result, drawn in half cells."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("sketch")
        await stage.press("enter")
        await stage.called()
        await stage.until(lambda: "▀" in stage.screen.query_one(HalfCells).render_line(0).text)
        await held(stage, "image", "mcp-inspect: a picture in a result")


async def test_snapshot_mismatch(size: tuple[int, int]) -> None:
    """Structured content that the tool's own output schema does not allow."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("today")
        await stage.type("Lima")
        await stage.press("enter")
        await stage.called()
        await stage.until(lambda: stage.screen.workbench.result.mismatches)
        await held(stage, "mismatch", "mcp-inspect: a result against its schema")


async def test_snapshot_diff(size: tuple[int, int]) -> None:
    """Two results of the same tool: what changed, came and went."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("today")
        for city in DAYS:
            form = stage.screen.workbench.arguments.form
            assert form is not None
            form.set_value({"city": city})
            await stage.press("f5")
            await stage.called()
        await stage.press("escape", "2", "escape", "v")
        screen = stage.app.screen
        assert isinstance(screen, CompareScreen)
        await stage.until(lambda: screen.compared)
        await stage.pilot.pause()
        await held(stage, "diff", "mcp-inspect: two results of the same tool")
