"""The sheet of what may be listened to: each line can be wanted, and leads to what it was told last."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from inspector.app.actions import own_keys
from inspector.app.widgets.sheet import Sheet


class SubscriptionList(Sheet):
    """A sheet whose lines are switched, read and followed."""

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "subscriptions",
        Binding("space", "want", "subscribe", tooltip="Subscribe, or no longer"),
        Binding("enter", "open", "notice", key_display="⏎", tooltip="Go to its last notice in the log"),
        Binding("r", "read", "read", tooltip="Read the resource, and with it what was updated"),
        Binding("u", "type", "Subscribe to a URI that is typed", show=False),
    )

    class Wanted(Sheet.Highlighted):
        """The user wants to be told of it, or no longer."""

    class ReadWanted(Sheet.Highlighted):
        """The user wants to read the resource."""

    class TypeWanted(Sheet.Highlighted):
        """The user wants to type a URI."""

    def action_want(self) -> None:
        """Subscribe, or no longer."""
        if self.current is not None:
            self.post_message(self.Wanted(self, self.current))

    def action_read(self) -> None:
        """Read the resource."""
        if self.current is not None:
            self.post_message(self.ReadWanted(self, self.current))

    def action_type(self) -> None:
        """Type a URI."""
        if self.current is not None:
            self.post_message(self.TypeWanted(self, self.current))
