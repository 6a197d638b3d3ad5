"""Its tools declare output schemas; their results hold to them or not."""

from typing import Any

from _stdio import reply, serve, text

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "number"}}},
    "required": ["city"],
}
MANY = {"type": "array", "items": {"type": "number"}}
RESULTS: dict[str, dict[str, Any]] = {
    "right": {**text('{"city": "Oslo"}'), "structuredContent": {"city": "Oslo"}},
    "wrong": {"content": [], "structuredContent": {"days": [1, "\x1b[31mtwo"]}},
    "missing": text("Oslo"),
    "failed": {**text("no such city"), "isError": True},
    "many": {"content": [], "structuredContent": ["x"] * 50},
}


def call(id: object, method: str, params: dict[str, Any]) -> bool:
    if method == "tools/call":
        reply(id, RESULTS[params["name"]])
    return method == "tools/call"


def listed(name: str) -> dict[str, Any]:
    given = {"type": "object", "properties": {"n": {"type": "number"}}}
    return {"name": name, "inputSchema": given, "outputSchema": MANY if name == "many" else SCHEMA}


serve(lambda id: None, tools=[listed(name) for name in RESULTS], more=call)
