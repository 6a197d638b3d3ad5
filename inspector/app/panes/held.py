"""Breakpoints: the messages that are held, one of them to be edited, and the rules that hold and disturb.

What is held is folded from the journal, so that it looks the same on our own connection, attached to a
recording that is being written, and in one that is over; there nothing is decided any more. What is decided
goes to the gate that holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from inspector.app.actions import own_keys
from inspector.app.answering import error_for, result_for
from inspector.app.asking import returned
from inspector.app.breaking import Breaking, breaking
from inspector.app.editing import Draft
from inspector.app.following import is_between
from inspector.app.giving_up import Waiter
from inspector.app.held_sheet import about, head_words, held_entries, past_entries, past_words
from inspector.app.panes.page import Page
from inspector.app.panes.rules_pane import RulesPane
from inspector.app.widgets.held_editor import HeldEditor
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Pieces
from inspector.errors import InspectError
from inspector.gate.rule import LONGEST_DELAY, Verdict
from inspector.gate.text import seconds
from inspector.journal.holding import Word
from inspector.wire.event import Shape
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal

_DRAFTS = 100
_OVER = Waiter("still held", None, "at the end")


class HeldList(Sheet):
    """What is held, then what was."""

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "held-list",
        Binding("enter", "open", "Forward the message as it came; of what is over go to its row", show=False),
    )


class HeldPage(Page):
    """The list, the message in an editor, the rules."""

    NAME = "Held"
    DEFAULT_CSS = """
    HeldPage #held-head { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    HeldPage #held-news { height: 1; text-wrap: nowrap; text-overflow: ellipsis; display: none; }
    HeldPage HeldList { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "held",
        Binding("f5", "send", "as edited", tooltip="Forward what stands in the editor, or answer with it"),
        Binding("e", "edit", "edit", tooltip="Edit the message"),
        Binding("d", "decide('dropped')", "drop", tooltip="Drop it: it goes nowhere"),
        Binding("2", "decide('duplicated')", "Forward it twice", show=False),
        Binding("w", "wait", "Wait: forward it after some seconds", show=False),
        Binding("a", "answer", "answer", tooltip="Answer in the other side's place"),
        Binding("f2", "answer(True)", "Such an answer: a result, or an error", show=False),
        Binding("ctrl+t", "turn", "JSON/bytes", tooltip="As JSON, or byte by byte", priority=True),
        Binding("l", "row", "Go to its row in the log", show=False),
        Binding("n", "rule", "New breakpoint or fault", show=False),
    )

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._drafts: dict[int, tuple[Draft, bool]] = {}
        self._seen: object = None
        self._second = -1
        self._named: tuple[bool, ...] = ()
        self._insists: object = None
        self._errors = self._waited = False
        self._expects = False  # the cursor has not been moved to what is over since something was decided

    @property
    def breaking(self) -> Breaking:
        """What is held, and who decides."""
        return breaking(self.screen)

    def compose(self) -> ComposeResult:
        yield Static(id="held-head", markup=False)
        yield HeldList(id="held-list", marks=False)
        yield HeldEditor(id="held-editor")
        yield Static(id="held-news", markup=False)
        yield RulesPane(self.journal, id="held-rules")

    @property
    def messages(self) -> HeldList:
        """What is held, and what was."""
        return self.query_one(HeldList)

    @property
    def editor(self) -> HeldEditor:
        """The one under the cursor."""
        return self.query_one(HeldEditor)

    @property
    def rules(self) -> RulesPane:
        """The breakpoints and faults."""
        return self.query_one(RulesPane)

    # What is shown, pulled once a frame.

    def advance(self) -> None:
        known = self.breaking
        known.advance()
        now = known.now()
        seen = (known.revision, self.size.width, known.controls is None, is_between(self.journal))
        changed, second = seen != self._seen, int(now - known.held[0].since) if known.held else -1
        if changed or (known.held and second != self._second):
            self._seen, self._second = seen, second
            self._fill(now)
        if changed:
            self._fit()
        self._follow()
        self._tell()
        named = tuple(map(self.names_key, ("send", "answer", "turn")))
        if named != self._named:
            self._named = named
            self.refresh_bindings()

    def _fill(self, now: float) -> None:
        known, room = self.breaking, self.content_size.width or self.app.size.width  # nobody sees it yet
        width = max(20, room - 1)
        over, live = known.controls is None, is_between(self.journal)
        waits = [_OVER if over else known.waiter(each.row) for each in known.held]
        entries = held_entries(self.journal, known.held, waits, now, width)
        self.messages.show([*entries, *past_entries(self.journal, known.past, width)])
        self.rules.show(known.rules, known.hits, width, locked=known.controls is None)
        says, keys = head_words(known.held, known.past, now, over=over, live=live)
        tone = "bold" if known.held else "$foreground-muted"
        head = Content.assemble((says, tone), (keys, "$foreground-muted"))
        self.query_one("#held-head", Static).update(head)

    def _fit(self) -> None:
        """The lists take what they need, at most a third and a quarter: work is done in the editor."""
        room, listed = self.size.height, len(self.messages.entries)
        shown = self.editor.row >= 0 or bool(listed)
        self.editor.display = shown
        self.messages.styles.height = max(1, min(listed, max(2, room // 4)))
        self.rules.fit(max(2, room // 5 if shown else room // 2))

    def on_resize(self) -> None:
        self._seen = None

    def _follow(self) -> None:
        """Show what the cursor stands on; where nobody works here, what is held first."""
        held = self.breaking.held
        came = bool(held) and not self._waited and self.messages.has_focus  # somebody waits for it
        self._waited = bool(held)
        if held and (came or self._idle or self._expects) and not self.breaking.is_held(self.editor.row):
            self.messages.go_to(f"held-{held[0].row}")
        if not self.editor_busy:
            self._open()

    @property
    def _idle(self) -> bool:
        """Whether nobody works here."""
        return not self.has_focus_within

    @property
    def editor_busy(self) -> bool:
        """Whether somebody types there: what stands there is not taken away."""
        return self.editor.area.has_focus and self.editor.row >= 0

    def _open(self) -> None:
        entry = self.messages.current
        row = entry.link if entry is not None and isinstance(entry.link, int) else -1
        if row == self.editor.row:
            return
        self._keep_draft()
        self._insists = None
        self.say("")
        if row < 0:
            self.editor.row = -1
            self._fit()
            return
        draft, answers = self._drafts.get(row, (None, False))
        piped = self.journal.exchange(row) is None
        self.editor.show(row, self.journal.body(row), draft, answers=answers, piped=piped)
        self._fit()

    def _keep_draft(self) -> None:
        """What was typed for a message is there when somebody comes back to it."""
        editor = self.editor
        if editor.row >= 0 and (editor.draft.changed or editor.answers) and self.breaking.is_held(editor.row):
            self._drafts[editor.row] = (editor.draft, editor.answers)
            if len(self._drafts) > _DRAFTS:
                del self._drafts[next(iter(self._drafts))]

    def _tell(self) -> None:
        row, known = self.editor.row, self.breaking
        if row < 0:
            return
        if self._insists is not None and self._insists != (row, self.editor.draft.text):
            self._insists = None  # what was odd is something else by now
            self.say("")
        held = known.is_held(row)
        pieces: Pieces = ()  # the line in the list says what it is
        if self.editor.answers:
            pieces = (("answer in the other side's place to ", "strong"), *about(self.journal, row))
        elif not held and self.editor.draft.changed:
            past = known.past_of(row)
            pieces = (
                ("not held any more: ", "warning"),
                (past_words(past) if past is not None else "", "warning"),
            )
        area, locked = self.editor.area, not held or known.controls is None
        over = locked and not area.read_only
        self.editor.tell(pieces, locked=locked)
        if over and area.has_focus and not self.editor.draft.changed:
            self.messages.focus()  # or what is held next would stay behind it

    def say(self, says: str, *, bad: bool = False) -> None:
        """Say what became of a key; empty takes it away."""
        news = self.query_one("#held-news", Static)
        news.display = bool(says)
        news.update(Content.styled(visible(says), "$text-warning" if bad else "$text-muted"))

    # Where the focus is.

    def focus_something(self) -> None:
        self.app.clear_notifications()  # that something is held is no news here
        self.messages.focus()  # also where nothing is listed: a key that follows is typed into no field

    def search(self) -> bool:
        return self.rules.search()

    def back(self) -> bool:
        focused = self.screen.focused
        editor, rules = self.editor, self.rules
        if (rules.has_focus_within and rules.back()) or (focused is editor.area and editor.back()):
            return True
        if focused is not None and focused is not self.messages and not self._idle:
            self.messages.focus()
            return True
        return False

    def on_rules_pane_settled(self, event: RulesPane.Settled) -> None:
        event.stop()
        self.messages.focus()

    def action_turn(self) -> None:
        """As JSON, or byte by byte."""
        if not self.editor.toggle():
            self.say("It is no JSON.", bad=True)

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        event.stop()
        if event.sheet is self.messages:
            self.say("")
            link = event.entry.link
            self._expects = self._expects and isinstance(link, int) and self.breaking.is_held(link)
            self._open()

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if self._decidable(self.editor.row):
            self.action_decide("forwarded")
        elif self._expects:  # a key too many while the next one is awaited
            self.say("It went on. l goes to its row.")
        elif isinstance(event.entry.link, int):
            self.post_message(self.RowWanted(event.entry.link))

    # Verdicts

    def _decidable(self, row: int) -> bool:
        return self.breaking.controls is not None and self.breaking.is_held(row)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes no sense now leaves its key to whoever has it otherwise."""
        if not self.is_mounted:
            return True
        if action == "answer" and parameters:
            return self.editor.answers
        return action in ("row", "turn") or self.breaking.controls is not None

    def names_key(self, action: str) -> bool:
        """Whether a key does something now; what does nothing stays the page's, and no other's key."""
        row = self.editor.row
        if action in ("send", "edit", "answer") or action.startswith("decide"):
            return self._decidable(row) and (action != "answer" or self.journal.shape(row) is Shape.REQUEST)
        return action != "turn" or row >= 0

    def action_rule(self) -> None:
        """Type a new rule."""
        self.rules.begin()

    def _may(self) -> bool:
        """Whether something can be decided about what is shown; says where nothing can."""
        if not (may := self._decidable(self.editor.row)):
            self.say("Nothing is held there.", bad=True)
        return may

    def action_row(self) -> None:
        """Go to the row in the log."""
        if self.editor.row >= 0:
            self.post_message(self.RowWanted(self.editor.row))

    def action_edit(self) -> None:
        """Put the cursor into the editor."""
        if self._may():
            self.editor.area.focus()

    def action_decide(self, how: Word) -> None:
        """Forward it as it came, drop it, forward it twice."""
        self._release(Verdict(how))

    def action_wait(self) -> None:
        """Ask for seconds, and forward it then."""
        from inspector.app.screens.ask import AskLine  # here: the first paint waits for no dialog

        row = self.editor.row
        if not self._may():
            return

        def wait(text: str | None) -> None:
            if text is None:
                return
            took = seconds(text)
            if took is None:
                self.say(f"{text} is no number of seconds up to {LONGEST_DELAY:g}.", bad=True)
            else:
                self._release(Verdict("delayed", seconds=took), row)

        self.app.push_screen(AskLine("Forward it after how many seconds?", "for example 2.5, or 500ms"), wait)

    def action_answer(self, turned: bool = False) -> None:
        """Let an answer be written in the other side's place: a result, `turned` an error and back."""
        editor = self.editor
        if not self._may():
            return
        frame = self.journal.event(editor.row).frame
        if frame is None or frame.shape is not Shape.REQUEST:
            self.say("Only a request can be answered.", bad=True)
            return
        if not editor.answers:
            self._keep_draft()
        self._errors = turned and not self._errors
        schema = returned(frame.method, frame.params, self.journal.catalogue)
        text = error_for(frame.value) if self._errors else result_for(frame.value, schema=schema)
        editor.answer(text)
        self.say("")
        before, empty, _ = text.partition('""')
        if empty:  # where somebody has something to say
            editor.area.move_cursor((before.count("\n"), len(before) - before.rfind("\n")))
        editor.area.focus()

    def action_send(self) -> None:
        """Forward what stands in the editor; what is odd is sent when it is asked for twice."""
        editor = self.editor
        draft = editor.draft
        if editor.warning and self._insists != (editor.row, draft.text):
            self._insists = (editor.row, draft.text)
            self.say("That is odd. F5 again sends it all the same.", bad=True)
        elif editor.answers:
            self._release(Verdict("answered", draft.given))
        elif draft.changed:
            self._release(Verdict("changed", draft.given))
        else:
            self._release(Verdict("forwarded"))

    def _release(self, verdict: Verdict, row: int | None = None) -> None:
        row = self.editor.row if row is None else row
        if not self._decidable(row):
            self.say("It is not held.", bad=True)
            return
        self._drafts.pop(row, None)
        self.say("")

        async def go() -> None:
            try:
                await self.breaking.release(row, verdict)
            except InspectError as refused:
                self.say(f"{refused.message}. {refused.next}".rstrip(), bad=True)
                return
            self._expects = True
            if self.editor.row == row:
                # A key too many must not decide about the next one's text: its editor is a key away.
                self.messages.focus()
                self.advance()

        self.run_worker(go(), name="release", group="held")

    def selected_text(self) -> str:
        focused = self.screen.focused
        if focused is self.editor.area:
            return self.editor.area.selected_text
        return focused.selected_text() if isinstance(focused, Sheet) else ""
