"""A picture and what is known of it: drawn by the terminal where it can, else as coloured half cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from inspector.app.picture import Rows, drawer, halves

if TYPE_CHECKING:
    from PIL.Image import Image


class HalfCells(Widget):
    """Draws a picture two pixels a cell."""

    DEFAULT_CSS = "HalfCells { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._picture: Image | None = None
        self._rows: Rows = []
        self._fitted = Size()

    def draw(self, picture: Image | None) -> None:
        """Show another picture, or none."""
        self._picture = picture
        self._fit()

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        width, height = self._fitted = self.size
        self._rows = []
        if self._picture is not None and width and height:
            ground = self.background_colors[1]
            self._rows = halves(self._picture, width, height, (ground.r, ground.g, ground.b))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        if self.size != self._fitted:  # it was laid out in passing, and told nothing
            self._fitted = self.size
            self.call_later(self._fit)
        width, base = self.size.width, self.rich_style
        if y >= len(self._rows):
            return Strip.blank(width, base)
        cells = [
            Segment("▀", Style(color=RichColor.from_rgb(*upper), bgcolor=RichColor.from_rgb(*lower)))
            for upper, lower in self._rows[y]
        ]
        return Strip(cells, len(cells)).simplify().crop_extend(0, width, base)


class Picture(Vertical):
    """Words about a picture, and the picture under them."""

    SCOPED_CSS = False  # it depends on the screen's height
    DEFAULT_CSS = """
    Picture > Static { height: auto; color: $text-muted; margin: 0 0 1 0; }
    .-short Picture > Static { margin: 0; }
    Picture > .canvas { height: 1fr; }
    Picture .drawing { width: auto; height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[str, Image | None] = ("", None)
        self._ready = False  # until then there is nothing to show it in

    def compose(self) -> ComposeResult:
        yield Static(markup=False)
        with Vertical(classes="canvas"):
            yield HalfCells()

    def on_mount(self) -> None:
        self._ready = True
        self._show_now()

    def show(self, says: str, picture: Image | None) -> None:
        """Show a picture with what is known of it.

        Args:
            says: Words that are safe for a terminal.
            picture: RGBA; `None` where there is nothing to draw, or not yet.
        """
        self._shown = says, picture
        if self._ready:
            self._show_now()

    def _show_now(self) -> None:
        says, picture = self._shown
        self.query_one(Static).update(Content(says))
        self.query(".drawing").remove()
        draws = drawer()
        if draws is None or picture is None:
            self.query_one(HalfCells).display = True
            self.query_one(HalfCells).draw(picture)
        else:
            self.query_one(HalfCells).display = False
            self.query_one(".canvas").mount(draws(picture, classes="drawing"))
