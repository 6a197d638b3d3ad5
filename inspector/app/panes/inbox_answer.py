"""One question of the server with all it takes to answer it: its form, the answer as JSON, what was asked.

It answers nothing itself: it posts what was pressed, and is asked for what was entered. Whatever is wrong
with that warns; nothing is prevented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, ContentSwitcher, Static

from inspector.app.asked_sheets import message_lines, over_entries, sampling_entries, url_entries
from inspector.app.asking import Asking
from inspector.app.replying import Ask, asks, result_of, value_of
from inspector.app.widgets.form import SchemaForm
from inspector.app.widgets.json_editor import JsonEditor
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry
from inspector.app.widgets.tab_line import TabLine
from inspector.errors import UsageError
from inspector.forms.check import check
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET
from inspector.session.answers import Raw, Reply
from inspector.session.peer import Answer
from inspector.wire.content import indented
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from textual.worker import WorkType

_CHECK_AFTER = 0.3  # seconds of not typing
_BUTTONS = {
    "accept": "Accept (F5)",
    "decline": "Decline (F2)",
    "cancel": "Cancel (F3)",
    "ignore": "Ignore (F9)",
    "open": "Open… (o)",
    "again": "Call again (r)",
}
_YES = {"elicitation-form": "Accept", "elicitation-url": "Consent"}
_GONE = {
    "cancelled": "The server withdrew this question.",
    "expired": "The call or the connection ended: nobody waits for an answer any more.",
    "answered": "The server says that it is done.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was entered for a question that waits.

    Attributes:
        json: Whether it is the text that would be sent.
        value: The form's value; `UNSET` without one.
        text: The text of the editor.
    """

    json: bool
    value: Any
    text: str


