"""What breakpoints do, in the words of the log: the steps of `inspector.gate`, and who made a message.

A recording may claim anything, and nothing here is safe for a terminal: `outline` sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inspector.wire.visible import seconds

MADE = {"hand": "✎ by hand", "rule": "↯ by rule"}
"""What is shown of a message that a breakpoint put on the wire and its sender did not."""

Data = Mapping[str, Any]
_MOST = 20


def made(seq: int, by: str, of: int | None) -> str:
    """Who made the message of row `seq`, and the row that it stands for."""
    return MADE[by] if of is None or of >= seq else f"{MADE[by]} for {of}"


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _row(data: Data) -> str:
    row = data.get("row")
    return f"row {row}" if isinstance(row, int) and abs(row) < 1 << 60 else "row ?"


def _rules(data: Data) -> tuple[str, str]:
    rules = data.get("rules")
    texts = (
        [_text(each, "text") for each in rules if isinstance(each, dict)] if isinstance(rules, list) else []
    )
    return f"{len(texts)} rule{'s' * (len(texts) != 1)}", "; ".join(texts[:_MOST])


def _held(data: Data) -> tuple[str, str]:
    after = data.get("seconds")
    known = isinstance(after, int | float) and 0 <= after < 1e9
    return _row(data), f"for {seconds(float(after))}" if known and after is not None else ""


def _released(data: Data) -> tuple[str, str]:
    verdict, who, why = _text(data, "verdict"), _text(data, "who"), _text(data, "why")
    said = f"{verdict} by {who}" if who and who != "end" else verdict  # `end` is nobody: `why` says it
    return _row(data), f"{said}: {why}" if why else said


def _full(data: Data) -> tuple[str, str]:
    return _row(data), "too much is held already: it goes on"


STEPS: Mapping[str, Callable[[Data], tuple[str, str]]] = {
    "gate-rules": _rules,
    "held": _held,
    "released": _released,
    "gate-full": _full,
}
"""Of each step what it is about, and a note."""
