"""Recordings of earlier formats: a chain of one-step converters, so that a recording opens forever.

A step turns the header and each line of one format into those of the next. Converted lines go to an
unlinked temporary file; the recording itself is never touched. There is one format today.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from inspector.errors import UsageError
from inspector.journal.recording import FORMAT, Header, open_store, read_header
from inspector.journal.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One converter.

    Attributes:
        to: The format that it makes.
        header: Converts the header's object; `format` is set by the chain.
        line: Converts a line, without its LF. Lines it does not understand it returns as they are.
    """

    to: str
    header: Callable[[dict[str, Any]], dict[str, Any]]
    line: Callable[[bytes], bytes]


STEPS: Mapping[str, Step] = MappingProxyType({})
"""The converter of each earlier format, by that format."""


def open_current(path: Path, steps: Mapping[str, Step] = STEPS) -> tuple[Store, Header, int]:
    """Open a recording of any format that this program knows: its bytes, its header, where events start.

    Raises:
        UsageError: One sentence why it cannot be read.
    """
    store, raw, start = open_store(path)
    try:
        chain = _chain(str(raw["format"]), steps, path)
        if chain:
            old = store
            store, raw, start = _converted(old, raw, start, chain)
            old.close()
        return store, read_header(raw, path), start
    except BaseException:
        store.close()
        raise


def _chain(format: str, steps: Mapping[str, Step], path: Path) -> list[Step]:
    chain: list[Step] = []
    while format != FORMAT:
        step = steps.get(format)
        if step is None:
            raise UsageError(
                f"{path} has the format {format}, which this version does not know",
                next="Upgrade mcp-inspect to the version that made it, or a later one.",
            )
        chain.append(step)
        format = step.to
    return chain


def _converted(
    old: Store, raw: dict[str, Any], start: int, chain: list[Step]
) -> tuple[Store, dict[str, Any], int]:
    for step in chain:
        raw = {**step.header(raw), "format": step.to}
    store = Store()
    with old.stream(start) as file:
        for line in file:
            ended = line.endswith(b"\n")
            line = line.rstrip(b"\r\n")
            for step in chain:
                line = step.line(line)
            store.append(line + b"\n" if ended else line)
    return store, raw, 0
