"""The table of what the demo server offers: tools, resources, templates, prompts, and what each does.

No protocol here (that is `server.py`), no clock and no randomness: the same call gives the same
answer, because pictures are taken of it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing costs 3 ms, a tenth of this server's start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from inspector.demo.server import Call

    Json = dict[str, Any]
    Run = Callable[[Json, Call], Json]

DOT_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAMAAAAoLQ9TAAAABlBMVEX///8wgNDM+XxxAAAAJUlEQVR42mNgIA4wggE6HyHC"
    "yIgqwsiIJkITAQxrMR2G6XS8AABA0AB5HnkF5QAAAABJRU5ErkJggg=="
)
SILENCE_WAV = "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA=="
CITIES = ("Berlin", "Bergen", "Bern", "Lagos", "Lima", "Lisbon", "Osaka", "Oslo")
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
LANGUAGES = ("python", "perl", "ruby", "rust", "typescript")


class Tool:
    """One tool: its entry in the list, and what it does.

    Attributes:
        entry: As listed, in the newest version's spelling.
        run: Arguments and the call in, a result out.
        slow: Runs beside the reader, so that it can be cancelled.
    """

    __slots__ = ("entry", "run", "slow")

    def __init__(self, run: Run, entry: Json, slow: bool = False) -> None:
        self.entry = entry
        self.run = run
        self.slow = slow


def text(words: str, **more: Any) -> Json:
    """A result of one text block."""
    return {"content": [{"type": "text", "text": words}], **more}


def _object(properties: Json, *required: str) -> Json:
    schema: Json = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return schema


def _echo(arguments: Json, call: Call) -> Json:
    return text(arguments["text"])


def _add(arguments: Json, call: Call) -> Json:
    total = arguments["a"] + arguments["b"]
    return text(f'{{"sum": {total}}}', structuredContent={"sum": total})


def _weather(arguments: Json, call: Call) -> Json:
    city = arguments["city"]
    imperial = arguments.get("units", "metric") == "imperial"
    lines = [f"Weather for {city}"]
    for day in range(arguments.get("days", 2)):
        celsius = 10 + (len(city) + 3 * day) % 12
        degrees = f"{celsius * 9 // 5 + 32} °F" if imperial else f"{celsius} °C"
        sky = ("clear", "cloudy", "rain")[(len(city) + day) % 3]
        lines.append(
            f"day {day + 1}: {degrees}, {sky}" + (", wind 3 m/s" if arguments.get("detailed") else "")
        )
    place = arguments.get("place") or {}
    if place:
        lines.append(f"at {place.get('latitude')}, {place.get('longitude')}")
    lines += [f"watching for {alert}" for alert in arguments.get("alerts", [])]
    return text("\n".join(lines))


def _countdown(arguments: Json, call: Call) -> Json:
    steps = arguments.get("steps", 5)
    for done in range(steps):
        call.progress(done, steps, f"{steps - done} to go")
        if call.cancelled.wait(arguments.get("seconds", 0.2)):
            return text("cancelled")  # never sent: a cancelled call is not answered
    call.progress(steps, steps, "lift-off")
    return text(f"counted down from {steps}")


def _log(arguments: Json, call: Call) -> Json:
    levels = [arguments["level"]] if "level" in arguments else LEVELS
    for level in levels:
        call.log(level, arguments.get("text", f"a message of level {level}"))
    return text(f"sent {len(levels)} log message{'s' * (len(levels) != 1)}, as far as the log level allows")


def _stderr(arguments: Json, call: Call) -> Json:
    print(arguments.get("text", "a line on standard error"), file=sys.stderr, flush=True)
    return text("wrote to standard error")


def _picture(arguments: Json, call: Call) -> Json:
    return {
        "content": [
            {"type": "text", "text": "A blue dot, a moment of silence, and where they come from."},
            {"type": "image", "data": DOT_PNG, "mimeType": "image/png"},
            {"type": "audio", "data": SILENCE_WAV, "mimeType": "audio/wav"},
            {"type": "resource_link", "uri": "demo://dot.png", "name": "dot", "mimeType": "image/png"},
            {
                "type": "resource",
                "resource": {"uri": "demo://hello.txt", "mimeType": "text/plain", "text": HELLO},
            },
        ]
    }


def _large(arguments: Json, call: Call) -> Json:
    line = "{:07d} the quick brown fox jumps over the lazy dog 0123456\n"  # 60 bytes, all of it ASCII
    length = arguments.get("kilobytes", 100) * 1000
    return text("".join(line.format(number) for number in range(length // 60 + 1))[:length])


def _fail(arguments: Json, call: Call) -> Json:
    return text(arguments.get("reason", "this tool always fails"), isError=True)


def _shout(arguments: Json, call: Call) -> Json:
    return text(f"{arguments['text'].upper()}! [/]x \x1b[31mred\x1b[0m \u202eback to front\u202c")


_WEATHER = _object(
    {
        "city": {"type": "string", "description": "Name of the city", "minLength": 1},
        "units": {"type": "string", "enum": ["metric", "imperial"], "default": "metric"},
        "days": {"type": "integer", "minimum": 1, "maximum": 7, "default": 2},
        "detailed": {"type": "boolean", "description": "Tell the wind as well", "default": False},
        "place": {
            "type": "object",
            "description": "Where exactly",
            "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}},
            "required": ["latitude", "longitude"],
        },
        "alerts": {
            "type": "array",
            "description": "What to watch for",
            "items": {"type": "string", "enum": ["frost", "storm", "heat"]},
        },
    },
    "city",
)
_ODD = "Shouts. Odd on purpose: [/]x [bold]no markup[/bold] \x1b[31mno colour\x1b[0m \u202eno reversal\u202c"

TOOLS = {
    tool.entry["name"]: tool
    for tool in (
        Tool(
            _echo,
            {
                "name": "echo",
                "title": "Echo",
                "description": "Returns the text that it is given.",
                "inputSchema": _object({"text": {"type": "string", "description": "What to return"}}, "text"),
                "annotations": {"readOnlyHint": True, "openWorldHint": False},
            },
        ),
        Tool(
            _add,
            {
                "name": "add",
                "title": "Add two numbers",
                "description": "Returns the sum of two numbers, as structured content too.",
                "inputSchema": _object({"a": {"type": "number"}, "b": {"type": "number"}}, "a", "b"),
                "outputSchema": _object({"sum": {"type": "number"}}, "sum"),
                "annotations": {"readOnlyHint": True, "idempotentHint": True},
            },
        ),
        Tool(
            _weather,
            {
                "name": "weather",
                "title": "Weather forecast",
                "description": "An invented forecast: an enum, a default, a nested object, a list.",
                "inputSchema": _WEATHER,
                "annotations": {"readOnlyHint": True},
            },
        ),
        Tool(
            _countdown,
            {
                "name": "countdown",
                "description": "Counts down with progress notifications; can be cancelled.",
                "inputSchema": _object(
                    {
                        "steps": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 5},
                        "seconds": {"type": "number", "description": "Between steps", "default": 0.2},
                    }
                ),
            },
            slow=True,
        ),
        Tool(
            _log,
            {
                "name": "log",
                "description": "Sends log messages: one of the given level, or one of every level.",
                "inputSchema": _object(
                    {"level": {"type": "string", "enum": list(LEVELS)}, "text": {"type": "string"}}
                ),
            },
        ),
        Tool(
            _picture,
            {
                "name": "picture",
                "description": "Returns text, an image, a sound, a resource link and a resource.",
                "inputSchema": _object({}),
            },
        ),
        Tool(
            _large,
            {
                "name": "large",
                "description": "Returns a large text.",
                "inputSchema": _object(
                    {"kilobytes": {"type": "integer", "minimum": 0, "maximum": 20000, "default": 100}}
                ),
            },
        ),
        Tool(
            _stderr,
            {
                "name": "stderr",
                "description": "Writes a line to standard error.",
                "inputSchema": _object({"text": {"type": "string"}}),
            },
        ),
        Tool(
            _fail,
            {
                "name": "fail",
                "description": "Always returns an error.",
                "inputSchema": _object({"reason": {"type": "string"}}),
                "annotations": {"destructiveHint": False},
            },
        ),
        Tool(
            _shout,
            {
                "name": "shout",
                "title": "Shout [/]x",
                "description": _ODD,
                "inputSchema": _object({"text": {"type": "string", "description": _ODD}}, "text"),
            },
        ),
    )
}

HELLO = "Hello. This text is a resource.\n"
_CONFIG = '{\n  "name": "demo",\n  "levels": [1, 2, 3],\n  "nested": {"deep": {"deeper": true}}\n}\n'
_PAGE = "# A page\n\nMarkdown with a [link](demo://hello.txt), a list\n\n- one\n- two\n\nand `code`.\n"

RESOURCES = {
    entry["uri"]: (entry, {"uri": entry["uri"], "mimeType": entry["mimeType"], **contents})
    for entry, contents in (
        (
            {"uri": "demo://hello.txt", "name": "hello", "title": "A greeting", "mimeType": "text/plain"},
            {"text": HELLO},
        ),
        (
            {
                "uri": "demo://config.json",
                "name": "config",
                "description": "A little JSON",
                "mimeType": "application/json",
            },
            {"text": _CONFIG},
        ),
        (
            {"uri": "demo://dot.png", "name": "dot", "description": "A blue dot", "mimeType": "image/png"},
            {"blob": DOT_PNG},
        ),
        (
            {"uri": "demo://page.md", "name": "page", "mimeType": "text/markdown"},
            {"text": _PAGE},
        ),
        (
            {"uri": "demo://odd.txt", "name": "odd [/]x", "description": _ODD, "mimeType": "text/plain"},
            {"text": _ODD + "\n"},
        ),
    )
}

TEMPLATES = [
    {
        "uriTemplate": "demo://weather/{city}",
        "name": "weather",
        "title": "Weather of a city",
        "mimeType": "text/plain",
    },
    {
        "uriTemplate": "demo://square/{number}",
        "name": "square",
        "description": "A number times itself",
        "mimeType": "text/plain",
    },
]


def read(uri: str) -> Json | None:
    """The contents of a resource, listed or made from a template; `None` where there is none."""
    if uri in RESOURCES:
        return RESOURCES[uri][1]
    kind, _, name = uri.removeprefix("demo://").partition("/")
    if kind == "weather" and name in CITIES:
        return {"uri": uri, "mimeType": "text/plain", "text": f"It never rains in {name}.\n"}
    if kind == "square" and name.isascii() and name.isdigit() and len(name) <= 6:
        return {"uri": uri, "mimeType": "text/plain", "text": f"{int(name) ** 2}\n"}
    return None


_PROMPTS: list[tuple[Json, str]] = [
    (
        {"name": "hello", "title": "Say hello", "description": "A prompt without arguments."},
        "Say hello, and nothing else.",
    ),
    (
        {
            "name": "review",
            "title": "Review code",
            "description": "A prompt with arguments, one of them completed.",
            "arguments": [
                {"name": "language", "description": "Programming language", "required": True},
                {"name": "code", "description": "What to review", "required": True},
                {"name": "tone", "description": "How to say it"},
            ],
        },
        "Review this {language} code in a {tone} tone:\n\n{code}",
    ),
]
PROMPTS = {entry["name"]: (entry, template) for entry, template in _PROMPTS}


def messages(template: str, arguments: Json) -> list[Json]:
    """The messages of a prompt. Arguments are put in as they are, braces and all."""
    for name in ("language", "tone"):
        template = template.replace("{" + name + "}", arguments.get(name, "friendly"))
    words = template.replace("{code}", arguments.get("code", ""))
    return [{"role": "user", "content": {"type": "text", "text": words}}]


# What each argument may be completed to, by the reference of completion/complete and its name.
COMPLETIONS = {
    ("ref/prompt", "review", "language"): LANGUAGES,
    ("ref/prompt", "review", "tone"): ("friendly", "frank", "formal"),
    ("ref/resource", "demo://weather/{city}", "city"): CITIES,
}
