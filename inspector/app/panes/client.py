"""What we are to the server: the version spoken, what is declared, the roots. Servers answer by it.

A switch waits for the next connection, because it is said when a connection begins; roots change at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from inspector.app.actions import own_keys
from inspector.app.panes.page import Page
from inspector.app.screens.ask import AskLine
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.errors import ConnectionFailed
from inspector.session import roots
from inspector.session.negotiate import AUTO
from inspector.session.options import Options
from inspector.session.serving import EXTENSIONS, SERVABLE
from inspector.wire.versions import ALL, CAPABILITIES, LATEST_MODERN
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from collections.abc import Callable

_SAYS: Mapping[str, str] = {
    "roots": "it may ask which directories it should work in",
    "roots.listChanged": "it is told when they change (legacy versions)",
    "sampling": "it may ask for the words of a model",
    "sampling.context": "with the context of other servers (deprecated)",
    "sampling.tools": "with tools that the model may call",
    "elicitation.form": "it may ask for data, by a form",
    "elicitation.url": "it may ask to visit a URL",
    "tasks": "what it asks may be a task that it polls (2025-11-25)",
    "io.modelcontextprotocol/tasks": "a result may be a task (2026-07-28)",
    "io.modelcontextprotocol/ui": "Apps; they are shown as source, and never run",
}
_ON, _OFF = "● ", "○ "
_LONGEST = 120


class Switches(Sheet):
    """A sheet on which `space` does what `enter` does, and `delete` takes a line away."""

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "switches",
        Binding("enter,space", "open", "switch", key_display="⏎", tooltip="On or off; add"),
        Binding("delete,backspace", "take_away", "Take away the root or extension", show=False),
    )

    class TakenAway(Sheet.Highlighted):
        """The user does not want what stands in the entry."""

    def action_take_away(self) -> None:
        if self.current is not None:
            self.post_message(self.TakenAway(self, self.current))


class Client(Page):
    """Version, capabilities, extensions and roots, as they are and as they will be."""

    NAME = "Client"
    DEFAULT_CSS = """
    Client #client-sheet { height: 1fr; }
    Client #client-buttons { height: 1; }
    Client #client-buttons Button { margin: 0 2 0 0; }
    """

    def compose(self) -> ComposeResult:
        yield Switches(id="client-sheet")
        with Horizontal(id="client-buttons"):
            yield Button("Connect with this (ctrl+r)", id="client-connect", compact=True, variant="primary")
            yield Button("As it was", id="client-undo", compact=True)

    @property
    def sheet(self) -> Switches:
        """The switches."""
        return self.query_one(Switches)

    def advance(self) -> None:
        keeper = self.keeper
        if keeper is None:
            self.sheet.show(_recorded(self.journal.catalogue.client_capabilities))
        else:
            session = keeper.session
            spoken = session.version if session is not None else ""
            self.sheet.show(client_entries(keeper.options, keeper.next_options, spoken))
        self.query_one("#client-buttons").display = keeper is not None and bool(keeper.pending)

    def focus_something(self) -> None:
        self.sheet.focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if self.keeper is None:
            return
        if event.button.id == "client-connect":
            self.keeper.reconnect()
        else:
            self.keeper.pending = {}
        self.focus_something()

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        keeper = self.keeper
        if keeper is None or not isinstance(event.entry.link, tuple):
            return
        what, name = event.entry.link
        match what:
            case "protocol":
                keeper.change(protocol=name)
            case "switch":
                keeper.change(**switched(keeper.next_options, name))
            case "extension":
                self._ask("Identifier of an extension", "com.example/feature", self._extend)
            case "root":
                self._ask("A root: a directory, or a URI", "", self._add_root)
        self.advance()

    def on_switches_taken_away(self, event: Switches.TakenAway) -> None:
        event.stop()
        keeper = self.keeper
        if keeper is None or not isinstance(event.entry.link, tuple):
            return
        what, name = event.entry.link
        if what == "given":
            known = roots.given(keeper.options.policies)
            self._give([root for number, root in enumerate(known) if str(number) != name])
        elif what == "switch" and "/" in name and name not in EXTENSIONS:
            keeper.change(serves=keeper.next_options.serves - {name})
        self.advance()

    def _ask(self, question: str, hint: str, then: Callable[[str], None]) -> None:
        def answered(text: str | None) -> None:
            if text:
                then(text)

        self.app.push_screen(AskLine(question, hint), answered)

    def _extend(self, name: str) -> None:
        if "/" not in name:
            says = "The identifier of an extension has a prefix and a slash, as in com.example/feature."
            self.notify(says, severity="warning", markup=False)
        elif self.keeper is not None:
            self.keeper.change(**switched(self.keeper.next_options, name))

    def _add_root(self, root: str) -> None:
        if self.keeper is not None:
            self._give([*roots.given(self.keeper.options.policies), root])

    def _give(self, given: list[str]) -> None:
        """Answer with these roots from now on, and tell the server that they changed."""
        keeper, session = self.keeper, self.session
        if keeper is None:
            return
        keeper.options = replace(keeper.options, policies=roots.giving(keeper.options.policies, given))
        if session is not None:
            session.inbox.policies = roots.giving(session.inbox.policies, given)

            async def tell() -> None:
                try:
                    await roots.tell(session)
                except ConnectionFailed as gone:
                    self.notify(visible(gone.message), severity="warning", markup=False)

            self.run_worker(tell(), name="roots", group="calls")


def switched(options: Options, name: str) -> dict[str, Any]:
    """What of `options` changes where the declaration of `name` is turned on, or off.

    A part stands in its whole: without `sampling` there is no `sampling.tools`.
    """
    whole = name.partition(".")[0] if name in SERVABLE else name
    if is_on(options, name):
        parts = {path for path in SERVABLE if path.startswith(f"{name}.")}
        return {"undeclared": options.undeclared | parts | {name}}
    return {
        "serves": options.serves | {name} | ({whole} if whole in SERVABLE else set()),
        "undeclared": options.undeclared - {name, whole},
    }


def is_on(options: Options, name: str) -> bool:
    """Whether `name` is declared, as far as the version has a word for it."""
    return name in options.serves - options.undeclared


def client_entries(now: Options, then: Options, spoken: str) -> list[Entry]:
    """The page.

    Args:
        now: How the present connection was made.
        then: How the next one will be.
        spoken: The version that is spoken; empty without a connection.
    """
    version = then.protocol if then.protocol in ALL else spoken or LATEST_MODERN
    entries = [heading("protocol", "Protocol version")]
    for name in (AUTO, *reversed(ALL)):
        says = f"{spoken} is spoken" if name == AUTO and spoken else ""
        entries.append(
            _switch(
                f"protocol-{name}",
                ("protocol", name),
                name,
                then.protocol == name,
                now.protocol == name,
                says,
            )
        )
    known = CAPABILITIES[version].client
    entries += [space("space-1"), heading("capabilities", f"Capabilities declared in {version}")]
    for name in SERVABLE:
        whole = name.partition(".")[0]
        has_word = name in known or (name == "elicitation.form" and whole in known)
        says = _SAYS[name] if has_word else f"{version} has no word for it"
        entries.append(
            _capability(name, now, then, says, indent="." in name and not name.startswith("elicit"))
        )
    entries += [space("space-2"), heading("extensions", "Extensions declared")]
    others = sorted(name for name in now.serves | then.serves if "/" in name and name not in EXTENSIONS)
    entries += [_capability(name, now, then, _SAYS.get(name, "")) for name in (*EXTENSIONS, *others)]
    entries.append(Entry("extension-new", (("+ another …", "accent"),), link=("extension", "")))
    entries += [space("space-3"), heading("roots", "Roots")]
    given = roots.given(now.policies)
    entries += [
        Entry(f"root-{number}", ((clip(visible(root), _LONGEST), "text"),), link=("given", str(number)))
        for number, root in enumerate(given)
    ]
    nothing = "" if given else "  none is given: what asks for them goes to the inbox"
    entries.append(
        Entry("root-new", (("+ a directory or URI …", "accent"), (nothing, "muted")), link=("root", ""))
    )
    declared = json.dumps(then.declared(version), indent=2, ensure_ascii=False).splitlines()
    lines: tuple[Pieces, ...] = tuple(((visible(text), "muted"),) for text in declared)
    return [*entries, space("space-4"), Entry("json", (("As JSON", "muted"),), lines)]


def _capability(name: str, now: Options, then: Options, says: str, *, indent: bool = False) -> Entry:
    shown = f"  {name}" if indent else name
    return _switch(f"switch-{name}", ("switch", name), shown, is_on(then, name), is_on(now, name), says)


def _switch(key: str, link: tuple[str, str], name: str, on: bool, was: bool, says: str) -> Entry:
    news = (f"  changed: {'on' if on else 'off'} with the next connection", "warning")
    return Entry(
        key,
        (
            (_ON if on else _OFF, "ok" if on else "muted"),
            (f"{clip(visible(name), _LONGEST):<20}", "text" if on else "muted"),
            news if on != was else (f"  {says}" if says else "", "muted"),
        ),
        hang=4,
        link=link,
    )


def _recorded(declared: Mapping[str, object]) -> list[Entry]:
    """What a recording tells: the declaration as it was."""
    whole = json.dumps(declared, indent=2, ensure_ascii=False, default=str).splitlines()
    return [heading("declared", "Capabilities that the client declared")] + [
        line(f"line-{number}", (visible(text), "text")) for number, text in enumerate(whole)
    ]
