"""The parts of a result: content blocks of a tool, contents of a resource, messages of a prompt.

One shape for all of them, so that app and command line show the same. Payloads are hostile: whatever
does not fit becomes a part of kind `json`, nothing raises, and binary data is decoded only when asked for.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.wire.jsonrpc import Unparsed


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a result.

    Attributes:
        kind: `text`, `image`, `audio`, `blob`, `link`, `structured` or `json`.
        text: The text; for a link its URI; for `structured` and `json` indented JSON.
        base64: The encoded data of images, audio and blobs, as sent.
        mime: The media type as sent, or the empty string.
        name: What the server calls it: a link's title or name, a resource's URI.
        uri: Where a link or an embedded resource points.
        role: `user` or `assistant` for the messages of a prompt.
    """

    kind: str
    text: str = ""
    base64: str = ""
    mime: str = ""
    name: str = ""
    uri: str = ""
    role: str = ""

    @property
    def size(self) -> int:
        """Bytes: of the text in UTF-8, or of the decoded data."""
        if self.base64:
            return len(self.base64.rstrip("=\r\n ")) * 3 // 4
        return len(self.text.encode("utf-8", "surrogatepass"))

    def payload(self) -> bytes | None:
        """The bytes to save; `None` where the data is not base64."""
        if not self.base64:
            return self.text.encode("utf-8", "surrogatepass")
        import base64
        import binascii

        try:
            return base64.b64decode("".join(self.base64.split()), validate=True)
        except (binascii.Error, ValueError):
            return None

    def dimensions(self) -> tuple[int, int] | None:
        """Width and height in pixels of a PNG or GIF; `None` for anything else."""
        import base64
        import binascii

        try:
            head = base64.b64decode(self.base64[:64])
        except (binascii.Error, ValueError):
            return None
        if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
            width, height = struct.unpack(">II", head[16:24])
            return width, height
        if head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
            width, height = struct.unpack("<HH", head[6:10])
            return width, height
        return None

    def file_name(self, stem: str) -> str:
        """A name of our own making for saving: never the server's spelling of a path."""
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem).strip("-")
        return f"{safe[:60] or 'result'}{_extension(self)}"


def parts(result: Any) -> list[Part]:
    """The parts of the result of `tools/call`, `resources/read` or `prompts/get`, in order.

    Structured content comes last. A result that has none of the known members is one `json` part.
    """
    if not isinstance(result, Mapping):
        return [_json(result)]
    found: list[Part] = []
    for key, read in (("content", _block), ("contents", _contents), ("messages", _message)):
        if key in result:
            items = result[key]
            found.extend(read(item) for item in items) if isinstance(items, list) else found.append(
                _json(items)
            )
    if "structuredContent" in result:
        found.append(Part("structured", indented(result["structuredContent"]), mime="application/json"))
    known = ("content", "contents", "messages", "structuredContent")
    return found if any(key in result for key in known) else [_json(result)]


def _block(block: Any) -> Part:
    if not isinstance(block, Mapping):
        return _json(block)
    match block.get("type"):
        case "text" if isinstance(block.get("text"), str):
            return Part("text", block["text"], mime="text/plain")
        case "image" | "audio" as kind if isinstance(block.get("data"), str):
            return Part(kind, base64=block["data"], mime=_word(block, "mimeType"))
        case "resource_link" if isinstance(block.get("uri"), str):
            name = _word(block, "title") or _word(block, "name")
            return Part("link", block["uri"], mime=_word(block, "mimeType"), name=name, uri=block["uri"])
        case "resource" if isinstance(block.get("resource"), Mapping):
            return _contents(block["resource"])
    return _json(block)


def _contents(contents: Any) -> Part:
    if isinstance(contents, Mapping):
        uri, mime = _word(contents, "uri"), _word(contents, "mimeType")
        if isinstance(contents.get("text"), str):
            return Part("text", contents["text"], mime=mime, name=uri, uri=uri)
        if isinstance(contents.get("blob"), str):
            kind = "image" if mime.startswith("image/") else "audio" if mime.startswith("audio/") else "blob"
            return Part(kind, base64=contents["blob"], mime=mime, name=uri, uri=uri)
    return _json(contents)


def _message(message: Any) -> Part:
    if not isinstance(message, Mapping) or "content" not in message:
        return _json(message)
    part = _block(message["content"])
    return Part(part.kind, part.text, part.base64, part.mime, part.name, part.uri, _word(message, "role"))


def _json(value: Any) -> Part:
    return Part("json", indented(value), mime="application/json")


def indented(value: Any) -> str:
    """A parsed value as indented JSON; where it is nested too deeply, a sentence that says so."""
    if isinstance(value, Unparsed):
        return "(nested too deeply to show here; the message has it)"
    try:
        return json.dumps(value, ensure_ascii=False, indent=2, default=lambda _: "(nested too deeply)")
    except RecursionError:
        return "(nested too deeply to show here; the message has it)"


def _word(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _extension(part: Part) -> str:
    import mimetypes

    by_kind = {"text": ".txt", "structured": ".json", "json": ".json", "link": ".txt"}
    guessed = mimetypes.guess_extension(part.mime.split(";")[0].strip().lower()) if part.mime else None
    return guessed or by_kind.get(part.kind, ".bin")


def texts(found: list[Part]) -> Iterator[str]:
    """The plain texts among the parts."""
    return (part.text for part in found if part.kind == "text")
