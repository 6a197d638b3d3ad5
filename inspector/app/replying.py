"""From what is entered for a question of the server to the result that answers it, and back. Pure.

Which form a question has, with what it begins, and what becomes of its value. What is shown is what is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.forms.unset import UNSET
from inspector.session.answers import place_of

if TYPE_CHECKING:
    from inspector.session.serving import AskedKind

_TEXT = "What the model says. Anything else than text, such as tool_use, goes as JSON"
SAMPLE: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": _TEXT},
        "role": {"enum": ["assistant", "user"], "default": "assistant"},
        "model": {
            "type": "string",
            "default": "a person",
            "description": "The name of the model that was used",
        },
        "stopReason": {
            "type": "string",
            "default": "endTurn",
            "examples": ["endTurn", "stopSequence", "maxTokens", "toolUse"],
        },
    },
    "required": ["text", "role", "model"],
}
"""What a person enters in the place of a model (client/sampling)."""
ROOTS: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "roots": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "uri": {"type": "string", "description": "A file: URI, or a path, which becomes one"},
                    "name": {"type": "string"},
                },
                "required": ["uri"],
            },
        }
    },
    "required": ["roots"],
}
"""What a person enters as roots (client/roots)."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # one letter is a drive
_ANYTHING: Mapping[str, Any] = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for by a form.

    Attributes:
        schema: Of what is entered; `None` where there is nothing to enter but JSON.
        value: With what the form begins; `UNSET` for the defaults of the schema.
    """

    schema: Any
    value: Any = UNSET


def asks(kind: AskedKind, params: Mapping[str, Any], roots: Sequence[Mapping[str, Any]] = ()) -> Ask:
    """The form for a question.

    Args:
        kind: What is asked for.
        params: In full.
        roots: The ones to begin with.
    """
    match kind:
        case "elicitation-form":
            return Ask(params.get("requestedSchema", _ANYTHING))
        case "sampling":
            return Ask(SAMPLE)
        case "roots":
            return Ask(ROOTS, {"roots": [dict(root) for root in roots]})
    return Ask(None)


def result_of(kind: AskedKind, value: Any) -> Any:
    """The result that says yes with `value`, which may be anything, or `UNSET`."""
    match kind:
        case "elicitation-form":
            return {"action": "accept", "content": {} if value is UNSET else value}
        case "elicitation-url":
            return {"action": "accept"}
        case "sampling":
            return _sample(value)
        case "roots":
            return _roots(value)
    return {} if value is UNSET else value


def value_of(kind: AskedKind, result: Any) -> Any:
    """What is entered in the form for this result; `UNSET` where no form stands for it."""
    if not isinstance(result, Mapping):
        return UNSET
    match kind:
        case "elicitation-form" if result.get("action") == "accept" and result.keys() <= {
            "action",
            "content",
        }:
            return result.get("content", UNSET)
        case "sampling":
            content = result.get("content")
            if isinstance(content, Mapping) and content.keys() == {"type", "text"}:
                rest = {key: each for key, each in result.items() if key != "content"}
                return {"text": content["text"], **rest}
        case "roots" if result.keys() == {"roots"}:
            return dict(result)
    return UNSET


def here() -> Mapping[str, Any]:
    """The directory that this program was started in, as a root."""
    return place_of(str(Path.cwd()))


def _sample(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return {} if value is UNSET else value
    rest = {key: each for key, each in value.items() if key not in ("text", "role")}
    content = {"content": {"type": "text", "text": value["text"]}} if "text" in value else {}
    role = {"role": value["role"]} if "role" in value else {}
    return {**role, **content, **rest}


def _roots(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return {"roots": []} if value is UNSET else value
    roots = value.get("roots", [])
    if not isinstance(roots, list):
        return dict(value)
    return {**value, "roots": [_root(root) for root in roots]}


def _root(root: Any) -> Any:
    """A path becomes a URI; the name that was typed stays, and one that was not is not made up."""
    uri = root.get("uri") if isinstance(root, Mapping) else None
    if not isinstance(uri, str) or not uri or _SCHEME.match(uri):
        return root
    return {**root, "uri": place_of(uri)["uri"]}
