"""Lists over all their pages, with the exact bytes of each entry.

Pages end where `nextCursor` is absent or null; an empty string is a cursor like any other
(server/utilities/pagination). A cursor that repeats, or pages without end, stop the listing with a
warning. What the entries mean is not looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.session.outcome import Outcome, Replied
from inspector.wire.jsonrpc import cut, elements
from inspector.wire.methods import ListOf

PAGE_CAP = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """What a server lists in one section.

    Attributes:
        pages: The answers with a result, in order.
        outcome: The last answer, or what came instead of it.
        entries: The entries of all pages as parsed, in the server's order.
        raw_entries: The same as the exact bytes that the server sent.
        warnings: Why the listing stopped early, or what stands where a list should; sentences.
    """

    pages: tuple[Replied, ...]
    outcome: Outcome
    entries: list[Any]
    raw_entries: list[bytes]
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the last page was answered with a result."""
        return isinstance(self.outcome, Replied) and self.outcome.ok


async def walk(
    section: ListOf,
    call: Callable[[str, dict[str, Any]], Awaitable[Outcome]],
    warn: Callable[[str, Replied], None],
) -> Listing:
    """Ask for page after page.

    Args:
        section: The method and the key of its list.
        call: Makes one call of a method with parameters.
        warn: Takes each warning, with the reply that it is about.
    """
    pages: list[Replied] = []
    entries: list[Any] = []
    raw_entries: list[bytes] = []
    warnings: list[str] = []
    seen: set[str] = set()
    params: dict[str, Any] = {}
    while True:
        outcome = await call(section.method, params)
        if not isinstance(outcome, Replied) or not outcome.ok:
            break
        pages.append(outcome)
        says = _take(outcome, section.key, entries, raw_entries)
        cursor = outcome.result.get("nextCursor") if isinstance(outcome.result, Mapping) else None
        if cursor is not None:
            says = says or _no_further(section.method, cursor, seen, len(pages))
        if says:
            warnings.append(says)
            warn(says, outcome)
        if cursor is None or says:
            break
        seen.add(cursor)
        params = {"cursor": cursor}
    return Listing(tuple(pages), outcome, entries, raw_entries, tuple(warnings))


def _take(reply: Replied, key: str, entries: list[Any], raw_entries: list[bytes]) -> str:
    """Add a page's entries; says what is wrong if there are none to add."""
    listed = reply.result.get(key) if isinstance(reply.result, Mapping) else None
    raw = cut(reply.raw, "result", key)
    spans = elements(raw) if raw is not None else None
    if raw is None or spans is None:
        return f"The result has no list {key!r}."
    entries.extend(listed if isinstance(listed, list) else [None] * len(spans))
    raw_entries.extend(raw[start:end] for start, end in spans)
    return ""


def _no_further(method: str, cursor: Any, seen: set[str], pages: int) -> str:
    if not isinstance(cursor, str):
        return f"{method} was answered with a nextCursor that is not a string; the listing stops there."
    if cursor in seen:
        return f"{method} was answered with the same nextCursor again; the listing stops there."
    if pages >= PAGE_CAP:
        return f"{method} still has a nextCursor after {PAGE_CAP} pages; the listing stops there."
    return ""
