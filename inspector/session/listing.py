"""Lists over all their pages, with the exact bytes of each entry.

Pages end where `nextCursor` is absent or null; an empty string is a cursor like any other
(server/utilities/pagination). A cursor that repeats, or pages without end, stop the listing with a
warning. What the entries mean is not looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
        next: The cursor of the page after the last one, where it was left at that; `None` where nothing
            further is to be asked for.
    """

    pages: tuple[Replied, ...]
    outcome: Outcome
    entries: list[Any]
    raw_entries: list[bytes]
    warnings: tuple[str, ...] = ()
    next: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the last page was answered with a result."""
        return isinstance(self.outcome, Replied) and self.outcome.ok


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a section.

    Attributes:
        number: Its place, from 1.
        cursor: What it was asked for with; `None` on the first.
        outcome: The answer, or what came instead of it.
        entries: Its entries as parsed.
        raw_entries: The same as the exact bytes that the server sent.
        next: The cursor of the page after it; `None` where nothing further will be asked for.
        warning: Why the listing stops here early, or what stands where a list should; one sentence.
    """

    number: int
    cursor: str | None
    outcome: Outcome
    entries: list[Any]
    raw_entries: list[bytes]
    next: str | None = None
    warning: str = ""


async def pages(
    section: ListOf,
    call: Callable[[str, dict[str, Any]], Awaitable[Outcome]],
    warn: Callable[[str, Replied], None],
    after: Sequence[str] = (),
) -> AsyncIterator[Page]:
    """Ask for page after page, each when it is wanted.

    Args:
        section: The method and the key of its list.
        call: Makes one call of a method with parameters.
        warn: Takes each warning, with the reply that it is about.
        after: The cursors of the pages that were seen already; it goes on with the last one.
    """
    seen = set(after)
    cursor = after[-1] if after else None
    number = len(after)
    while True:
        params: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
        outcome = await call(section.method, params)
        number += 1
        page = Page(number, cursor, outcome, [], [])
        if isinstance(outcome, Replied) and outcome.ok:
            page = _page(section, page, outcome, seen)
            if page.warning:
                warn(page.warning, outcome)
        yield page
        if page.next is None:
            return
        seen.add(page.next)
        cursor = page.next


async def walk(
    section: ListOf,
    call: Callable[[str, dict[str, Any]], Awaitable[Outcome]],
    warn: Callable[[str, Replied], None],
    *,
    most: int = PAGE_CAP,
    after: Sequence[str] = (),
) -> Listing:
    """Ask for page after page to the last one, or `most` of them. Other arguments are those of `pages`."""
    replies: list[Replied] = []
    entries: list[Any] = []
    raw_entries: list[bytes] = []
    warnings: list[str] = []
    following: str | None = None
    async for page in pages(section, call, warn, after):
        outcome, following = page.outcome, page.next
        if isinstance(outcome, Replied) and outcome.ok:
            replies.append(outcome)
        entries.extend(page.entries)
        raw_entries.extend(page.raw_entries)
        if page.warning:
            warnings.append(page.warning)
        if page.number - len(after) >= most:
            break
    return Listing(tuple(replies), outcome, entries, raw_entries, tuple(warnings), following)


def _page(section: ListOf, asked: Page, reply: Replied, seen: set[str]) -> Page:
    """The page that a result makes."""
    says = _take(reply, section.key, asked.entries, asked.raw_entries)
    cursor = reply.result.get("nextCursor") if isinstance(reply.result, Mapping) else None
    if cursor is not None:
        says = says or _no_further(section.method, cursor, seen, asked.number)
    following = cursor if isinstance(cursor, str) and not says else None
    return replace(asked, next=following, warning=says)


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
