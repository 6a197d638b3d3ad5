"""What a flow of authorization asks now, and all it takes to answer: buttons, a choice, fields.

It shows a question of `inspector.app.guide` and posts the answer. It opens no browser itself.
"""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from inspector.app.guide import Question
from inspector.app.visit import host_lines
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Verdict, Visit
from inspector.wire.visible import clip, visible

_LONGEST = 600
_MOST = 50  # fields
_CHOICES = 1000
_SCOPES = 160  # characters of scopes: what says more must not push the host out of sight
_BUTTONS: dict[str, str] = {
    "open": "Open the browser (o)",
    "copy-url": "Copy the URL (c)",
    "go": "Go on (g)",
    "past": "Go on past it (g)",
    "repeat": "Repeat the step (r)",
    "stop": "Stop (x)",
}


class AuthQuestion(Vertical):
    """The question and its answers, and news about it; not displayed while nothing is asked.

    Args:
        browser: Whether a browser may be opened.
    """

    class Answered(Message):
        """The person answered."""

        def __init__(self, question: Question, answer: Any) -> None:
            super().__init__()
            self.question = question
            self.answer = answer

    class Pressed(Message):
        """The person wants something done that answers nothing: `open` or `copy-url`."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, browser: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self._browser = browser
        self._question: Question | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="ask-says", markup=False)
        yield OptionList(id="ask-choices", markup=False, compact=True)
        yield Static(id="ask-news", markup=False)
        yield Vertical(id="ask-fields")
        with Horizontal(id="ask-buttons"):
            for name, label in _BUTTONS.items():
                yield Button(label, id=f"ask-{name}", compact=True)

    def on_mount(self) -> None:
        self.display = False

    @property
    def question(self) -> Question | None:
        """What is asked."""
        return self._question

    async def show(self, question: Question | None) -> None:
        """Show another question, or none."""
        self._question = question
        self.tell("")
        fields = self.query_one("#ask-fields", Vertical)
        await fields.remove_children()
        choices = self.query_one("#ask-choices", OptionList)
        choices.clear_options()
        self.display = question is not None
        if question is None:
            return
        says, buttons = _words(question)
        self.query_one("#ask-says", Static).update(says)
        shown = [name for name in buttons if name != "open" or self._browser]
        for name in _BUTTONS:
            button = self.query_one(f"#ask-{name}", Button)
            button.display = name in shown
            button.variant = "primary" if name == shown[0] and name in ("open", "go") else "default"
        choices.display = isinstance(question.action, Choose)
        await self._offer(question, choices, fields)
        self._focus(question, shown)

    def tell(self, says: str, *, bad: bool = False) -> None:
        """Say what came of a button, where it covers nothing; empty takes it away."""
        news = self.query_one("#ask-news", Static)
        news.display = bool(says)
        mark, style = ("! ", "$text-warning") if bad else ("✓ ", "$text-success")
        news.update(Content.styled(f"{mark}{_text(says)}", style))

    async def _offer(self, question: Question, choices: OptionList, fields: Vertical) -> None:
        match question.action:
            case Choose(options=options) if question.kind == "choose":
                choices.add_options([Option(Content(_text(option))) for option in options[:_CHOICES]])
                choices.highlighted = 0
            case Enter(fields=wanted) if question.kind == "enter":
                await fields.mount(
                    *(
                        Input(placeholder=_text(label), password=secret, compact=True, classes="ask-field")
                        for _, label, secret in wanted[:_MOST]
                    )
                )
            case Visit() if question.kind == "visit":
                says = "or paste here what the browser was sent back to: the URL, or its code"
                await fields.mount(Input(placeholder=says, compact=True, classes="ask-field"))

    def _focus(self, question: Question, shown: list[str]) -> None:
        if question.kind == "choose":
            self.query_one("#ask-choices").focus()
        elif question.kind == "enter":
            self.query(Input).first().focus()
        else:
            # Nothing dangerous under the first key: past a violation goes only who goes there.
            name = "stop" if question.kind == "verdict" and "past" in shown else shown[0]
            self.query_one(f"#ask-{name}").focus()

    def press(self, name: str) -> bool:
        """Do what the button `name` does, where it is offered; returns whether it is."""
        question = self._question
        if question is None or not self.query_one(f"#ask-{name}").display:
            return False
        if name in ("open", "copy-url"):
            self.post_message(self.Pressed(name))
        elif name == "go" and question.kind == "enter":
            self._submit()
        elif name == "go" and question.kind == "choose":
            self._answer(self.query_one("#ask-choices", OptionList).highlighted or 0)
        elif name == "repeat":
            self._answer(Decision.REPEAT)
        else:
            self._answer(Decision.STOP if name == "stop" else Decision.PROCEED)
        return True

    def paste(self) -> bool:
        """Put the cursor where an answer is pasted; returns whether there is such a place."""
        if self._question is None or self._question.kind != "visit":
            return False
        self.query(Input).first().focus()
        return True

    def _answer(self, answer: Any) -> None:
        if self._question is not None:
            self.post_message(self.Answered(self._question, answer))

    def _submit(self) -> None:
        question = self._question
        inputs = list(self.query(Input))
        if question is None or not inputs:
            return
        if isinstance(question.action, Enter):
            names = [name for name, _, _ in question.action.fields]
            self._answer({name: field.value for name, field in zip(names, inputs, strict=False)})
        elif answer := inputs[0].value.strip():
            self._answer(answer)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.press((event.button.id or "").removeprefix("ask-"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._answer(event.option_index)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        inputs = list(self.query(Input))
        if event.input is inputs[-1]:
            self._submit()
        else:
            inputs[inputs.index(event.input) + 1].focus()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted while a button has the focus is the answer all the same."""
        if self.paste():
            field = self.query(Input).first()
            field.value = event.text.strip().splitlines()[0] if event.text.strip() else ""


