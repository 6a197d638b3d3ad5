"""The dialog that says by kind what becomes of a question of the server: asked, answered from a file, or not.

It changes nothing itself: it gives the policies, which decide about what comes from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from inspector.app.once import Once
from inspector.app.widgets.tab_line import TabLine
from inspector.errors import UsageError
from inspector.forms import json_text
from inspector.forms.json_text import NotJson
from inspector.session.answers import Answers, Policies, Script
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.session.answers import Rule

KINDS: Mapping[str, str] = {
    "roots": "roots",
    "sampling": "sampling",
    "form": "form",
    "url": "URL",
    "other": "other",
}
"""The attributes of `Policies`, and what they are called."""
WORDS = ("ask", "script", "decline", "ignore")
_LARGEST = 10_000_000  # bytes of a file of answers


def word_of(rule: Rule) -> str:
    """A rule in a word of `WORDS`."""
    return "script" if isinstance(rule, Script) else rule


def read_answers(name: str) -> Answers:
    """The answers of a file.

    Raises:
        UsageError: It cannot be read, or holds no answers.
    """
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > _LARGEST:
        raise UsageError(f"{path} is larger than answers are")
    try:
        return Answers(json_text.parse(raw.decode("utf-8", "replace")))
    except NotJson as error:
        raise UsageError(f"{path} is not JSON: {error}") from error


class PoliciesScreen(ModalScreen[Policies | None], Once[Policies | None]):
    """A row a kind; gives the policies, or nothing."""

    DEFAULT_CSS = """
    PoliciesScreen { align: center middle; }
    PoliciesScreen .policy { height: 1; }
    PoliciesScreen .policy Static { width: 12; }
    PoliciesScreen #policy-file { margin: 1 0 0 0; background: $surface; padding: 0 1; }
    PoliciesScreen #policy-says { height: auto; max-height: 4; margin: 1 0 0 0; color: $text-muted; }
    """
    BINDINGS = [
        Binding("escape", "leave", "cancel"),
        Binding("up", "app.focus_previous", "kind before", show=False),
        Binding("down", "app.focus_next", "next kind", show=False),
    ]
    AUTO_FOCUS = "TabLine"

    def __init__(self, policies: Policies) -> None:
        super().__init__()
        self._policies = policies
        self._answers: Answers | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.styled("When the server asks", "bold"))
            for name, label in KINDS.items():
                with Horizontal(classes="policy"):
                    yield Static(label, markup=False)
                    yield TabLine(WORDS, id=f"policy-{name}")
            yield Input(
                placeholder="script: a file of answers, as for --answers", compact=True, id="policy-file"
            )
            yield Static(id="policy-says", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Let it be so", id="policy-yes", variant="primary", compact=True)
                yield Button("Leave it (esc)", id="policy-no", compact=True)

    def on_mount(self) -> None:
        for name in KINDS:
            line = self.query_one(f"#policy-{name}", TabLine)
            line.active = word_of(getattr(self._policies, name))
        self._say(
            "Left and right choose. It decides about what comes from now on; what waits goes on waiting."
        )

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        name = (event.line.id or "").removeprefix("policy-")
        if event.word == "script" and self._script(name) is None:
            self._say("No answers are loaded: name a file below, enter loads it.", bad=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._answers = read_answers(event.value.strip())
        except UsageError as refused:
            self._say(f"{refused.message}. {refused.next}".rstrip(". ") + ".", bad=True)
            return
        served = self._answers.serves
        for name in KINDS:
            if any(path.partition(".")[2] == name or path == name for path in served):
                self.query_one(f"#policy-{name}", TabLine).active = "script"
        self._say("Loaded. What the file has no answer to is asked.")
        self.query_one("#policy-yes").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "policy-no":
            self.dismiss(None)
            return
        rules: list[Rule] = []
        for name in KINDS:
            word = self.query_one(f"#policy-{name}", TabLine).active
            script = self._script(name)
            if word == "script" and script is None:
                self._say(f"{KINDS[name]}: no answers are loaded; name a file and press enter.", bad=True)
                self.query_one(Input).focus()
                return
            plain: Rule = "decline" if word == "decline" else "ignore" if word == "ignore" else "ask"
            rules.append(script if word == "script" and script is not None else plain)
        self.dismiss(Policies(*rules))

    def action_leave(self) -> None:
        self.dismiss(None)

    def _script(self, name: str) -> Script | None:
        """What would answer by itself: the file just loaded, else what does so already."""
        if self._answers is not None:
            return Script(self._answers, "ask")
        rules = [getattr(self._policies, each) for each in (name, *KINDS)]
        own = rules[0] if isinstance(rules[0], Script) else None
        files = (rule for rule in rules if isinstance(rule, Script) and isinstance(rule.answers, Answers))
        return own or next(files, None)

    def _say(self, says: str, *, bad: bool = False) -> None:
        shown = Content.styled(f"! {visible(says)}", "$text-warning") if bad else Content(says)
        self.query_one("#policy-says", Static).update(shown)
