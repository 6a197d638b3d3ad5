"""The inbox: what the server asked back, and the answers a person gives. Read-only in a recording.

What is listed is folded from the journal; what waits is an entry of the session's inbox, which takes the
answer. Nothing is opened, and nothing is answered, but by a key or a button.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from inspector.app.actions import own_keys
from inspector.app.asking import Asking, Ident, Questions
from inspector.app.panes.inbox_answer import AnswerPane, Draft
from inspector.app.panes.page import Page
from inspector.app.replying import here
from inspector.app.screens.ask import asked
from inspector.app.widgets.inbox_list import InboxList
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.tab_line import TabLine
from inspector.errors import InspectError, UsageError
from inspector.journal.asked import Asked
from inspector.session.links import judge
from inspector.session.peer import Answer
from inspector.wire.content import indented
from inspector.wire.visible import clip

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal
    from inspector.session.answers import Policies
    from inspector.session.inbox import Entry
    from inspector.session.inbox import Inbox as SessionInbox

BUDGET = 0.02
"""Seconds of a frame that taking in new rows may cost."""
_LOOK = 0.7
"""Seconds in which nobody has read a URL that came up by itself: a key that came twice is no consent."""
_DRAFTS = 100
_NOTHING = "The server has asked nothing. Roots, sampling and elicitation come here."


class Inbox(Page):
    """The list, and the selected question below it."""

    NAME = "Inbox"
    DEFAULT_CSS = """
    Inbox #inbox-head { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Inbox #inbox-list { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "inbox",
        Binding("f5", "reply('accept')", "answer", tooltip="Accept, consent, answer with what is entered"),
        Binding("f2", "reply('decline')", "Decline", show=False),
        Binding("f3", "reply('cancel')", "Cancel: neither accept nor decline", show=False),
        Binding("f9", "reply('ignore')", "Ignore: never answer", show=False),
        Binding("l", "cause", "Go to the call that caused it", show=False),
        Binding("o", "open_url", "Open the URL in a browser, after a question", show=False),
        Binding("y", "copy", "Copy the URL, or what is selected", show=False),
        Binding("r", "again", "Make the call again that an error stopped for a URL", show=False),
        Binding("left_square_bracket", "tab(-1)", "Tab before", show=False),
        Binding("right_square_bracket", "tab(1)", "Next tab", show=False),
        Binding("p", "policies", "Policies: ask, answer from a file, decline, ignore", show=False),
    )

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._fold = Asked(journal)
        self._reading = Questions(journal)
        self._listed: list[Asking] = []
        self._seen: object = None
        self._second = 0
        self._drafts: dict[Ident, Draft] = {}
        self._answered: Ident | None = None
        self._expects = False  # the cursor has not been moved since an answer
        self._came = 0.0  # when one came up by itself, in the place of one that was answered
        self._roots: list[Mapping[str, Any]] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="inbox-head", markup=False)
        yield InboxList(id="inbox-list")
        yield AnswerPane(id="inbox-answer")

    @property
    def questions(self) -> InboxList:
        """The questions."""
        return self.query_one(InboxList)

    @property
    def pane(self) -> AnswerPane:
        """The selected one."""
        return self.query_one(AnswerPane)

    @property
    def _inbox(self) -> SessionInbox | None:
        return self.session.inbox if self.session is not None else None

    # What is shown, pulled once a frame.

    def advance(self) -> None:
        self._fold.advance(BUDGET)
        inbox = self._inbox
        seen = (self._fold.revision, id(inbox), inbox.revision if inbox is not None else 0,
                inbox.policies if inbox is not None else None)  # fmt: skip
        now = monotonic()
        if seen != self._seen:
            self._seen = seen
            self._listed = self._reading.listed(self._fold.questions, inbox)
            self.questions.show(self._listed, now)
            self._say_how_it_stands(inbox)
            self._fit()
            self.call_after_refresh(self._fit)  # a page that is shown for the first time has no height yet
            self._follow()
        elif int(now) != self._second and any(each.waiting for each in self._listed):
            self._second = int(now)
            self.questions.tick(now)

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """The list takes what it needs, at most a third: the form is where work is done."""
        most = max(3, self.size.height // 3)
        wanted = max(1, min(self.questions.rows, most))
        if self.questions.styles.height is None or self.questions.styles.height.value != wanted:
            self.questions.styles.height = wanted

    def _say_how_it_stands(self, inbox: SessionInbox | None) -> None:
        waiting = sum(each.waiting for each in self._listed)
        over = len(self._listed) - waiting
        words = [f"{waiting} waiting" if waiting else "", f"{over} over" if over else ""]
        if self._fold.forgotten:
            words.append(f"{self._fold.forgotten:,} older ones stand in the log only")
        says = " · ".join(filter(None, words)) or _NOTHING
        rules = policy_words(inbox.policies) if inbox is not None else ""
        head = Content.assemble(
            (f"{says}   ", "bold" if waiting else "$foreground-muted"),
            (f"{rules} (p)" if rules else "", "$foreground-muted"),
        )
        self.query_one("#inbox-head", Static).update(head)

    def _follow(self) -> None:
        """Let the pane show what the cursor stands on; after an answer that is the next that waits."""
        shown = self.pane.asking
        follows = self._idle or (self._expects and self.questions.has_focus)
        if self._answered is not None or (follows and not (shown is not None and shown.waiting)):
            after = next((each for each in self._after(self._answered) if each.waiting), None)
            if after is not None:
                self.questions.go_to(after.ident)
                self._answered = None
                self._came = self._came if self._idle else monotonic()
        current = self.questions.current
        if current is None:
            self.pane.clear()
        elif shown is None or shown.ident != current.ident or self._answered is not None:
            self._answered = None
            self._open(current)
        else:
            self.pane.told(current)

    @property
    def _idle(self) -> bool:
        """Whether nobody works here."""
        focused = self.screen.focused
        return focused is None or self not in focused.ancestors

    def _after(self, ident: Ident | None) -> list[Asking]:
        """All questions, beginning behind one of them."""
        idents = [each.ident for each in self._listed]
        at = idents.index(ident) + 1 if ident is not None and ident in idents else 0
        return self._listed[at:] + self._listed[:at]

    def _open(self, asking: Asking) -> None:
        self._keep_draft()
        self.call_later(self._show, asking)

    async def _show(self, asking: Asking) -> None:
        current = self.questions.current
        if current is None or current.ident != asking.ident:
            return  # the cursor went on
        entry = current.entry
        params = entry.params if entry is not None else self._fold.params(current.question)
        answer = entry.text if entry is not None else b""
        await self.pane.show(
            current,
            params,
            answer or self._fold.answer(current.question),
            draft=self._drafts.get(current.ident) if current.waiting else None,
            roots=(here(),) if self._roots is None else self._roots,
        )

    def _keep_draft(self) -> None:
        """What was entered for a question is there when somebody comes back to it."""
        shown, draft = self.pane.asking, self.pane.draft
        if shown is not None and draft is not None and shown.waiting:
            self._drafts[shown.ident] = draft
            if len(self._drafts) > _DRAFTS:
                del self._drafts[next(iter(self._drafts))]

    def on_inbox_list_highlighted(self, event: InboxList.Highlighted) -> None:
        event.stop()
        self._expects = False
        if (current := self.questions.current) is not None:
            self._open(current)

    def on_inbox_list_opened(self, event: InboxList.Opened) -> None:
        event.stop()
        self.call_later(self.pane.focus_something)

    # Where the focus is.

    def focus_something(self) -> None:
        self.app.clear_notifications()  # that somebody asks is no news here
        self._came = 0.0  # who comes here by a key looks
        current = self.questions.current
        waiting = next((each for each in self._listed if each.waiting), None)
        if waiting is not None and (current is None or not current.waiting):
            self.questions.go_to(waiting.ident)
            self._open(waiting)
        self.questions.focus()

    def back(self) -> bool:
        focused = self.screen.focused
        if focused is not None and self.pane in focused.ancestors:
            self.questions.focus()
            return True
        return False

    @property
    def has_json(self) -> bool:
        return self.pane.asking is not None and self.pane.asking.waiting

    def toggle_json(self) -> None:
        self.pane.toggle_json()

    def action_tab(self, by: int) -> None:
        """Form, JSON, Asked."""
        self.query_one("#asked-tabs", TabLine).action_step(by)

    # Answers.

    def on_answer_pane_pressed(self, event: AnswerPane.Pressed) -> None:
        event.stop()
        if event.what == "open":
            self.action_open_url()
        elif event.what == "again":
            self.action_again()
        else:
            self.action_reply(event.what)

    def action_reply(self, how: str) -> None:
        """Answer the question that is shown: `accept`, `decline`, `cancel` or `ignore`."""
        asking, inbox = self.pane.asking, self._inbox
        entry = asking.entry if asking is not None else None
        if asking is None or entry is None or inbox is None or not entry.waiting:
            self.app.bell()
            return
        if how == "cancel" and not asking.kind.startswith("elicitation"):
            self.pane.tell("Only an elicitation can be cancelled; F2 declines.", bad=True)
            return
        if how == "accept" and asking.kind == "elicitation-url" and monotonic() - self._came < _LOOK:
            self.pane.tell("This question has only now come up. F5 again consents to it.")
            return
        try:
            self._reply(inbox, entry, how)
        except UsageError as refused:
            self.pane.tell(refused.message, bad=True)
            return
        self._drafts.pop(asking.ident, None)
        self._answered, self._expects = asking.ident, True
        # A key too many must not answer the next question: its form is a key away.
        self.questions.focus()
        self.advance()

    def _reply(self, inbox: SessionInbox, entry: Entry, how: str) -> None:
        match how:
            case "accept":
                reply = self.pane.given()
                inbox.answer(entry, reply)
                if entry.kind == "roots" and isinstance(reply, Answer) and isinstance(reply.result, Mapping):
                    given = reply.result.get("roots")
                    self._roots = [root for root in given if isinstance(root, Mapping)] if given else []
            case "decline":
                inbox.decline(entry)
            case "cancel":
                inbox.answer(entry, Answer({"action": "cancel"}))
            case "ignore":
                inbox.ignore(entry)

    # The other keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes no sense now leaves its key to whoever has it otherwise."""
        if not self.is_mounted:
            return True
        asking = self.pane.asking
        if action == "again":
            return asking is not None and asking.question.origin == "refusal" and asking.entry is not None
        if action in ("reply", "policies"):
            return self.keeper is not None
        if action == "open_url":
            return asking is not None and asking.kind == "elicitation-url"
        return True

    def action_cause(self) -> None:
        asking = self.pane.asking
        if asking is None or asking.question.cause < 0:
            self.notify("Nothing tells which call caused it.", markup=False)
        else:
            self.post_message(self.CauseWanted(asking.question.cause))

    def action_copy(self) -> None:
        focused, asking = self.screen.focused, self.pane.asking
        if isinstance(focused, JsonView | Sheet):
            text = focused.selected_text()
        elif asking is not None and asking.kind == "elicitation-url":
            text = str(self.pane.params.get("url", ""))
        else:
            text = indented(self.pane.params) if asking is not None else ""
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied {len(text)} characters.", timeout=2, markup=False)

    def action_open_url(self) -> None:
        asking = self.pane.asking
        link = judge(self.pane.params.get("url"))
        if asking is None or self.keeper is None or not asking.waiting:
            self.pane.tell("Nothing is opened from what is over; y copies the URL.", bad=True)
        elif link.unsafe or not self.keeper.may_browse:
            why = f"the URL {link.unsafe}" if link.unsafe else "--no-browser says so"
            self.pane.tell(f"No browser is opened: {why}.", bad=True)
        else:
            warns = "".join(f"\n! {each}." for each in link.warnings)
            question = f"Open your browser at\n\n{clip(link.goes_to, 300)}\n{warns}".rstrip()
            asked(self.app, question, "Open", lambda: self._browse(link.url))

    def _browse(self, url: str) -> None:
        self.run_worker(self._open_browser(url), name="browser", exit_on_error=False)

    async def _open_browser(self, url: str) -> None:
        # Imported here: only now is a browser wanted.
        from inspector.session.auth.browser import find_opener, open_browser

        opener = find_opener()
        try:
            says = opener if isinstance(opener, str) else await open_browser(url, opener)
        except InspectError as refused:
            says = refused.message
        if says:
            self.pane.tell(f"{says}. The URL can be copied.", bad=True)
        else:
            self.pane.tell("The browser is open.")

    def action_again(self) -> None:
        asking = self.pane.asking
        call = asking.entry.call if asking is not None and asking.entry is not None else None
        if call is not None:
            self.post_message(self.CallWanted(call.method, call.params))

    def action_policies(self) -> None:
        """Say by kind what becomes of a question."""
        if self.keeper is None:
            return
        # Imported here: the dialog is rarely wanted.
        from inspector.app.screens.policies import PoliciesScreen

        self.app.push_screen(PoliciesScreen(self.keeper.options.policies), self._decide)

    def _decide(self, policies: Policies | None) -> None:
        keeper = self.keeper
        if policies is None or keeper is None:
            return
        keeper.options = replace(keeper.options, policies=policies)
        if keeper.session is not None:
            keeper.session.inbox.policies = policies
        self.advance()


def policy_words(policies: Policies) -> str:
    """What becomes of questions, in a few words: `policy: ask`, `script: form, URL; decline: other`."""
    # Imported here, as the dialog is.
    from inspector.app.screens.policies import KINDS, WORDS, word_of

    kinds: dict[str, list[str]] = {word: [] for word in WORDS}
    for name, label in KINDS.items():
        kinds[word_of(getattr(policies, name))].append(label)
    odd = [f"{word}: {', '.join(labels)}" for word, labels in kinds.items() if labels and word != "ask"]
    if len(odd) == 1 and len(kinds[odd[0].partition(":")[0]]) == len(KINDS):
        return f"policy: {odd[0].partition(':')[0]}"
    return "; ".join(odd) or "policy: ask"
