"""Says back the parameters of every request, and appends each line that it receives to a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import _stdio

SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}, "n": {"type": "number"}}}


def answer(id: Any, method: str, params: dict[str, Any]) -> bool:
    said = json.dumps({key: value for key, value in params.items() if key != "_meta"}, sort_keys=True)
    match method:
        case "tools/call" if params.get("name") == "fail":
            _stdio.reply(id, {**_stdio.text(said), "isError": True})
        case "tools/call" if params.get("name") == "refuse":
            _stdio.fail(id, -32602, "No such thing")
        case "tools/call":
            _stdio.reply(id, _stdio.text(said))
        case "resources/read":
            _stdio.reply(id, {"contents": [{"uri": params["uri"], "text": said}]})
        case "prompts/get":
            message = {"role": "user", "content": {"type": "text", "text": said}}
            _stdio.reply(id, {"messages": [message]})
        case "resources/templates/list":
            _stdio.reply(id, {"resourceTemplates": []})
        case "completion/complete":
            _stdio.reply(id, {"completion": {"values": [said[:50]]}})
        case "tools/list" | "initialize" | "ping":
            return False
        case _:
            _stdio.reply(id, {"said": params.get("said")})
    return True


def main() -> None:
    received = Path(sys.argv[1])

    def noting() -> Any:
        for line in sys.stdin.buffer:
            with received.open("ab") as file:
                file.write(line)
            if line.strip():
                yield json.loads(line)

    _stdio.requests = noting  # what `serve` reads
    tools = [{"name": name, "inputSchema": SCHEMA} for name in ("say", "fail", "refuse")]
    offers: dict[str, Any] = {"resources": {}, "prompts": {}, "completions": {}}
    _stdio.serve(lambda id: None, tools=tools, name="repeats", more=answer, capabilities=offers)


if __name__ == "__main__":
    main()
