"""A request as a Python program: the client of the `mcp` package, 2.x, sends it again and prints the result.

Known requests are the client's own methods, `await client.call_tool(…)`; any other is sent by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from inspector.copying.client import Connected, connection
from inspector.copying.quoting import python
from inspector.copying.said import Copy
from inspector.copying.server import server_of
from inspector.copying.subject import Request, request_of
from inspector.copying.variables import Variables
from inspector.journal.journal import Journal

NEEDS = 'pip install "mcp>=2"'
_INSIDE = 8  # spaces that the call stands at
_TYPED = 'result.model_dump(mode="json", by_alias=True, exclude_unset=True)'


@dataclass(frozen=True, slots=True)
class _Asking:
    """How a request is made.

    Attributes:
        lines: Statements that leave the answer in `result`.
        shown: An expression for what is printed.
        imports: What they need.
    """

    lines: tuple[str, ...]
    shown: str = _TYPED
    imports: frozenset[str] = frozenset()


def script(journal: Journal, seq: int) -> Copy:
    """A program that sends the request of row `seq` again.

    Raises:
        UsageError: There is no such request, or the package cannot send it.
    """
    request, variables = request_of(journal, seq), Variables()
    connected = connection(request, server_of(journal), variables)
    asking = next(made for rule in (_RULES.get(request.method), _any) if rule and (made := rule(request)))
    body = [
        "",
        "",
        "async def main() -> None:",
        f"    async with {connected.opening}:",
        *(f"{' ' * _INSIDE}{line}" for line in asking.lines),
        f"{' ' * _INSIDE}print(json.dumps({asking.shown}, indent=2))",
        "",
        "",
        "anyio.run(main)",
    ]
    imports = connected.imports | asking.imports | {"import json", "import anyio"}
    head = [f"# The request {request.seq} of a recording, sent again. It needs: {NEEDS}"]
    return Copy(assembled(head, imports, connected, body), connected.notes)


def assembled(
    head: Iterable[str], imports: Collection[str], connected: Connected, body: Iterable[str]
) -> str:
    """The text of a program: comment, imports as linters want them, the server, the rest."""
    plain = sorted({line for line in imports if line.startswith("import")})
    named: dict[str, set[str]] = {}
    for line in imports:
        if line.startswith("from"):
            _, module, _, *names = line.replace(",", "").split()
            named.setdefault(module, set()).update(names)
    every = [
        *plain,
        *(f"from {module} import {', '.join(sorted(named[module]))}" for module in sorted(named)),
    ]
    own = [line for line in every if _standard(line)]
    foreign = [line for line in every if not _standard(line)]
    return "\n".join([*head, "", *own, "", *foreign, "", *connected.setup, *body])


def _standard(line: str) -> bool:
    return line.split()[1] in ("json", "os", "re", "ssl", "typing")


def _call(request: Request) -> _Asking | None:
    own = request.own or {}
    if not request.says("name", "arguments") or not isinstance(own["name"], str):
        return None
    return (
        _Asking(_called("call_tool", python(own["name"]), own["arguments"]))
        if isinstance(own["arguments"], dict)
        else None
    )


def _prompt(request: Request) -> _Asking | None:
    own = request.own or {}
    if request.says("name") and isinstance(own["name"], str):
        return _Asking((f"result = await client.get_prompt({python(own['name'])})",))
    given = own.get("arguments")
    fits = request.says("name", "arguments") and isinstance(own["name"], str) and isinstance(given, dict)
    if not fits or not all(isinstance(value, str) for value in (given or {}).values()):
        return None
    return _Asking(_called("get_prompt", python(own["name"]), given))


def _called(method: str, name: str, given: object) -> tuple[str, ...]:
    return (
        f"result = await client.{method}(",
        f"    {name},",
        f"    {python(given, _INSIDE + 4)},",
        ")",
    )


def _read(request: Request) -> _Asking | None:
    uri = (request.own or {}).get("uri")
    fits = request.says("uri") and isinstance(uri, str)
    return _Asking((f"result = await client.read_resource({python(uri)})",)) if fits else None


def _lists(method: str) -> Callable[[Request], _Asking | None]:
    def rule(request: Request) -> _Asking | None:
        if not request.own:
            return _Asking((f"result = await client.{method}()",))
        cursor = request.own.get("cursor")
        if request.says("cursor") and isinstance(cursor, str):
            return _Asking((f"result = await client.{method}(cursor={python(cursor)})",))
        return None

    return rule


def _greeting(request: Request) -> _Asking:
    """The client says it by itself: what came of it is shown."""
    shown = '{"protocolVersion": client.protocol_version, "serverInfo": result}'
    return _Asking(
        ('result = client.server_info.model_dump(mode="json", by_alias=True, exclude_unset=True)',), shown
    )


def _any(request: Request) -> _Asking:
    return _Asking(
        (
            *sending(request, _INSIDE),
            "result = await client.session.send_request(request, TypeAdapter(dict[str, Any]))",
        ),
        "result",
        frozenset({"from typing import Any", "from mcp import types", "from pydantic import TypeAdapter"}),
    )


def sending(request: Request, indent: int) -> tuple[str, ...]:
    """Statements that leave a request, whatever its method, in `request`."""
    params = request.own
    kind = "dict[str, Any] | None" if params is None else "dict[str, Any]"
    return (
        f"request = types.Request[{kind}, str](",
        f"    method={python(request.method)},",
        f"    params={python(params, indent + 4)},",
        ")",
    )


_RULES: Mapping[str, Callable[[Request], _Asking | None]] = {
    "initialize": _greeting,
    "server/discover": _greeting,
    "tools/call": _call,
    "resources/read": _read,
    "prompts/get": _prompt,
    "tools/list": _lists("list_tools"),
    "resources/list": _lists("list_resources"),
    "resources/templates/list": _lists("list_resource_templates"),
    "prompts/list": _lists("list_prompts"),
}
"""The client's own methods, where they say a request exactly."""
