"""The footer: keys that do something now, on one line that is drawn, not built of widgets.

What can be done changes with every step of the focus; a footer of widgets would lay out and style the
whole screen each time.
"""

from __future__ import annotations

from typing import Protocol, cast

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from inspector.app.actions import UNBOUND, shown_key


class Naming(Protocol):
    """What has bindings that are its own also while they do nothing: a key too many must not do another's."""

    def names_key(self, action: str) -> bool:
        """Whether the footer names the key of an action now."""
        ...


class KeyLine(Widget):
    """Keys and what they do, from the bindings of what has the focus; the palette's at the right end."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-description-foreground;
        background: $footer-background;
        text-wrap: nowrap;
        text-overflow: clip;
    }
    """

    offers: reactive[tuple[tuple[str, str, str], ...]] = reactive(())
    """Key as Textual names it, as people write it, what it does."""
    _help = ""
    palette: reactive[tuple[str, str, str]] = reactive(("", "", ""))

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if not self.app.app_focus or screen is not self.screen:
            return
        offers: dict[str, tuple[str, str, str]] = {}
        active, focused = screen.active_bindings, screen.focused
        for node, binding, enabled, _tooltip in active.values():
            if node is not focused and _is_typed(focused, binding.key):
                continue
            if binding.show and enabled and binding.key != UNBOUND and _worth_naming(node, binding.action):
                says = (binding.key, self._written(binding.key, binding.key_display), binding.description)
                offers.setdefault(binding.action, says)
        self._help = offers["help"][0] if "help" in offers else ""
        self.offers = tuple(offers.values())
        palette = active.get(self.app.COMMAND_PALETTE_BINDING)
        key = palette.binding.key if palette is not None else ""
        self.palette = (key, self._written(key, None), "palette") if key else ("", "", "")

    def _written(self, key: str, display: str | None) -> str:
        return display or shown_key(key).replace("ctrl+", "^")

    def _pieces(self) -> list[tuple[str, int, int]]:
        """Key, and from which column to which it stands."""
        pieces, at = [], 0
        for key, shown, says in self._fitting():
            end = at + len(shown) + 1 + len(says)
            pieces.append((key, at, end))
            at = end + 1
        last, (key, shown, says) = at, self.palette
        start = self.size.width - len(shown) - len(says) - 2
        if key and start >= last:
            pieces.append((key, start, self.size.width))
        return pieces

    def _fitting(self) -> list[tuple[str, str, str]]:
        """What there is room for, in whole words: where that is not all, the last go, but never the help."""
        fitting = list(self.offers)
        while sum(len(shown) + len(says) + 2 for _, shown, says in fitting) - 1 > self.size.width > 0:
            rest = [offer for offer in fitting if offer[0] != self._help]
            if not rest:
                break
            fitting.remove(rest[-1])
        return fitting

    def render(self) -> Content:
        parts: list[tuple[str, str]] = []
        for number, (_key, shown, says) in enumerate(self._fitting()):
            parts += [
                (" " if number else "", ""),
                (shown, "bold $footer-key-foreground"),
                (f" {says}", ""),
            ]
        line = Content.assemble(*parts)
        pieces, (key, shown, says) = self._pieces(), self.palette
        if key and pieces and pieces[-1][0] == key:
            gap = " " * (pieces[-1][1] - line.cell_length)
            line += Content.assemble(
                gap, ("▏", "$foreground 20%"), (shown, "bold $footer-key-foreground"), f" {says}"
            )
        return line

    def on_mouse_down(self, event: events.MouseDown) -> None:
        for key, start, end in self._pieces():
            if start <= event.x < end:
                self.app.simulate_key(key)


def _is_typed(focused: Widget | None, key: str) -> bool:
    """Whether what has the focus takes the key for a character. Textual asks that too, but knows no slash."""
    shown = shown_key(key)
    return (
        focused is not None and len(shown) == 1 and shown.isascii() and focused.check_consume_key(key, shown)
    )


def _worth_naming(node: object, action: str) -> bool:
    return not hasattr(node, "names_key") or cast("Naming", node).names_key(action)
