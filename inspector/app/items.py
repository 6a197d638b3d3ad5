"""What stands in the list of capabilities and can be opened: a tool, a resource, a template, a prompt.

An item says in words what it is, which schema its form has, and which request running it makes. Pure:
the workbench shows it, the session sends it. Everything in it comes from the server and is hostile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.app import item_words, templates
from inspector.app.changed import places
from inspector.app.item_words import Remark
from inspector.forms.unset import UNSET
from inspector.journal.changes import KEYS, Mark
from inspector.wire.methods import LISTS

SECTIONS: Mapping[str, str] = {section: listed.heading for section, listed in LISTS.items()}
"""Section of the catalogue to its heading, in the order shown."""

_LONGEST = 200  # characters of a name, a title, a media type that are shown

_VERBS = {"tools": "Run", "resources": "Read", "templates": "Read", "prompts": "Get"}
_METHODS = {
    "tools": "tools/call",
    "resources": "resources/read",
    "templates": "resources/read",
    "prompts": "prompts/get",
}


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One capability, as the server described it. Two are the same if a request would name them alike.

    Attributes:
        section: `tools`, `resources`, `templates` or `prompts`.
        entry: The entry of the list, parsed; any JSON value at all.
        mark: What became of it since somebody took note of the list; empty for nothing.
        before: The entry as it was, where it is changed.
    """

    section: str
    entry: Any
    mark: Mark = ""
    before: Any = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Item) and (self.section, self.key) == (other.section, other.key)

    def __hash__(self) -> int:
        return hash((self.section, self.key))

    def text(self, key: str) -> str:
        """The string member `key`, or the empty string."""
        value = self.entry.get(key) if isinstance(self.entry, Mapping) else None
        return value if isinstance(value, str) else ""

    @property
    def output_schema(self) -> object:
        """What a tool declares its results to be; `UNSET` for what declares nothing."""
        entry = self.entry if self.section == "tools" and isinstance(self.entry, Mapping) else {}
        return entry.get("outputSchema", UNSET)

    @property
    def key(self) -> str:
        """What requests call it by: the name, or the URI of a resource or template."""
        return self.text(KEYS[self.section])

    @property
    def label(self) -> str:
        """What the list shows, not more of it than a line could."""
        return (self.text("name") or self.key or "(no name)")[:_LONGEST]

    @property
    def title(self) -> str:
        """The title for people, where it says more than the name."""
        annotations = self.entry.get("annotations") if isinstance(self.entry, Mapping) else None
        title = self.text("title")
        if not title and isinstance(annotations, Mapping) and isinstance(annotations.get("title"), str):
            title = annotations["title"]
        return "" if title == self.text("name") else title[:_LONGEST]

    @property
    def verb(self) -> str:
        """The word on the button."""
        return _VERBS[self.section]

    @property
    def notes(self) -> list[str]:
        """Annotations, media type and size in words."""
        return item_words.notes(self.section, self.entry)

    @property
    def remarks(self) -> list[Remark]:
        """What takes a line to say: what is odd, a UI, icons."""
        found = item_words.remarks(self.section, self.entry)
        match self.mark:
            case "changed":
                found.insert(0, Remark(f"changed: {places(self.before, self.entry)}", odd=True))
            case "gone":
                found.insert(
                    0, Remark("gone from the server's list; it can be called all the same", odd=True)
                )
            case "new":
                found.insert(0, Remark("new in the server's list"))
        if self.section == "templates" and (wrong := templates.problem(self.key)):
            found.insert(0, Remark(wrong, odd=True))
        return found

    @property
    def schema(self) -> Any:
        """The JSON Schema of its arguments; `None` where it takes none."""
        entry = self.entry if isinstance(self.entry, Mapping) else {}
        match self.section:
            case "tools":
                return entry.get("inputSchema", {"type": "object"})
            case "prompts":
                return _prompt_schema(entry.get("arguments"))
            case "templates":
                return templates.schema(self.key)
        return None

    def request(self, value: Any) -> tuple[str, dict[str, Any]]:
        """The request that running it makes: method and params.

        Args:
            value: What the form holds; `None` where nothing is filled in.

        Raises:
            UsageError: Its values do not fit a template.
        """
        method = _METHODS[self.section]
        match self.section:
            case "resources":
                return method, {"uri": self.key}
            case "templates":
                return method, {"uri": templates.expand(self.key, value)}
        params: dict[str, Any] = {"name": self.key}
        if value is not None:
            params["arguments"] = value
        return method, params


def _prompt_schema(arguments: Any) -> dict[str, Any] | None:
    if not isinstance(arguments, list):
        return None
    named = [a for a in arguments if isinstance(a, Mapping) and isinstance(a.get("name"), str)]
    if not named:
        return None
    properties = {
        a["name"]: {"type": "string"}
        | {k: a[k] for k in ("title", "description") if isinstance(a.get(k), str)}
        for a in named
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [a["name"] for a in named if a.get("required") is True],
    }
