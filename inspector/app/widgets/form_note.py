"""The line below a form: that it has no fields, or more than it shows."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class FormNote(Static):
    """Takes no room while there is nothing to say."""

    DEFAULT_CSS = """
    FormNote { color: $text-muted; padding: 0 2; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._says = ""
        self.display = False

    def show(self, fields: int, most: int) -> None:
        """Say what there is to say about a form of so many fields that shows `most` of them."""
        more = f"… {fields - most:,} more fields: edit them as JSON" if fields > most else ""
        says = more if fields else "No arguments."
        if says != self._says:
            self._says = says
            self.display = bool(says)
            self.update(Content(says))
