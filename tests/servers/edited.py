"""A server to be edited while it runs: `write` makes its script, each time with other tools and answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SCRIPT = """
import json, sys

TOOLS = {tools!r}
ANSWER = {answer!r}

for line in sys.stdin:
    request = json.loads(line)
    method = request.get("method")
    if "id" not in request:
        continue
    if method == "initialize":
        result = {{"protocolVersion": "2025-11-25", "capabilities": {{"tools": {{}}}},
                  "serverInfo": {{"name": "edited", "version": "1"}}}}
    elif method == "tools/list":
        result = {{"tools": TOOLS}}
    elif method == "tools/call":
        result = {{"content": [{{"type": "text", "text": ANSWER}}]}}
    else:
        reply = {{"jsonrpc": "2.0", "id": request["id"], "error": {{"code": -32601, "message": "no"}}}}
        print(json.dumps(reply), flush=True)
        continue
    print(json.dumps({{"jsonrpc": "2.0", "id": request["id"], "result": result}}), flush=True)
"""


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object"}, **more}


def write(path: Path, tools: list[dict[str, Any]], answer: str = "one") -> None:
    path.write_text(SCRIPT.format(tools=tools, answer=answer), encoding="utf-8")
