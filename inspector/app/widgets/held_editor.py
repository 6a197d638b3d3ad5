"""The message that is held, as a text to be edited: what it is, the text, and what would be sent.

It sends nothing; who holds it asks for what stands there.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from inspector.app.composing import text_of
from inspector.app.editing import MOST, Draft, begin, made_up, turned
from inspector.app.widgets.sheet_lines import Pieces
from inspector.app.widgets.tab_line import TabLine
from inspector.wire.visible import size, visible

_STYLES = {
    "strong": "bold",
    "muted": "$foreground-muted",
    "warning": "$text-warning",
    "error": "bold $text-error",
    "ok": "$text-success",
    "text": "",
}


class HeldEditor(Vertical):
    """One message."""

    DEFAULT_CSS = """
    HeldEditor { height: 1fr; }
    HeldEditor #held-about { display: none; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    HeldEditor #held-as { padding: 0; width: 1fr; }
    HeldEditor #held-text { height: 1fr; min-height: 3; border: none; padding: 0; background: $surface; }
    HeldEditor #held-text:focus { border: none; }
    HeldEditor #held-says { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.row = -1
        self.answers = False
        """What stands there answers the message that is held, in the other side's place."""
        self._original = b""
        self._draft = begin(b"")
        self._piped = True
        self._whole = True
        self._said: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="held-about", markup=False)
        yield TabLine(("JSON", "Bytes"), id="held-as", hint="ctrl+t")
        yield _Text("", id="held-text", tab_behavior="focus", show_line_numbers=False)
        yield Static(id="held-says", markup=False)

    @property
    def area(self) -> TextArea:
        """Where it is edited."""
        return self.query_one("#held-text", TextArea)

    @property
    def draft(self) -> Draft:
        """What stands there now."""
        draft = self._draft
        if not self._whole:
            return draft
        return Draft(draft.raw, draft.mode, draft.begun, self.area.text)

    @property
    def original(self) -> bytes:
        """What came."""
        return self._original

    @property
    def warning(self) -> str:
        """What is odd with what would be sent; empty for nothing."""
        return (
            "" if self.answers or not self._whole else self.draft.warning(self._original, piped=self._piped)
        )

    def show(
        self, row: int, raw: bytes, draft: Draft | None = None, *, answers: bool = False, piped: bool = True
    ) -> None:
        """Let a message stand there, or what was made of it before."""
        self.row, self._original, self.answers, self._piped = row, raw, answers, piped
        self._whole = len(raw) <= MOST or answers
        self._load(draft or begin(raw if self._whole else b""))
        if not self._whole:
            self._draft = Draft(raw, "Bytes", "", "")
            self.area.load_text(text_of(raw[:2_000]) + " …")

    def answer(self, text: str) -> None:
        """Let an answer in the other side's place stand there, to be filled in."""
        self.answers, self._whole = True, True
        self._load(made_up(text))

    def back(self) -> bool:
        """From an answer to the message itself; false where it stands there."""
        if not self.answers:
            return False
        self.show(self.row, self._original, piped=self._piped)
        return True

    def toggle(self) -> bool:
        """As JSON, or byte by byte; false where it is no JSON."""
        made = turned(self.draft) if self._whole else None
        if made is not None:
            self._load(made)
        return made is not None

    def _load(self, draft: Draft) -> None:
        self._draft = draft
        self.area.load_text(draft.text)
        self.query_one(TabLine).active = draft.mode
        self._said = None

    def tell(self, about: Pieces, *, locked: bool) -> None:
        """Say what it is; what is not held any more is only read."""
        self.area.read_only = locked or not self._whole
        draft = self.draft
        said = (about, locked, draft.text, draft.mode, self.answers)
        if said == self._said:
            return
        self._said = said
        pieces = [(text, _STYLES.get(role, "")) for text, role in about]
        line = self.query_one("#held-about", Static)
        line.display = bool(pieces)
        line.update(Content.assemble(*pieces))
        self.query_one("#held-says", Static).update(self._says(draft, locked))

    def _says(self, draft: Draft, locked: bool) -> Content:
        if not self._whole:
            return Content.styled(f"{size(len(self._original))}: too long to be edited here", "$text-muted")
        if locked:
            return Content("")
        if self.answers:
            return Content.styled(
                f"{size(len(draft.given))} · F5 answers so · F2 result or error · esc back", "$text-muted"
            )
        if not draft.changed:
            return Content.styled(f"{size(len(self._original))}, as it came", "$text-muted")
        if warning := self.warning:
            return Content.styled(visible(f"! {warning}"), "$text-warning")
        return Content.styled(f"{size(len(draft.given))}, changed · F5 forwards it so", "$text-accent")

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        if event.word != self._draft.mode and not self.toggle():
            event.line.active = self._draft.mode
            self.app.bell()


class _Text(TextArea):
    """Where it is edited. f7, Textual's key for all of the text, is the main screen's."""

    BINDINGS = [Binding("ctrl+a", "select_all", show=False)]

    def on_mount(self) -> None:
        self.highlight_cursor_line = False
