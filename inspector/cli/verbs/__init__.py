"""The verbs, one file each: every one parses its words, calls one function below, prints, exits.

A line needs the verb that it names and no other: each is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

TABLE: Mapping[str, str] = {
    "open": "open_",
    "list": "list_",
    "call": "call",
    "read": "read",
    "prompt": "prompt",
    "complete": "complete",
    "request": "request",
    "repeat": "repeat",
    "tasks": "tasks",
    "listen": "listen",
    "shell": "shell",
    "doctor": "doctor",
    "auth": "auth",
    "servers": "servers",
    "wrap": "wrap",
    "unwrap": "unwrap",
    "record": "record",
    "proxy": "proxy",
    "sessions": "sessions",
    "attach": "attach",
    "replay": "replay",
    "serve": "serve",
    "copy": "copy",
    "config": "config",
    "keys": "keys",
    "demo": "demo",
}
"""All of them, in the order of the help: the name, which is that of the module, and the function in it."""

ON_A_CONNECTION = ("list", "call", "read", "prompt", "complete", "request", "tasks")
"""Those that do one thing on a connection, as one line of `shell` does."""


def function_of(name: str) -> Callable[..., Any]:
    """What does the verb called `name`."""
    done: Callable[..., Any] = getattr(_module(name), TABLE[name])
    return done


def help_end_of(name: str) -> str:
    """The end of its help: the examples."""
    end: str = getattr(_module(name), "HELP_END", "")
    return end


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
