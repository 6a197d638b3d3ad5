"""The one table of actions: name, keys, what the footer, the help and the palette call it.

Screens take their bindings from here, so that nothing that tells of keys can disagree. Keys of the widgets
themselves (moving about, folding) stand with them, under names that `own_keys` gives; `keys.py` reads all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One row.

    Attributes:
        id: The screen's method is `action_<id>`.
        keys: Textual's names of the keys, comma separated, the first is the one shown.
        title: What the help and the palette say.
        footer: The word in the footer; empty where it does not stand there.
        group: The heading in the help.
        palette: Whether the palette offers it.
        priority: Works also while a text field has the focus and would take the key.
    """

    id: str
    keys: str
    title: str
    footer: str = ""
    group: str = "General"
    palette: bool = True
    priority: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("run", "f5,r", "Run the opened tool, read the resource, get the prompt", "run", "Workbench"),
    Action("cancel_call", "ctrl+g", "Cancel the running call", "cancel", "Workbench", priority=True),
    Action("more_time", "plus", "Give the running call another minute before it times out", "", "Workbench"),
    Action("toggle_json", "ctrl+t", "Form or raw JSON", "form/JSON", "Workbench", priority=True),
    Action("toggle_task", "f4", "Call the tool as a task, or plainly, where it takes both", "", "Workbench"),
    Action(
        "save_part",
        "ctrl+s",
        "Save this part of the result to a file",
        "",
        "Workbench",
        priority=True,
    ),
    Action("read_as", "m", "Read the result as text, JSON or Markdown", "", "Workbench"),
    Action("compare", "v", "Compare two results of the same call", "", "Workbench"),
    Action("given('older')", "alt+up", "Arguments that were sent before: the older ones", "", "Arguments"),
    Action("given('newer')", "alt+down", "Back to the newer ones, and to what was typed", "", "Arguments"),
    Action("given('edit')", "f7", "Edit in $EDITOR: the field, or the JSON", "", "Arguments", priority=True),
    Action("given('edit all')", "alt+e", "Edit all arguments in $EDITOR", "", "Arguments", priority=True),
    Action("given('save')", "alt+s", "Keep this call under a name", "", "Arguments", priority=True),
    Action("given('take')", "alt+o", "Take a call that has a name", "", "Arguments", priority=True),
    Action("search", "slash", "Search the capabilities, or filter the messages", "search", "Lists"),
    Action("do('rest')", "h", "Hide what the filter leaves out, or dim it", "", "Messages"),
    Action("do('next_match')", "full_stop", "The next match of the filter, cleared or not", "", "Messages"),
    Action("do('previous_match')", "comma", "The match before", "", "Messages", palette=False),
    Action("do('saved')", "F,alt+l", "Saved filters: take one, keep this one", "", "Messages"),
    Action("show_call", "l", "Show the call's request in the message log", "", "Messages"),
    Action("network", "n", "Messages, or the network: every HTTP exchange", "network", "Messages"),
    Action("show_exchange", "x", "From a message to its HTTP exchange, and back", "", "Messages"),
    Action("do('timeline')", "T", "The timeline in the place of the messages, and back", "", "Messages"),
    Action("do('latencies')", "L", "Latencies by method and tool, and back", "", "Messages"),
    Action("do('waterfall')", "W", "The waterfall beside the messages, or none", "", "Messages"),
    Action("copy", "y", "Copy what is selected", "", "Messages"),
    Action("do('copy_as')", "Y", "Copy as JSON, a command, curl, Python, a test", "", "Messages"),
    Action("do('conversation')", "b", "Only the conversation of the row, and back", "", "Messages"),
    Action("do('again')", "R", "Send the message again: as it was, edited, many times", "", "Messages"),
    Action("page('composer')", "C", "The composer: send any bytes", "", "Messages"),
    Action("do('story')", "o", "A call's story: what happened in order, and the gaps", "", "Messages"),
    Action("do('mark')", "asterisk", "Mark the row, or take the mark off", "", "Messages"),
    Action("do('note')", "N", "Write a note on the row", "", "Messages"),
    Action("do('next_mark')", "right_curly_bracket", "The next row with a mark or a note", "", "Messages"),
    Action("do('previous_mark')", "left_curly_bracket", "The mark before", "", "Messages", palette=False),
    Action("do('next_trouble')", "e", "The next error, finding or stray output", "", "Messages"),
    Action("do('previous_trouble')", "E", "The error or finding before", "", "Messages", palette=False),
    Action("page('then')", "H", "As it was then: what was known at the row under the cursor", "", "Messages"),
    Action("page('held')", "B", "Breakpoints: what is held, and the rules", "", "Breakpoints"),
    Action("do('break_on')", "I", "Break on what is like the row, or no more", "", "Breakpoints"),
    Action("do('let_go')", "U,alt+u", "Let go of all that is held", "", "Breakpoints"),
    Action("do('play')", "P", "Play the recording, or pause", "", "Replay"),
    Action("do('slower')", "less_than_sign", "Play more slowly", "", "Replay", palette=False),
    Action("do('faster')", "greater_than_sign", "Play faster: 2x, 5x, 10x, 50x, at once", "", "Replay"),
    Action("do('step_back')", "left_parenthesis", "Back by a row: the session as it was", "", "Replay"),
    Action("do('step_on')", "right_parenthesis", "On by a row", "", "Replay", palette=False),
    Action("relist", "ctrl+l", "Ask the server for its lists again", "", "Connection", priority=True),
    Action(
        "reconnect",
        "ctrl+r",
        "Restart the server, keep the log",
        "reconnect",
        "Connection",
        priority=True,
    ),
    Action("do('connect')", "O", "Connect to another server", "", "Connection"),
    Action("do('sessions')", "S", "Sessions: what is recorded now, and before", "", "Connection"),
    Action("page('restart')", "D", "What the last restart changed: lists, schemas, result", "", "Connection"),
    Action("authorization", "a", "The authorization, step by step", "", "Connection"),
    Action("diagnose", "d", "Diagnose the connection: try again, look closer", "", "Connection"),
    Action("page('logs')", "g", "What the server logs, and from which level on", "", "Connection"),
    Action("page('subscriptions')", "s", "What is subscribed to, and what was told", "", "Connection"),
    Action("page('inbox')", "i,alt+i", "What the server asks back: the inbox, and back", "", "Connection"),
    Action("page('tasks')", "t", "Tasks: how each stands, polling, results", "", "Connection"),
    Action(
        "page('client')",
        "c",
        "What is declared to the server: version, capabilities, roots",
        "",
        "Connection",
    ),
    Action("do('next_tab')", "ctrl+pagedown", "The next connection", "", "Connections", priority=True),
    Action("do('tab_before')", "ctrl+pageup", "The connection before", "", "Connections", priority=True),
    Action("do('merged')", "M", "What crossed the wire of all connections, in one log", "", "Connections"),
    Action("do('close_tab')", "X", "Close this connection", "", "Connections"),
    Action("pane(1)", "1", "Go to the capabilities", "", "Panes"),
    Action("pane(2)", "2", "Go to the workbench", "", "Panes"),
    Action("pane(3)", "3", "Go to the messages", "", "Panes"),
    Action("pane(4)", "4", "Go to the selected message", "", "Panes"),
    Action(
        "tab(-1)", "left_square_bracket", "Tab before: Form, JSON, HTTP, Raw …", "", "Panes", palette=False
    ),
    Action("tab(1)", "right_square_bracket", "Next tab", "", "Panes", palette=False),
    Action("next_pane", "f6", "Go to the next pane", "", "Panes", priority=True),
    Action("previous_pane", "shift+f6", "Go to the pane before", "", "Panes", priority=True),
    Action("zoom", "z", "Give this pane the whole screen, and back", "", "Panes"),
    Action("do('border_left')", "ctrl+left", "Move the border beside this pane to the left", "", "Panes"),
    Action("do('border_right')", "ctrl+right", "Move it to the right", "", "Panes"),
    Action("do('border_up')", "ctrl+up", "Move the border across up", "", "Panes"),
    Action("do('border_down')", "ctrl+down", "Move it down", "", "Panes"),
    Action("do('hide_pane')", "f8", "Hide this pane, or have it stay again", "", "Panes"),
    Action("do('usual_panes')", "f9", "All panes as they come", "", "Panes"),
    Action("back", "escape", "One step back; never quits", "", "General", palette=False),
    Action("help", "f1,question_mark", "Every key on one page", "help"),
    Action("do('tour')", "K", "A tour of this screen in six steps"),
    Action("quit_app", "ctrl+q", "Quit: stop the server, close the recording", "quit", priority=True),
    Action("ask_quit", "q", "Quit, after a question", "", palette=False),
)

