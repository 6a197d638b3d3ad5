"""The filters that have names: a list to take one from, to keep the present one in, and to forget one of."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from inspector.app.once import Once
from inspector.errors import InspectError
from inspector.kept.filters import SavedFilters
from inspector.wire.visible import clip, visible

_LONGEST = 300


class FiltersScreen(ModalScreen[str | None], Once[str | None]):
    """Gives the text of the filter that was taken.

    Args:
        present: The filter in force, which may be kept; empty for none.
    """

    DEFAULT_CSS = """
    FiltersScreen { align: center middle; }
    FiltersScreen > Vertical {
        width: 76; max-width: 95%; height: auto; max-height: 80%;
        border: round $primary; border-title-color: $text-accent; background: $surface; padding: 0 1;
    }
    FiltersScreen OptionList { border: none; padding: 0; background: $surface; height: auto; max-height: 14; }
    FiltersScreen OptionList:focus { border: none; }
    FiltersScreen #filters-says { height: auto; color: $text-muted; margin: 1 0 0 0; }
    """
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("delete", "forget", "Forget the filter", show=False),
    ]

    def __init__(self, present: str) -> None:
        super().__init__()
        self._present = present
        self._saved = SavedFilters()
        self._names: list[str] = []
        self._texts: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Saved filters"
            yield OptionList(id="filters-list", markup=False)
            if self._present:
                yield Static(Content(f"keep {clip(visible(self._present[:_LONGEST]), 60)} as"))
                yield Input(placeholder="a name; enter keeps it", id="filters-name", compact=True)
            yield Static("", id="filters-says", markup=False)

    def on_mount(self) -> None:
        self._list()
        self.query_one(OptionList if self._names else Input if self._present else OptionList).focus()

    def _list(self) -> None:
        says = (
            "⏎ takes · del forgets · esc leaves"
            if not self._present
            else ("⏎ takes or keeps · del forgets · tab to the name · esc leaves")
        )
        try:
            self._texts = self._saved.all()
        except InspectError as error:
            says = visible(f"{error.message}. {error.next}")
        self._names = list(self._texts)
        rows = self.query_one(OptionList)
        at = rows.highlighted or 0
        rows.clear_options()
        width = max((len(name) for name in self._names), default=0)
        for name in self._names:
            text = clip(f"{visible(name):<{min(width, 24)}}  {visible(self._texts[name][:_LONGEST])}", 70)
            rows.add_option(Option(Content(text)))
        if self._names:
            rows.highlighted = min(at, len(self._names) - 1)
        elif not self._texts:
            begins = "" if self._present else " / in the messages begins one; then it gets its name here."
            rows.add_option(Option(Content(f"No filter has a name yet.{begins}"), disabled=True))
            says = "enter keeps it · esc leaves" if self._present else "esc leaves"
        self.query_one("#filters-says", Static).update(says)

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._texts[self._names[event.option_index]])

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._saved.put(event.value, self._present)
        except InspectError as error:
            self.query_one("#filters-says", Static).update(visible(f"{error.message}. {error.next}"))
            return
        event.input.value = ""
        self._list()
        self.query_one(OptionList).focus()

    def action_forget(self) -> None:
        """Forget the filter under the cursor."""
        rows = self.query_one(OptionList)
        if not rows.has_focus or rows.highlighted is None or not self._names:
            return
        try:
            self._saved.drop(self._names[rows.highlighted])
        except InspectError as error:
            self.query_one("#filters-says", Static).update(visible(f"{error.message}. {error.next}"))
            return
        self._list()
