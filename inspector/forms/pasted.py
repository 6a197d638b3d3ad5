"""A paste that is meant for a whole form: the arguments as JSON, alone or in their request."""

from __future__ import annotations

from typing import Any

from inspector.forms import json_text
from inspector.forms.json_text import NotJson
from inspector.forms.plan import Field
from inspector.forms.unset import UNSET, Unset

LONGEST = 1_000_000


def looks_whole(text: str) -> bool:
    """Whether it is worth parsing: cheap, and wrong now and then."""
    return len(text) <= LONGEST and text.lstrip()[:1] == "{"


def pasted(field: Field, text: str, *, into_text: bool = False) -> dict[str, Any] | Unset:
    """The arguments that `text` stands for, or `UNSET` where it is an ordinary paste.

    A whole request, its params, or the arguments alone. A request is told by `method` and `params`, params by
    `name` and `arguments`, unless the form itself asks for members of these names.

    Args:
        field: What the form asks for.
        text: What was pasted.
        into_text: The cursor is in a field for text, where an object may be meant as text: it is only taken
            for the form if they have a member in common.
    """
    if field.kind != "object" or not looks_whole(text):
        return UNSET
    try:
        value = json_text.parse(text)
    except NotJson:
        return UNSET
    names = {child.key for child in field.children}
    value = _inside(value, "params", "method", names)
    value = _inside(value, "arguments", "name", names)
    if not isinstance(value, dict) or (into_text and names and not names & value.keys()):
        return UNSET
    return value


def _inside(value: Any, key: str, beside: str, names: set[str]) -> Any:
    """The member `key` of `value` where it is an envelope around the arguments."""
    if isinstance(value, dict) and beside in value and key not in names and isinstance(value.get(key), dict):
        return value[key]
    return value
