"""A message as a text that a person edits, and the bytes that come of it: as JSON, or byte by byte. Pure.

What was not changed is sent byte for byte, whatever it looked like as a text. What is no JSON can be sent as
well: a debugger must be able to misbehave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.app.composing import bytes_of, text_of
from inspector.forms import json_text
from inspector.forms.json_text import NotJson
from inspector.wire.jsonrpc import classify, encode

Mode = Literal["JSON", "Bytes"]
MOST = 200_000
"""Bytes of a message that are edited here: a text area takes seconds for a million."""
_PLACES = ("jsonrpc", "id", "method")


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the editor.

    Attributes:
        raw: The bytes that it began with; empty for a message that is made up.
        mode: As what it is shown.
        begun: The text that it began with.
        text: The text now.
    """

    raw: bytes
    mode: Mode
    begun: str
    text: str

    @property
    def changed(self) -> bool:
        """Whether something else would be sent than what came."""
        return self.text != self.begun

    @property
    def given(self) -> bytes:
        """What would be sent: of JSON one line, of anything else the bytes that the text means."""
        if not self.changed and self.raw:
            return self.raw
        if self.mode == "Bytes":
            return bytes_of(self.text)
        try:
            return encode(json_text.parse(self.text))
        except (NotJson, ValueError, TypeError, RecursionError):
            # On a pipe a line feed would end the message.
            return bytes_of(self.text.replace("\r", " ").replace("\n", " "))

    def warning(self, original: bytes, *, piped: bool) -> str:
        """What is odd with what would be sent, in a sentence; empty for nothing. It can be sent all the same.

        Args:
            original: What came, to say which of its id and method were changed.
            piped: It goes to a pipe, where a line feed ends a message.
        """
        if not self.changed:
            return ""
        if self.mode == "JSON":
            try:
                json_text.parse(self.text)
            except NotJson as error:
                return f"not JSON: {error}"
        given = self.given
        if piped and b"\n" in given.rstrip(b"\n"):
            return "a line feed ends a message on a pipe: this is more than one"
        frame, before = classify(given), classify(original)
        if frame.shape is not before.shape:
            return f"this is {frame.shape.word or 'no message'}, and it was {before.shape.word or 'none'}"
        if frame.id != before.id:
            return "another id: the answer will find nobody who waits for it"
        return f"faults: {', '.join(frame.faults[:3])}" if frame.faults else ""


def begin(raw: bytes, mode: Mode | None = None) -> Draft:
    """What is edited of a message. Without a mode JSON where it loses nothing, else bytes."""
    pretty = None if mode == "Bytes" else _pretty(raw, any_json=mode is not None)
    if pretty is not None:
        return Draft(raw, "JSON", pretty, pretty)
    text = text_of(raw)
    return Draft(raw, "Bytes", text, text)


def made_up(text: str) -> Draft:
    """What is edited of a message that did not come: it is changed from its beginning on."""
    return Draft(b"", "JSON", "", text)


def turned(draft: Draft) -> Draft | None:
    """The same as JSON, or byte by byte; `None` where it is no JSON."""
    other: Mode = "Bytes" if draft.mode == "JSON" else "JSON"
    if not draft.changed and draft.raw:
        made = begin(draft.raw, other)
        return made if made.mode == other else None
    given = draft.given
    if other == "Bytes":
        return Draft(draft.raw, other, text_of(draft.raw), text_of(given))
    pretty = _pretty(given, any_json=True)
    begun = _pretty(draft.raw, any_json=True) or ""
    return Draft(draft.raw, other, begun, pretty) if pretty is not None else None


def _pretty(raw: bytes, *, any_json: bool) -> str | None:
    """Indented; `None` for no JSON, and where it would lose something unless `any_json` says to."""
    try:
        value = json_text.parse(raw.decode("utf-8"))
        if not any_json and classify(raw).faults:
            return None
        return json_text.write(value, indent=2)
    except (NotJson, ValueError, RecursionError):
        return None
