"""The lines about an opened entry."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

from inspector.app.item_words import Remark
from inspector.app.widgets.item_facts import FactLink, ItemFacts


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[str] = []

    def compose(self) -> ComposeResult:
        yield ItemFacts()

    def on_item_facts_uri_wanted(self, event: ItemFacts.UriWanted) -> None:
        self.wanted.append(event.uri)


async def test_up_to_three_lines_safe_and_a_link() -> None:
    app = Host()
    async with app.run_test(size=(60, 10)) as pilot:
        facts = app.query_one(ItemFacts)
        assert not facts.display
        remarks = [Remark("odd\x1b[31m", odd=True), Remark("UI ui://x", uri="ui://x")]
        facts.show([*remarks, *(Remark(f"icon {n}[/]") for n in range(3))])
        await pilot.pause()
        lines = [str(each.render()) for each in facts.query(Static)]
        assert lines == ["! odd␛[31m", "UI ui://x ⏎ opens its source", "icon 0[/]  (and 2 more: Entry)"]
        facts.query_one(FactLink).focus()
        await pilot.press("enter")
        await pilot.click(FactLink)
        assert app.wanted == ["ui://x", "ui://x"]
        facts.show([])
        await pilot.pause()
        assert not facts.display
        assert not facts.query(FactLink)
