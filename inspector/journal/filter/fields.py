"""The fields that a filter knows: what each is called, what it takes, how it is explained.

Parser, completion and documentation read this table. What a field means of a row is the business of
`inspector.journal.filter.rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inspector.journal.pairing import Status
from inspector.wire.event import Kind, Shape

Sort = Literal["text", "choice", "seconds", "moment", "bytes", "number", "row"]


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What a field takes.

    Attributes:
        sort: `text` and `choice` take a glob or a regular expression, the others comparisons and ranges.
        says: What it is about, in a few words.
        example: A value.
        choices: The words that there are, of a `choice`.
    """

    sort: Sort
    says: str
    example: str
    choices: tuple[str, ...] = ()


STATUSES = tuple(status.word.replace(" ", "-") for status in Status if status is not Status.NONE)
"""How a request fared, in one word each."""
KINDS = (*(shape.word for shape in Shape if shape is not Shape.NONE), *(kind.word for kind in Kind))
"""What a message is in JSON-RPC, and the kinds of what is no message; `message` is every message."""

MADE_BY = ("hand", "rule", "wire")
"""Who put a message on the wire: a person or a rule of a breakpoint, or its own sender."""

FIELDS: Mapping[str, FieldKind] = {
    "method": FieldKind("text", "the method; of a reply that of its request", "tools/call"),
    "tool": FieldKind("text", "the tool that is called; its reply too", "get-*"),
    "id": FieldKind("text", "the id of a request or a reply, as JSON", "7"),
    "dir": FieldKind("choice", "which way it went", "c2s", ("c2s", "s2c")),
    "kind": FieldKind("choice", "what it is", "request", KINDS),
    "status": FieldKind("choice", "how the request fared, or the HTTP status", "error", STATUSES),
    "lat": FieldKind("seconds", "time from request to reply, of both", ">500ms"),
    "size": FieldKind("bytes", "bytes on the wire", ">10kb"),
    "time": FieldKind("moment", "seconds since the start", "1.5..3"),
    "finding": FieldKind("text", "what is wrong with it: the rule", "rpc-*"),
    "by": FieldKind("choice", "who put it on the wire: a breakpoint, or its sender", "hand", MADE_BY),
    "session": FieldKind("number", "the connection, counted from 1", "2"),
    "about": FieldKind("row", "what belongs to the conversation of a row", "120"),
    "mark": FieldKind("choice", "that you marked it", "yes", ("yes",)),
    "note": FieldKind("text", "what you noted about it", "slow"),
}
