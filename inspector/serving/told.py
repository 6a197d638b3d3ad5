"""What is told of serving: first what is missing, in the end what was asked in vain, and what comes nearest.

Texts of the client and of the recording are made visible here; nothing is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inspector.serving.said import Heard
from inspector.serving.script import Script
from inspector.serving.steps import Call
from inspector.wire.targets import target_of
from inspector.wire.visible import clip, visible

_WIDEST = 100
_MOST_DIFFERENCES = 4
_MOST_NAMED = 3


def left_out(script: Script) -> list[str]:
    """One line of what a recording does not serve, before it is served; none where it serves all."""
    skipped, parts = script.journal.skipped, list[str]()
    if skipped:
        size, first = sum(each.size for each in skipped), skipped[0]
        lines = "a line" if len(skipped) == 1 else f"{len(skipped):,} lines"
        where = f"{size:,} bytes, at byte {first.offset:,}" + " and later" * (len(skipped) > 1)
        parts.append(f"{lines} of the recording cannot be read ({where}: {first.says})")
    if script.strayed:
        parts.append(f"{_counted(script.strayed, 'answer')} to what cannot be read left out")
    if script.unanswered:
        named = ", ".join(_named(script, call) for call in script.unanswered[:_MOST_NAMED])
        more = ", …" * (len(script.unanswered) > _MOST_NAMED)
        count = _counted(len(script.unanswered), "request")
        parts.append(f"{count} without an answer in it, which will get an error: {named}{more}")
    return ["; ".join(parts)] if parts else []


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"


def _named(script: Script, call: Call) -> str:
    frame = script.frame(call.row, call.item)
    params = frame.value.get("params") if frame is not None and isinstance(frame.value, dict) else None
    about = target_of(call.method, params) if isinstance(params, Mapping) else ""
    what = clip(visible(" ".join(filter(None, (call.method, about)))), _WIDEST // 2)
    return f"{what} (row {call.row})"


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
