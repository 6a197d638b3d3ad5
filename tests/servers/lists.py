"""A server whose lists have pages, change and say so, and whose arguments can be completed.

    lists.py [PAGES|endless]

PAGES is how many pages its tools have (1), 20 tools each. The tool `change` adds one, changes one, drops
one, and says so; again, and it is all taken back. Some entries have icons, annotations, a UI. It can be
imported: `Lists().answer(message)` gives the messages that it says to one. Standard library only.
"""

from __future__ import annotations

import itertools
import json
import sys
from typing import Any

PER_PAGE = 20
LANGUAGES = sorted(f"{name}{n or ''}" for name in ("python", "pascal", "perl", "rust") for n in range(85))
FRAMEWORKS = {"python": ["django", "fastapi", "flask"], "rust": ["axum", "rocket"]}
HOSTILE = ["octo\x1b[31mcat", "octo\u202etac", "octo[/]red", "octo line\ntwo"]


def tool(name: str, about: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties or {}}
    return {"name": name, "description": about, "inputSchema": schema, **more}


TEXT = {"type": "string"}
TOOLS = [
    tool("change", "Change the lists, and say so."),
    tool(
        "lookup",
        "Look a word up.",
        {"word": TEXT},
        annotations={"readOnlyHint": True, "openWorldHint": False},
    ),
    tool("legacy_export", "Export in the old format.", {"path": TEXT}),
    tool(
        "drop_table",
        "Drop a table and all that is in it.",
        {"table": TEXT},
        annotations={"destructiveHint": True, "idempotentHint": True},
    ),
    tool(
        "view_map",
        "Show a place on a map.",
        {"place": TEXT},
        _meta={"ui": {"resourceUri": "ui://map/view.html", "visibility": ["model", "app"]}},
    ),
    tool(
        "odd",
        "Says things of itself that do not fit.",
        annotations={"readOnlyHint": True, "destructiveHint": True, "idempotentHint": "yes"},
        icons=[
            {"src": "https://icons.example/odd.png", "mimeType": "image/png", "sizes": ["48x48"]},
            {"src": "javascript:alert(1)"},
        ],
        execution={"taskSupport": "optional"},
    ),
]
CHANGED = [
    TOOLS[0],
    tool(
        "lookup",
        "Look a word up, in one language or in all.",
        {"word": TEXT, "language": TEXT},
        annotations={"readOnlyHint": True, "openWorldHint": True},
    ),
    *TOOLS[3:],
    tool("export", "Export in the new format.", {"path": TEXT, "format": TEXT}),
]
RESOURCES = [
    {
        "uri": "note://today",
        "name": "today",
        "mimeType": "text/markdown",
        "size": 1234,
        "annotations": {"audience": ["user"], "priority": 0.8, "lastModified": "2026-08-31T10:00:00Z"},
    },
    {
        "uri": "ui://map/view.html",
        "name": "map",
        "mimeType": "text/html;profile=mcp-app",
        "_meta": {
            "ui": {
                "csp": {"connectDomains": ["https://tiles.example"], "resourceDomains": []},
                "permissions": {"geolocation": {}},
                "prefersBorder": True,
            }
        },
    },
]
TEMPLATES = [
    {
        "name": "repository",
        "uriTemplate": "repo://{owner}/{name}{/path*}{?labels*}",
        "mimeType": "text/plain",
    },
    {"name": "broken", "uriTemplate": "repo://{owner"},
]
PROMPTS = [
    {
        "name": "review",
        "description": "Ask for a review.",
        "arguments": [
            {"name": "language", "description": "What it is written in", "required": True},
            {"name": "framework", "description": "What it is built with"},
        ],
    }
]
PAGE = "<!doctype html><script>document.title = 'map'</script>\n"


class Lists:
    """One connection.

    Args:
        pages: Of the tools; `None` for pages without end.
    """

    def __init__(self, pages: int | None = 1) -> None:
        self.pages = pages
        self.tools = TOOLS

    def answer(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """What it says to a message: a reply to a request, perhaps notifications before it."""
        if "id" not in message or "method" not in message:
            return []
        method, params = message["method"].replace("/", "_"), message.get("params") or {}
        said: list[dict[str, Any]] = []
        known = getattr(self, f"on_{method}", None)
        if known is None:
            error = {"code": -32601, "message": "Method not found"}
            return [{"jsonrpc": "2.0", "id": message["id"], "error": error}]
        reply = {"jsonrpc": "2.0", "id": message["id"], "result": known(params, said)}
        return [*said, reply]

    def on_initialize(self, params: dict[str, Any], said: list[Any]) -> Any:
        return {
            "protocolVersion": params.get("protocolVersion", "2025-11-25"),
            "capabilities": {
                "tools": {"listChanged": True},
                "resources": {},
                "prompts": {},
                "completions": {},
            },
            "serverInfo": {"name": "lists", "version": "1.0"},
        }

    def on_ping(self, params: dict[str, Any], said: list[Any]) -> Any:
        return {}

    def on_tools_list(self, params: dict[str, Any], said: list[Any]) -> Any:
        page = int(params.get("cursor", "1"))
        names = itertools.islice(itertools.count((page - 1) * PER_PAGE), PER_PAGE)
        paged = self.pages != 1
        tools = [tool(f"tool_{n:04}", "One of many.") for n in names] if paged else []
        following = {} if page == self.pages else {"nextCursor": str(page + 1)}
        return {"tools": [*(self.tools if page == 1 else []), *tools], **following}

    def on_tools_call(self, params: dict[str, Any], said: list[Any]) -> Any:
        words = f"{params.get('name')} has run"
        if params.get("name") == "change":
            self.tools = CHANGED if self.tools is TOOLS else TOOLS
            said.append({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
        return {"content": [{"type": "text", "text": words}]}

    def on_resources_list(self, params: dict[str, Any], said: list[Any]) -> Any:
        return {"resources": RESOURCES}

    def on_resources_templates_list(self, params: dict[str, Any], said: list[Any]) -> Any:
        return {"resourceTemplates": TEMPLATES}

    def on_prompts_list(self, params: dict[str, Any], said: list[Any]) -> Any:
        return {"prompts": PROMPTS}

    def on_prompts_get(self, params: dict[str, Any], said: list[Any]) -> Any:
        words = json.dumps(params.get("arguments"), ensure_ascii=True)
        return {"messages": [{"role": "user", "content": {"type": "text", "text": words}}]}

    def on_resources_read(self, params: dict[str, Any], said: list[Any]) -> Any:
        uri = params.get("uri")
        app = uri == "ui://map/view.html"
        mime = "text/html;profile=mcp-app" if app else "text/plain"
        return {"contents": [{"uri": uri, "mimeType": mime, "text": PAGE if app else f"{uri}\n"}]}

    def on_completion_complete(self, params: dict[str, Any], said: list[Any]) -> Any:
        name, typed = params["argument"]["name"], params["argument"]["value"]
        given = (params.get("context") or {}).get("arguments") or {}
        known = {
            "language": LANGUAGES,
            "framework": FRAMEWORKS.get(given.get("language", ""), []),
            "owner": HOSTILE,
            "path": ["src", "docs"],
        }.get(name, [])
        found = [value for value in known if value.startswith(typed)]
        return {"completion": {"values": found[:12], "total": len(found), "hasMore": len(found) > 12}}


def main(arguments: list[str]) -> None:
    """Answer until stdin is closed."""
    given = arguments[0] if arguments else "1"
    server = Lists(None if given == "endless" else int(given))
    for line in sys.stdin.buffer:
        for message in server.answer(json.loads(line)):
            sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
