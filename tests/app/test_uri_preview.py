"""The URI beneath a template's form."""

from __future__ import annotations

from textual.app import App, ComposeResult

from inspector.app.widgets.uri_preview import UriPreview


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield UriPreview("x:{a}/\u202e{b*}")


async def test_the_uri_or_why_there_is_none() -> None:
    app = Host()
    async with app.run_test() as pilot:
        preview = app.query_one(UriPreview)
        preview.show({"a": "é", "b": ["1", "2"]})
        assert str(preview.render()) == "URI  x:%C3%A9/‹U+202E›1,2"
        preview.show({"a": [["x"]]})
        assert str(preview.render()).startswith("! These values do not fit the template")
        preview.show({"a": "x" * 100_000})
        await pilot.pause()
        assert preview.size.height <= 4
