"""An entry of a list that is not what it was, as lines to read: by path, what stood there and what stands.

Pure. Both entries are the server's; every text is made safe here.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from inspector.app.widgets.sheet_lines import Entry, heading, line, space
from inspector.journal.changes import ABSENT, differing
from inspector.wire.visible import clip, visible, visible_lines

_LONGEST = 500  # characters of a line
_MOST_LINES = 200  # of a place, on each side
_TOLD = 3


def places(before: Any, after: Any) -> str:
    """The paths of what changed, in a line: `description, inputSchema.properties.language and 2 more`."""
    found = [place.path or "the entry itself" for place in differing(before, after)]
    rest = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return ", ".join(path[:_LONGEST] for path in found[:_TOLD]) + rest


def sheet(before: Any, after: Any) -> list[Entry]:
    """What changed, for a sheet."""
    entries: list[Entry] = []
    for at, place in enumerate(differing(before, after)):
        if at:
            entries.append(space(f"{at}-space"))
        entries.append(heading(f"{at}", clip(visible(place.path), _LONGEST) or "the entry itself"))
        for number, (sign, text) in enumerate(_lines(place.before, place.after)):
            role = {"+": "ok", "−": "error"}.get(sign, "muted")
            entries.append(line(f"{at}.{number}", (f"{sign} {text}", role), hang=2))
    return entries


def _lines(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """Lines with `−`, `+` or nothing before them; where both are long, only what differs and around it."""
    old, new = _text(before), _text(after)
    if len(old) <= 1 and len(new) <= 1:
        yield from (("−", text) for text in old)
        yield from (("+", text) for text in new)
        return
    for number, text in enumerate(difflib.unified_diff(old, new, lineterm="", n=1)):
        if number < 2:
            continue  # names of files
        if text.startswith("@@"):
            if number > 2:
                yield " ", "…"
        else:
            yield {"-": "−"}.get(text[0], text[0]), text[1:]


def _text(value: Any) -> list[str]:
    """A value as safe lines: a text as it stands, anything else as JSON."""
    if value is ABSENT:
        return []
    if isinstance(value, str):
        lines = visible_lines(value)
    else:
        try:
            lines = visible_lines(json.dumps(value, ensure_ascii=False, indent=2))
        except (RecursionError, ValueError):
            lines = ["(nested too deep to be shown)"]
        if len(lines) > 1 and sum(map(len, lines)) <= 60:
            lines = [visible(json.dumps(value, ensure_ascii=False))]
    kept = [clip(text, _LONGEST) for text in lines[:_MOST_LINES]]
    return kept if len(lines) <= _MOST_LINES else [*kept, f"… {len(lines) - _MOST_LINES} more lines"]
