"""Results and listings as text for people: sections, parts, sizes. Every server text is made safe."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from inspector.cli.output import table
from inspector.cli.paint import paint_for
from inspector.wire.content import Part, parts, repeats
from inspector.wire.methods import LISTS
from inspector.wire.visible import visible, visible_lines


def width() -> int | None:
    """Columns to lay out for; a pipe has as many as it likes, unless COLUMNS says otherwise."""
    return shutil.get_terminal_size((0, 24)).columns or None


def server_line(info: Mapping[str, Any], version: str) -> str:
    """`demo 1.0.0 · 2026-07-28`."""
    name = " ".join(_word(info, key) for key in ("name", "version") if _word(info, key)) or "unnamed server"
    paint = paint_for(sys.stdout)
    return paint.strong(visible(name)) + paint.faint(visible(f" · {version}"))


def section_lines(
    section: str, entries: list[Any], withheld: Mapping[str, list[str]] | None = None
) -> list[str]:
    """One section of a listing: a heading with the count, then a line for each entry.

    Args:
        section: One of `LISTS`.
        entries: As the server sent them.
        withheld: The names of those that are not called, with the reasons.
    """
    paint = paint_for(sys.stdout)

    def emphasize(first: str) -> str:
        name, space, signature = first.partition(" ")
        return name + paint.faint(space + signature)

    marks = withheld or {}
    rows = (_marked(_row(section, entry), marks.get(_name(entry), [])) for entry in entries)
    heading = f"{paint.strong(LISTS[section].heading)} {len(entries)}"
    return [heading, *table(rows, width(), emphasize)]


def _name(entry: Any) -> str:
    return _word(entry, "name") if isinstance(entry, Mapping) else ""


def _marked(row: tuple[str, str], reasons: list[str]) -> tuple[str, str]:
    first, about = row
    says = f"not called over HTTP: {'; '.join(reasons)}" if reasons else ""
    return first, " · ".join(each for each in (says, about) if each)


def _row(section: str, entry: Any) -> tuple[str, str]:
    if not isinstance(entry, Mapping):
        return ("?", f"not an object: {entry!r}")
    about = _summary(_word(entry, "description")) or _word(entry, "title")
    if section in ("tools", "prompts"):
        return _word(entry, "name") + "".join(_signature(entry)), about
    address = _word(entry, "uri" if section == "resources" else "uriTemplate")
    said = [_word(entry, "name"), _word(entry, "mimeType"), about]
    return address, " · ".join(each for each in said if each)


def _summary(text: str) -> str:
    """The first paragraph on one line: many descriptions are docstrings, and go on about arguments."""
    return " ".join(_PARAGRAPH_END.split(text.strip(), 1)[0].split())


_PARAGRAPH_END = re.compile(r"\n[ \t\r]*\n")


def _signature(entry: Mapping[str, Any]) -> Iterator[str]:
    """The names of the arguments; the optional ones in brackets."""
    schema, arguments = entry.get("inputSchema"), entry.get("arguments")
    names: list[tuple[str, bool]] = []
    if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping):
        required = schema.get("required")
        needed = required if isinstance(required, list) else []
        names = [(str(name), name in needed) for name in schema["properties"]]
    elif isinstance(arguments, list):
        names = [
            (_word(each, "name"), each.get("required") is True)
            for each in arguments
            if isinstance(each, dict)
        ]
    for name, required in names:
        yield f" {name}" if required else f" [{name}]"


def result_lines(result: Any) -> list[str]:
    """The result of a tool, a resource or a prompt."""
    found = parts(result)
    lines: list[str] = []
    for part in found:
        if part.kind == "structured" and repeats(part, found):
            continue
        if part.role:
            lines.append(paint_for(sys.stdout).strong(f"{visible(part.role)}:"))
        lines += _part_lines(part)
    return lines


def _part_lines(part: Part) -> list[str]:
    match part.kind:
        case "text" | "json" | "structured":
            lines = visible_lines(part.text)
            return lines[:-1] if len(lines) > 1 and not lines[-1] else lines
        case "link":
            says = f"[link {part.uri}{_about(part.name)}{_about(part.mime)}]"
        case kind:
            says = f"[{kind} {part.facts}]" if part.mime else f"[{part.facts}]"
    return [paint_for(sys.stdout).faint(visible(says))]


def _about(text: str) -> str:
    return f" {text}" if text else ""


def _word(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""
