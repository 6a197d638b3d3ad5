"""A request as the line of `mcp-inspect` that sends it again.

The shortest verb that says it exactly: `call`, `read`, `prompt`, `complete`, `list`; else `request`, with the
parameters as they were sent. What is too long for a word, or no word can hold, comes by a pipe.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.copying.quoting import octets, printf
from inspector.copying.said import Copy
from inspector.copying.server import OF_ENVIRONMENT, Server, given_headers, server_of
from inspector.copying.subject import Request, asked, headers_of, request_of, wanted_version
from inspector.copying.variables import Parts, Variables, shell_word
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.methods import LISTS
from inspector.wire.visible import visible

_LONGEST = 60_000  # bytes of words; Linux takes 131,072 for one of them
_BEGINNINGS = ("initialize", "server/discover")
_TEXT_KEYS = frozenset(
    {
        "type",
        "title",
        "description",
        "default",
        "examples",
        "minLength",
        "maxLength",
        "pattern",
        "x-mcp-header",
    }
)


@dataclass(frozen=True, slots=True)
class _Line:
    """The verb and its words.

    Attributes:
        words: Positional, the verb first.
        options: Of the verb.
        stdin: What comes by a pipe.
    """

    words: tuple[str, ...]
    options: tuple[str, ...] = ()
    stdin: bytes | None = None


def command(journal: Journal, seq: int) -> Copy:
    """The line that sends the request of row `seq` again.

    Raises:
        UsageError: No line does.
    """
    request, server, variables = request_of(journal, seq), server_of(journal), Variables()
    if request.method in _BEGINNINGS:
        raise UsageError("Every command begins with this by itself", next="Copy a call")
    said = next(
        found for rule in (*_RULES.get(request.method, ()), _request) if (found := rule(request)) is not None
    )
    notes: list[str] = []
    options: list[Parts] = [(word,) for word in said.options]
    options += _options(request, server, variables, notes)
    words: list[Parts] = [(word,) for word in said.words]
    if server.url:
        # A word that is a URL by itself would be taken for the server.
        at = 1 if any(word.lower().startswith(("http://", "https://")) for word in said.words) else len(words)
        words.insert(at, server.address(variables))
        line = [*words, *options]
    else:
        line = [*words, *options, ("--",), *server.command(variables)]
    text = " ".join(["mcp-inspect", *map(shell_word, line)])
    if said.stdin is not None:
        text = f"{printf(said.stdin)} | {text}"
    return Copy(text, (*variables.notes(), *notes))


def _options(request: Request, server: Server, variables: Variables, notes: list[str]) -> list[Parts]:
    options: list[Parts] = []
    if version := wanted_version(request):
        options += [("--protocol",), (version,)]
    for name in server.env:
        options += [("-e",), (f"{name}=", variables.named(name, OF_ENVIRONMENT))]
    if server.cwd:
        options += [("--cwd",), (server.cwd,)]
    if not server.url:
        return options
    sent = asked(request.journal, request.event.exchange)
    for field, value in given_headers(sent, server, variables, authorization=False):
        options += [("--header",), (f"{field}: ", *value)]
    if server.transport:
        options += [("--transport",), (server.transport,)]
    if server.insecure:
        options.append(("--insecure",))
    for name, path in (server.files or {}).items():
        options += [(f"--{name.replace('_', '-')}",), (path,)]
    names = {name.lower() for name, _ in headers_of(sent)}
    if "authorization" in names and "authorization" not in map(str.lower, server.headers):
        notes.append("Its credentials are those that are kept for the server; --token gives others.")
    return options


# The verbs. Each gives nothing where it cannot say the request exactly.


def _positional(*words: Any) -> bool:
    """Whether words may stand on a line: texts that no parser takes for options, and a word can hold."""
    return all(isinstance(word, str) and not word.startswith("-") and _sayable(word) for word in words)


def _sayable(text: str) -> bool:
    try:
        return b"\0" not in octets(text) and not any("\ud800" <= letter <= "\udfff" for letter in text)
    except UsageError:
        return False


def _short(words: Sequence[str]) -> bool:
    return sum(len(octets(word)) for word in words) <= _LONGEST


def _is_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


def _text_pairs(values: Mapping[str, str]) -> tuple[str, ...] | None:
    """Texts as `key=value`."""
    keys = all(key and "=" not in key and not key.endswith(":") for key in values)
    words = tuple(f"{key}={value}" for key, value in values.items())
    return words if keys and _positional(*words) and _short(words) else None


def _call(request: Request) -> _Line | None:
    own = request.own or {}
    name, arguments = own.get("name"), own.get("arguments")
    if not request.says("name", "arguments") or not isinstance(arguments, dict) or not _positional(name):
        return None
    exact = request.exact("arguments")
    words = tuple(_pair(request, str(name), key, arguments[key], raw) for key, raw in exact.items())
    keys = all(key and "=" not in key for key in arguments)
    if keys and len(exact) == len(arguments) and _positional(*words) and _short((str(name), *words)):
        return _Line(("call", str(name), *words))
    return _Line(("call", str(name)), ("--args", "-"), _members(exact)) if _short([str(name)]) else None


def _pair(request: Request, tool: str, key: str, value: Any, raw: bytes) -> str:
    """`key=value` where the schema makes that text of it again, else `key:=JSON`."""
    plain = isinstance(value, str) and not key.endswith(":") and visible(value) == value
    if plain and _is_text(request, tool, key):
        return f"{key}={value}"
    return f"{key}:={raw.decode('utf-8', 'replace')}"


def _is_text(request: Request, tool: str, key: str) -> bool:
    """Whether the argument is declared to be any text."""
    for entry in request.journal.catalogue.tools:
        if isinstance(entry, dict) and entry.get("name") == tool:
            schema = entry.get("inputSchema")
            properties = schema.get("properties") if isinstance(schema, dict) else None
            declared = properties.get(key) if isinstance(properties, dict) else None
            return (
                isinstance(declared, dict)
                and declared.get("type") == "string"
                and declared.keys() <= _TEXT_KEYS
            )
    return False


def _members(exact: Mapping[str, bytes]) -> bytes:
    """An object of values as they were sent."""
    return b"{" + b",".join(json.dumps(key).encode() + b":" + raw for key, raw in exact.items()) + b"}"


def _read(request: Request) -> _Line | None:
    uri = (request.own or {}).get("uri")
    fits = request.says("uri") and _positional(uri) and _short([str(uri)])
    return _Line(("read", str(uri))) if fits else None


def _prompt(request: Request) -> _Line | None:
    own = request.own or {}
    name, arguments = own.get("name"), own.get("arguments", {})
    exactly = request.says("name") or (request.says("name", "arguments") and bool(arguments))
    if not exactly or not _positional(name) or not _is_texts(arguments):
        return None
    words = _text_pairs(arguments)
    return _Line(("prompt", str(name), *words)) if words is not None else None


def _complete(request: Request) -> _Line | None:
    own = request.own or {}
    ref, argument, context = own.get("ref"), own.get("argument"), own.get("context")
    others = (
        context.get("arguments") if isinstance(context, dict) and context.keys() == {"arguments"} else None
    )
    if not (request.says("ref", "argument") or (request.says("ref", "argument", "context") and others)):
        return None
    if not isinstance(ref, dict) or not isinstance(argument, dict) or argument.keys() != {"name", "value"}:
        return None
    kind, key = ("--prompt", "name") if ref.get("type") == "ref/prompt" else ("--resource", "uri")
    known = ref.get("type") in ("ref/prompt", "ref/resource") and ref.keys() == {"type", key}
    if not known or not _is_texts(argument) or not _is_texts(others or {}):
        return None
    first = _text_pairs({argument["name"]: argument["value"]})
    rest = _text_pairs(others or {})
    of = ref[key]
    if first is None or rest is None or not isinstance(of, str) or not _sayable(of) or not _short([of]):
        return None
    return _Line(("complete", *first, *rest), (f"{kind}={of}",))


def _list(section: str) -> Callable[[Request], _Line | None]:
    return lambda request: None if request.own else _Line(("list", section))


def _request(request: Request) -> _Line:
    if not _positional(request.method):
        raise UsageError("No line can name this method", next="Copy its line, or as curl over HTTP")
    if request.params is not None and not isinstance(request.params, dict):
        raise UsageError("Its parameters are no object, which no command sends", next="Copy its line")
    if request.own is None:
        return _Line(("request", request.method))
    exact = {key: raw for key, raw in request.exact().items() if key != "_meta"}
    if "_meta" in request.own:
        exact["_meta"] = json.dumps(request.own["_meta"]).encode()
    params = _members(exact)
    text = params.decode("utf-8", "replace")
    if _short([request.method, text]):
        return _Line(("request", request.method, text))
    return _Line(("request", request.method, "-"), stdin=params)


_RULES: Mapping[str, tuple[Callable[[Request], _Line | None], ...]] = {
    "tools/call": (_call,),
    "resources/read": (_read,),
    "prompts/get": (_prompt,),
    "completion/complete": (_complete,),
    **{listed.method: (_list(section),) for section, listed in LISTS.items()},
}
"""The verbs that may say a method, and what decides whether one does."""
