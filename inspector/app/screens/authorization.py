"""The authorization: every step with request, answer and verdict; and what a person is asked.

It pulls like the main screen: the flow runs in the connection's task whether this is open or not, and
leaving it leaves the flow as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from inspector.app.actions import AUTHORIZATION, bindings
from inspector.app.auth_steps import detail_entries, step_entries, title_of, token_entries
from inspector.app.once import Once
from inspector.app.panes.auth_question import AuthQuestion
from inspector.app.screens.ask import Plain
from inspector.app.screens.help import HelpScreen
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry, heading, line
from inspector.errors import InspectError
from inspector.journal.authorization import Authorization, Flow, Step
from inspector.session.auth.steps import Visit
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.app.guide import AppGuide, Question
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal

FRAME = 0.1
"""Seconds between two looks at the journal."""
BUDGET = 0.03
_NOTHING = "No authorization has been needed. When a server asks for it, every step will stand here."
_QUESTIONS = {
    "open_browser": "open",
    "copy_url": "copy-url",
    "go": "go",
    "repeat": "repeat",
    "stop_flow": "stop",
}
"""Actions that press a button of the question."""


class AuthorizationScreen(Once[int | None]):
    """Steps, the selected one, and the question under them. Gives the number of an exchange to go to.

    Args:
        journal: What is shown.
        keeper: The connection, where there is one.
        by_itself: It opened because a person is needed, and goes when nobody is any more.
    """

    CSS = """
    AuthorizationScreen { layout: vertical; background: $background; }
    #auth-title { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    #auth-body { height: 1fr; }
    #auth-steps { width: 2fr; padding: 0 1; }
    #auth-detail { width: 3fr; padding: 0 1; }
    AuthorizationScreen.-narrow #auth-body { layout: vertical; }
    AuthorizationScreen.-narrow #auth-steps { width: 1fr; height: 1fr; }
    AuthorizationScreen.-narrow #auth-detail { width: 1fr; height: 1fr; }
    #auth-question { height: auto; max-height: 60%; border: round $warning; padding: 0 1; overflow-y: auto; }
    #ask-says { height: auto; max-height: 16; }
    #ask-news { height: auto; max-height: 2; }
    AuthorizationScreen.-short #ask-says { max-height: 6; }
    AuthorizationScreen.-short #ask-news { max-height: 1; }
    #ask-choices { height: auto; max-height: 6; border: none; padding: 0; background: $background; }
    #ask-fields { height: auto; }
    .ask-field { background: $surface; padding: 0 1; }
    #ask-buttons { height: 1; margin: 1 0 0 0; }
    #ask-buttons Button { margin: 0 1 0 0; min-width: 6; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    ACTIONS = AUTHORIZATION
    PLACE = "authorization"
    BINDINGS = bindings(AUTHORIZATION, "authorization")
    AUTO_FOCUS = "#auth-steps"

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None, *, by_itself: bool = False) -> None:
        super().__init__()
        self.journal = journal
        self.keeper = keeper
        self._by_itself = by_itself
        self._fold = Authorization(journal)
        self._flow = -1  # the newest
        self._seen = (-1, -1)
        self._followed = True
        self._revealed = False
        self._done = False
        self._step: Step | None = None

    @property
    def guide(self) -> AppGuide | None:
        """Who answers the flow's questions; `None` in a recording."""
        return self.keeper.guide if self.keeper is not None else None

    def compose(self) -> ComposeResult:
        yield Static(id="auth-title", markup=False)
        with Horizontal(id="auth-body"):
            yield Sheet(id="auth-steps", marks=False)
            yield Sheet(id="auth-detail")
        yield AuthQuestion(browser=self.keeper is None or self.keeper.may_browse, id="auth-question")
        yield KeyLine()

    def on_mount(self) -> None:
        for id, title in (("#auth-steps", "Steps"), ("#auth-detail", "Step")):
            sheet = self.query_one(id, Sheet)
            sheet.add_class("pane")
            sheet.border_title = title
        self.set_interval(FRAME, self.show_now)
        self.call_after_refresh(self.show_now)

    # What is shown, pulled once a frame.

    async def show_now(self) -> None:
        """Once a frame: take in what is new."""
        if not self.is_attached:
            return
        self._fold.advance(BUDGET)
        guide = self.guide
        seen = (self._fold.revision, guide.revision if guide is not None else 0)
        if seen == self._seen:
            self._leave_when_done()
            return
        asks = seen[1] != self._seen[1]
        self._seen = seen
        self._show_flow()
        if asks:
            question = self.query_one(AuthQuestion)
            await question.show(guide.question if guide is not None else None)
            self.refresh_bindings()
            if guide is not None and guide.question is None and self.focused is None:
                self.query_one("#auth-steps").focus()
        flow = self._shown()
        self._done = flow is not None and flow.state == "ok" and not self._asks()
        self._leave_when_done()

    def _leave_when_done(self) -> None:
        """It opened for a question; that is answered and all went well: back to work, or from the help."""
        if self._by_itself and self._done and self.is_active:
            self.notify("Authorized. The key a shows the steps.", markup=False)
            self.dismiss(None)

    def _asks(self) -> Question | None:
        return self.guide.question if self.guide is not None else None

    def _shown(self) -> Flow | None:
        flows = self._fold.flows
        return flows[max(-len(flows), min(self._flow, len(flows) - 1))] if flows else None

    def _show_flow(self) -> None:
        flow = self._shown()
        steps = self.query_one("#auth-steps", Sheet)
        server = self.keeper.target.title if self.keeper is not None else self._recorded()
        how = title_of(self._fold.flows, flow) if flow is not None else ""
        stepwise = " · step by step" if self.guide is not None and self.guide.stepwise else ""
        self.query_one("#auth-title", Static).update(
            Content.assemble(
                ("Authorization", "bold"),
                (f" · {visible(server)}", ""),
                (f" · {how}" if how else "", "$foreground-muted"),
                (stepwise, "$text-accent"),
            )
        )
        if flow is None:
            steps.show([line("none", (_NOTHING, "muted"))])
            return
        entries = step_entries(flow)
        steps.show(entries)
        if self._followed and flow.steps:
            steps.go_to(entries[len(flow.steps) - 1].key)
        self._show_step()

    def _recorded(self) -> str:
        url = self.journal.header.target.get("url")
        return url if isinstance(url, str) else "recording"

    def _show_step(self) -> None:
        entry = self.query_one("#auth-steps", Sheet).current
        step = entry.link if entry is not None else None
        flow = self._shown()
        if not isinstance(step, Step) and flow is not None and flow.steps:
            step = flow.steps[-1]  # the line that says how it ended: the last step did that
        detail = self.query_one("#auth-detail", Sheet)
        if not isinstance(step, Step):
            return
        anew = self._step is None or (step.name, step.attempt) != (self._step.name, self._step.attempt)
        self._step = step
        told = detail_entries(self.journal, step, self._token())
        detail.show([*self._where_to(step), *told], anew=anew)

    def _where_to(self, step: Step) -> list[Entry]:
        """The whole URL to visit, for whoever has to carry it to a browser by hand."""
        question = self._asks()
        if question is None or not isinstance(question.action, Visit) or step.name != question.action.step:
            return []
        url = visible(question.action.url)
        return [
            heading("url-title", "The URL to visit"),
            Entry("url", ((url, "text"),), copy=question.action.url),
        ]

    def _token(self) -> list[Entry]:
        oauth = self.keeper.oauth if self.keeper is not None else None
        if oauth is None or oauth.credentials is None:
            return []
        return token_entries(oauth.credentials, oauth.resource, revealed=self._revealed)

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        event.stop()
        if event.sheet.id == "auth-steps":
            # Where the cursor is now: what is told of may have been shown anew since, or be gone.
            ahead = event.sheet.entries[event.sheet.cursor + 1 :]
            self._followed = not any(isinstance(entry.link, Step) for entry in ahead)
            self._show_step()
        elif event.sheet.has_focus:
            self._by_itself = False  # somebody reads

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if isinstance(event.entry.link, int):
            self.dismiss(event.entry.link)
        elif event.sheet.id == "auth-steps":
            self.query_one("#auth-detail").focus()

    # Answers.

    def on_auth_question_answered(self, event: AuthQuestion.Answered) -> None:
        if self.guide is not None:
            self.guide.answer(event.question, event.answer)

    def on_auth_question_pressed(self, event: AuthQuestion.Pressed) -> None:
        question = self._asks()
        if question is None or not isinstance(question.action, Visit):
            return
        if event.what == "copy-url":
            self.app.copy_to_clipboard(question.action.url)
            self._tell(question, "The URL is copied.")
        else:
            self.run_worker(self._open(question, question.action.url), name="browser", exit_on_error=False)

    def _tell(self, question: Question, says: str, *, bad: bool = False) -> None:
        """Say it in the box, not over it; later questions have nothing to do with it."""
        asks = self.query_one(AuthQuestion)
        if asks.question is question:
            asks.tell(says, bad=bad)

    async def _open(self, question: Question, url: str) -> None:
        # Imported here: only now is a browser wanted.
        from inspector.session.auth.browser import find_opener, open_browser

        opener = find_opener()
        try:
            says = opener if isinstance(opener, str) else await open_browser(url, opener)
        except InspectError as refused:
            says = refused.message
        if says:
            self._tell(question, f"{says}. The URL can be copied.", bad=True)
        else:
            self._tell(question, "The browser is open. What it is sent back to arrives here.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is not offered now neither stands in the footer nor does anything."""
        if not self.is_mounted:
            return True
        if action in _QUESTIONS or action in ("paste_answer", "show_url"):
            return self._offers(action)
        if action == "stepwise":
            return self.guide is not None
        if action == "authorize_again":
            return self.guide is not None and self._asks() is None
        if action == "reveal":
            return bool(self._token()) and self._asks() is None  # beside a question its keys fill the footer
        return True

    def _offers(self, action: str) -> bool:
        question = self.query_one(AuthQuestion)
        if question.question is None:
            return False
        if action in ("paste_answer", "show_url"):
            return question.question.kind == "visit"
        names = ["past", "go"] if action == "go" else [_QUESTIONS[action]]
        return any(question.query_one(f"#ask-{name}").display for name in names)

    def action_open_browser(self) -> None:
        self.query_one(AuthQuestion).press("open")

    def action_copy_url(self) -> None:
        self.query_one(AuthQuestion).press("copy-url")

    def action_show_url(self) -> None:
        question = self._asks()
        if question is not None and isinstance(question.action, Visit):
            self.app.push_screen(Plain(question.action.url))

    def action_go(self) -> None:
        question = self.query_one(AuthQuestion)
        if not question.press("go"):
            question.press("past")

    def action_repeat(self) -> None:
        self.query_one(AuthQuestion).press("repeat")

    def action_stop_flow(self) -> None:
        self.query_one(AuthQuestion).press("stop")

    def action_paste_answer(self) -> None:
        self.query_one(AuthQuestion).paste()

    # The rest.

    def action_stepwise(self) -> None:
        if self.guide is not None:
            self.guide.stepwise = not self.guide.stepwise
            self._show_flow()

    def action_authorize_again(self) -> None:
        if self.keeper is not None and not self.keeper.authorize():
            self.notify("A flow is under way already, or there is no connection.", markup=False)

    def action_reveal(self) -> None:
        self._revealed = not self._revealed
        self._show_step()

    def action_flow(self, by: int) -> None:
        count = len(self._fold.flows)
        if count:
            self._flow = (self._flow % count + by) % count
            self._followed = True
            self._show_flow()

    def action_copy(self) -> None:
        sheet = self.focused if isinstance(self.focused, Sheet) else self.query_one("#auth-detail", Sheet)
        text = sheet.selected_text()
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied {len(text)} characters.", timeout=2, markup=False)

    def action_next_pane(self) -> None:
        self.focus_next()

    def action_back(self) -> None:
        if self.focused is not None and self.focused.id == "auth-detail":
            self.query_one("#auth-steps").focus()
            return
        self.app.clear_notifications()
        if self._asks() is not None:
            self.notify("The authorization goes on waiting. The key a comes back to it.", markup=False)
        self.dismiss(None)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen("authorization", AUTHORIZATION))

    async def action_quit_app(self) -> None:
        await self.app.action_quit()
