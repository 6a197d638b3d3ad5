"""The stories of forms under snapshots/. `make snapshots` draws them again."""

from __future__ import annotations

import pytest

from inspector.app.widgets.form import SchemaForm
from tests.app.form_server import FormServer
from tests.app.stage import Stage, staged, still
from tests.app.test_snapshots import SIZES, held

__all__ = ["still"]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip

VALUE = {
    "title": "Two chairs",
    "count": 2,
    "gift": True,
    "note": None,
    "colour": "green",
    "size": "l",
    "speed": 2,
    "extras": ["wrap", "track"],
    "address": {"town": "Oslo", "code": "0150"},
    "tags": ["new", "oak"],
    "parts": [{"name": "leg", "number": 8}],
    "place": [59.9, 10.7],
    "pay": {"kind": "card", "holder": "A. Berg"},
    "labels": {"wood": "oak"},
    "how": "post",
    "street": "Storgata 1",
}


async def filled(stage: Stage) -> SchemaForm:
    await stage.connected()
    await stage.open("order")
    form = stage.screen.query_one(SchemaForm)
    form.fill(VALUE)
    await stage.pilot.pause()
    if stage.app.size.height > 30:
        stage.screen.action_zoom()
        await stage.pilot.pause()
    return form


async def to(stage: Stage, name: str) -> None:
    """Put the cursor into the row `name`."""
    for _ in range(60):
        row = next((row for row in stage.screen.query("FormRow:focus-within")), None)
        if row is not None and getattr(row, "line").name == name:  # noqa: B009
            break
        await stage.press("down")
    await stage.pilot.pause()


async def test_snapshot_form_all(size: tuple[int, int]) -> None:
    """A form with every construct, filled in, with what the schema says of the field with the cursor."""
    async with staged(size, FormServer()) as stage:
        await filled(stage)
        await to(stage, "speed")
        await held(stage, "form-all", "mcp-inspect: a form with every construct")


async def test_snapshot_form_more(size: tuple[int, int]) -> None:
    """Its other end: lists, a choice of forms, members by name, and what follows from a condition."""
    async with staged(size, FormServer()) as stage:
        await filled(stage)
        await to(stage, "street")
        await held(stage, "form-more", "mcp-inspect: lists, forms to choose from, conditions")


async def test_snapshot_form_error(size: tuple[int, int]) -> None:
    """What the schema does not allow is marked at its place, and said of the field with the cursor."""
    async with staged(size, FormServer()) as stage:
        form = await filled(stage)
        await to(stage, "count")
        await stage.press("7", "7", "down", "down", "down", "down")
        await stage.type("31.1.2026")
        await stage.until(lambda: form._entry.problems().get(("day",)))
        await stage.pilot.pause()
        await held(stage, "form-error", "mcp-inspect: a warning by path, which prevents nothing")
