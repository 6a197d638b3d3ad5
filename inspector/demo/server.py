"""The demo server's protocol: lines in, lines out, both eras in one process.

A request with a protocol version in its `_meta` is of the modern era (2026-07-28); any other belongs to
the legacy era, which `initialize` opens. What is offered stands in `offer.py`.
"""

from __future__ import annotations

import json
import threading

from inspector.demo import booking, offer
from inspector.demo.versions import LATEST_LEGACY, LEGACY, META, V2, V5, fit

TYPE_CHECKING = False  # typing costs 3 ms, a tenth of this server's start
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, BinaryIO

    Json = dict[str, Any]
    Id = int | str | None

INFO = {"name": "demo", "title": "Demo server", "version": "1.0.0"}
INSTRUCTIONS = "Try echo first, then weather for a longer form, and countdown for progress."
SLOW = tuple(name for name, tool in offer.TOOLS.items() if tool.slow)
PAGE = 3
"""Entries on a page of `resources/list`; the other lists have one page."""

CAPABILITIES: Json = {"tools": {}, "resources": {}, "prompts": {}, "completions": {}, "logging": {}}


class Refused(Exception):
    """Ends a request with a JSON-RPC error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.error: Json = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


class Call:
    """One request in hand: its version, and what may be sent while it runs."""

    def __init__(self, server: Server, request: Json, version: str) -> None:
        params = request.get("params")
        self.id: Id = request["id"]
        self.method: str = request["method"]
        self.params: Json = params if isinstance(params, dict) else {}
        self.version = version
        self.cancelled = threading.Event()
        self._server = server
        meta = self.params.get("_meta")
        self._meta: Json = meta if isinstance(meta, dict) else {}

    @property
    def modern(self) -> bool:
        return self.version == V5

    @property
    def can_be_asked(self) -> bool:
        """Whether its answer may be a question: in the modern era, of a client that serves forms."""
        return self.modern and booking.serves_forms(self._meta.get(META + "clientCapabilities"))

    def progress(self, progress: float, total: float, message: str) -> None:
        """Tell how far it is, if the client asked to be told."""
        token = self._meta.get("progressToken")
        if token is None or self.cancelled.is_set():
            return
        params: Json = {"progressToken": token, "progress": progress, "total": total}
        if self.version >= V2:
            params["message"] = message
        self._server.notify("notifications/progress", params)

    def log(self, level: str, data: Any) -> None:
        """Send a log message, unless it is below the level that the client asked for."""
        wanted = self._meta.get(META + "logLevel") if self.modern else self._server.level
        if wanted in offer.LEVELS and offer.LEVELS.index(level) >= offer.LEVELS.index(wanted):
            self._server.notify("notifications/message", {"level": level, "logger": "demo", "data": data})


class Server:
    """One connection."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._writing = threading.Lock()
        self._calls: dict[Id, Call] = {}
        self._legacy: str | None = None
        self.level = "info"
        """Lowest level of log messages in the legacy era; `logging/setLevel` sets it."""

    def send(self, message: Json | list[Json]) -> None:
        line = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        # A lone surrogate has no UTF-8 form; as a backslash escape it is what JSON calls it.
        encoded = line.encode("utf-8", "backslashreplace") + b"\n"
        with self._writing:
            self._write(encoded)

    def notify(self, method: str, params: Json) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def line(self, line: bytes) -> None:
        """Take one line of input."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self.send(_error(None, Refused(-32700, "Parse error")))
            return
        if isinstance(message, list) and message and self._legacy == V2:  # the one version with batches
            replies = [reply for item in message if (reply := self.handle(item, beside=False))]
            if replies:
                self.send(replies)
        elif reply := self.handle(message):
            self.send(reply)

    def handle(self, message: Any, *, beside: bool = True) -> Json | None:
        """The reply to one message; `None` where none is owed, or where it comes later."""
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return _error(None, Refused(-32600, "Invalid request"))
        if "method" not in message:
            return None  # a response, and this server asks nothing
        if not isinstance(message["method"], str) or not isinstance(message.get("id", 0), int | str):
            return _error(None, Refused(-32600, "Invalid request"))
        if "id" not in message:
            self._notified(message)
            return None
        try:
            call = Call(self, message, self._version(message))
            if beside and call.method == "tools/call" and call.params.get("name") in SLOW:
                self._calls[call.id] = call
                threading.Thread(target=self._run_beside, args=(call,), daemon=True).start()
                return None
            return self._answer(call)
        except Refused as refused:
            return _error(message["id"], refused)

    def _run_beside(self, call: Call) -> None:
        try:
            reply = self._answer(call)
        except Refused as refused:
            reply = _error(call.id, refused)
        self._calls.pop(call.id, None)
        if not call.cancelled.is_set():
            self.send(reply)

    def _notified(self, message: Json) -> None:
        params = message.get("params")
        if message["method"] == "notifications/cancelled" and isinstance(params, dict):
            id = params.get("requestId")
            call = self._calls.pop(id, None) if isinstance(id, int | str) else None
            if call is not None:
                call.cancelled.set()

    def _version(self, request: Json) -> str:
        """The protocol version that `request` is to be read by."""
        params = request.get("params")
        meta = params.get("_meta") if isinstance(params, dict) else None
        asked = meta.get(META + "protocolVersion") if isinstance(meta, dict) else None
        if asked is not None and isinstance(meta, dict):
            if asked != V5:
                raise Refused(-32022, "Unsupported protocol version", {"supported": [V5], "requested": asked})
            if not isinstance(meta.get(META + "clientCapabilities"), dict):
                raise Refused(-32602, f"Missing _meta key {META}clientCapabilities")
            return V5
        if request["method"] in ("initialize", "ping"):
            return self._legacy or LATEST_LEGACY
        if self._legacy is None:
            raise Refused(-32602, f"Missing _meta key {META}protocolVersion, and no initialize came before")
        return self._legacy

    def initialize(self, call: Call) -> Json:
        asked = call.params.get("protocolVersion")
        self._legacy = asked if asked in LEGACY else LATEST_LEGACY
        return {
            "protocolVersion": self._legacy,
            "capabilities": fit(CAPABILITIES, self._legacy),
            "serverInfo": fit(INFO, self._legacy),
            "instructions": INSTRUCTIONS,
        }

    def set_level(self, call: Call) -> Json:
        level = call.params.get("level")
        if level not in offer.LEVELS:
            raise Refused(-32602, f"Unknown log level; there are {', '.join(offer.LEVELS)}")
        self.level = level
        return {}

    def _answer(self, call: Call) -> Json:
        era, run, cached = METHODS.get(call.method, ("", None, False))
        if run is None or era == ("legacy" if call.modern else "modern"):
            raise Refused(-32601, f"Method not found: {call.method}")
        result = run(self, call)
        if call.modern:
            result.setdefault("resultType", "complete")
            result["_meta"] = {META + "serverInfo": INFO}
            if cached:
                result["ttlMs"] = 60_000
                result["cacheScope"] = "public"
        return {"jsonrpc": "2.0", "id": call.id, "result": result}


def _error(id: Id, refused: Refused) -> Json:
    return {"jsonrpc": "2.0", "id": id, "error": refused.error}


def _discover(server: Server, call: Call) -> Json:
    return {
        "supportedVersions": [V5, *reversed(LEGACY)],
        "capabilities": CAPABILITIES,
        "instructions": INSTRUCTIONS,
    }


def _listing(key: str, entries: Iterable[Any], page: int = 1000) -> Callable[[Server, Call], Json]:
    """A list method. The cursor is the number of the next entry, as text."""
    listed = list(entries)

    def run(server: Server, call: Call) -> Json:
        cursor = call.params.get("cursor", "0")
        at = int(cursor) if isinstance(cursor, str) and cursor.isascii() and cursor.isdigit() else -1
        if at % page or not 0 <= at < len(listed):
            raise Refused(-32602, "Unknown cursor")
        result: Json = {key: [fit(entry, call.version) for entry in listed[at : at + page]]}
        if at + page < len(listed):
            result["nextCursor"] = str(at + page)
        return result

    return run


_list_tools = _listing("tools", (tool.entry for tool in offer.TOOLS.values()))


def _tools(server: Server, call: Call) -> Json:
    """The list of tools. One that asks back is none for a client that cannot be asked."""
    result = _list_tools(server, call)
    return {**result, "tools": [*result["tools"], booking.ENTRY]} if call.can_be_asked else result


def _book(call: Call, arguments: Json) -> Json:
    if not call.can_be_asked:
        raise Refused(-32021, "This tool asks by form", {"requiredCapabilities": booking.NEEDS})
    answer = booking.book(
        arguments["city"], call.params.get("inputResponses"), call.params.get("requestState")
    )
    if answer is None:
        raise Refused(-32602, "This requestState was not made here")
    return answer


def _call_tool(server: Server, call: Call) -> Json:
    name, arguments = call.params.get("name"), call.params.get("arguments", {})
    if name == booking.ENTRY["name"] and call.modern:
        if trouble := _trouble(booking.ENTRY["inputSchema"], arguments):
            return offer.text(trouble, isError=True)
        return _book(call, arguments)
    tool = offer.TOOLS.get(name) if isinstance(name, str) else None
    if tool is None:
        raise Refused(-32602, f"Unknown tool: {name}")
    if trouble := _trouble(tool.entry["inputSchema"], arguments):
        return offer.text(trouble, isError=True)
    return fit(tool.run(arguments, call), call.version)


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def _trouble(schema: Json, value: Any, path: str = "arguments") -> str:
    """What is wrong with `value`, as far as the schemas of `offer.py` go; empty if nothing is."""
    if not isinstance(value, _TYPES[schema["type"]]) or (
        isinstance(value, bool) and schema["type"] != "boolean"
    ):
        return f"{path} must be of type {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{path} must be one of {', '.join(schema['enum'])}"
    if "minimum" in schema and not schema["minimum"] <= value <= schema.get("maximum", value):
        return f"{path} must be from {schema['minimum']} to {schema['maximum']}"
    if isinstance(value, list):
        parts = [(schema["items"], item, f"{path}[{at}]") for at, item in enumerate(value)]
    elif isinstance(value, dict):
        if missing := [name for name in schema.get("required", ()) if name not in value]:
            return f"{path}.{missing[0]} is missing"
        known = schema["properties"]
        parts = [(known[name], item, f"{path}.{name}") for name, item in value.items() if name in known]
    else:
        return ""
    return next((found for part in parts if (found := _trouble(*part))), "")


def _read(server: Server, call: Call) -> Json:
    uri = call.params.get("uri")
    contents = offer.read(uri) if isinstance(uri, str) else None
    if contents is None:
        raise Refused(-32602 if call.modern else -32002, "Resource not found", {"uri": uri})
    return {"contents": [contents]}


def _prompt(server: Server, call: Call) -> Json:
    name, arguments = call.params.get("name"), call.params.get("arguments", {})
    if not isinstance(name, str) or name not in offer.PROMPTS:
        raise Refused(-32602, f"Unknown prompt: {name}")
    entry, template = offer.PROMPTS[name]
    if not isinstance(arguments, dict) or not all(isinstance(value, str) for value in arguments.values()):
        raise Refused(-32602, "Arguments of a prompt are strings")
    for argument in entry.get("arguments", ()):
        if argument.get("required") and argument["name"] not in arguments:
            raise Refused(-32602, f"Missing argument: {argument['name']}")
    return {"description": entry["description"], "messages": offer.messages(template, arguments)}


def _complete(server: Server, call: Call) -> Json:
    ref, argument = call.params.get("ref"), call.params.get("argument")
    if not isinstance(ref, dict) or not isinstance(argument, dict):
        raise Refused(-32602, "ref and argument must be objects")
    about = (str(ref.get("type")), str(ref.get("name", ref.get("uri"))), str(argument.get("name")))
    typed = str(argument.get("value", "")).lower()
    values = [word for word in offer.COMPLETIONS.get(about, ()) if word.lower().startswith(typed)]
    return {"completion": {"values": values, "total": len(values), "hasMore": False}}


# Each method: the era it belongs to (empty: both), what answers it, and whether a modern client may cache it.
METHODS: dict[str, tuple[str, Callable[[Server, Call], Json], bool]] = {
    "initialize": ("legacy", Server.initialize, False),
    "ping": ("legacy", lambda server, call: {}, False),
    "logging/setLevel": ("legacy", Server.set_level, False),
    "server/discover": ("modern", _discover, True),
    "tools/list": ("", _tools, True),
    "tools/call": ("", _call_tool, False),
    "resources/list": (
        "",
        _listing("resources", (entry for entry, _ in offer.RESOURCES.values()), PAGE),
        True,
    ),
    "resources/templates/list": ("", _listing("resourceTemplates", offer.TEMPLATES), True),
    "resources/read": ("", _read, True),
    "prompts/list": ("", _listing("prompts", (entry for entry, _ in offer.PROMPTS.values())), True),
    "prompts/get": ("", _prompt, False),
    "completion/complete": ("", _complete, False),
}


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer every line of `source` on `sink`, until it ends."""

    def write(line: bytes) -> None:
        sink.write(line)
        sink.flush()

    server = Server(write)
    for line in source:
        if line.strip():
            server.line(line)
