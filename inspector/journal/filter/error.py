"""What is wrong with a filter, and where. It parses nothing."""

from __future__ import annotations

from inspector.errors import UsageError
from inspector.wire.visible import cells, visible


class FilterError(UsageError):
    """A text that is no filter.

    Attributes:
        says: What is wrong, in a few words.
        at: The offset of the character where it is, counted in characters from 0; the length of the text
            where more was expected behind its end.
        expected: What would be right there, in a few words.
        text: The filter as it was written.
        what: What the text should have been.
    """

    what = "filter"

    def __init__(self, says: str, at: int, expected: str, text: str = "") -> None:
        super().__init__(
            f"{says} at character {at + 1} of the {self.what}", next=f"Expected {expected}", at=at
        )
        self.says = says
        self.at = at
        self.expected = expected
        self.text = text

    def __str__(self) -> str:
        return f"{self.says}: expected {self.expected}"

    def shown(self, width: int = 76) -> tuple[str, str]:
        """The filter, or what of it is near the place, and a caret under the place: two lines, made safe."""
        begin = max(0, self.at - width // 2)
        before = visible(self.text[begin : self.at])
        line = before + visible(self.text[self.at : begin + width])
        return line, " " * cells(before) + "^"
