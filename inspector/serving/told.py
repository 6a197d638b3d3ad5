"""What is told when serving is over: what was asked in vain, with the recorded request that comes nearest.

Texts of the client and of the recording are made visible here; nothing is printed.
"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.serving.said import Heard
from inspector.wire.visible import clip, visible

_WIDEST = 100
_MOST_DIFFERENCES = 4


def summary(heard: Heard) -> list[str]:
    """Lines for a person: how many were answered, the misses, and what was served otherwise than recorded."""
    asked = sum(miss.times for miss in heard.misses.values())
    lines = [f"{heard.answered} answered as recorded, {asked} not in the recording"]
    lines += _table(heard)
    lines += [f"note: {clip(visible(note), _WIDEST)}" for note in heard.notes]
    return lines


def _table(heard: Heard) -> Iterator[str]:
    for miss in heard.misses.values():
        what = clip(visible(" ".join(filter(None, (miss.method, miss.about)))), _WIDEST)
        times = f" ({miss.times} times)" if miss.times > 1 else ""
        nearest = f"; nearest is row {miss.row}" if miss.row >= 0 else ""
        yield f"  missed {what}{times}: {miss.says}{nearest}"
        for differs in miss.differs[:_MOST_DIFFERENCES]:
            yield f"         {clip(visible(differs), _WIDEST)}"
