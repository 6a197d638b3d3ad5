"""The selected message: foldable JSON, its other half, its HTTP exchange, the raw bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from inspector.app.exchange import exchange_of
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.late_switcher import LateSwitcher
from inspector.app.widgets.tab_line import TabLine
from inspector.app.widgets.text_view import TextView
from inspector.journal.findings import details
from inspector.journal.outline import outline
from inspector.journal.related import Related
from inspector.wire.content import indented
from inspector.wire.event import Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.journal.journal import Journal

_HALVES = {Shape.REQUEST: "Request", Shape.RESPONSE: "Response", Shape.ERROR: "Response"}


class SelectedMessage(Vertical):
    """Everything about one row of the journal."""

    BORDER_TITLE = "Message"

    def __init__(self, journal: Journal, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._journal = journal
        self._seq = -1
        self._peer = -1
        self._related = Related(journal)
        self._chosen = ""
        self._remark: Callable[[int], str] = lambda seq: ""

    def compose(self) -> ComposeResult:
        yield TabLine(("Message",), id="message-tabs")
        yield Static(id="message-findings", markup=False)
        with LateSwitcher(initial="message-json", id="message-body"):
            yield JsonView(id="message-json")

    @property
    def _body(self) -> LateSwitcher:
        return self.query_one("#message-body", LateSwitcher)

    @property
    def seq(self) -> int:
        """The row shown, -1 for none."""
        return self._seq

    @property
    def other(self) -> int:
        """The row of the other half, or of the request that the row shown is about; -1 for none."""
        return self._peer if self._peer >= 0 or self._seq < 0 else self._related.request_of(self._seq)

    @property
    def remark(self) -> Callable[[int], str]:
        """What is said of a row beside what is found wrong with it; setting it says it anew."""
        return self._remark

    @remark.setter
    def remark(self, remark: Callable[[int], str]) -> None:
        self._remark = remark
        if self._seq >= 0:
            self._show_findings()

    def show(self, seq: int) -> None:
        """Show row `seq` of the journal."""
        self._seq = seq
        self._refresh_pair()
        journal = self._journal
        half = _HALVES.get(journal.shape(seq))
        tabs = ["Request", "Response"] if half and self._peer >= 0 else [half or "Event"]
        if journal.exchange(seq) is not None:
            tabs.append("HTTP")
        if journal.kind(seq) in (Kind.MESSAGE, Kind.STDOUT, Kind.STDERR, Kind.SSE, Kind.HTTP):
            tabs.append("Raw")
        line = self.query_one(TabLine)
        usual = "HTTP" if journal.kind(seq) is Kind.HTTP and "HTTP" in tabs else half or "Event"
        kept = self._chosen if self._chosen in tabs else usual
        line.offer(tabs, kept)
        self._show_findings()
        self._show_tab(kept)

    def tick(self) -> None:
        """Once a frame: an answer may have come to the request that is shown."""
        if self._seq >= 0 and self._journal.peer(self._seq) != self._peer:
            self.show(self._seq)

    def _refresh_pair(self) -> None:
        self._peer = self._journal.peer(self._seq)
        row = outline(self._journal, self._seq)
        pair = f"{self._seq} ⇄ {self._peer}" if self._peer >= 0 else f"{self._seq}"
        if self._peer < 0 and (request := self._related.request_of(self._seq)) >= 0:
            pair = f"{self._seq} {self._related.word_of(self._seq)} {request}"
        told = [row.what, row.target, row.status, row.latency]
        places = (self._journal.legs.place(self._seq), self._journal.legs.place(self._peer))
        if any(places) or row.status in ("late", "asks back"):
            told.insert(0, row.note)  # where it stands in its call
        # Not a plain string: that would be read as markup, and the target is the server's.
        title = Content(" · ".join([pair, *(word for word in told if word)])[:100])
        self.border_title = title

    def _show_findings(self) -> None:
        findings = details(self._journal, self._seq)
        lines = [
            f"! {finding.says} ({finding.clause})" if finding.clause else f"! {finding.says}"
            for finding in findings
        ]
        if said := self._remark(self._seq):
            lines.insert(0, said)
        shown = self.query_one("#message-findings", Static)
        if lines or shown.display:  # an update lays the whole screen out anew
            shown.display = bool(lines)
            shown.update(Content.styled("\n".join(lines), "$text-warning"))

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        self._chosen = event.word if event.word in ("HTTP", "Raw") else ""  # kept from row to row
        self._show_tab(event.word)

    def _show_tab(self, word: str) -> None:
        journal, seq = self._journal, self._seq
        half = _HALVES.get(journal.shape(seq))
        if word in ("Request", "Response") and word != half and self._peer >= 0:
            seq = self._peer
        match word:
            case "HTTP":
                self._text(exchange_of(journal, journal.exchange(seq) or 0))
            case "Raw":
                body = journal.body(seq)
                self._text(
                    body.decode("utf-8", "backslashreplace") if body else indented(dict(journal.data(seq)))
                )
            case _ if journal.kind(seq) is Kind.MESSAGE:
                self._json(journal.body(seq))
            case _ if journal.kind(seq) in (Kind.STDERR, Kind.STDOUT):
                self._text(journal.body(seq).decode("utf-8", "backslashreplace"))
            case _:
                self._json(indented(dict(journal.data(seq))))

    def _json(self, body: bytes | str) -> None:
        self._body.show_view("message-json", JsonView).load(body)

    def _text(self, text: str) -> None:
        self._body.show_view("message-text", TextView).load(text)

    def focus_something(self) -> None:
        """Put the focus onto what is shown."""
        self.query_one(f"#{self._body.current}").focus()

    def selected_text(self) -> str:
        """What copying takes: the selected JSON value, or the whole row's text."""
        if self._body.current == "message-json":
            return self.query_one(JsonView).selected_text()
        return self._journal.body(self._seq).decode("utf-8", "backslashreplace") if self._seq >= 0 else ""
