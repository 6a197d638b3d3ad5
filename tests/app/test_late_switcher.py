"""Of several widgets each is made when it is first wanted, and is the same ever after."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

from inspector.app.widgets.late_switcher import LateSwitcher
from inspector.app.widgets.text_view import TextView


class Host(App[None]):
    def compose(self) -> ComposeResult:
        with LateSwitcher(initial="note"):
            yield Static("first", id="note")

    @property
    def switcher(self) -> LateSwitcher:
        return self.query_one(LateSwitcher)

    @property
    def shown(self) -> list[str | None]:
        return [child.id for child in self.switcher.children if child.display]


async def test_what_was_never_wanted_is_not_there() -> None:
    app = Host()
    async with app.run_test() as pilot:
        assert not app.query(TextView)
        text = app.switcher.view("text", TextView)
        text.load("before it is mounted")
        assert app.shown == ["note"]
        await pilot.pause()
        assert app.shown == ["note"]
        assert app.switcher.show_view("text", TextView) is text
        assert app.shown == ["text"]
        assert app.switcher.visible_content is text
        await pilot.pause()
        assert "before it is mounted" in text.render_line(0).text
        app.switcher.current = "note"
        assert app.shown == ["note"]
        assert len(app.switcher.children) == 2


async def test_what_is_there_from_the_beginning_is_not_made_again() -> None:
    app = Host()
    async with app.run_test():
        assert app.switcher.view("note", Static).render() == "first"
        assert len(app.switcher.children) == 1
