"""The view of a difference: two columns where there is room, marks besides colours, steps between them."""

from __future__ import annotations

from textual.app import App, ComposeResult

from inspector.app.difference import difference
from inspector.app.widgets.diff_view import DiffView


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield DiffView()

    @property
    def view(self) -> DiffView:
        return self.query_one(DiffView)

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]


async def test_below_a_hundred_columns_it_is_one_column() -> None:
    app = Host()
    async with app.run_test(size=(60, 8)) as pilot:
        app.view.show(difference({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}))
        await pilot.pause()
        assert app.lines()[:5] == ["  a: 1", "- b: 2", "+ b: 5", "- c: 3", "+ d: 4"]
        assert app.view.selected_text().splitlines()[1] == "- b: 2"


async def test_from_a_hundred_columns_on_it_is_two() -> None:
    app = Host()
    async with app.run_test(size=(100, 8)) as pilot:
        app.view.show(difference({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}))
        await pilot.pause()
        lines = [line.split(" │ ") for line in app.lines()[:4]]
        assert [[side.strip() for side in line] for line in lines[:2]] == [
            ["a: 1", "a: 1"],
            ["~ b: 2", "~ b: 5"],
        ]
        assert lines[2][0].startswith("- c: 3")
        assert lines[3][1] == "+ d: 4"


async def test_long_and_wide_lines_wrap_within_their_column() -> None:
    app = Host()
    async with app.run_test(size=(101, 30)) as pilot:
        app.view.show(difference("敏" * 120, "x" * 120))
        await pilot.pause()
        assert all(app.view.render_line(y).cell_length == app.view.size.width for y in range(6))


async def test_steps_go_from_difference_to_difference_and_round() -> None:
    left = {f"k{n:03}": n for n in range(200)}
    app = Host()
    async with app.run_test(size=(60, 8)) as pilot:
        app.view.show(difference(left, {**left, "k050": -1, "k100": -1, "k150": -1}))
        await pilot.pause()
        assert (app.view.count, app.view.current, app.view.path) == (3, 0, "k050")
        assert app.view.step(1)
        assert app.view.step(1)
        await pilot.pause()
        assert app.view.path == "k150"
        assert any("k150" in line for line in app.lines())
        app.view.step(1)
        assert app.view.current == 0
        app.view.step(-1)
        assert app.view.current == 2


async def test_without_a_difference_there_is_nowhere_to_step() -> None:
    app = Host()
    async with app.run_test(size=(60, 8)):
        app.view.show(difference({"a": 1}, {"a": 1}))
        assert not app.view.step(1)
        assert (app.view.count, app.view.path) == (0, "")