class AnswerPane(Vertical):
    """The selected question."""

    DEFAULT_CSS = """
    AnswerPane { height: 1fr; }
    AnswerPane #asked-about { height: auto; max-height: 5; }
    AnswerPane #asked-tabs { width: 1fr; padding: 0; }
    AnswerPane #asked-body { height: 1fr; }
    AnswerPane #asked-form { height: 1fr; }
    AnswerPane #asked-sheet { height: 1fr; min-height: 3; }
    AnswerPane #asked-form.-both SchemaForm { max-height: 75%; margin: 1 0 0 0; }
    AnswerPane #asked-json, AnswerPane #asked-view { height: 1fr; }
    AnswerPane #asked-news { height: auto; max-height: 2; }
    AnswerPane #asked-buttons { height: 1; }
    AnswerPane #asked-buttons Button { margin: 0 1 0 0; min-width: 6; }
    """

    class Pressed(Message):
        """The person wants one of `accept`, `decline`, `cancel`, `ignore`, `open` and `again`."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._asking: Asking | None = None
        self._params: Mapping[str, Any] = {}
        self._ask = Ask(None)
        self._form: SchemaForm | None = None
        self._waits = False  # as far as it is told: the entry itself knows better
        self._raw = False
        self._insists = False
        self._check_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="asked-about", markup=False)
        yield TabLine(id="asked-tabs")
        with ContentSwitcher(id="asked-body", initial="asked-form"):
            with Vertical(id="asked-form"):
                yield Sheet(id="asked-sheet")
            yield JsonEditor(id="asked-json")
            yield JsonView(id="asked-view")
        yield Static(id="asked-news", markup=False)
        with Horizontal(id="asked-buttons"):
            for name, label in _BUTTONS.items():
                yield Button(label, id=f"asked-{name}", compact=True)

    def on_mount(self) -> None:
        self.display = False

    @property
    def asking(self) -> Asking | None:
        """What is shown."""
        return self._asking

    @property
    def params(self) -> Mapping[str, Any]:
        """What is asked in full."""
        return self._params

    @property
    def draft(self) -> Draft | None:
        """What was entered, where something can be."""
        if self._asking is None or self.query_one("#asked-tabs", TabLine).choices[:1] == ("Answer",):
            return None
        value = self._form.value[0] if self._form is not None else UNSET
        return Draft(self._raw, value, self.query_one(JsonEditor).text)

    async def show(
        self,
        asking: Asking,
        params: Mapping[str, Any],
        answer: bytes,
        *,
        draft: Draft | None = None,
        roots: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Show another question.

        Args:
            asking: Which one.
            params: What is asked in full.
            answer: How it was answered, as JSON text; empty where it was not.
            draft: What was entered for it before.
            roots: The ones to begin with, where roots are asked for.
        """
        self._asking, self._params, self._waits = asking, params, asking.waiting
        self._raw = self._insists = False
        self.display = True
        with self.app.batch_update():  # one layout instead of one a piece
            await self._take_form_away()
            self._describe(asking, params)
            sheet, holder = self.query_one(Sheet), self.query_one("#asked-form")
            self._ask = asks(asking.kind, params, roots) if asking.waiting else Ask(None)
            sheet.show(_entries(asking, params, answer), anew=True)
            both = bool(sheet.entries) and self._ask.schema is not None
            holder.set_class(both, "-both")
            sheet.display = bool(sheet.entries)
            if self._ask.schema is not None:
                kept = draft.value if draft is not None else UNSET
                value = self._ask.value if kept is UNSET else kept
                self._form = SchemaForm(plan(self._ask.schema), value)
                await holder.mount(self._form)
            words = self._words(asking)
            self.query_one("#asked-tabs", TabLine).offer(words, words[0])
            self.query_one(JsonEditor).load_text(draft.text if draft is not None else "")
            self._turn("JSON" if draft is not None and draft.json else words[0], fresh=draft is None)
            self._offer(asking)
        self.tell("")
        self._check()

    def told(self, asking: Asking) -> None:
        """It is the same question, which stands differently now: what was typed stays where it is."""
        self._asking = asking
        self._offer(asking)
        if self._waits and asking.kind == "elicitation-url":
            self.query_one(Sheet).show(_entries(asking, self._params, b""))  # it may be done meanwhile
        if self._waits and not asking.waiting:
            self._waits = False
            self.tell(f"{_GONE.get(asking.state, 'It is over.')} What was typed stays here.", bad=True)

    def clear(self) -> None:
        """Show nothing."""
        self._asking = None
        self.display = False

    def given(self) -> Reply:
        """The answer that says yes with what is entered.

        Raises:
            UsageError: Nothing is typed; or, once, what is typed is no value.
        """
        assert self._asking is not None
        if self._raw:
            text = self.query_one(JsonEditor).text
            if not text.strip():
                raise UsageError("Nothing is typed")
            return Raw(text.encode("utf-8", "replace"))
        value, problems = self._form.value if self._form is not None else (UNSET, [])
        unusable = [problem for problem in problems if problem.blocks]
        if unusable and not self._insists:
            self._insists = True
            raise UsageError(f"{unusable[0].sentence}: the same key again sends it as it is typed")
        return Answer(result_of(self._asking.kind, value))

    def tell(self, says: str, *, bad: bool = False) -> None:
        """Say something below the form; may quote the server. Empty takes it away."""
        news = self.query_one("#asked-news", Static)
        news.display = bool(says)
        mark = "! " if bad and says else ""
        news.update(Content.styled(f"{mark}{clip(visible(says), 300)}", "$text-warning" if bad else ""))

    def toggle_json(self) -> None:
        """Switch between the form and the answer as JSON, if it can be answered."""
        words = self.query_one("#asked-tabs", TabLine).choices
        if "JSON" in words:
            self._turn(words[0] if self._raw else "JSON")
            self.focus_something()

    def focus_something(self) -> None:
        """Put the focus to where an answer is entered, or to what there is to read."""
        current = self.query_one(ContentSwitcher).current
        if current == "asked-json":
            self.query_one(JsonEditor).focus()
        elif current == "asked-view":
            self.query_one(JsonView).focus()
        elif self._form is not None:
            self._form.focus_first()
        else:
            self.query_one(Sheet).focus()

    # What is shown.

    async def _take_form_away(self) -> None:
        if self._form is not None:
            await self._form.remove()
            self._form = None

    def _words(self, asking: Asking) -> list[str]:
        if not asking.waiting:
            return ["Answer", "Asked"]
        first = {"elicitation-url": ["URL"], "other": []}.get(asking.kind, ["Form"])
        return [*first, "JSON", "Asked"]

    def _describe(self, asking: Asking, params: Mapping[str, Any]) -> None:
        facts = [f"{asking.cause} (l)" if asking.cause else "", asking.round]
        facts.append(f"task {clip(visible(asking.question.task[:80]), 40)}" if asking.question.task else "")
        key = asking.question.key
        facts.append(clip(visible(key[:80]), 40) if key is not None and asking.group > 1 else "")
        told = " · ".join(filter(None, facts))
        head = [(f"{asking.word} ", "bold"), (f"· {told}" if told else "", "$foreground-muted")]
        said = [("\n" + each, "") for each in message_lines(params)] if asking.kind != "sampling" else []
        self.query_one("#asked-about", Static).update(Content.assemble(*head, *said))

    def _offer(self, asking: Asking) -> None:
        refusal = asking.question.origin == "refusal"
        offered = {
            "accept": asking.waiting,
            "decline": asking.waiting and not refusal,
            "cancel": asking.waiting and asking.kind.startswith("elicitation") and not refusal,
            "ignore": asking.waiting,
            "open": asking.waiting and asking.kind == "elicitation-url",
            "again": refusal and asking.entry is not None,
        }
        for name, shown in offered.items():
            self.query_one(f"#asked-{name}").display = shown
        yes = "Done" if refusal else _YES.get(asking.kind, "Answer")
        accept = self.query_one("#asked-accept", Button)
        accept.label = f"{yes} (F5)"
        accept.refresh(layout=True)  # another word is of another width
        self.query_one("#asked-buttons").display = any(offered.values())

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        self._turn(event.word)

    def _turn(self, word: str, *, fresh: bool = True) -> None:
        """Show one of the views; `fresh` lets the other way of entering take over what is entered."""
        switcher, editor = self.query_one(ContentSwitcher), self.query_one(JsonEditor)
        kind = self._asking.kind if self._asking is not None else "other"
        self.query_one("#asked-tabs", TabLine).active = word
        if word == "Asked":
            self.query_one(JsonView).load(indented(self._params))
            switcher.current = "asked-view"
        elif word == "JSON":
            if fresh and not self._raw:
                value = self._form.value[0] if self._form is not None else UNSET
                editor.set_value(result_of(kind, value))
            self._raw = True
            switcher.current = "asked-json"
        else:
            if self._raw and self._form is not None:
                edited, problem = editor.value
                value = UNSET if problem else value_of(kind, edited)
                if value is not UNSET:
                    self._form.set_value(value)
            self._raw = False
            switcher.current = "asked-form"

    # What the user does, and warnings, which prevent nothing.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Pressed((event.button.id or "").removeprefix("asked-")))

    def on_schema_form_submitted(self, event: SchemaForm.Submitted) -> None:
        event.stop()
        self.post_message(self.Pressed("accept"))

    def on_json_editor_edited(self, event: JsonEditor.Edited) -> None:
        event.stop()
        if self._raw and self._asking is not None and self._asking.waiting:
            self.tell("Not JSON: it goes out as it is typed." if event.problem else "", bad=True)

    def on_schema_form_changed(self, event: SchemaForm.Changed) -> None:
        event.stop()
        self._insists = False
        if self._check_timer is not None:
            self._check_timer.stop()
        self._check_timer = self.set_timer(_CHECK_AFTER, self._check)

    def _check(self) -> None:
        if self._form is not None:
            value, _ = self._form.value
            # Not a coroutine: one that is never begun, because the next key replaces it, would warn.
            work: WorkType[None] = partial(self._warn, self._form, value)
            self.run_worker(work, name="check", group="check", description="schema", exclusive=True)

    async def _warn(self, form: SchemaForm, value: Any) -> None:
        """Hold what was entered against the schema, in a thread: it imports jsonschema."""
        schema = self._ask.schema
        problems = [] if value is UNSET else await anyio.to_thread.run_sync(check, schema, value)
        if form is self._form and form.is_attached:
            form.tell(problems)


def _entries(asking: Asking, params: Mapping[str, Any], answer: bytes) -> list[Entry]:
    """What stands in the sheet above the form, or in its place."""
    if not asking.waiting:
        return over_entries(asking, params, answer)
    if asking.kind == "elicitation-url":
        refusal = asking.question.origin == "refusal"
        return url_entries(params, completed=asking.completed, refusal=refusal)
    return sampling_entries(params) if asking.kind == "sampling" else []
