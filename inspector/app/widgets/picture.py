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

    def draw(self, picture: Image | None) -> None:
        """Show another picture, or none."""
        self._picture = picture
        self._fit()

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        width, height = self.size
        self._rows = []
        if self._picture is not None and width and height:
            ground = self.background_colors[1]
            self._rows = halves(self._picture, width, height, (ground.r, ground.g, ground.b))
        self.refresh()

    def render_line(self, y: int) -> Strip:
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

    def compose(self) -> ComposeResult:
        yield Static(markup=False)
        with Vertical(classes="canvas"):
            yield HalfCells()

    def show(self, says: str, picture: Image | None) -> None:
        """Show a picture with what is known of it.

        Args:
            says: Words that are safe for a terminal.
            picture: RGBA; `None` where there is nothing to draw, or not yet.
        """
        self.query_one(Static).update(Content(says))
        self.query(".drawing").remove()
        draws = drawer()
        if draws is None or picture is None:
            self.query_one(HalfCells).display = True
            self.query_one(HalfCells).draw(picture)
        else:
            self.query_one(HalfCells).display = False
            self.query_one(".canvas").mount(draws(picture, classes="drawing"))
