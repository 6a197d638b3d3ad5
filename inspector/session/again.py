"""A message that was sent before, made ready to be sent again: what of it belongs to its time, made anew.

Bytes in, bytes out: what nobody changes stays as it is spelt, also where it is no JSON. What is taken from
the journal (which page a cursor led to) is read here; nothing is sent but by `fresh_cursor`, which asks for
the pages before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from inspector.errors import RequestFailed
from inspector.session.dialect import Dialect
from inspector.session.mrtr import METHODS as IN_LEGS
from inspector.session.outcome import Replied
from inspector.wire.event import Direction, Shape
from inspector.wire.jsonrpc import classify, cut, elements, encode, members
from inspector.wire.methods import LISTS
from inspector.wire.versions import (
    META_CLIENT_CAPABILITIES,
    META_CLIENT_INFO,
    META_LOG_LEVEL,
    META_PROGRESS_TOKEN,
    META_PROTOCOL_VERSION,
)
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.session import Session

Part: TypeAlias = Literal["id", "token", "meta", "cursor", "state", "headers"]
"""What belongs to its time: the id, the progress token, the metadata of each request, the cursor of a list,
what an earlier leg of the call brought, the headers of HTTP."""

WHY: Mapping[Part, str] = {
    "id": "a request's id must not be used twice in a session",
    "token": "progress under an old token would be told of the old call",
    "meta": "version, client and capabilities are those of the present connection",
    "cursor": "a cursor holds for the list that it came with, so the pages before it are asked for again",
    "state": "the state of an earlier leg belongs to that call, so this one begins at its first leg",
    "headers": "the headers of HTTP are made for the present session",
}
"""Why each is made anew, in words."""

_ENVELOPE = (META_PROTOCOL_VERSION, META_CLIENT_INFO, META_CLIENT_CAPABILITIES, META_LOG_LEVEL)
_STATES = ("requestState", "inputResponses")
_LISTING = frozenset(section.method for section in LISTS.values())
_MOST_PAGES = 1000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One part of a message that can be made anew.

    Attributes:
        part: Which.
        was: What it was, safe for a terminal.
        now: What it is instead; empty where it is left out.
        kept: It was left as it was, because that is wanted.
    """

    part: Part
    was: str
    now: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A message as it would be sent.

    Attributes:
        body: Exactly these bytes.
        changes: What belongs to its time, in the order of `Part`.
        page: The page of a list, from 2, whose cursor is to be put in by `with_cursor` first; 0 for none.
        warning: What to know before it is sent, one sentence; empty for nothing.
    """

    body: bytes
    changes: tuple[Change, ...] = ()
    page: int = 0
    warning: str = ""


def again(
    body: bytes,
    dialect: Dialect,
    next_id: int,
    keep: frozenset[Part] = frozenset(),
    *,
    page: int | None = None,
) -> Again:
    """A message as it is sent again. Never raises, whatever the bytes are.

    Args:
        body: The message as it was sent: a request, a notification, a reply, a batch or no message at all.
        dialect: How the present connection speaks.
        next_id: The id of the next request.
        keep: What is left as it was.
        page: Which page of its list the cursor in it led to, as `page_of` tells; `None` where nothing does.

    Returns:
        The bytes, with each part that is in them made anew, or kept.
    """
    frame = classify(body)
    match frame.shape:
        case Shape.REQUEST:
            return _request(body, frame.method or "", dialect, next_id, keep, page)
        case Shape.BATCH:
            return _batch(body, dialect, next_id, keep)
        case Shape.RESPONSE | Shape.ERROR:
            return Again(body, warning="The question has had this answer: the server gets it a second time.")
        case Shape.INVALID:
            return Again(body, warning="This is no JSON-RPC message: it goes out as it is.")
    return Again(body)


def _batch(body: bytes, dialect: Dialect, next_id: int, keep: frozenset[Part]) -> Again:
    spans = elements(body)
    if spans is None:
        return Again(body)
    changes: dict[Part, Change] = {}
    made, at = b"", 0
    for start, end in spans:
        one = again(body[start:end], dialect, next_id, keep | {"cursor"})
        next_id += any(change.part == "id" for change in one.changes)
        made += body[at:start] + one.body
        at = end
        for change in one.changes:
            changes.setdefault(change.part, change)
    return Again(made + body[at:], tuple(changes.values()))


def _request(
    body: bytes, method: str, dialect: Dialect, next_id: int, keep: frozenset[Part], page: int | None
) -> Again:
    changes: list[Change] = []

    def change(part: Part, was: bytes | None, now: bytes = b"") -> bool:
        """Note what may be made anew; returns whether it is."""
        changes.append(Change(part, _shown(was or b""), _shown(now), part in keep))
        return part not in keep

    new = encode(next_id)
    if change("id", cut(body, "id"), new):
        body = _with(body, ("id",), new)
    token = cut(body, "params", "_meta", META_PROGRESS_TOKEN)
    if token is not None and change("token", token, new):
        body = _with(body, ("params", "_meta", META_PROGRESS_TOKEN), new)
    body = _envelope(body, dialect, method, change)
    state = cut(body, "params", _STATES[0]) or cut(body, "params", _STATES[1])
    if method in IN_LEGS and state is not None and change("state", state):
        for name in _STATES:
            body = _with(body, ("params", name), None)
    cursor, wanted = cut(body, "params", "cursor"), 0
    warning = ""
    if method in _LISTING and cursor is not None:
        if page is None:
            warning = "Nothing tells which page this cursor led to: it goes out as it is."
        elif change("cursor", cursor, f"page {page}".encode()):
            wanted = page
    return Again(body, tuple(changes), wanted, warning)


def _envelope(
    body: bytes, dialect: Dialect, method: str, change: Callable[[Part, bytes | None, bytes], bool]
) -> bytes:
    """The metadata that the modern era wants in each request, as the present connection has it."""
    params = json.loads(dialect.request(0, method)).get("params") or {}
    ours: Mapping[str, Any] = params.get("_meta") or {}
    had = [name for name in _ENVELOPE if cut(body, "params", "_meta", name) is not None]
    if (not had and not ours) or method == "initialize":
        return body
    made = body
    if ours and cut(made, "params") is None:
        made = _with(made, ("params",), b"{}")
    if ours and cut(made, "params", "_meta") is None:
        made = _with(made, ("params", "_meta"), b"{}")
    for name in _ENVELOPE:
        made = _with(made, ("params", "_meta", name), encode(ours[name]) if name in ours else None)
    if made == body:
        return body
    was = cut(body, "params", "_meta", META_PROTOCOL_VERSION) or b""
    now = encode(dialect.version) if ours else b""
    return made if change("meta", was, now if now != was else b"those of now") else body


def _with(raw: bytes, path: tuple[str, ...], text: bytes | None) -> bytes:
    """`raw` with another text for one value: put in its place, added as the last one, or taken away.

    What leads there must be objects; where it is not, nothing changes.
    """
    start, end = 0, len(raw)
    for name in path[:-1]:
        spans = members(raw, start)
        if spans is None or name not in spans:
            return raw
        start, end = spans[name]
    spans, last = members(raw, start), path[-1]
    if spans is None:
        return raw
    if last in spans and text is not None:
        begin, stop = spans[last]
        return raw[:begin] + text + raw[stop:]
    if last not in spans and text is None:
        return raw
    pairs = [(name, raw[begin:stop]) for name, (begin, stop) in spans.items() if name != last]
    if text is not None:
        pairs.append((last, text))
    made = b"{" + b",".join(encode(name) + b":" + value for name, value in pairs) + b"}"
    return raw[:start] + made + raw[end:] if len(path) > 1 else made


def _shown(text: bytes) -> str:
    return clip(visible(text[:400].decode("utf-8", "replace")), _SHOWN)


# Cursors.


def page_of(journal: Journal, row: int) -> int | None:
    """Which page of its list a request with a cursor asked for, from 2; `None` where nothing tells.

    The reply that brought the cursor is looked for among those before, and so on to the first page.
    """
    method, page = journal.method(row), 1
    if method not in _LISTING:
        return None
    rows = [each for each in journal.rows_with_method(method) if each <= row][-_MOST_PAGES:]
    cursor = _cursor(journal, row)
    while cursor is not None:
        page += 1
        before = (each for each in reversed(rows) if each < row and _next(journal, each) == cursor)
        found = next(before, None)
        if found is None:
            return None
        row, cursor = found, _cursor(journal, found)
    return page if page > 1 else None


def _cursor(journal: Journal, row: int) -> str | None:
    frame = journal.event(row).frame
    cursor = frame.params.get("cursor") if frame is not None else None
    return cursor if isinstance(cursor, str) else None


def _next(journal: Journal, row: int) -> str | None:
    reply = journal.peer(row)
    if reply < 0 or journal.direction(row) is not Direction.C2S:
        return None
    frame = journal.event(reply).frame
    result = frame.result if frame is not None and frame.shape is Shape.RESPONSE else None
    cursor = result.get("nextCursor") if isinstance(result, Mapping) else None
    return cursor if isinstance(cursor, str) else None


async def fresh_cursor(session: Session, method: str, page: int) -> str:
    """The cursor of a page of a list, by asking for the pages before it.

    Raises:
        RequestFailed: The list has no such page now, or a page before it did not come.
    """
    cursor: str | None = None
    for number in range(1, page):
        outcome = await session.call(method, {} if cursor is None else {"cursor": cursor})
        result = outcome.result if isinstance(outcome, Replied) else None
        if not isinstance(result, Mapping):
            raise RequestFailed(f"Page {number} of {method} did not come, so there is no cursor for {page}")
        following = result.get("nextCursor")
        if not isinstance(following, str):
            raise RequestFailed(
                f"{method} has only {number} page{'s' * (number > 1)} now, and the cursor led to page {page}",
                next="Keep the cursor to send it as it was",
            )
        cursor = following
    assert cursor is not None
    return cursor


def with_cursor(made: Again, cursor: str) -> Again:
    """The message with the cursor that holds now."""
    return replace(made, body=_with(made.body, ("params", "cursor"), encode(cursor)), page=0)


# Headers.

_OURS = ("mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name", "mcp-param-")


def headers_of(journal: Journal, row: int) -> dict[str, str]:
    """The headers of MCP that a message was sent with over HTTP, in its spelling; empty elsewhere.

    What authorizes is none of them: it is kept as a fingerprint only.
    """
    exchange = journal.exchange(row)
    if exchange is None:
        return {}
    asked = (
        journal.data(each)
        for each in journal.rows_of_exchange(exchange)
        if journal.data(each).get("what") == "request"
    )
    fields = next(asked, {}).get("headers")
    pairs = [pair for pair in fields if isinstance(pair, list)] if isinstance(fields, list) else []
    named = [
        (str(pair[0]), str(pair[1])) for pair in pairs if len(pair) == 2
    ]  # a recording may hold anything
    return {name: value for name, value in named if name.lower().startswith(_OURS)}


def without_session(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers for another server: whoever knows the id of a session is let into it."""
    return {name: value for name, value in headers.items() if name.lower() != "mcp-session-id"}


async def send_again(
    session: Session, journal: Journal, row: int, made: Again, *, headers: Mapping[str, str] | None = None
) -> int:
    """Send it, and write down of which row it is the repetition.

    Args:
        session: Where.
        journal: Where the row stands; it may be a recording or another connection.
        row: What is sent again.
        made: As it goes out.
        headers: HTTP only: these instead of the ones that fit it.

    Returns:
        The row of the message as sent.

    Raises:
        ConnectionFailed: The connection is over.
        RequestFailed: The list has no such page now.
    """
    if made.page:
        page, keep = made.page, frozenset(change.part for change in made.changes if change.kept)
        cursor = await fresh_cursor(session, journal.method(row) or "", page)
        # Made once more: the pages before it have taken ids.
        made = again(journal.event(row).body, session.dialect, session.next_id, keep, page=page)
        made = with_cursor(made, cursor)
    if headers is not None and journal is not session.journal:
        headers = without_session(headers)
    event = await session.send_bytes(made.body, headers=headers)
    where = {} if journal is session.journal else {"where": "in another session"}
    session.tap.client("sent-again", request=event.seq, of=row, **where)
    return event.seq