def _words(question: Question) -> tuple[Content, tuple[str, ...]]:
    """What is said, and which buttons answer it, the first being the usual one."""
    match question.kind, question.action:
        case "visit", Visit() as visit:
            return _visit(visit), ("open", "copy-url", "stop")
        case "choose", Choose(question=asks, options=options):
            more = len(options) - _CHOICES
            left_out = f"\nThe first {_CHOICES:,} are listed, {more:,} more are not." if more > 0 else ""
            return Content(f"{_text(asks)}{left_out}"), ("go", "stop")
        case "enter", Enter(question=asks):
            return Content(_text(asks)), ("go", "stop")
        case "verdict", Verdict() as verdict:
            return _verdict(verdict)
        case _, Fetch() as fetch:
            says = f"Next: {fetch.method} {_text(fetch.url)}"
            return Content(f"{says}\n{_text(fetch.purpose)}".rstrip()), ("go", "stop")
    return Content("The flow waits."), ("go", "stop")


def _visit(visit: Visit) -> Content:
    host, *odd = host_lines(visit)
    pieces: list[tuple[str, str]] = [
        ("Your browser is to visit ", ""),
        (host, "bold $text-accent"),
        *((f"\n! {says}", "$text-warning") for says in odd),
        (f"\nIt asks for  {_scopes(visit.scope)}", ""),
        (f"\nIt answers to  {_text(visit.redirect_uri)}", "$foreground-muted"),
    ]
    return Content.assemble(*pieces)


def _scopes(scope: str) -> str:
    """The scopes as far as they are few; the step and the URL have them all."""
    text = visible(scope[: _SCOPES * 2])
    if len(text) <= _SCOPES:
        return text or "no scope in particular"
    return f"{text[:_SCOPES].rpartition(' ')[0] or text[:_SCOPES]} … {len(scope.split()):,} scopes in all"


def _verdict(verdict: Verdict) -> tuple[Content, tuple[str, ...]]:
    if verdict.judgement != "violation":
        says = Content.assemble((f"{verdict.judgement}: ", "bold"), (_text(verdict.says), ""))
        return says, ("go", "repeat", "stop")
    pieces = [("✗ violation: ", "bold $text-error"), (_text(verdict.says), "")]
    where = " · ".join(_text(text) for text in (verdict.clause, verdict.rule) if text)
    pieces.append((f"\n{where}" if where else "", "$foreground-muted"))
    if verdict.dead_end:
        pieces.append(("\nNothing lies past it: without this the flow cannot go on.", ""))
        return Content.assemble(*pieces), ("stop", "repeat")
    return Content.assemble(*pieces), ("past", "repeat", "stop")


def _text(text: str) -> str:
    return clip(visible(text[: _LONGEST * 2]), _LONGEST)
