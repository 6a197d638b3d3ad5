"""What the server asks, as entries of a sheet: a URL with its host marked, a conversation, what is over.

Pure, bounded, and safe for a terminal; nothing is opened or fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from inspector.app.widgets.sheet_lines import Entry, Piece, Pieces, heading, line, space
from inspector.session.links import judge
from inspector.wire.content import indented
from inspector.wire.visible import clip, size, visible, visible_lines

if TYPE_CHECKING:
    from inspector.app.asking import Asking

_LONGEST = 4_000
"""Characters of one text that are shown; the raw request has them all."""
_LONGEST_URL = 20_000
_MOST = 100
"""Messages, tools, lines."""
_HANG = 2


def url_entries(
    params: Mapping[str, Any], *, completed: bool, refusal: bool, over: bool = False
) -> list[Entry]:
    """A URL to visit: whole, its host marked, with what speaks against going there.

    Args:
        params: Of the elicitation.
        completed: The server said that what was to be done there is done.
        refusal: It stands in an error, and the call is to be made again.
        over: Nobody waits for an answer.
    """
    link = judge(params.get("url"))
    if not link.url:
        return [line("none", ("! ", "warning"), ("It names no URL to go to", "text"))]
    shown = [(link.before, "text"), (link.host, "mark"), (link.after, "text")]
    entries = [
        Entry("url", tuple(piece for piece in _bounded(shown) if piece[0]), copy=link.url),
        space("after-url"),
        line("host", ("Host  ", "muted"), (link.goes_to or "none", "strong"), hang=6),
    ]
    entries += [
        line(f"warning-{number}", ("! ", "warning"), (f"{clip(each, 300)}.", "text"), hang=_HANG)
        for number, each in enumerate(link.warnings)
    ]
    if link.unsafe:
        says = f"No browser is sent there: the URL {visible(link.unsafe)}."
        entries.append(line("unsafe", ("✗ ", "error"), (says, "text"), hang=_HANG))
    entries.append(space("before-rest"))
    if completed:
        entries.append(
            line("completed", ("✓ ", "ok"), ("The server says that it is done.", "text"), hang=_HANG)
        )
    if over:
        return entries[:-1]
    says = (
        "Nothing is opened by itself. o opens it in a browser after a question, y copies it."
        if not link.unsafe
        else "Nothing is opened. y copies the URL."
    )
    entries.append(line("how", (says, "muted")))
    if refusal:
        says = "The call ended with this. When it is done there, r makes the call again."
        entries.append(line("again", (says, "muted")))
    return entries


def sampling_entries(params: Mapping[str, Any]) -> list[Entry]:
    """A conversation that a model should go on with, and the wishes about that."""
    entries: list[Entry] = []
    system = params.get("systemPrompt")
    if system is not None:
        entries.append(_spoken("system", "system", _text(system)))
    messages = params.get("messages")
    messages = messages if isinstance(messages, list) else []
    for number, message in enumerate(messages[:_MOST]):
        entries.append(_message(number, message))
    entries += _left_out(len(messages), "messages")
    tools = params.get("tools")
    if isinstance(tools, list):
        entries += [_tool(number, tool) for number, tool in enumerate(tools[:_MOST])]
        entries += _left_out(len(tools), "tools")
    known = ("systemPrompt", "messages", "tools", "_meta")
    for number, (name, value) in enumerate(
        [(name, value) for name, value in params.items() if name not in known][:_MOST]
    ):
        shown = clip(visible(_json(value)[:_LONGEST]), _LONGEST)
        pieces = ((f"{clip(visible(name[:80]), 40)}  ", "muted"), (shown, "text"))
        entries.append(Entry(f"wish-{number}", pieces, hang=_HANG))
    return entries


def over_entries(asking: Asking, params: Mapping[str, Any], answer: bytes) -> list[Entry]:
    """A question that nobody waits for any more, with its answer."""
    entries = [line("ended", (f"{asking.ended[:1].upper()}{asking.ended[1:]}", "strong"))]
    if asking.completed:
        entries.append(line("completed", ("✓ ", "ok"), ("The server says that it is done.", "text")))
    if answer and asking.question.origin != "refusal":  # that was sent nowhere
        entries += [heading("answer-title", "Answer"), *_lines("answer", _pretty(answer))]
    entries.append(heading("asked-title", "Asked"))
    match asking.kind:
        case "elicitation-url":
            entries += url_entries(params, completed=False, refusal=False, over=True)
        case "sampling":
            entries += sampling_entries(params)
        case _:
            entries += _lines("asked", indented(params))
    return entries


def message_lines(params: Mapping[str, Any]) -> list[str]:
    """The message of an elicitation, as far as it stands above its form."""
    message = params.get("message")
    if not isinstance(message, str):
        return []
    lines = [clip(each, _LONGEST) for each in visible_lines(message[:_LONGEST])][:40]
    return [*lines, *([f"… {size(len(message))} in all"] if len(message) > _LONGEST else [])]


def _bounded(pieces: list[Piece]) -> Iterator[Piece]:
    left = _LONGEST_URL
    for text, role in pieces:
        yield text[:left], role
        if len(text) > left:
            yield f" … {len(text) - left:,} more characters", "muted"
            return
        left -= len(text)


def _message(number: int, message: Any) -> Entry:
    key = f"message-{number}"
    if not isinstance(message, Mapping):
        return _spoken(key, "?", _json(message))
    content = message.get("content")
    parts = content if isinstance(content, list) else [content]
    said = "\n".join(_part(part) for part in parts[:_MOST])
    if len(parts) > _MOST:
        said += f"\n… {len(parts) - _MOST:,} more parts"
    return _spoken(key, str(message.get("role"))[:40], said)


def _part(part: Any) -> str:
    """A part of a message in words: its text, or what it is."""
    if not isinstance(part, Mapping):
        return _json(part)
    kind = part.get("type")
    if kind == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    data = part.get("data")
    if kind in ("image", "audio") and isinstance(data, str):
        return f"[{kind} {part.get('mimeType')}, {size(len(data) * 3 // 4)}]"
    return _json(part)


def _spoken(key: str, role: str, said: str) -> Entry:
    first, *rest = visible_lines(said[:_LONGEST]) or [""]
    more: list[Pieces] = [((each, "text"),) for each in rest[:_MOST]]
    if len(said) > _LONGEST or len(rest) > _MOST:
        more.append(((f"… {size(len(said))} in all; the tab Asked has it", "muted"),))
    pieces = ((f"{clip(visible(role), 20)}  ", "accent"), (first, "text"))
    return Entry(key, pieces, tuple(more), hang=_HANG, unfolded=True, copy=said)


def _tool(number: int, tool: Any) -> Entry:
    entry = tool if isinstance(tool, Mapping) else {}
    name, about = entry.get("name"), entry.get("description")
    says = f"  {about[:_LONGEST]}" if isinstance(about, str) else ""
    more = tuple(((each, "text"),) for each in _pretty_lines(indented(entry.get("inputSchema", tool))))
    pieces = (
        ("tool  ", "muted"),
        (visible(str(name)[:200]), "strong"),
        (clip(visible(says), _LONGEST), "muted"),
    )
    return Entry(f"tool-{number}", pieces, more, hang=_HANG, copy=_json(tool))


def _left_out(count: int, what: str) -> list[Entry]:
    if count <= _MOST:
        return []
    return [line(f"more-{what}", (f"… {count - _MOST:,} more {what}; the tab Asked has them", "muted"))]


def _lines(key: str, text: str) -> list[Entry]:
    return [Entry(f"{key}-{number}", ((each, "text"),)) for number, each in enumerate(_pretty_lines(text))]


def _pretty_lines(text: str) -> list[str]:
    lines = [clip(each, _LONGEST) for each in visible_lines(text[: _LONGEST * 4])]
    cut = len(lines) > _MOST or len(text) > _LONGEST * 4
    return [*lines[:_MOST], *([f"… {size(len(text))} in all"] if cut else [])]


def _pretty(raw: bytes) -> str:
    """An answer for people; as it is where it is no JSON."""
    text = raw.decode("utf-8", "replace")
    try:
        return indented(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):  # deeper than can be walked
        return "…"
