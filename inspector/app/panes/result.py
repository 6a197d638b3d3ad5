"""The result of a call: its parts, each as text, JSON tree, or type and size; links that open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, OptionList, Static
from textual.widgets.option_list import Option

from inspector.app.ending import Ending
from inspector.app.screens.ask import SaveAs
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.tab_line import TabLine
from inspector.app.widgets.text_view import TextView
from inspector.session.outcome import Outcome, Replied
from inspector.wire.content import Part, parts
from inspector.wire.visible import size, visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MANY = 200  # parts listed; a result of more is read as JSON


class Result(Vertical):
    """What came back. Empty until something does."""

    class LinkOpened(Message):
        """The user opened a resource link of the result."""

        def __init__(self, uri: str) -> None:
            super().__init__()
            self.uri = uri

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: list[Part] = []
        self._raw = b""

    def compose(self) -> ComposeResult:
        yield TabLine(("Text", "JSON"), id="result-tabs")
        yield OptionList(id="result-parts", markup=False, compact=True)
        with ContentSwitcher(initial="result-text", id="result-body"):
            yield TextView(id="result-text")
            yield JsonView(id="result-json")
            yield Static(id="result-note", markup=False)

    def on_mount(self) -> None:
        self.clear()

    def clear(self, says: str = "") -> None:
        """Show nothing, or one sentence."""
        self._parts, self._raw = [], b""
        self.query_one(TabLine).display = False
        self._list_parts(())
        self._note(Content(says))

    def show(self, outcome: Outcome, ended: Ending) -> None:
        """Show how a call ended."""
        if not isinstance(outcome, Replied):
            self.clear(ended.says)
            return
        self.query_one(TabLine).display = True
        self._raw = ended.raw
        self._parts = parts(outcome.result) if outcome.ok else [Part("text", ended.says)]
        self._list_parts(self._parts)
        self._show_part(0)

    @property
    def selected(self) -> Part | None:
        """The part that is shown."""
        if not self._parts:
            return None
        highlighted = self.query_one("#result-parts", OptionList).highlighted or 0
        return self._parts[min(highlighted, len(self._parts) - 1)]

    def save(self, stem: str) -> None:
        """Ask for a file name, and write the part that is shown there.

        Args:
            stem: What the result is of; a name of ours is made from it.
        """
        part = self.selected
        data = part.payload() if part is not None else None
        if part is None or data is None:
            self.notify("There is no part of a result to save.", severity="warning", markup=False)
            return

        def write(path: Path | None) -> None:
            if path is not None:
                self._write(path, data)

        self.app.push_screen(SaveAs(part.file_name(stem), part.mime or part.kind), write)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.write_bytes(data)
        except OSError as problem:
            self.notify(f"Not saved: {problem}", severity="error", markup=False)
        else:
            self.notify(f"Saved {len(data)} bytes to {path}", markup=False)

    def _list_parts(self, found: Sequence[Part]) -> None:
        options = self.query_one("#result-parts", OptionList)
        options.clear_options()
        alone = len(found) == 1 and found[0].kind in ("text", "json", "structured")
        options.display = len(found) > 0 and not alone
        if options.display:
            options.add_options(
                [Option(Content(describe(part, n))) for n, part in enumerate(found[:_MANY], 1)]
            )
            options.highlighted = 0

    def _show_part(self, number: int) -> None:
        word = self.query_one(TabLine).active
        if word == "JSON":
            self.query_one(JsonView).load(self._raw)
            self._switch("result-json")
            return
        if number >= len(self._parts):
            self._note(Content("The result is empty."))
            return
        part = self._parts[number]
        if part.kind in ("structured", "json"):
            self.query_one(JsonView).load(part.text)
            self._switch("result-json")
        elif part.kind == "text":
            self.query_one(TextView).load(part.text or "(empty text)")
            self._switch("result-text")
        else:
            self._note(Content(explain(part)))

    def _note(self, content: Content) -> None:
        self.query_one("#result-note", Static).update(content)
        self._switch("result-note")

    def _switch(self, to: str) -> None:
        self.query_one("#result-body", ContentSwitcher).current = to

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        self._show_part(self.query_one("#result-parts", OptionList).highlighted or 0)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self._parts and self.query_one(TabLine).active == "Text":
            self._show_part(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        part = self._parts[event.option_index]
        if part.kind == "link":
            self.post_message(self.LinkOpened(part.uri))


def describe(part: Part, number: int) -> str:
    """One line for the list of parts, safe to show."""
    role = f"{part.role}: " if part.role else ""
    match part.kind:
        case "link":
            return visible(f"{number}  {role}link  {part.name or part.uri}  {part.mime}  ⏎ open".rstrip())
        case "text":
            first = part.text.strip()[:80]
            return visible(f"{number}  {role}{part.mime or 'text'}  {size(part.size)}  {first}")
        case "structured":
            return f"{number}  structured content  {size(part.size)}"
    return visible(f"{number}  {role}{part.mime or part.kind}  {size(part.size)}  {part.name}".rstrip())


def explain(part: Part) -> str:
    """What can be said of a part that a terminal does not show."""
    if part.kind == "link":
        return visible(f"A link to the resource {part.uri} - enter on its line reads it.")
    dimensions = part.dimensions() if part.kind == "image" else None
    shape = f", {dimensions[0]} x {dimensions[1]} pixels" if dimensions else ""
    broken = "" if part.payload() is not None else " Its data is not valid base64."
    return visible(f"{part.mime or part.kind}, {size(part.size)}{shape}. ctrl+s saves it to a file.{broken}")
