"""The result of a call: its parts, each as text, JSON, Markdown or picture, or in words; links that open.

Beside them it says what of the result the tool's output schema does not allow. Whatever stands in a result
is hostile: nothing of it is parsed as markup, opened or fetched by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from inspector.app.ending import Ending
from inspector.app.reading import (
    JSON,
    MARKDOWN,
    PICTURE,
    SCHEMA,
    WIRE,
    checked,
    describe,
    explain,
    held,
    summary,
    ways,
)
from inspector.app.saving import write_new
from inspector.app.screens.ask import SaveAs
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.late_switcher import LateSwitcher
from inspector.app.widgets.tab_line import TabLine
from inspector.app.widgets.text_view import TextView
from inspector.forms.unset import UNSET
from inspector.session.outcome import Outcome, Replied
from inspector.wire.content import Part, parts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.worker import WorkType

    from inspector.app.widgets.picture import Picture
    from inspector.forms.output import Mismatch

_MANY = 200  # parts listed; the rest of them stand in the whole result


class Result(Vertical):
    """What came back. Empty until something does."""

    SCOPED_CSS = False  # it depends on the screen's height
    DEFAULT_CSS = """
    Result > #result-head { height: 1; }
    Result #result-tabs { padding: 0; }
    Result #result-amount { width: 1fr; text-align: right; color: $text-muted; }
    Result > #result-checks { height: auto; max-height: 4; }
    Result > #result-parts {
        height: auto; max-height: 6; background: $background; border: none; padding: 0; margin: 0 0 1 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Result > #result-body { height: 1fr; }
    .-short Result > #result-checks { max-height: 2; }
    .-short Result > #result-parts { max-height: 5; margin: 0; }
    """

    class LinkOpened(Message):
        """The user opened a resource link of the result."""

        def __init__(self, uri: str) -> None:
            super().__init__()
            self.uri = uri

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: list[Part] = []
        self._ways: tuple[str, ...] = ()
        self._raw = b""
        self._schema: Any = UNSET
        self._found: Sequence[Mismatch] | None = None
        self._own = False  # what is shown is a sentence of ours
        self._at = 0
        self._chosen = ""

    def compose(self) -> ComposeResult:
        with Horizontal(id="result-head"):
            yield TabLine(id="result-tabs")
            yield Static(id="result-amount", markup=False)
        yield Static(id="result-checks", markup=False)
        with LateSwitcher(initial="result-note", id="result-body"):
            yield Static(id="result-note", markup=False)

    @property
    def _body(self) -> LateSwitcher:
        return self.query_one("#result-body", LateSwitcher)

    def on_mount(self) -> None:
        self.clear()

    def clear(self, says: str = "") -> None:
        """Show nothing, or one sentence."""
        self._begin([], b"")
        self.query_one("#result-head").display = False
        self._note(Content(says))

    def show(self, outcome: Outcome, ended: Ending, schema: Any = UNSET) -> None:
        """Show how a call ended.

        Args:
            outcome: How.
            ended: The same in words.
            schema: The `outputSchema` that the tool declares; `UNSET` where it declares none, and for what
                is no tool.
        """
        if not isinstance(outcome, Replied):
            self.clear(ended.says)
            return
        told = parts(outcome.result) if outcome.ok else [Part("text", ended.says)]
        self._begin(told, ended.raw, own=not outcome.ok)
        self.query_one("#result-head").display = True
        if outcome.ok:
            self.query_one("#result-amount", Static).update(Content(summary(told)))
            self._schema = UNSET if outcome.tool_failed else schema
            if self._schema is not UNSET or any(part.kind == "structured" for part in told):
                self._later("held", partial(self._hold, outcome.result))
        self._list_parts(told)
        self._show_part(0)

    def _begin(self, told: list[Part], raw: bytes, *, own: bool = False) -> None:
        self.workers.cancel_group(self, "held")
        self._parts, self._raw, self._own, self._at = told, raw, own, 0
        self._schema, self._found = UNSET, None
        self.query_one("#result-amount", Static).update("")
        self.query_one("#result-checks").display = False
        self._list_parts(())

    def _later(self, group: str, work: WorkType[None]) -> None:
        """Do `work` in place of what `group` was at. Not a coroutine: one that is never begun would warn."""
        self.run_worker(work, name=group, group=group, exclusive=True)

    async def _hold(self, result: Any) -> None:
        """Hold the result against the schema, in a thread: it imports jsonschema, and may take a second."""
        from inspector.forms.output import mismatches  # as late as what reads Markdown

        found = await to_thread.run_sync(mismatches, result, self._schema)
        self._found = found
        lines = self.query_one("#result-checks", Static)
        lines.display = bool(found)
        lines.update(checked(found, self.app.size.height < 30))
        if self.query_one(TabLine).active == SCHEMA:
            self._show_part(self._at)

    def focus_something(self) -> bool:
        """Put the focus to the parts, or to the only one; false where nothing takes it."""
        body = self._body.visible_content
        found = (*self.query(OptionList), *([body] if body is not None else []))
        first = next((each for each in found if each.display and each.focusable), None)
        if first is not None:
            first.focus()
        return first is not None

    @property
    def selected(self) -> Part | None:
        """The part that is shown."""
        return self._parts[self._at] if self._at < len(self._parts) else None

    @property
    def mismatches(self) -> Sequence[Mismatch] | None:
        """What the output schema does not allow; `None` where nothing was held against one, or not yet."""
        return self._found

    def cycle(self) -> None:
        """Read the part that is shown in another way: text, JSON, Markdown."""
        active = self.query_one(TabLine).active
        if self._ways:
            after = self._ways.index(active) + 1 if active in self._ways else 0
            self._choose(self._ways[after % len(self._ways)])

    def _choose(self, word: str) -> None:
        self._chosen = word
        self.query_one(TabLine).active = word
        self._show_part(self._at)

    def save(self, stem: str) -> None:
        """Ask for a file name, and write the part that is shown there; the whole result, where that is shown.

        Args:
            stem: What the result is of; a name of ours is made from it.
        """
        part, data = self.selected, None
        if self._raw and self.query_one(TabLine).active == WIRE:
            part, data = Part("json", mime="application/json"), self._raw
        elif part is not None and not self._own:
            data = part.payload()
        if part is None or data is None:
            why = "Its data is not base64." if part is not None and part.base64 else ""
            says = f"Not saved. {why}" if why else "There is no part of a result to save."
            self.notify(says, severity="warning", markup=False)
            return

        def write(path: Path | None) -> None:
            if path is not None:
                problem = write_new(path, data)
                says = problem or f"Saved {len(data)} bytes to {path}"
                self.notify(says, severity="error" if problem else "information", markup=False)

        self.app.push_screen(SaveAs(part.file_name(stem), part.mime or part.kind), write)

    def _list_parts(self, found: Sequence[Part]) -> None:
        for options in self.query(OptionList):
            options.clear_options()
            options.display = False
        alone = len(found) == 1 and found[0].kind in ("text", "json", "structured") and not found[0].notes
        if found and not alone:
            options = self._options
            options.display = True
            rows = [Option(Content(describe(part, n))) for n, part in enumerate(found[:_MANY], 1)]
            if len(found) > _MANY:
                says = f"… {len(found) - _MANY} parts more: {WIRE} has them all"
                rows.append(Option(Content(says), disabled=True))
            options.add_options(rows)
            options.highlighted = 0

    @property
    def _options(self) -> OptionList:
        there = self.query(OptionList)
        if there:
            return there.first()
        made = OptionList(id="result-parts", markup=False, compact=True)
        self.mount(made, before="#result-body")
        return made

    def _show_part(self, number: int) -> None:
        self._at = number
        self.workers.cancel_group(self, "part")
        part = self.selected
        self._ways = ("Text",) if self._own else ways(part) if part is not None else ()
        offered = [*self._ways, *([SCHEMA] if self._schema is not UNSET else []), WIRE]
        line = self.query_one(TabLine)
        line.offer(offered, self._chosen if self._chosen in offered else offered[0])
        match line.active:
            case word if word == WIRE:
                self._json(self._raw)
            case word if word == SCHEMA:
                self._body.show_view("result-text", TextView).load(held(self._found, self._schema))
            case _ if part is None:
                self._note(Content("The result is empty."))
            case word if word == JSON:
                self._json(part.text)
            case word if word == MARKDOWN:
                self._later("part", partial(self._read, part))
            case word if word == PICTURE:
                self._picture.show(explain(part), None)
                self._body.current = "result-picture"
                self._later("part", partial(self._draw, part))
            case _ if part.kind == "text":
                self._body.show_view("result-text", TextView).load(part.text, empty="(empty text)")
            case _:
                self._note(Content(explain(part)))

    async def _read(self, part: Part) -> None:
        # Imported here: the first paint waits for nothing that reads a result.
        from inspector.app import markdown
        from inspector.app.widgets.markdown_view import MarkdownView

        lines = await to_thread.run_sync(markdown.lines_of, part.text)
        self._body.show_view("result-markdown", MarkdownView).show(lines or [])

    @property
    def _picture(self) -> Picture:
        from inspector.app.widgets.picture import Picture  # as late as what reads Markdown

        return self._body.view("result-picture", Picture)

    async def _draw(self, part: Part) -> None:
        from inspector.app import picture  # as late as what reads Markdown

        says, drawn = explain(part), None
        try:
            drawn = await to_thread.run_sync(lambda: picture.decode(part.payload() or b""))
        except picture.NoPicture as why:
            says = f"{says} {why}"
        self._picture.show(says, drawn)

    def _json(self, body: bytes | str) -> None:
        self._body.show_view("result-json", JsonView).load(body)

    def _note(self, content: Content) -> None:
        self._body.show_view("result-note", Static).update(content)

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        self._choose(event.word)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self._at and event.option_index < len(self._parts):
            self._show_part(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        part = self._parts[event.option_index]
        if part.kind == "link":
            self.post_message(self.LinkOpened(part.uri))
