"""The parts of a result: content blocks of a tool, contents of a resource, messages of a prompt.

One shape for all of them, so that app and command line show the same. Payloads are hostile: whatever
does not fit becomes a part of kind `json`, nothing raises, and binary data is decoded only when asked for.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inspector.wire import media, tokens
from inspector.wire.jsonrpc import Unparsed
from inspector.wire.visible import seconds, size, visible

# A name that is saved ends in one of these and in nothing that a system would run.
_EXTENSIONS: Mapping[str, str] = {
    "application/gzip": ".gz",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "application/yaml": ".yaml",
    "application/zip": ".zip",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/webm": ".weba",
    "audio/x-wav": ".wav",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tiff",
    "image/webp": ".webp",
    "text/css": ".css",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/xml": ".xml",
    "text/yaml": ".yaml",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
_BY_KIND: Mapping[str, str] = {"text": ".txt", "structured": ".json", "json": ".json", "link": ".txt"}


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
        notes: Its annotations in words: for whom it is, how much it matters.
    """

    kind: str
    text: str = ""
    base64: str = ""
    mime: str = ""
    name: str = ""
    uri: str = ""
    role: str = ""
    notes: str = ""

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

    def head(self) -> bytes:
        """The first bytes of the decoded data; empty where there are none or it is not base64."""
        import base64
        import binascii

        letters = "".join(self.base64[: media.HEAD].split()).rstrip("=")
        try:
            return base64.b64decode(letters[: len(letters) // 4 * 4])
        except (binascii.Error, ValueError):
            return b""

    def dimensions(self) -> tuple[int, int] | None:
        """Width and height in pixels of a PNG, GIF, JPEG, WebP or BMP; `None` for anything else."""
        return media.dimensions(self.head())

    @property
    def facts(self) -> str:
        """Type, size, and pixels or seconds where they are known: `image/png, 94 B, 16 x 16 pixels`.

        The type is as sent: make it `visible`.
        """
        said = [self.mime or self.kind, size(self.size)]
        if self.kind == "image" and (pixels := self.dimensions()):
            said.append(f"{pixels[0]} x {pixels[1]} pixels")
        if self.kind == "audio" and (lasts := media.duration(self.head(), self.size)) is not None:
            said.append(seconds(lasts))
        return ", ".join(said)

    def file_name(self, stem: str) -> str:
        """A name of our own making for saving: never the server's spelling of a path."""
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem).strip("-")
        return f"{safe[:60] or 'result'}{_extension(self)}"


_TOO_DEEP = "(nested too deeply to show here; the message has it)"
"""What stands for a value that was not parsed: a sentence, no JSON."""


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
        found.append(_json(result["structuredContent"], "structured"))
    known = ("content", "contents", "messages", "structuredContent")
    return found if any(key in result for key in known) else [_json(result)]


def _block(block: Any) -> Part:
    if not isinstance(block, Mapping):
        return _json(block)
    notes = _annotations(block.get("annotations"))
    match block.get("type"):
        case "text" if isinstance(block.get("text"), str):
            return Part("text", block["text"], mime="text/plain", notes=notes)
        case "image" | "audio" as kind if isinstance(block.get("data"), str):
            return Part(kind, base64=block["data"], mime=_word(block, "mimeType"), notes=notes)
        case "resource_link" if isinstance(uri := block.get("uri"), str):
            name = _word(block, "title") or _word(block, "name")
            return Part("link", uri, mime=_word(block, "mimeType"), name=name, uri=uri, notes=notes)
        case "resource" if isinstance(block.get("resource"), Mapping):
            return replace(_contents(block["resource"]), notes=notes)
    return _json(block)


def _annotations(annotations: Any) -> str:
    """`for user, priority 0.7`; empty where nothing is annotated. Safe to show."""
    if not isinstance(annotations, Mapping):
        return ""
    said = []
    audience, priority = annotations.get("audience"), annotations.get("priority")
    if isinstance(audience, list) and audience:
        said.append(f"for {' and '.join(str(each)[:20] for each in audience[:3])}")
    if isinstance(priority, int | float) and not isinstance(priority, bool):
        said.append(f"priority {str(priority)[:20]}")
    if modified := _word(annotations, "lastModified"):
        said.append(f"of {modified[:30]}")
    return visible(", ".join(said))


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
    return replace(_block(message["content"]), role=_word(message, "role"))


def _json(value: Any, kind: str = "json") -> Part:
    text = indented(value)
    return Part("text", text) if text == _TOO_DEEP else Part(kind, text, mime="application/json")


def indented(value: Any) -> str:
    """A parsed value as indented JSON; where it is nested too deeply, a sentence that says so."""
    if isinstance(value, Unparsed):
        return _TOO_DEEP
    try:
        return json.dumps(value, ensure_ascii=False, indent=2, default=lambda _: "(nested too deeply)")
    except RecursionError:
        return _TOO_DEEP


def _word(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _extension(part: Part) -> str:
    known = _EXTENSIONS.get(part.mime.split(";")[0].strip().lower())
    return known or _BY_KIND.get(part.kind, ".bin")


def texts(found: Iterable[Part]) -> Iterator[str]:
    """The plain texts among the parts."""
    return (part.text for part in found if part.kind == "text")


def repeats(structured: Part, found: Iterable[Part]) -> bool:
    """Whether a text block says the same as the structured content, as servers should have it.

    Either as its JSON, or as the value that frameworks wrap as `{"result": value}`.
    """
    try:
        value = json.loads(structured.text)
    except (ValueError, RecursionError):  # it was too deep to be laid out
        return False
    for text in texts(found):
        if _unwrapped(value) == text:
            return True
        with contextlib.suppress(ValueError, RecursionError):
            if json.loads(text) in (value, _unwrapped(value)):
                return True
    return False


def _unwrapped(value: Any) -> Any:
    return value["result"] if isinstance(value, dict) and value.keys() == {"result"} else value


def tokens_of(found: Sequence[Part]) -> int:
    """About how many tokens a model is given with these parts: of text, embedded or not, and of JSON.

    Structured content counts where there is no text: hosts give a model the text where there is some.
    Pictures, sounds and other data count nothing (`inspector.wire.tokens`).
    """
    told = [part.text for part in found if part.kind in ("text", "json", "link")]
    return sum(map(tokens.estimate, told or [part.text for part in found if part.kind == "structured"]))
