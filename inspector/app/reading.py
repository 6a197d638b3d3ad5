"""The ways in which a part of a result can be read, and what is said of it in words. Pure; no widget.

All lines are safe for a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from textual.content import Content

from inspector.app.picture import available
from inspector.forms.unset import UNSET
from inspector.wire.content import Part, indented, tokens_of
from inspector.wire.tokens import about
from inspector.wire.visible import size, visible

if TYPE_CHECKING:
    from inspector.forms.output import Mismatch

TEXT: Final = "Text"
JSON: Final = "JSON"
MARKDOWN: Final = "Markdown"
PICTURE: Final = "Picture"
ABOUT: Final = "About"
SCHEMA: Final = "Schema"
WIRE: Final = "Wire"
"""The whole result, as it was sent."""

_PARSED = 2_000_000  # characters of a text that are parsed to see whether it is JSON; longer ones may be it


def ways(part: Part) -> tuple[str, ...]:
    """The ways of reading a part, the usual one first."""
    from inspector.app.markdown import LONGEST  # here: the first paint waits for nothing that reads a result

    match part.kind:
        case "text":
            found = [TEXT]
            if is_json(part.text):
                found.append(JSON)
            if part.text and len(part.text) <= LONGEST:
                found.append(MARKDOWN)
            return tuple(found)
        case "structured" | "json":
            return (JSON,)
        case "image" if available():
            return (PICTURE,)
    return (ABOUT,)


def is_json(text: str) -> bool:
    """Whether a text is a JSON object or array; of a very long one, whether it looks so at both ends."""
    ends = text[:100].lstrip()[:1], text[-100:].rstrip()[-1:]
    if ends not in (("{", "}"), ("[", "]")):
        return False
    if len(text) > _PARSED:
        return True
    try:
        json.loads(text)
    except ValueError:
        return False
    except RecursionError:
        return True
    return True


def summary(found: Sequence[Part]) -> str:
    """How much a result is to a model: `≈ 1.2k tokens`; pictures and sounds are named, not estimated."""
    counts = {kind: sum(part.kind == kind for part in found) for kind in ("image", "audio")}
    said = [f"{n} {kind}" + "s" * (n > 1 and kind == "image") for kind, n in counts.items() if n]
    told = tokens_of(found)
    return " + ".join([about(told), *said] if told or not said else said)


def describe(part: Part, number: int) -> str:
    """One line for the list of parts, safe to show."""
    role = f"{part.role}: " if part.role else ""
    notes = f"  ({part.notes})" if part.notes else ""
    match part.kind:
        case "link":
            shown = f"{number}  {role}link  {part.name or part.uri}  {part.mime}  ⏎ open{notes}"
        case "text":
            first = part.text[:400].strip()[:80]
            shown = f"{number}  {role}{part.mime or 'text'}  {size(part.size)}{notes}  {first}"
        case "structured":
            shown = f"{number}  structured content  {size(part.size)}"
        case _:
            shown = f"{number}  {role}{'  '.join(part.facts.split(', '))}  {part.name}".rstrip() + notes
    return visible(shown.rstrip())


def explain(part: Part) -> str:
    """What can be said of a part that is no text."""
    if part.kind == "link":
        return visible(f"A link to the resource {part.uri} - enter on its line reads it.")
    broken = "" if part.payload() is not None else " Its data is not valid base64."
    extra = "" if part.kind != "image" or available() else " The extra mcp-inspect[images] draws pictures."
    return visible(f"{part.facts}. ctrl+s saves it to a file.{broken}{extra}")


def checked(found: Sequence[Mismatch], short: bool) -> Content:
    """The first mismatches as lines: `!` before what the protocol demands, `·` before what it recommends."""
    most = 1 if short else 3
    shown = list(found[:most])
    lines = [(visible(each.sentence), each.must) for each in shown]
    more = f" … {len(found) - most} more: see {SCHEMA}" if len(found) > most else ""
    pieces = []
    for number, (line, must) in enumerate(lines):
        tail = (more if number == len(lines) - 1 else "") + ("\n" if number < len(lines) - 1 else "")
        pieces.append((f"{'!' if must else '·'} {line}{tail}", "$text-warning" if must else "$text-muted"))
    return Content.assemble(*pieces)


def held(found: Sequence[Mismatch] | None, schema: Any) -> str:
    """All mismatches and the schema that they are about, as a text."""
    if found is None:
        lines = ["The result is being held against the output schema."]
    else:
        lines = [f"{'!' if each.must else '·'} {each.sentence} ({each.clause})" for each in found]
        if not any(each.must for each in found):
            lines.append("The structured content is what the output schema allows.")
    return "\n".join([*lines, "", "Output schema:", "" if schema is UNSET else indented(schema)])
