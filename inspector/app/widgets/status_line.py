"""The line at the top: which server, over what, which version, how it stands, how much was seen."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from inspector.wire.visible import clip

_SHORTEST = 12
"""Cells of the server's name that are kept where there is no room for anything."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the line says.

    Attributes:
        server: Name and version, or the target before they are known.
        facts: Transport, protocol version and the like.
        state: The word for the connection's state.
        sound: Whether the state is as wished: True, False, or None while it is undecided.
        counts: How much was seen, at the right.
        rate: How much crosses the wire, before the counts where there is room; empty while nothing does.
        over: What is shown is of the past: nothing goes on here.
        asked: What waits for an answer of the user; empty where nothing does.
    """

    server: str = ""
    facts: tuple[str, ...] = ()
    state: str = ""
    sound: bool | None = None
    counts: str = ""
    asked: str = ""
    rate: str = ""
    over: bool = False


class StatusLine(Widget):
    """One line, drawn again only when what it says changes."""

    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 1; background: $panel; }"

    standing: reactive[Standing] = reactive(Standing())
    held: reactive[str] = reactive("")
    """What breakpoints hold, and for how long; empty where they hold nothing."""

    def render(self) -> Content:
        says = self.standing
        mark = {True: "●", False: "✗", None: "○"}[says.sound]
        style = {True: "$text-success", False: "bold $text-error", None: "$text-warning"}[says.sound]
        if says.over:
            mark, style = "■", "$text-muted"
        # That somebody waits matters more than which transport it is.
        asked = " · ".join(f"! {each}" for each in (self.held, says.asked) if each)
        tail = f" · {mark} {says.state}" + (f" · {asked}" if asked else "")
        room = self.size.width - min(_SHORTEST, cell_len(says.server)) - cell_len(tail)
        facts = list(says.facts)
        while facts and sum(cell_len(fact) + 3 for fact in facts) > room:
            del facts[0]
        rest: list[tuple[str, str]] = []
        for fact in facts:
            rest += [(" · ", "$foreground-muted"), (fact, "$foreground-muted")]
        rest += [(" · ", "$foreground-muted"), (f"{mark} {says.state}", style)]
        if asked:
            rest += [(" · ", "$foreground-muted"), (asked, "bold $text-warning")]
        # How it stands matters more than a long name.
        taken = sum(cell_len(text) for text, _ in rest) + len(says.counts) + 1
        name = clip(says.server, max(_SHORTEST, self.size.width - taken))
        line = Content.assemble((name, "bold"), *rest)
        room = self.size.width - line.cell_length - len(says.counts)
        if room < 1:
            return line
        rate = f"{says.rate} · " if says.rate and room > cell_len(says.rate) + 5 else ""
        gap = " " * (room - cell_len(rate))
        return Content.assemble(line, (gap, ""), (rate + says.counts, "$foreground-muted"))
