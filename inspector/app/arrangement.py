"""Where the four panes stand: which are shown, and how the room is divided between them.

A value and a function over it, without any widget: what the user sets is a `Shares`, what the screen
is told is a `Places`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

NARROW, WIDE, SHORT = 100, 160, 30
"""Columns for two panes side by side, and for broad ones; rows for two lines of panes."""

_STEP = 0.05
_LEAST, _MOST = 0.15, 0.85
_FEWEST_COLUMNS = 16


@dataclass(frozen=True, slots=True)
class Shares:
    """How the room is divided, and what stands out of the way.

    Attributes:
        left: Columns of the capabilities; 0 for as many as suit the width.
        upper: Part of the height that the upper line of panes takes, 0 to 1.
        list: Part of the width that the messages take beside the selected one; 0 for what suits the width.
        hidden: Numbers of panes that are not shown unless they are worked in.
    """

    left: int = 0
    upper: float = 0.6
    list: float = 0.0
    hidden: frozenset[int] = frozenset()

    def grown(self, pane: int, width: int, dx: int = 0, dy: int = 0) -> Shares:
        """These shares after pane `pane` was made larger by `dx` and `dy` steps on a screen of `width`."""
        places = arrange(width, SHORT, self)
        left, upper, part = self.left, self.upper, self.list
        if dx and pane in (1, 2):
            left = places.left + (2 * dx if pane == 1 else -2 * dx)
            left = min(max(left, _FEWEST_COLUMNS), max(_FEWEST_COLUMNS, width - _FEWEST_COLUMNS))
        elif dx:
            part = _within(places.list + (_STEP if pane == 3 else -_STEP) * dx)
        if dy:
            upper = _within(upper + (_STEP if pane in (1, 2) else -_STEP) * dy)
        return replace(self, left=left, upper=upper, list=part)

    def pulled(self, border: str, x: float, y: float, width: int) -> Shares:
        """These shares after a border was pulled to column or row.

        Args:
            border: `left`, between the capabilities and the workbench; `list`, between the messages and the
                selected one; `upper`, between the two lines of panes.
            x: Columns left of it; for `list` the part of the width.
            y: The part of the height above it.
            width: Columns of the screen.
        """
        if border == "left":
            most = max(_FEWEST_COLUMNS, width - _FEWEST_COLUMNS)
            return replace(self, left=min(max(round(x), _FEWEST_COLUMNS), most))
        return replace(self, list=_within(x)) if border == "list" else replace(self, upper=_within(y))

    def switched(self, pane: int) -> Shares:
        """These shares with a pane hidden, or shown again; one always stays."""
        hidden = self.hidden ^ {pane}
        return self if len(hidden) == 4 else replace(self, hidden=hidden)

    def document(self) -> dict[str, Any]:
        """As JSON has it, without what is as it comes."""
        usual = Shares()
        names = [name for name in ("left", "upper", "list") if getattr(self, name) != getattr(usual, name)]
        made: dict[str, Any] = {name: getattr(self, name) for name in names}
        return made | ({"hidden": sorted(self.hidden)} if self.hidden else {})

    @classmethod
    def of(cls, document: Any) -> Shares:
        """The shares that a document has; what is none of it is as it comes."""
        made = cls()
        if not isinstance(document, Mapping):
            return made
        left, hidden = document.get("left"), document.get("hidden")
        if isinstance(left, int) and not isinstance(left, bool) and left >= _FEWEST_COLUMNS:
            made = replace(made, left=min(left, 1000))
        if _is_part(upper := document.get("upper")):
            made = replace(made, upper=float(upper))
        if _is_part(part := document.get("list")):
            made = replace(made, list=float(part))
        if isinstance(hidden, list):
            panes = frozenset(pane for pane in hidden if pane in (1, 2, 3, 4))
            made = replace(made, hidden=panes if len(panes) < 4 else frozenset())
        return made


@dataclass(frozen=True, slots=True)
class Places:
    """What is shown.

    Attributes:
        shown: Numbers of the panes on the screen.
        alone: Only one has the screen: its neighbours are behind it.
        left: Columns of the capabilities, where something stands beside them.
        upper: Part of the height of the upper line, where there are two.
        list: Part of the width of the messages, where something stands beside them.
    """

    shown: frozenset[int]
    alone: bool
    left: int
    upper: float
    list: float


def arrange(width: int, height: int, shares: Shares, front: int = 1, zoom: bool = False) -> Places:
    """What is shown on a screen of `width` columns and `height` rows while pane `front` is worked in."""
    alone = zoom or width < NARROW or height < SHORT
    shown = frozenset({front}) if alone else frozenset({1, 2, 3, 4}) - shares.hidden | {front}
    wide = width >= WIDE
    return Places(
        shown,
        alone,
        shares.left or (44 if wide else 30),
        shares.upper,
        shares.list or (0.5 if wide else 0.6),
    )


def parts(share: float) -> str:
    """A share as Textual's unit, in whole numbers: what is left of a tenth would cost a cell."""
    return f"{round(share * 1000)}fr"


def _is_part(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and _LEAST <= value <= _MOST


def _within(part: float) -> float:
    return round(min(max(part, _LEAST), _MOST), 4)
