"""Resource templates (RFC 6570): the variables of one as a JSON Schema, and the URI that values give.

Pure. The grammar is held to the letter, so that a template which only seems to be one is told; expanding
is the business of uritemplate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from inspector.errors import UsageError

_NAME = r"(?:\w|%[0-9A-Fa-f]{2})(?:\.?(?:\w|%[0-9A-Fa-f]{2}))*"
_VARIABLE = re.compile(rf"(?a:({_NAME})(\*|:[1-9][0-9]{{0,3}})?)")
_EXPRESSION = re.compile(r"\{([+#./;?&]?)([^{}]*)\}")
_OUTSIDE = re.compile(r"""[{}\x00-\x20"'<>\\^`|\x7f]""")
_NEEDED = ("", "+", "/", ".")
"""Operators that give a URI with a hole in it where a variable has no value."""

TEXT: Mapping[str, Any] = {"type": "string"}
_MANY: Mapping[str, Any] = {
    "anyOf": [
        {"title": "list", "type": "array", "items": TEXT},
        {"title": "one", **TEXT},
        {"title": "names and values", "type": "object", "additionalProperties": TEXT},
    ]
}


LONGEST = 2_000
"""Characters of a template that is expanded: what is longer, no server takes as a URI."""


def problem(template: str) -> str:
    """Why this is no template of RFC 6570, section 2, in a sentence; empty where it is one."""
    if len(template) > LONGEST:
        return f"A template of {len(template):,} characters is longer than any URI"
    for match in _EXPRESSION.finditer(template):
        for spec in match[2].split(","):
            if _VARIABLE.fullmatch(spec) is None:
                return f"{match[0][:200]!r} is no expression of RFC 6570"
    rest = _EXPRESSION.sub("", template)
    if (found := _OUTSIDE.search(rest)) is not None:
        return f"{found[0]!r} may not stand in a template (RFC 6570)"
    return ""


def schema(template: str) -> dict[str, Any] | None:
    """Its variables as an object of texts, and of lists where they are exploded; `None` where it has none."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for match in _EXPRESSION.finditer(template):
        for spec in match[2].split(","):
            if (variable := _VARIABLE.fullmatch(spec)) is None:
                continue
            name, more = variable[1], variable[2] or ""
            if name in properties:
                continue
            properties[name] = dict(_MANY if more == "*" else TEXT)
            if more.startswith(":"):
                properties[name]["description"] = f"Its first {more[1:]} characters are used."
            if match[1] in _NEEDED and more != "*":
                required.append(name)
    return {"type": "object", "properties": properties, "required": required} if properties else None


def expand(template: str, value: Any) -> str:
    """The URI that a template gives with these variables (RFC 6570).

    Raises:
        UsageError: They do not fit the template, or it is too long.
    """
    if len(template) > LONGEST:  # what is no template takes uritemplate the square of its length
        raise UsageError(problem(template))
    # Imported here: few look at a template, and all wait for the first paint.
    import uritemplate

    variables = value if isinstance(value, Mapping) else {}
    try:
        return str(uritemplate.expand(template, {str(k): _plain(v) for k, v in variables.items()}))
    except (TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"These values do not fit the template: {error}") from error


def _plain(value: Any, *, inside: bool = False) -> Any:
    """A JSON value as a variable's: what is null is undefined, also in a list (section 2.3)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | Mapping) and inside:
        raise ValueError("lists and objects may not be nested")
    if isinstance(value, list):
        return [_plain(each, inside=True) for each in value if each is not None] or None
    if isinstance(value, Mapping):
        return {k: _plain(v, inside=True) for k, v in value.items() if v is not None} or None
    return value
