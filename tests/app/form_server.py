"""A server with one tool whose schema has every construct that a form knows."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from inspector.demo.server import Server
from inspector.wire.jsonrpc import encode
from tests.app.stage import StagedServer

EVERYTHING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {
            "type": "string",
            "description": "What to call the order",
            "minLength": 3,
            "maxLength": 40,
            "examples": ["Two chairs"],
        },
        "count": {"type": "integer", "minimum": 1, "maximum": 99, "default": 2},
        "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        "gift": {"type": "boolean"},
        "note": {"type": ["string", "null"], "default": None, "description": "Null says: no note"},
        "day": {"type": "string", "format": "date", "description": "When it is to come"},
        "mail": {"type": "string", "format": "email"},
        "colour": {"enum": ["red", "green", "blue"]},
        "size": {"enum": ["s", "m", "l"], "enumNames": ["Small", "Medium", "Large"], "default": "m"},
        "speed": {
            "oneOf": [
                {"const": 1, "title": "Normal", "description": "A week"},
                {"const": 2, "title": "Express", "description": "A day"},
            ]
        },
        "extras": {"type": "array", "items": {"enum": ["wrap", "card", "track"]}},
        "version": {"const": 3},
        "address": {"$ref": "#/$defs/address"},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "default": ["new"]},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "number": {"type": "integer"}},
                "required": ["name"],
            },
        },
        "place": {
            "prefixItems": [{"type": "number"}, {"type": "number"}],
            "items": False,
            "minItems": 2,
            "description": "Latitude and longitude",
        },
        "pay": {
            "oneOf": [
                {
                    "title": "Card",
                    "type": "object",
                    "properties": {"kind": {"const": "card"}, "holder": {"type": "string"}},
                    "required": ["kind", "holder"],
                },
                {
                    "title": "Account",
                    "type": "object",
                    "properties": {"kind": {"const": "account"}, "iban": {"type": "string"}},
                    "required": ["kind", "iban"],
                },
            ]
        },
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "how": {"enum": ["post", "pick up"], "description": "The next fields follow from it"},
        "anything": {"description": "Any JSON"},
        "tree": {"$ref": "#/$defs/tree"},
    },
    "required": ["title", "address", "how"],
    "dependentRequired": {"gift": ["note"]},
    "allOf": [{"properties": {"count": {"maximum": 50}}}],
    "if": {"properties": {"how": {"const": "post"}}, "required": ["how"]},
    "then": {
        "properties": {
            "street": {"type": "string"},
            "signed": {"type": "boolean", "default": True},
        },
        "required": ["street"],
    },
    "else": {"properties": {"shop": {"type": "string", "examples": ["Main square"]}}},
    "$defs": {
        "address": {
            "type": "object",
            "properties": {
                "town": {"type": "string"},
                "code": {"type": "string", "pattern": "^[0-9]{4}$"},
            },
            "required": ["town"],
        },
        "tree": {"type": "object", "properties": {"next": {"$ref": "#/$defs/tree"}}},
    },
}
TOOL = {"name": "order", "description": "Every construct that a form knows.", "inputSchema": EVERYTHING}


class FormServer(StagedServer):
    """The demo server, with `order` for its only tool, which gives back what it is given."""

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        out: list[bytes] = []
        server = Server(out.append)
        async for message in messages:
            request = json.loads(message)
            match request.get("method"):
                case "tools/list":
                    reply: Any = _result(request, {"tools": [TOOL]})
                case "tools/call":
                    text = json.dumps(request["params"]["arguments"])
                    reply = _result(request, {"content": [{"type": "text", "text": text}]})
                case _:
                    reply = server.handle(request, beside=False)
            if reply is not None:
                out.append(encode(reply))
            while out:
                yield out.pop(0).rstrip(b"\n")


def _result(request: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "result": {"resultType": "complete", **result}}
