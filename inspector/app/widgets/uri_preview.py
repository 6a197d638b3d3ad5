"""The URI that a resource template gives with what is in its form, beneath the form while one types."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.widgets import Static

from inspector.app.templates import expand
from inspector.errors import UsageError
from inspector.wire.visible import clip, visible

_LONGEST = 2000


class UriPreview(Static):
    """Of one template."""

    DEFAULT_CSS = """
    UriPreview { height: auto; max-height: 4; margin: 1 0 0 0; padding: 0 2; text-wrap: wrap; }
    """

    def __init__(self, template: str) -> None:
        super().__init__(markup=False)
        self._template = template

    def show(self, value: Any) -> None:
        """Show the URI with these variables, or why there is none."""
        try:
            uri = expand(self._template, value)
        except UsageError as refused:
            self.update(Content.styled(f"! {clip(visible(refused.message), _LONGEST)}", "$text-warning"))
        else:
            self.update(Content.assemble(("URI  ", "$foreground-muted"), clip(visible(uri), _LONGEST)))
