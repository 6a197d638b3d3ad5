"""A session with a published server, and what must be true of its journal when it is over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from inspector.forms.check import check
from inspector.forms.draft import Path, initial, put
from inspector.forms.plan import Field, plan
from inspector.forms.value import coerce, draft_of, value_of
from inspector.journal.findings import details
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.session.outcome import Outcome, Replied
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import Target
from inspector.wire.event import Kind, Shape
from tests.interop.conftest import assert_group_gone


@asynccontextmanager
async def talking(target: Target, protocol: str = "auto", **more: Any) -> AsyncIterator[Session]:
    """Connect, disconnect, and hold the journal against what a good conversation looks like."""
    journal = Journal.create(None, target=target.describe())
    try:
        async with open_session(target, journal, Options(protocol=protocol, timeout=30, **more)) as session:
            yield session
        assert_clean(journal)
    finally:
        journal.close()


def assert_clean(journal: Journal, *also: Status) -> None:
    """No finding on either side, no request without its answer, no exchange or process without its end.

    Args:
        also: How a request may end beside with an answer.
    """
    rows = range(len(journal))
    assert [(seq, finding) for seq in rows for finding in details(journal, seq)] == []
    steps = [
        journal.event(seq) for seq in rows if journal.kind(seq) in (Kind.HTTP, Kind.PROCESS, Kind.CLIENT)
    ]
    # What a server asks when its stdin is closed already can have no answer.
    (left,) = [event.seq for event in steps if event.what == "disconnecting"]
    requests = [seq for seq in rows if journal.shape(seq) is Shape.REQUEST and seq < left]
    answered = {Status.OK, Status.ERROR, Status.TOOL_ERROR, *also}
    assert [journal.event(seq).body for seq in requests if journal.status(seq) not in answered] == []
    begun = [event.exchange for event in steps if event.what == "request"]
    ended = [event.exchange for event in steps if event.what == "end"]
    assert sorted(map(str, begun)) == sorted(map(str, ended))
    started = [event.data["pid"] for event in steps if event.what == "started"]
    assert len(started) == sum(event.what == "exited" for event in steps)
    for pid in started:
        assert_group_gone(pid)


def replied(outcome: Outcome) -> Replied:
    assert isinstance(outcome, Replied), outcome
    return outcome


def result(outcome: Outcome) -> Any:
    """The result that `outcome` carries, which must not be an error."""
    reply = replied(outcome)
    assert reply.ok, reply.error
    return reply.result


def refusal(outcome: Outcome) -> str:
    """What the server said against it: an error, or a result that says `isError`."""
    reply = replied(outcome)
    if not reply.ok:
        return str(reply.error["message"])
    assert reply.result.get("isError") is True, reply.result
    return said(reply.result)


def said(result: Mapping[str, Any]) -> str:
    """The text of a tool's result."""
    return "\n".join(part["text"] for part in result["content"] if part["type"] == "text")


def arguments(schema: Any, by_hand: Mapping[str, str]) -> dict[str, Any]:
    """Arguments that fit `schema`, as the app's form and the command line would make them.

    Args:
        by_hand: By name, the text to type where a schema's defaults are not what a test wants.
    """
    root = plan(schema)
    draft = initial(root)
    for child in root.children:
        text = by_hand.get(child.key)
        path: Path = (child.key,)
        if text is not None:
            draft = put(root, draft, path, draft_of(child, coerce(child, text)))
        elif child.required:
            draft = put(root, draft, path, draft_of(child, coerce(child, _something(child))))
    value, problems = value_of(root, draft)
    assert problems == []
    assert check(schema, value) == []
    assert isinstance(value, dict)
    return value


def _something(field: Field) -> str:
    """A text that `coerce` turns into a value of the field's kind."""
    if field.choices:
        return str(field.choices[0].value)
    return {"number": "2", "integer": "2", "boolean": "true", "array": "[]", "object": "{}"}.get(
        field.kind, "some text"
    )
