"""Asks for a name, caused by nothing, for each line that comes through the FIFO of its argument."""

import json
import os
import sys
import threading
from typing import Any

from _stdio import VERSIONS, reply, send

SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def watch() -> None:
    # For writing too: so it has no end, and nothing is lost between two that write.
    with os.fdopen(os.open(sys.argv[1], os.O_RDWR), encoding="utf-8") as fifo:
        while line := fifo.readline():
            params = {"message": line.strip(), "requestedSchema": SCHEMA}
            send({"jsonrpc": "2.0", "id": "q", "method": "elicitation/create", "params": params})


def answer(message: dict[str, Any]) -> None:
    match message.get("method"):
        case "initialize":
            info = {"name": "unasked", "version": "1"}
            reply(message["id"], {"protocolVersion": VERSIONS[-1], "capabilities": {}, "serverInfo": info})
        case "ping":
            reply(message["id"], {})
        case None:
            told = {"level": "info", "data": message.get("result")}
            send({"jsonrpc": "2.0", "method": "notifications/message", "params": told})
        case _ if "id" in message:
            error = {"code": -32601, "message": "Method not found"}
            send({"jsonrpc": "2.0", "id": message["id"], "error": error})


threading.Thread(target=watch, daemon=True).start()
for line in sys.stdin:
    answer(json.loads(line))
