"""The rules of breakpoints and faults: the list, and the field that one is typed into.

What is in force is told to it; what is changed goes to the gate of the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from inspector.app.actions import own_keys
from inspector.app.breaking import breaking
from inspector.app.held_sheet import rule_entries
from inspector.app.widgets.rule_field import RuleField
from inspector.app.widgets.sheet import Sheet
from inspector.errors import InspectError
from inspector.gate.rule import Rule
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.journal.holding import InForce
    from inspector.journal.journal import Journal


class RuleList(Sheet):
    """The breakpoints and faults, in their order."""

    class Pressed(Message):
        """The user wants `switch` or `remove` of the rule under the cursor."""

        def __init__(self, what: str, number: int) -> None:
            super().__init__()
            self.what = what
            self.number = number

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "rules",
        Binding("enter", "open", "edit", key_display="⏎", tooltip="Edit the rule"),
        Binding("space", "press('switch')", "on/off", tooltip="Switch the rule on or off"),
        Binding("delete,backspace", "press('remove')", "remove", tooltip="Take the rule away"),
    )

    def action_press(self, what: str) -> None:
        """Ask for something to be done with the rule under the cursor."""
        entry = self.current
        if entry is not None and isinstance(entry.link, int):
            self.post_message(self.Pressed(what, entry.link))


class RulesPane(Vertical):
    """The list over the field. It posts `Settled` when a rule was taken from there.

    Args:
        journal: Where the values come from that a filter is completed with.
    """

    class Settled(Message):
        """What was typed goes to the gate: nobody types there any more."""

    DEFAULT_CSS = """
    RulesPane { height: auto; }
    RulesPane RuleList { height: 2; }
    """

    def __init__(self, journal: Journal, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._journal = journal
        self._edited = -1  # the rule that stands in the field
        self._locked = False

    def compose(self) -> ComposeResult:
        yield RuleList(id="rule-list", marks=False)
        field = RuleField(self._journal, id="rule-field")
        yield field
        yield field.wrong
        yield field.choices

    @property
    def sheet(self) -> RuleList:
        """The list."""
        return self.query_one(RuleList)

    @property
    def field(self) -> RuleField:
        """Where a rule is typed."""
        return self.query_one(RuleField)

    def show(self, rules: Sequence[InForce], hits: Sequence[int], width: int, *, locked: bool) -> None:
        """Show what is in force; `locked` where nothing can be changed."""
        self._locked = locked
        self.sheet.show(rule_entries(rules, hits, width))
        self.sheet.display = bool(rules)
        self.field.display = not locked

    def fit(self, most: int) -> None:
        """Take at most so many rows for the list."""
        self.sheet.styles.height = min(max(1, len(self.sheet.entries)), most)

    # Where the focus is.

    def search(self) -> bool:
        """To the field; false where nothing can be changed."""
        self.field.focus()
        return not self._locked

    def back(self) -> bool:
        """Empty the field; false where it is empty."""
        if not self.field.value:
            return False
        self.field.value = ""
        self._edited = -1
        return True

    # What is changed.

    def begin(self) -> None:
        """Type a new rule."""
        self.back()
        self.field.focus()

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        number, rules = event.entry.link, breaking(self.screen).rules
        if not self._locked and isinstance(number, int) and number < len(rules):
            self._edited = number
            self.field.value = rules[number].text
            self.field.cursor_position = len(self.field.value)
            self.field.focus()

    def on_sheet_highlighted(self, event: Sheet.Highlighted) -> None:
        event.stop()

    def on_rule_list_pressed(self, event: RuleList.Pressed) -> None:
        event.stop()
        rules = self._rules()
        if self._locked or rules is None or event.number >= len(rules):
            self.app.bell()
            return
        if event.what == "remove":
            del rules[event.number]
        else:
            rules[event.number] = rules[event.number].switched()
        self._set_rules(rules)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.field.check()
        self.field.typed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        rule, rules = self.field.rule, self._rules()
        if rule is None:
            self.field.check(whole=bool(self.field.value.strip()))
            return
        if rules is None:
            return
        if 0 <= self._edited < len(rules):
            rules[self._edited] = replace(rule, on=rules[self._edited].on)
        else:
            rules.append(rule)
        self.back()
        self._set_rules(rules)
        self.post_message(self.Settled())

    def _rules(self) -> list[Rule] | None:
        """Those in force, to be changed; says so where one of them is none."""
        try:
            return breaking(self.screen).parsed()
        except InspectError as refused:
            self._refused(refused)
            return None

    def _set_rules(self, rules: list[Rule]) -> None:
        known = breaking(self.screen)

        async def go() -> None:
            try:
                await known.set_rules(rules)
            except InspectError as refused:
                self._refused(refused)

        self.run_worker(go(), name="rules", group="held")

    def _refused(self, refused: InspectError) -> None:
        says = visible(f"{refused.message}. {refused.next}".rstrip())
        self.notify(says, severity="warning", markup=False)
