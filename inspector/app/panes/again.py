"""The page for sending a message again: as it was, in the form, as text, or many times.

What goes out is what it shows. In a recording it sends over another connection that is open, if there is one.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from inspector.app.actions import own_keys
from inspector.app.again_sheet import Sent, again_entries
from inspector.app.asking import item_of
from inspector.app.consent import Consent
from inspector.app.panes.capabilities import server_line
from inspector.app.panes.page import Page
from inspector.app.resending import to_form, to_text
from inspector.app.screens.ask import AskLine, asked
from inspector.app.widgets.sheet import Sheet
from inspector.errors import InspectError, UsageError
from inspector.session.again import (
    Again,
    Part,
    again,
    fresh_cursor,
    headers_of,
    page_of,
    send_again,
    with_cursor,
)
from inspector.session.repeating import Plan, Repeating
from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame, classify
from inspector.wire.versions import META_PROGRESS_TOKEN
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.screens.main import MainScreen
    from inspector.journal.journal import Journal
    from inspector.session.session import Session

_HOW_OFTEN = re.compile(r"(\d[\d,_]{0,9})(?:\s*[x×*]\s*(\d{1,4}))?(?:\s*@\s*(\d{1,6}(?:\.\d{1,6})?))?")
_LONGEST = 60


class AgainPage(Page):
    """One message, and what is sent of it."""

    NAME = "Again"
    DEFAULT_CSS = """
    AgainPage #again-sheet { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "again",
        Binding("ctrl+g", "stop", "stop", show=False, tooltip="Stop repeating; what waits is cancelled"),
    )

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self.row = -1
        self.repeating: Repeating | None = None
        self._keep: frozenset[Part] = frozenset()
        self._body = b""
        self._frame: Frame = classify(b"")
        self._headers: dict[str, str] = {}
        self._page: int | None = None
        self._sent: list[Sent] = []
        self._over: Session | None = None
        self._consent = Consent()
        self._seen: object = None

    def compose(self) -> ComposeResult:
        yield Sheet(id="again-sheet", marks=False)

    @property
    def sheet(self) -> Sheet:
        """The lines."""
        return self.query_one(Sheet)

    @property
    def _main(self) -> MainScreen:
        return cast("MainScreen", self.screen)

    @property
    def _open(self) -> list[tuple[Session, str]]:
        """The connections that are open, with their names: the own one first."""
        connections = getattr(self.app, "connections", None)
        keepers = [(self.keeper, server_line(self.journal.catalogue))]
        if connections is not None:
            keepers += [
                (each.keeper, each.title) for each in connections.all if each.keeper is not self.keeper
            ]
        sessions = [(each.session, name) for each, name in keepers if each is not None]
        return [(session, name) for session, name in sessions if session is not None]

    @property
    def over(self) -> tuple[Session, str] | None:
        """The connection that it would be sent over, and its name; `None` where nothing is connected.

        To another server it goes only where that one was chosen, and not because the own one is gone.
        """
        found = self._open
        alone = self.keeper is None or self.keeper.session is not None
        chosen = (each for each in found if each[0] is self._over)
        return next(chosen, found[0] if found and alone else None)

    def show(self, row: int) -> None:
        """Be about the message of this row, which the client sent."""
        if row != self.row:
            self.row, self._keep, self._sent = row, frozenset(), []
            if self.repeating is None or not self.repeating.running:
                self.repeating = None
            self._body = self.journal.event(row).body
            self._frame = classify(self._body)
            self._headers = headers_of(self.journal, row)
            self._page = page_of(self.journal, row)
            self._seen = None
            name = clip(visible(self._frame.method or self._frame.shape.word), _LONGEST)
            self.entitle("Again", f"row {row:,}", name)
        self.advance()

    def advance(self) -> None:
        if self.row < 0:
            return
        over, repeating = self.over, self.repeating
        done = (
            (repeating.tally.done, repeating.running, repeating.under_way) if repeating is not None else None
        )
        session = over[0] if over is not None else None
        sent = tuple(each.says for each in self._sent)
        others = len(self._open) - (over is not None)
        seen = (
            self.row,
            self._keep,
            id(session),
            others,
            session.next_id if session is not None else 0,
            done,
            sent,
        )
        if seen == self._seen:
            return
        anew = self._seen is None
        self._seen = seen
        form = self._item() is not None and self.keeper is not None
        entries = again_entries(
            self._made(),
            over=clip(over[1] or "the connection", _LONGEST) if over is not None else "",
            others=others,
            form=form,
            request=self._frame.shape is Shape.REQUEST,
            headers="headers" in self._keep if self._headers else None,
            sent=self._sent,
            repeating=repeating,
        )
        self.sheet.show(list(entries), anew=anew)

    def _made(self) -> Again:
        over = self.over
        if over is None:
            return Again(self._body)
        session = over[0]
        return again(self._body, session.dialect, session.next_id, self._keep, page=self._page)

    def _item(self) -> Item | None:
        frame = self._frame
        if frame.shape is not Shape.REQUEST:
            return None
        return item_of(frame.method or "", frame.params, self.journal.catalogue)

    # What the lines do.

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        link = event.entry.link
        if isinstance(link, int):
            self.post_message(self.RowWanted(link))
        elif isinstance(link, str) and link.startswith("keep:"):
            part: Any = link.partition(":")[2]
            self._keep = self._keep ^ {part}
            self.advance()
        elif isinstance(link, str):
            self._do(link)

    def _do(self, what: str) -> None:
        if what == "raw":
            self.run_worker(to_text(self._main, self._made().body), name="composer")
        elif what == "form":
            item = self._item()
            if item is not None:
                given = self._frame.params.get("arguments")
                self.run_worker(to_form(self._main, item, given), name="form")
        elif what == "over":
            found = self._open
            at = next((number for number, each in enumerate(found) if each == self.over), -1)
            self._over = found[(at + 1) % len(found)][0] if found else None
            self.advance()
        elif (over := self.over) is None:
            says = (
                "ctrl+r connects again."
                if self.keeper is not None
                else "This is a recording: it sends nothing."
            )
            self.notify(f"Not connected. {says}", severity="warning", markup=False)
        elif what == "send":
            self._agreed(over, lambda: self._send(over[0]))
        else:
            self._ask_how_often(over)

    def _agreed(self, over: tuple[Session, str], then: Callable[[], object], times: str = "") -> None:
        """Do `then`; what says that it is destructive only after a question, once on each connection."""
        item, (session, name) = self._item(), over
        question = self._consent.question(item, session, name) if item is not None else ""
        if not question or item is None:
            then()
            return

        def agreed() -> None:
            self._consent.give(item, session)
            then()

        asked(self.app, f"{question}{times}", "Send it", agreed)

    def _send(self, session: Session) -> None:
        made, journal, row = self._made(), self.journal, self.row
        headers = self._headers if "headers" in self._keep and self._headers else None

        async def go() -> None:
            try:
                at = await send_again(session, journal, row, made, headers=headers)
            except InspectError as error:
                self._tell(error)
            else:
                if row == self.row:
                    self._sent.append(Sent(session.journal, at, session.journal is self.journal))

        self.run_worker(go(), name="again", group="calls")

    def _ask_how_often(self, over: tuple[Session, str], before: str = "100 x 4") -> None:
        if self.repeating is not None and self.repeating.running:
            self.notify("It is being repeated: ctrl+g stops that.", markup=False)
            return

        def answered(text: str | None) -> None:
            if text is None:
                return
            try:
                plan = how_often(text)
            except UsageError as wrong:
                self._tell(wrong)
                self._ask_how_often(over, text)
                return
            self._agreed(over, lambda: self._repeat(over[0], plan), f" It is called {plan.times:,} times.")

        asks = "How often, how many at once, at most how many a second?"
        self.app.push_screen(AskLine(asks, "1000 x 8 @ 50", before), answered)

    def _repeat(self, session: Session, plan: Plan) -> None:
        made, method = self._made(), self._frame.method or ""

        async def go() -> None:
            try:
                whole = made
                if made.page:
                    whole = with_cursor(made, await fresh_cursor(session, method, made.page))
                self.repeating = Repeating(session, method, params_of(whole.body, self._keep), plan)
                await self.repeating.run()
            except InspectError as error:
                self._tell(error)

        self.run_worker(go(), name="repeat", group="calls")

    def action_stop(self) -> None:
        """Stop repeating."""
        if self.repeating is not None and self.repeating.running:
            self.repeating.stop("stopped by you")
        else:
            self.app.bell()

    def _tell(self, error: InspectError) -> None:
        says = f"{error.message}. {error.next}" if error.next else f"{error.message}."
        self.notify(visible(says), severity="warning", markup=False)

    def focus_something(self) -> None:
        self.sheet.focus()


def how_often(text: str) -> Plan:
    """A plan as a person writes it: `1000`, `1000 x 8`, `1000 x 8 @ 50`.

    Raises:
        UsageError: It is none, or out of bounds.
    """
    found = _HOW_OFTEN.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"{clip(visible(text), 40)!r} does not say how often", next="For example 1000 x 8 @ 50"
        )
    times = int(re.sub(r"[,_]", "", found[1]))
    return Plan(times, int(found[2] or 1), float(found[3]) if found[3] else math.inf)


def params_of(body: bytes, keep: frozenset[Part]) -> Any:
    """The parameters of a request for many calls: each gets its own progress token, unless it is kept."""
    value = classify(body).value
    params = value.get("params") if isinstance(value, dict) else None
    if "token" in keep or not isinstance(params, dict) or not isinstance(params.get("_meta"), dict):
        return params
    meta = {name: each for name, each in params["_meta"].items() if name != META_PROGRESS_TOKEN}
    rest = {name: each for name, each in params.items() if name != "_meta"}
    return rest | ({"_meta": meta} if meta else {}) or None
