"""What is wrong with a filter, and where. It parses nothing."""

from __future__ import annotations

from inspector.errors import UsageError


class FilterError(UsageError):
    """A text that is no filter.

    Attributes:
        says: What is wrong, in a few words.
        at: The offset of the character where it is, counted in characters from 0; the length of the text
            where more was expected behind its end.
        expected: What would be right there, in a few words.
        text: The filter as it was written.
    """

    def __init__(self, says: str, at: int, expected: str, text: str = "") -> None:
        super().__init__(f"{says} at character {at + 1} of the filter", next=f"Expected {expected}", at=at)
        self.says = says
        self.at = at
        self.expected = expected
        self.text = text

    def __str__(self) -> str:
        return f"{self.says}: expected {self.expected}"
