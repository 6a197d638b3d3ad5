"""How the connection stands, in words: a fold of the journal and the keeper's state for the top line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from inspector.app.following import RECORDED, state_of
from inspector.app.panes.capabilities import server_line
from inspector.app.widgets.status_line import Standing
from inspector.journal.catalogue import Catalogue
from inspector.journal.rates import Flow, Rates
from inspector.wire.visible import clip, size, visible

if TYPE_CHECKING:
    from textual.widget import Widget

    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal


class Standings:
    """How one connection stands, from frame to frame.

    Args:
        journal: What was seen.
        keeper: The connection; `None` in a recording.
    """

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        self._journal = journal
        self._keeper = keeper
        self._rates = Rates(journal, monotonic())

    def now(self, leaving: bool, lost: bool, key: str) -> Standing:
        """What the status line says now; the arguments are those of `standing`."""
        journal = self._journal
        if journal.known < 1 or journal.whole is not journal:  # what is read or played crosses no wire
            self._rates = Rates(journal, monotonic())
        self._rates.advance(monotonic())
        said = standing(self._journal, self._keeper, leaving, lost=lost, key=key)
        return replace(said, rate=rate_words(self._rates.flow))


def rate_words(flow: Flow | None) -> str:
    """`→ 12/s 3.4 kB/s  ← 40/s 120 kB/s`; empty where nothing moves."""
    if flow is None:
        return ""
    ways = (("→", flow.sent, flow.sent_bytes), ("←", flow.received, flow.received_bytes))
    return "  ".join(f"{way} {_often(count)}/s {size(round(many))}/s" for way, count, many in ways if count)


def _often(count: float) -> str:
    return f"{count:,.0f}" if count >= 9.95 else f"{count:.1f}".removesuffix(".0")


def standing(
    journal: Journal,
    keeper: ConnectionKeeper | None,
    leaving: bool,
    *,
    lost: bool = False,
    key: str = "i",
) -> Standing:
    """What the status line says now.

    Args:
        journal: What was seen.
        keeper: The connection; `None` in a recording.
        leaving: The program is about to end.
        lost: Nobody answered the last request over HTTP.
        key: What opens the inbox from here; empty where it is shown.
    """
    catalogue = journal.catalogue
    name = server_line(catalogue) or _target(journal, keeper)
    facts = [fact for fact in (_transport(journal), catalogue.protocol_version) if fact]
    count = len(journal)
    counts = f"{count:,} events" if count != 1 else "1 event"
    if skipped := len(journal.skipped):
        counts += f" · {skipped} {'line' if skipped == 1 else 'lines'} of the file left out"
    if journal.trouble:
        counts = f"not recording: {journal.trouble} · {counts}"
    state, sound = _state(journal, keeper, leaving)
    if journal.known < 1:
        state, sound = f"reading {journal.known:.0%}", None
    exits = catalogue.exits
    if keeper is not None and keeper.state == "closed" and exits:
        state = f"server {exit_words(exits)}"
    if lost and not leaving and keeper is not None and keeper.state == "connected":
        state, sound = "not answering", False
    told = tuple(visible(fact) for fact in facts)
    over = keeper is None and state.startswith(RECORDED)
    return Standing(clip(name, 48), told, state, sound, clip(counts, 60), _asked(keeper, key), over=over)


def _state(journal: Journal, keeper: ConnectionKeeper | None, leaving: bool) -> tuple[str, bool | None]:
    if leaving:
        return "stopping the server", None
    if keeper is None:
        return state_of(journal)
    if keeper.guide is not None and keeper.guide.question is not None:
        return "authorization waits (a)", None
    since = clock(monotonic() - keeper.since)
    match keeper.state:
        case "connected":
            return f"connected {since}", True
        case "failed":
            return "not connected", False
        case "closed":
            return "closed", False
        case _:
            return f"connecting {since}", None


def inbox_key(focused: Widget | None) -> str:
    """What opens the inbox: where text is typed, `i` is a letter of it."""
    return "esc i" if focused is not None and focused.check_consume_key("i", "i") else "i"


def _asked(keeper: ConnectionKeeper | None, key: str) -> str:
    """How many questions of the server wait for their user; empty where none does."""
    session = keeper.session if keeper is not None else None
    count = len(session.inbox.waiting) if session is not None else 0
    way = f" ({key})" if key else ""
    return f"{count:,} asked{way}" if count else ""


def clock(elapsed: float) -> str:
    """`0:42`, `12:05`, `1:02:03`."""
    whole = int(elapsed)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def exit_words(exits: Any) -> str:
    """`exited with code 3`, `was ended by SIGKILL`."""
    if isinstance(exits, Mapping) and exits.get("signal"):
        return visible(f"was ended by {exits['signal']}")
    code = exits.get("code") if isinstance(exits, Mapping) else None
    return f"exited with code {code}" if code is not None else "is gone"


def facts_of_server(catalogue: Catalogue) -> dict[str, Any]:
    """What the server says of itself, for the workbench."""
    return {
        "protocolVersion": catalogue.protocol_version,
        "serverInfo": dict(catalogue.server_info),
        "capabilities": dict(catalogue.capabilities),
        "instructions": catalogue.instructions,
    }


def _target(journal: Journal, keeper: ConnectionKeeper | None) -> str:
    if keeper is not None:
        return visible(keeper.target.title)
    target = journal.header.target
    argv = target.get("argv")
    return visible(
        " ".join(map(str, argv)) if isinstance(argv, list) else str(target.get("url", "recording"))
    )


def _transport(journal: Journal) -> str:
    return "http" if "url" in journal.header.target else "stdio" if "argv" in journal.header.target else ""
