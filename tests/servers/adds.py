"""Does nothing wrong, and adds two numbers besides."""

from typing import Any

from _stdio import ECHO, reply, serve, text

ADD = {
    "name": "add",
    "description": "Adds",
    "inputSchema": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
    },
}


def more(id: Any, method: str, params: dict[str, Any]) -> bool:
    if method != "tools/call" or params.get("name") != "add":
        return False
    given = params["arguments"]
    reply(id, text(str(given["a"] + given["b"])))
    return True


serve(lambda id: reply(id, text("done")), tools=[ECHO, ADD], more=more)
