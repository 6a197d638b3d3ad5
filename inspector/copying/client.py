"""The client of the `mcp` package, 2.x, on the same server: what a program needs before it asks anything.

connected = connection(request, server, variables)
connected.imports      # {"import os", "from mcp import Client", …}
connected.setup        # lines that define SERVER, URL, HEADERS …
connected.opening      # what stands after `async with`, up to `as client`
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.copying.quoting import depth, python_text
from inspector.copying.server import OF_ENVIRONMENT, Server, given_headers
from inspector.copying.subject import Request, elsewhere, rows_of, sent_in
from inspector.copying.variables import Parts, Variables, python_expression
from inspector.errors import UsageError
from inspector.wire.versions import MODERN

_DEEPEST = 200
"""Levels of JSON that the package sends: it writes it with pydantic, which gives up at some 250."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The lines of a program up to its client.

    Attributes:
        imports: Each one statement.
        setup: Statements behind the imports.
        opening: Context managers, the last of them as `client`.
        notes: What whoever runs it should know.
    """

    imports: frozenset[str]
    setup: tuple[str, ...]
    opening: str
    notes: tuple[str, ...] = ()


def connection(request: Request, server: Server, variables: Variables) -> Connected:
    """How a program reaches the server of a request.

    Raises:
        UsageError: The package cannot send the request.
    """
    sendable(request)
    made = _over_http(request, server, variables) if server.url else _stdio(request, server, variables)
    notes = (*variables.notes(), *made.notes)
    imports = made.imports | (
        {"import os"} if any("os.environ" in line for line in made.setup) else frozenset()
    )
    return Connected(imports, made.setup, made.opening, notes)


def sendable(request: Request) -> None:
    """Let a request pass that the package sends as it is.

    Raises:
        UsageError: It cannot.
    """
    if depth(request.params, _DEEPEST + 1) > _DEEPEST:
        raise UsageError("It is nested more deeply than the mcp package sends", next="Copy it as a command")
    if "lone-surrogate" in (request.event.frame.faults if request.event.frame else ()):
        raise UsageError(
            "It holds half a surrogate pair, which the mcp package cannot send", next="Copy it as a command"
        )
    if request.params is not None and not isinstance(request.params, dict):
        raise UsageError(
            "Its parameters are no object, which the mcp package does not send", next="Copy its line"
        )


def _mode(request: Request) -> str:
    """Of the versions: the one that was spoken where it is modern, else the handshake."""
    return python_text(request.modern) if request.modern in MODERN else '"legacy"'


def _stdio(request: Request, server: Server, variables: Variables) -> Connected:
    words = [python_expression(parts) for parts in server.command(variables)]
    lines = ["SERVER = StdioServerParameters(", f"    command={words[0]},"]
    if words[1:]:
        lines += ["    args=[", *(f"        {word}," for word in words[1:]), "    ],"]
    named = [variables.named(name, OF_ENVIRONMENT) for name in server.env]
    env = "".join(f', "{each.name}": {python_expression((each,))}' for each in named)
    lines.append(f"    env={{**os.environ{env}}},")
    if server.cwd:
        lines.append(f"    cwd={python_text(server.cwd)},")
    return Connected(
        frozenset({"from mcp import Client, StdioServerParameters"}),
        (*lines, ")"),
        f"Client(SERVER, mode={_mode(request)}) as client",
    )


def _over_http(request: Request, server: Server, variables: Variables) -> Connected:
    setup = [f"URL = {python_expression(server.address(variables))}"]
    imports = {"from mcp import Client"}
    rows = rows_of(request.journal, request.event.exchange)
    fields = given_headers(sent_in(request.journal, rows), server, variables, authorization=True)
    if fields:
        setup += ["HEADERS = {", *(_field(name, value) for name, value in fields), "}"]
    if server.transport == "sse" or elsewhere(request.journal, rows):
        imports.add("from mcp.client.sse import sse_client")
        headers = ", headers=HEADERS" if fields else ""
        return Connected(
            frozenset(imports), tuple(setup), f'Client(sse_client(URL{headers}), mode="legacy") as client'
        )
    options = ["headers=HEADERS"] if fields else []
    options += _tls(server, imports, setup)
    if not options:
        return Connected(frozenset(imports), tuple(setup), f"Client(URL, mode={_mode(request)}) as client")
    imports |= {"import httpx2", "from mcp.client.streamable_http import streamable_http_client"}
    opening = (
        f"httpx2.AsyncClient({', '.join(options)}, timeout=60) as http, "
        f"Client(streamable_http_client(URL, http_client=http), mode={_mode(request)}) as client"
    )
    return Connected(frozenset(imports), tuple(setup), opening)


def _field(name: str, value: Parts) -> str:
    return f"    {python_text(name)}: {python_expression(value)},"


def _tls(server: Server, imports: set[str], setup: list[str]) -> list[str]:
    """Options of the HTTP client for certificates and the socket."""
    files = server.files or {}
    options = []
    if "unix_socket" in files:
        imports.add("import httpx2")
        options.append(f"transport=httpx2.AsyncHTTPTransport(uds={python_text(files['unix_socket'])})")
    if "cert" not in files and "cacert" not in files:
        return [*options, "verify=False"] if server.insecure else options
    imports.add("import ssl")
    cafile = f"cafile={python_text(files['cacert'])}" if "cacert" in files else ""
    setup.append(f"TLS = ssl.create_default_context({cafile})")
    if "cert" in files:
        setup.append(f"TLS.load_cert_chain({python_text(files['cert'])})")
    return [*options, "verify=TLS"]
