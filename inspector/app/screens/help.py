"""Every key on one page, read from the tables that bind them."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inspector.app.actions import ACTIONS, Action, shown_key

Rows = list[tuple[str, str]]


class HelpScreen(ModalScreen[None]):
    """All keys, grouped; escape, F1 or q closes it."""

    BINDINGS = [Binding("escape,f1,question_mark,q", "close", "close")]

    def __init__(self, widgets: Iterable[tuple[str, type]], actions: tuple[Action, ...] = ACTIONS) -> None:
        super().__init__()
        self._actions = actions
        self._widgets = list(widgets)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as page:
            page.border_title = "Keys"
            page.border_subtitle = "esc closes"
            for title, rows in self._groups():
                yield Static(Content.styled(title, "bold $text-accent"), classes="help-title")
                yield Static(_table(rows), classes="help-rows")

    def _groups(self) -> Iterable[tuple[str, Rows]]:
        groups: dict[str, Rows] = {}
        for action in self._actions:
            keys = " ".join(shown_key(key) for key in action.keys.split(","))
            groups.setdefault(action.group, []).append((keys, action.title))
        groups.setdefault("General", []).append(("ctrl+p", "Every command by name"))
        groups["General"].append(("tab", "Next field; shift+tab the one before"))
        yield from groups.items()
        for title, widget in self._widgets:
            yield title, _widget_rows(widget)

    def action_close(self) -> None:
        self.dismiss()


def with_keys() -> list[tuple[str, type]]:
    """The widgets of the main screen that have keys of their own, as the help calls them."""
    # Imported here: a page is wanted late, and its keys are listed all the same.
    from inspector.app.panes.inbox import Inbox
    from inspector.app.panes.tasks import Tasks
    from inspector.app.widgets.capability_list import CapabilityList
    from inspector.app.widgets.exchange_list import ExchangeList
    from inspector.app.widgets.form import SchemaForm
    from inspector.app.widgets.json_view import JsonView
    from inspector.app.widgets.log import MessageLog
    from inspector.app.widgets.log_list import LogList
    from inspector.app.widgets.sheet import Sheet
    from inspector.app.widgets.subscription_list import SubscriptionList
    from inspector.app.widgets.suggestions import Suggestions
    from inspector.app.widgets.text_view import TextView

    return [
        ("Capability list", CapabilityList),
        ("Inbox", Inbox),
        ("Tasks", Tasks),
        ("Logs", LogList),
        ("Subscriptions", SubscriptionList),
        ("Form", SchemaForm),
        ("Completion", Suggestions),
        ("Message log", MessageLog),
        ("Network", ExchangeList),
        ("Exchange, report, steps", Sheet),
        ("JSON", JsonView),
        ("Text", TextView),
    ]


def _widget_rows(widget: type) -> Rows:
    rows: Rows = []
    for binding in Binding.make_bindings(getattr(widget, "BINDINGS", [])):
        key = binding.key_display or shown_key(binding.key)
        says = binding.tooltip or binding.description
        if rows and rows[-1][1] == says:
            rows[-1] = (f"{rows[-1][0]} {key}", says)
        else:
            rows.append((key, says))
    return [row for row in rows if row[1]]


def _table(rows: Rows) -> Content:
    width = max(12, *(len(keys) for keys, _ in rows)) if rows else 12
    pieces: list[tuple[str, str]] = []
    for number, (keys, title) in enumerate(rows):
        pieces += [("\n" if number else "", ""), (keys.ljust(width + 2), "$text-primary"), (title, "")]
    return Content.assemble(*pieces)
