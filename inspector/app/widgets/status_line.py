"""The line at the top: which server, over what, which version, how it stands, how much was seen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Standing:
    """What the line says.

    Attributes:
        server: Name and version, or the target before they are known.
        facts: Transport, protocol version and the like.
        state: The word for the connection's state.
        sound: Whether the state is as wished: True, False, or None while it is undecided.
        counts: How much was seen, at the right.
    """

    server: str = ""
    facts: tuple[str, ...] = ()
    state: str = ""
    sound: bool | None = None
    counts: str = ""


class StatusLine(Widget):
    """One line, drawn again only when what it says changes."""

    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 1; background: $panel; }"

    standing: reactive[Standing] = reactive(Standing())

    def render(self) -> Content:
        says = self.standing
        mark = {True: "●", False: "✗", None: "○"}[says.sound]
        style = {True: "$text-success", False: "bold $text-error", None: "$text-warning"}[says.sound]
        left: list[tuple[str, str]] = [(says.server, "bold")]
        for fact in says.facts:
            left.append((" · ", "$foreground-muted"))
            left.append((fact, "$foreground-muted"))
        left += [(" · ", "$foreground-muted"), (f"{mark} {says.state}", style)]
        line = Content.assemble(*left)
        room = self.size.width - line.cell_length - len(says.counts)
        if room < 1:
            return line
        return Content.assemble(line, (" " * room, ""), (says.counts, "$foreground-muted"))