MERGED: tuple[Action, ...] = (
    Action("search", "slash", "Filter the messages of all connections", "search", "Merged log"),
    Action("step_tab(1)", "ctrl+pagedown", "The next connection", "next tab", "Connections", priority=True),
    Action("step_tab(-1)", "ctrl+pageup", "The connection before", "", "Connections", priority=True),
    Action("back", "escape", "Clear the filter; then back to the first connection", "back", "General"),
    Action("help", "f1,question_mark", "Every key on one page", "help"),
    Action("quit_app", "ctrl+q", "Quit: stop the servers, close the recordings", "quit", priority=True),
)
"""The same for the merged log."""

AUTHORIZATION: tuple[Action, ...] = (
    Action(
        "open_browser", "o", "Open the browser at the host that is shown", "open browser", "Authorization"
    ),
    Action("copy_url", "c", "Copy the URL to visit", "copy URL", "Authorization"),
    Action("show_url", "u", "The URL alone on the screen, to select with the mouse", "URL", "Authorization"),
    Action("paste_answer", "p", "Paste what the browser was sent back to", "paste", "Authorization"),
    Action("go", "g", "Go on; past a violation, on purpose", "go on", "Authorization"),
    Action("repeat", "r", "Repeat the step", "repeat", "Authorization"),
    Action("stop_flow", "x", "Stop the authorization, and with it the attempt", "stop", "Authorization"),
    Action("stepwise", "s", "Step by step: pause at each request, or run", "step", "Authorization"),
    Action("authorize_again", "n", "Authorize anew, whatever is kept", "anew", "Authorization"),
    Action("reveal", "v", "Tokens in clear, or as fingerprints", "reveal", "Authorization"),
    Action("flow(-1)", "left_square_bracket", "The flow before", "", "Authorization", palette=False),
    Action("flow(1)", "right_square_bracket", "The next flow", "", "Authorization", palette=False),
    Action("copy", "y", "Copy what is selected", "", "General"),
    Action("back", "escape", "Back; the flow goes on as it is", "back", "General", palette=False),
    Action("help", "f1,question_mark", "Every key on one page", "help"),
    Action("quit_app", "ctrl+q", "Quit: stop the flow, close the connection", "quit", priority=True),
)
"""The same for the screen that shows an authorization."""


