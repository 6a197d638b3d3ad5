"""What an entry of a list says of itself besides name and arguments, in words: hints, icons, a UI.

Pure. It comes from the server, is checked by nobody and may be of any shape: what is odd is told, not
believed. Nothing is fetched, nothing rendered. Texts are as sent: make them `visible`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from inspector.wire.visible import size

UI_PROFILE = "profile=mcp-app"
_LONGEST = 200  # characters of a word that are shown
_MOST_ICONS = 2
_MOST_DOMAINS = 3
_HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
_DIRECTIVES: Mapping[str, str] = {
    "connectDomains": "connects to",
    "resourceDomains": "loads from",
    "frameDomains": "frames",
    "baseUriDomains": "base",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A line about an entry.

    Attributes:
        text: As sent, so not safe for a terminal.
        odd: Something is wrong with it.
        uri: The resource that it leads to, if it does.
    """

    text: str
    odd: bool = False
    uri: str = ""


def notes(section: str, entry: Any) -> list[str]:
    """Hints, media type, size and the like, a few words each."""
    entry = _object(entry)
    annotations = _object(entry.get("annotations"))
    found = list(_hints(annotations)) if section == "tools" else list(_audience(annotations))
    support = _object(entry.get("execution")).get("taskSupport")
    if section == "tools" and isinstance(support, str) and support != "forbidden":  # which is the default
        found.append(f"as a task: {support[:_LONGEST]}")
    if isinstance(mime := entry.get("mimeType"), str) and mime:
        found.append(mime[:_LONGEST])
    if isinstance(length := entry.get("size"), int) and not isinstance(length, bool):
        found.append(size(length) if 0 <= length < 10**18 else "an odd size")
    return found


def remarks(section: str, entry: Any) -> list[Remark]:
    """What takes a line: what contradicts itself, a UI, icons, further data."""
    entry = _object(entry)
    found = [Remark(says, odd=True) for says in _odd(section, entry)]
    found += _ui(section, entry)
    found += _icons(entry.get("icons"))
    if meta := [name for name in _object(entry.get("_meta")) if name not in ("ui", "ui/resourceUri")]:
        names = ", ".join(name[:_LONGEST] for name in meta[:_MOST_DOMAINS])
        found.append(Remark(f"_meta: {names}{_and_more(len(meta) - _MOST_DOMAINS)}"))
    return found


def is_destructive(entry: Any) -> bool:
    """Whether a tool says itself that it may destroy something.

    One that says nothing counts as destructive by the specification's default (server/tools); most tools
    say nothing, so that a question about each would be answered without being read.
    """
    annotations = _object(_object(entry).get("annotations"))
    return annotations.get("destructiveHint") is True and annotations.get("readOnlyHint") is not True


def is_app(uri: Any, mime: Any) -> bool:
    """Whether a resource is the UI of an MCP App."""
    said = mime.replace(" ", "").casefold() if isinstance(mime, str) else ""
    return (isinstance(uri, str) and uri.casefold().startswith("ui://")) or UI_PROFILE in said.split(";")


def app_words(meta: Any) -> list[str]:
    """What the UI of an app asks of its host (`_meta.ui` of a resource or of its contents)."""
    ui = _object(_object(meta).get("ui"))
    found = []
    csp = _object(ui.get("csp"))
    for key, verb in _DIRECTIVES.items():
        domains = csp.get(key)
        if isinstance(domains, list) and domains:
            names = ", ".join(str(name)[:_LONGEST] for name in domains[:_MOST_DOMAINS])
            found.append(f"{verb} {names}{_and_more(len(domains) - _MOST_DOMAINS)}")
    if permissions := _object(ui.get("permissions")):
        found.append(f"wants {', '.join(str(name)[:_LONGEST] for name in permissions)}")
    if isinstance(domain := ui.get("domain"), str):
        found.append(f"origin {domain[:_LONGEST]}")
    if isinstance(border := ui.get("prefersBorder"), bool):
        found.append("with a border" if border else "without a border")
    return found


def _hints(annotations: Mapping[str, Any]) -> Iterator[str]:
    # What is the default (server/tools, ToolAnnotations) tells nothing; of a tool that only reads, neither
    # does whether it destroys or may be repeated. The entry has all of it as it was sent.
    reads, destroys, repeats, reaches = (annotations.get(key) for key in _HINTS)
    if reads is True:
        yield "read-only"
        if destroys is True:
            yield "destructive"
    elif isinstance(destroys, bool):
        yield "destructive" if destroys else "not destructive"
    elif reads is False:
        yield "not read-only"
    if repeats is True and reads is not True:
        yield "idempotent"
    if isinstance(reaches, bool):
        yield "open world" if reaches else "closed world"


