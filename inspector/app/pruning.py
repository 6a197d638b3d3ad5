"""What works for a widget ends before the widget's parts go; what is removed, and when, is for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App, ReturnType

if TYPE_CHECKING:
    from textual.await_remove import AwaitRemove
    from textual.dom import DOMNode
    from textual.widget import Widget


class WorkEndsFirst(App[ReturnType]):
    """An app that can be left, as can its screens, while a thread still works for one of their widgets.

    Textual removes a widget's parts, then cancels its workers. One that came back from its thread meanwhile
    found no part to show what it brought, and the app ended with a traceback.
    """

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        for worker in self.workers:
            if any(each in nodes for each in worker.node.ancestors_with_self):
                worker.cancel()
        return super()._prune(*nodes, parent=parent)