_NAMED = {"tab(-1)": "view-before", "tab(1)": "view-after"}  # the tabs of the app are its connections
_SAID = {"-1": "before", "1": "after", "-1000000": "first", "1000000": "last"}
_MOVES = {"-1": "up", "1": "down", "-10": "page-up", "10": "page-down"}


def name_of(id: str) -> str:
    """An action as the configuration calls it: `page-inbox`, `pane-1`, `next-tab`."""
    if id in _NAMED:
        return _NAMED[id]
    base, _, rest = id.partition("(")
    given = rest.rstrip(")").strip("'")
    if base == "do":
        return given.replace("_", "-")
    said = given if base == "pane" else _SAID.get(given, re.sub(r"-1\b", "before", given))
    if base in ("move", "page", "half", "shift"):
        said = _MOVES.get(given, said)
    return re.sub(r"[^a-z0-9]+", "-", f"{base}-{said}".lower()).strip("-")


def bindings(actions: tuple[Action, ...] = ACTIONS, place: str = "main") -> list[BindingType]:
    """A table as Textual bindings of its screen, which the configuration calls `place`."""
    return [
        Binding(
            key,
            action.id,
            action.footer or action.title,
            show=bool(action.footer),
            priority=action.priority or key.startswith("alt+"),  # which a text field takes for its letter
            id=f"{place}.{name_of(action.id)}",
        )
        for action in actions
        for key in action.keys.split(",")
    ]


def own_keys(place: str, *rows: BindingType) -> list[BindingType]:
    """The bindings of a widget, each under a name that the configuration can use: `log.pair`."""
    return [
        replace(row, id=row.id.replace("_", "-") if row.id else f"{place}.{name_of(row.action)}")
        for row in rows
        if isinstance(row, Binding)
    ]


UNBOUND = "unbound"
"""The key of what has none: no terminal sends it."""

_WRITTEN = {
    "slash": "/",
    "question_mark": "?",
    "escape": "esc",
    "enter": "⏎",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "equals_sign": "=",
    "asterisk": "*",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "ctrl+@": "ctrl+space",
}
CHARACTERS = frozenset(_WRITTEN)
"""Keys that have a name and a character of their own."""


def shown_key(key: str) -> str:
    """A key as people write it: `ctrl+r`, `/`, `?`."""
    modifiers, plus, last = key.rpartition("+")
    return _WRITTEN.get(key) or f"{modifiers}{plus}{_WRITTEN.get(last, last)}"


def key_named(written: str) -> str:
    """A key as Textual names it, from how people write it: `esc`, `/`, `ctrl+r`."""
    names = {shown: key for key, shown in _WRITTEN.items()}
    if written in names:
        return names[written]
    if len(written) == 1:
        (binding,) = Binding.make_bindings([Binding(written, "")])
        return binding.key
    modifiers, plus, last = written.rpartition("+")
    return f"{modifiers.lower()}{plus}{names.get(last, last if len(last) == 1 else last.lower())}"
