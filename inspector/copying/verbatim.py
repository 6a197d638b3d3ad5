"""A row as it is: its JSON laid out for people, or exactly the bytes that crossed the wire."""

from __future__ import annotations

import json
import re

from inspector.copying.said import Copy
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.event import Kind
from inspector.wire.fault import Fault
from inspector.wire.layout import escaped, indented

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def as_json(journal: Journal, seq: int) -> Copy:
    """A message as JSON, every token as it was sent; the facts of any other row.

    Raises:
        UsageError: It is no JSON.
    """
    event = journal.event(seq)
    if event.kind in (Kind.STDERR, Kind.STDOUT):
        raise UsageError("This row is text, and no JSON", next="Copy its line")
    if event.kind is not Kind.MESSAGE:
        return Copy(escaped(json.dumps(dict(event.data), ensure_ascii=False, indent=2)))
    if event.frame is None or Fault.NOT_JSON in event.frame.faults or Fault.TOO_LONG in event.faults:
        raise UsageError("This message is no JSON", next="Copy its line")
    raw = event.body.removeprefix(b"\xef\xbb\xbf")
    return Copy(indented(raw), _others(event.frame.faults))


def _others(faults: tuple[str, ...]) -> tuple[str, ...]:
    return (f"Its bytes are odd ({', '.join(faults)}): its line is them.",) if faults else ()


def line(journal: Journal, seq: int) -> Copy:
    """The bytes of a message, or of a line of stderr or stdout, exactly.

    Raises:
        UsageError: The row has none.
    """
    event = journal.event(seq)
    if event.kind not in (Kind.MESSAGE, Kind.STDERR, Kind.STDOUT):
        raise UsageError("This row is no line that crossed the wire", next="Copy it as JSON")
    notes = []
    if event.size > len(event.body):
        notes.append(f"The recording has the first {len(event.body)} bytes of {event.size}.")
    text = event.body.decode("utf-8", "backslashreplace")
    try:
        event.body.decode("utf-8")
    except UnicodeDecodeError:
        notes.append(
            "It is no UTF-8: as text, each byte that is none is \\x and two digits; a file is exact."
        )
    if _CONTROL.search(text):
        notes.append("It holds control characters as they came: paste it into no terminal.")
    return Copy(text, tuple(notes), event.body)
