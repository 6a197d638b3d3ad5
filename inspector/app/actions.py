"""The one table of actions: name, keys, what the footer, the help and the palette call it.

Screens take their bindings from here, the help page and the palette read them, so that they cannot
disagree. Keys of the widgets themselves (moving about, folding) are listed by their own bindings.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    Action("show_call", "l", "Show the call's request in the message log", "", "Messages"),
    Action("network", "n", "Messages, or the network: every HTTP exchange", "network", "Messages"),
    Action("show_exchange", "x", "From a message to its HTTP exchange, and back", "", "Messages"),
    Action("copy", "y", "Copy what is selected", "", "Messages"),
    Action("page('then')", "H", "As it was then: what was known at the row under the cursor", "", "Messages"),
    Action("relist", "ctrl+l", "Ask the server for its lists again", "", "Connection", priority=True),
    Action(
        "reconnect",
        "ctrl+r",
        "Restart the server, keep the log",
        "reconnect",
        "Connection",
        priority=True,
    ),
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
    Action("back", "escape", "One step back; never quits", "", "General", palette=False),
    Action("help", "f1,question_mark", "Every key on one page", "help"),
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


def bindings(actions: tuple[Action, ...] = ACTIONS) -> list[BindingType]:
    """A table as Textual bindings of its screen."""
    return [
        Binding(
            key,
            action.id,
            action.footer or action.title,
            show=bool(action.footer) and number == 0,
            priority=action.priority or key.startswith("alt+"),  # which a text field takes for its letter
            id=f"{action.id}.{number}" if number else action.id,
        )
        for action in actions
        for number, key in enumerate(action.keys.split(","))
    ]


def shown_key(key: str) -> str:
    """A key as people write it: `ctrl+r`, `/`, `?`."""
    names = {"slash": "/", "question_mark": "?", "escape": "esc", "enter": "⏎", "space": "space"}
    names |= {"left_square_bracket": "[", "right_square_bracket": "]", "plus": "+"}
    names |= {"left_curly_bracket": "{", "right_curly_bracket": "}"}
    return names.get(key, key)
