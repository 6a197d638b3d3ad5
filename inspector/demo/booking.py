"""The tool that asks back twice: three requests that are one call (2026-07-28, basic/patterns/mrtr).

What it must remember between them goes to the client and comes back as `requestState`; nothing is kept here.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False  # typing costs 3 ms, a tenth of this server's start
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

ENTRY: Json = {
    "name": "book",
    "title": "Book a trip",
    "description": "Asks who travels, and then whether that is right; books nothing.",
    "inputSchema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Where to"}},
        "required": ["city"],
    },
}
NEEDS: Json = {"elicitation": {"form": {}}}
"""What a client must declare to be asked."""

_WHO: Json = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Name", "description": "Who travels", "minLength": 1},
        "seats": {"type": "integer", "title": "Seats", "minimum": 1, "maximum": 4, "default": 1},
    },
    "required": ["name"],
}
_SURE: Json = {"type": "object", "properties": {"sure": {"type": "boolean", "title": "Yes", "default": True}}}


def serves_forms(capabilities: Any) -> bool:
    """Whether a client that declares this can be asked."""
    elicitation = capabilities.get("elicitation") if isinstance(capabilities, dict) else None
    return isinstance(elicitation, dict) and ("form" in elicitation or not elicitation)


def book(city: str, responses: Any, state: Any) -> Json | None:
    """The answer to one of the requests; `None` where the state is none that this made.

    Args:
        city: Where to.
        responses: `inputResponses` of the request.
        state: `requestState` of the request.
    """
    given = responses if isinstance(responses, dict) else {}
    if state is None:
        return _ask("who", f"Who travels to {city}?", _WHO, {"city": city})
    known = _read(state)
    if known is None:
        return None
    key = "sure" if "name" in known else "who"
    answer = given.get(key)
    answer = answer if isinstance(answer, dict) else {}
    content = answer.get("content")
    if not isinstance(content, dict) or answer.get("action") != "accept":
        return _text("Nothing was booked.")
    if key == "who":
        known |= {"name": str(content.get("name", "")), "seats": content.get("seats", 1)}
        return _ask("sure", f"{known['seats']} × {known['city']} for {known['name']}?", _SURE, known)
    booked = f"Booked: {known['seats']} × {known['city']} for {known['name']}."
    return _text(booked if content.get("sure", True) is True else "Nothing was booked.")


def _ask(key: str, message: str, schema: Json, state: Json) -> Json:
    params = {"mode": "form", "message": message, "requestedSchema": schema}
    return {
        "resultType": "input_required",
        "inputRequests": {key: {"method": "elicitation/create", "params": params}},
        "requestState": json.dumps(state).encode().hex(),
    }


def _read(state: Any) -> Json | None:
    try:
        known = json.loads(bytes.fromhex(state)) if isinstance(state, str) else None
    except ValueError:
        return None
    return known if isinstance(known, dict) and "city" in known and len(known) in (1, 3) else None


def _text(words: str) -> Json:
    return {"content": [{"type": "text", "text": words}]}