def _audience(annotations: Mapping[str, Any]) -> Iterator[str]:
    audience = annotations.get("audience")
    if isinstance(audience, list) and audience:
        yield f"for {' and '.join(str(role)[:_LONGEST] for role in audience[:4])}"
    priority = annotations.get("priority")
    if isinstance(priority, int | float) and not isinstance(priority, bool):
        yield f"priority {priority:g}" if isinstance(priority, float) else f"priority {str(priority)[:9]}"
    if isinstance(modified := annotations.get("lastModified"), str):
        yield f"modified {modified[:_LONGEST]}"


def _odd(section: str, entry: Mapping[str, Any]) -> Iterator[str]:
    annotations = entry.get("annotations")
    if annotations is not None and not isinstance(annotations, Mapping):
        yield "annotations is no object"
    annotations = _object(annotations)
    if section == "tools":
        for key in _HINTS:
            if key in annotations and not isinstance(annotations[key], bool):
                yield f"{key} is {_short(annotations[key])}, which is neither true nor false"
        if annotations.get("readOnlyHint") is True and annotations.get("destructiveHint") is True:
            yield "it says that it only reads, and that it is destructive"
        return
    priority = annotations.get("priority")
    if priority is not None and not (_is_number(priority) and 0 <= priority <= 1):
        yield f"priority is {_short(priority)}, and not from 0 to 1"
    modified = annotations.get("lastModified")
    if modified is not None and not _is_time(modified):
        yield f"lastModified is {_short(modified)}, which is no time of ISO 8601"


def _ui(section: str, entry: Mapping[str, Any]) -> Iterator[Remark]:
    meta = _object(entry.get("_meta"))
    if section == "resources" and is_app(entry.get("uri"), entry.get("mimeType")):
        words = app_words(meta)
        yield Remark(" · ".join(["UI of an app, shown as source and never run", *words]))
    if section != "tools":
        return
    ui = _object(meta.get("ui"))
    uri = ui.get("resourceUri", meta.get("ui/resourceUri"))  # the flat one is how it was spelled first
    if uri is None:
        return
    if not isinstance(uri, str) or not uri.casefold().startswith("ui://"):
        yield Remark(f"its UI is {_short(uri)}, which is no ui:// resource", odd=True)
        return
    visible_to = ui.get("visibility")
    seen = (
        f", called by {' and '.join(str(each)[:_LONGEST] for each in visible_to[:4])}"
        if isinstance(visible_to, list) and visible_to
        else ""
    )
    yield Remark(f"UI {uri[:_LONGEST]}{seen}", uri=uri)


def _icons(icons: Any) -> Iterator[Remark]:
    if not isinstance(icons, list):
        if icons is not None:
            yield Remark("icons is no list", odd=True)
        return
    for icon in icons[:_MOST_ICONS]:
        icon = _object(icon)
        source, trouble = _source(icon.get("src"))
        sizes = icon.get("sizes")
        sizes = sizes if isinstance(sizes, list) else [sizes]
        facts = [icon.get("mimeType"), *sizes[:4], icon.get("theme")]
        words = " ".join(fact[:_LONGEST] for fact in facts if isinstance(fact, str) and fact)
        yield Remark(f"icon{words and ' '}{words}, {source}", odd=trouble)
    if len(icons) > _MOST_ICONS:
        yield Remark(f"icons{_and_more(len(icons) - _MOST_ICONS)}")


def _source(src: Any) -> tuple[str, bool]:
    """Where an icon is, and whether that is odd: it has to be https or data (basic, "Icons")."""
    if not isinstance(src, str) or not src:
        return "without a source", True
    scheme, colon, rest = src.partition(":")
    scheme = scheme.strip().casefold()
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        return f"{src[:_LONGEST]}, which is no URL", True
    if scheme == "data":
        return f"in the entry, {size(len(rest))}", False
    if scheme in ("https", "http"):
        try:
            host = urlsplit(src[:2000]).netloc.rpartition("@")[2]
        except ValueError:
            host = ""
        return f"{scheme}://{host[:_LONGEST]}", scheme == "http" or not host
    return f"{src[:_LONGEST]}, an odd scheme", True


def _is_time(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    return repr(value[:40]) if isinstance(value, str) else repr(value)[:40]


def _and_more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
