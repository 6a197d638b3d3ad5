"""A diagnosis where the workbench stands: the cause, the next step to paste, each check with its evidence."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button

from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.doctor.report import Check, Report
from inspector.wire.visible import clip, seconds, visible

_MARKS = {
    "ok": ("✓", "ok", ""),
    "note": ("✓", "note", "note: "),
    "warning": ("!", "warning", "warning: "),
    "failed": ("✗", "error", "failed: "),
    "skipped": ("-", "muted", "skipped: "),
}
"""By state: a shape, the role of its colour, and the word."""
_LONGEST = 2000
_LINES = 200


class Diagnosis(Vertical):
    """One report, or that one is being made."""

    BORDER_TITLE = "Diagnosis"

    class Pressed(Message):
        """A button was pressed: `diagnose` or `reconnect`."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.sheet = Sheet(id="diagnosis-sheet")  # before it is mounted: there is something to show at once
        self._focuses = False

    def compose(self) -> ComposeResult:
        yield self.sheet
        with Horizontal(id="diagnosis-buttons"):
            yield Button("Look closer (d)", id="diagnosis-diagnose", compact=True, variant="primary")
            yield Button("Connect again (ctrl+r)", id="diagnosis-reconnect", compact=True)

    def on_mount(self) -> None:
        if self._focuses:
            self.sheet.focus()

    def focus_something(self) -> None:
        """Put the focus onto what is read, as soon as it is there."""
        self._focuses = True
        if self.sheet.is_attached:
            self.sheet.focus()

    def show(self, report: Report, *, rows: bool) -> None:
        """Show a report.

        Args:
            report: What was found.
            rows: Its rows are those of the log, so that a check can lead there.
        """
        self.border_title = "Diagnosis" if rows else "Diagnosis · looked closer"
        self.sheet.show(report_entries(report, rows=rows), anew=True)
        self.sheet.go_to("next")  # so that copying takes the line to paste

    def wait(self, says: str) -> None:
        """Show that a diagnosis is being made."""
        self.border_title = "Diagnosis · under way"
        self.sheet.show([Entry("wait", ((f"… {_text(says)}", "text"),), hang=2)], anew=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Pressed((event.button.id or "").removeprefix("diagnosis-")))


def report_entries(report: Report, *, rows: bool = True) -> list[Entry]:
    """The cause, what to do, and the checks in their order."""
    cause = report.cause
    if cause is None:
        entries = [line("cause", ("✓ ", "ok"), ("Nothing is wrong with this connection.", "strong"), hang=2)]
    else:
        says = _text(cause.says)
        entries = [
            Entry("cause", (("✗ ", "error"), (says, "strong")), hang=2, copy=says),
            Entry("next", (("→ ", "accent"), (_text(cause.next), "accent")), hang=2, copy=_text(cause.next)),
            line("rule", ("  ", "text"), (f"{_text(cause.rule)} · {_text(report.target)}", "muted"), hang=2),
        ]
    entries += [space("space-checks"), heading("checks", "Checks")]
    entries += [
        _check(check, rows=rows, caused=cause is not None and cause.check == check.name)
        for check in report.checks
    ]
    if report.facts:
        more: list[Pieces] = [
            ((f"{_text(str(name))}  ", "muted"), (_text(str(value)), "text"))
            for name, value in report.facts.items()
        ]
        entries += [space("space-facts"), Entry("facts", (("Facts", "muted"),), tuple(more[:_LINES]))]
    return entries


def _check(check: Check, *, rows: bool, caused: bool) -> Entry:
    mark, role, word = _MARKS[check.state]
    took = f"  {seconds(check.took)}" if check.took is not None else ""
    pieces = (
        (f"{mark} ", role),
        (f"{_text(check.title)}: ", "strong" if check.state == "failed" else "text"),
        (word, role),
        (_text(check.says), "muted" if check.state in ("ok", "skipped") else "text"),
        (took, "muted"),
    )
    evidence = tuple(((_text(text), "muted"),) for text in check.evidence[:_LINES])
    link = check.rows[0] if rows and check.rows else None
    return Entry(f"check-{check.name}", pieces, evidence, hang=2, link=link, unfolded=caused)


def _text(text: str) -> str:
    return clip(visible(text[: _LONGEST * 2]), _LONGEST)
