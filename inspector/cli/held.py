"""What is said on stderr of a tool's result that is not what the tool's output schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from inspector.session.session import Session

MOST: Final = 10
"""Lines; how many more there are is said."""


async def warnings(session: Session, tool: str, result: Any) -> tuple[str, ...]:
    """One line for each mismatch, safe for a terminal; none where the tool has not been listed.

    Nothing is asked of the server for it: a listing costs time, and may fail.
    """
    entry = next((each for each in session.catalogue.tools if _is(each, tool)), None)
    structured = isinstance(result, Mapping) and "structuredContent" in result
    if not isinstance(entry, Mapping) or not ("outputSchema" in entry or structured):
        return ()
    # Imported here because it imports jsonschema, and held in a thread because it may take a second.
    from anyio import to_thread

    from inspector.forms.output import mismatches
    from inspector.forms.unset import UNSET
    from inspector.wire.visible import clip, visible

    found = await to_thread.run_sync(mismatches, result, entry.get("outputSchema", UNSET))
    lines = [
        f"{'warning' if each.must else 'note'}: {clip(visible(each.sentence), 400)}" for each in found[:MOST]
    ]
    if len(found) > MOST:
        lines.append(f"warning: {len(found) - MOST} more mismatches with the output schema")
    return tuple(lines)


def _is(entry: Any, tool: str) -> bool:
    return isinstance(entry, Mapping) and entry.get("name") == tool
