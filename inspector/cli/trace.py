"""`--trace`: every event of the journal as one line, as it happens.

A fold over the journal, event by event; it asks nothing of the connection and changes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from inspector.cli.paint import PLAIN, Paint
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.visible import visible

_NOTHING: tuple[Any, ...] = (None, "", [], {})  # facts that say nothing take no room
_ARROWS = {Direction.NONE: "·", Direction.C2S: "→", Direction.S2C: "←"}


def trace_line(event: Event, paint: Paint = PLAIN) -> str:
    """One event: seconds since the start, which way, and the exact text made safe."""
    arrow = _ARROWS[event.direction]
    says = f"{_says(event)}{_marks(event)}"
    # What crossed the wire stands out between what happened beside it.
    if event.direction is Direction.NONE:
        return paint.faint(f"{event.t:9.3f} {arrow} {says}")
    return f"{paint.faint(f'{event.t:9.3f}')} {paint.strong(arrow)} {says}"


def _says(event: Event) -> str:
    text = visible(event.body.decode("utf-8", "replace"))
    if event.kind is Kind.MESSAGE:
        return text
    if event.kind in (Kind.STDERR, Kind.STDOUT):
        return f"{event.kind.word}: {text}"
    facts = " ".join(
        f"{name}={visible(_short(value))}"
        for name, value in event.data.items()
        if name != "what" and value not in _NOTHING
    )
    exchange = f" #{event.exchange}" if event.exchange is not None else ""
    said = f"{event.kind.word}{exchange} {visible(event.what)} {facts}".rstrip()
    return f"{said}: {text}" if text else said


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, dict):
        said = (f"{key}: {_short(each)}" for key, each in value.items() if each not in _NOTHING)
        return "{" + ", ".join(said) + "}"
    if isinstance(value, list | tuple):
        if value and all(isinstance(each, list | tuple) and len(each) == 2 for each in value):
            return "[" + ", ".join(f"{name}: {each}" for name, each in value) + "]"
        return " ".join(_short(each) for each in value)
    return str(value)


def _marks(event: Event) -> str:
    cut = f" (the first {len(event.body)} of {event.size} bytes)" if event.size > len(event.body) > 0 else ""
    return cut + (f"  [{', '.join(event.faults)}]" if event.faults else "")


def tracer(write: Callable[[str], object], paint: Paint = PLAIN) -> Callable[[Event], None]:
    """A listener for a journal. It ends where the reader of the trace goes away; nothing else does."""
    broken = False

    def trace(event: Event) -> None:
        nonlocal broken
        if broken:
            return
        broken = True
        with contextlib.suppress(OSError):
            write(trace_line(event, paint))
            broken = False

    return trace
