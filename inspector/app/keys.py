"""Every key there is, read from the tables that bind them: for help, palette, `mcp-inspect keys` and docs.

Nothing is told of a key here that the bindings do not say. What the user's configuration changes is laid over
it: a mapping of names to keys, as `keymap` makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from textual.binding import Binding

from inspector.app.actions import ACTIONS, AUTHORIZATION, MERGED, UNBOUND, Action, name_of, shown_key

Remapped = Mapping[str, Sequence[str]]
"""Names with their place (`main.run`, `log.pair`), and Textual's names of the keys they have instead."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One thing that keys do.

    Attributes:
        place: Where: `main`, another screen, or a widget of these.
        group: The heading it stands under.
        name: What the configuration calls it, in its place.
        keys: Textual's names of its keys; none where the user took them away.
        title: What it does.
        footer: The word in the footer; empty where it does not stand there.
        priority: It works also while a text field has the focus.
    """

    place: str
    group: str
    name: str
    keys: tuple[str, ...]
    title: str
    footer: str = ""
    priority: bool = False

    @property
    def id(self) -> str:
        """Its name and place, which is the id of its binding."""
        return f"{self.place}.{self.name}"

    @property
    def written(self) -> tuple[str, ...]:
        """Its keys as people write them."""
        return tuple(map(shown_key, self.keys))


WIDGETS: tuple[tuple[str, str, str], ...] = (
    ("capabilities", "Capability list", "inspector.app.widgets.capability_list:CapabilityList"),
    ("inbox", "Inbox", "inspector.app.panes.inbox:Inbox"),
    ("questions", "Questions of the inbox", "inspector.app.widgets.inbox_list:InboxList"),
    ("held", "A held message", "inspector.app.panes.held:HeldPage"),
    ("held-list", "What is held", "inspector.app.panes.held:HeldList"),
    ("rules", "Rules of breakpoints", "inspector.app.panes.rules_pane:RuleList"),
    ("tasks", "Tasks", "inspector.app.panes.tasks:Tasks"),
    ("again", "Sending again", "inspector.app.panes.again:AgainPage"),
    ("composer", "Composer", "inspector.app.panes.composer:Composer"),
    ("then", "As it was then", "inspector.app.panes.then:ThenPage"),
    ("logs", "Logs", "inspector.app.widgets.log_list:LogList"),
    ("subscriptions", "Subscriptions", "inspector.app.widgets.subscription_list:SubscriptionList"),
    ("switches", "What is declared", "inspector.app.panes.client:Switches"),
    ("form", "Form", "inspector.app.widgets.form:SchemaForm"),
    ("completion", "Completion", "inspector.app.widgets.suggestions:Suggestions"),
    ("log", "Message log", "inspector.app.widgets.log:MessageLog"),
    ("traffic", "Messages in any view", "inspector.app.panes.traffic:Traffic"),
    ("filter", "Filter", "inspector.app.widgets.filter_field:FilterChoices"),
    ("exchanges", "Network", "inspector.app.widgets.exchange_list:ExchangeList"),
    ("timeline", "Timeline", "inspector.app.widgets.timeline:Timeline"),
    ("latencies", "Latencies", "inspector.app.widgets.latency_table:LatencyTable"),
    ("player", "Player of a recording", "inspector.app.widgets.player_bar:PlayerBar"),
    ("sheet", "Exchange, report, steps", "inspector.app.widgets.sheet:Sheet"),
    ("json", "JSON", "inspector.app.widgets.json_view:JsonView"),
    ("text", "Text", "inspector.app.widgets.text_view:TextView"),
    ("markdown", "Markdown", "inspector.app.widgets.markdown_view:MarkdownView"),
    ("difference", "Difference", "inspector.app.widgets.diff_view:DiffView"),
    ("mergedlog", "Merged log", "inspector.app.widgets.merged_log:MergedLog"),
)
"""Widgets with keys of their own: the place, the heading, where the class is; imported when asked for."""

_BESIDE: Mapping[str, tuple[str, ...]] = {
    "main": tuple(place for place, _, _ in WIDGETS if place not in ("difference", "mergedlog")),
    "merged": ("mergedlog",),
    "comparison": ("difference",),
    "authorization": ("sheet",),
}
"""The widgets of each screen."""


def every_key(remapped: Remapped | None = None) -> list[KeyRow]:
    """All keys of all screens and widgets, in the order of the help.

    Args:
        remapped: What the user's configuration changes.
    """
    from inspector.app.screens.compare import COMPARISON

    rows = screen_keys("main", ACTIONS, remapped)
    for place, title, table in (
        ("merged", "Merged log", MERGED),
        ("comparison", "Difference", COMPARISON),
        ("authorization", "Authorization", AUTHORIZATION),
    ):
        rows += [replace(row, group=title) for row in screen_keys(place, table, remapped)]
    for place, _, _ in WIDGETS:
        rows += widget_keys(place, remapped)
    return rows


def written_keys(place: str, action: Action, remapped: Remapped | None = None) -> str:
    """How people write the keys of an action; empty where it has none."""
    (row,) = screen_keys(place, (action,), remapped)
    return " or ".join(row.written)


def screen_keys(place: str, table: Sequence[Action], remapped: Remapped | None = None) -> list[KeyRow]:
    """The keys of a screen, from its table."""
    changed = remapped or {}
    return [
        KeyRow(
            place,
            action.group,
            name_of(action.id),
            tuple(changed.get(f"{place}.{name_of(action.id)}", action.keys.split(","))),
            action.title,
            action.footer,
            action.priority,
        )
        for action in table
    ]


def widget_keys(place: str, remapped: Remapped | None = None) -> list[KeyRow]:
    """The keys of a widget, from its bindings; what has no words of its own is not listed."""
    group, path = next((group, path) for name, group, path in WIDGETS if name == place)
    module, _, name = path.partition(":")
    changed, rows = remapped or {}, dict[str, KeyRow]()
    for binding in Binding.make_bindings(getattr(import_module(module), name).BINDINGS):
        says = binding.tooltip or binding.description
        if not says or binding.id is None:
            continue
        own = binding.id.partition(".")[2]
        before = rows[own].keys if own in rows else ()
        rows[own] = KeyRow(
            place,
            group,
            own,
            tuple(changed.get(binding.id, (*before, binding.key))),
            says,
            binding.description if binding.show else "",
        )
    return list(rows.values())


def keys_of_screen(place: str, table: Sequence[Action], remapped: Remapped | None = None) -> list[KeyRow]:
    """What the help of a screen lists: its own keys, and those of the widgets on it."""
    rows = screen_keys(place, table, remapped)
    for widget in _BESIDE.get(place, ()):
        rows += widget_keys(widget, remapped)
    return rows


def binding_keys(remapped: Remapped) -> dict[str, str]:
    """The same as Textual's keymap: what has no key has one that no terminal sends."""
    return {id: ",".join(keys) or UNBOUND for id, keys in remapped.items()}


def grouped(rows: Iterable[KeyRow]) -> dict[str, list[KeyRow]]:
    """The rows under their headings, in the order in which these come first."""
    groups: dict[str, list[KeyRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return groups


def as_markdown(rows: Iterable[KeyRow]) -> str:
    """The keys as tables, one a heading: what stands in docs/keys.md under its title."""
    lines: list[str] = []
    for group, members in grouped(rows).items():
        lines += ["", f"## {group}", "", "| key | what it does | in the configuration |", "|---|---|---|"]
        for row in members:
            keys = " ".join(row.written).replace("|", "\\|")
            lines.append(f"| {keys} | {row.title} | `{row.id}` |")
    return "\n".join(lines[1:])
