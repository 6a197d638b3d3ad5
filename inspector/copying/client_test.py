"""A request and its recorded answer as a test, which asserts that the server still answers so.

What is another at each call is not compared, and the test says so: housekeeping of the protocol, times and
UUIDs, and whatever differed between the answers to the same request in the recording.
"""

from __future__ import annotations

import time
from typing import Any

from inspector.copying.client import connection
from inspector.copying.client_script import NEEDS, assembled, sending
from inspector.copying.quoting import depth, python
from inspector.copying.said import Copy
from inspector.copying.server import server_of
from inspector.copying.subject import Request, answer_of, asked, headers_of, request_of
from inspector.copying.variables import Variables
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.results import Results, subject_of
from inspector.wire.event import Shape

_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_HOUSEKEEPING = ("_meta", "ttlMs", "cacheScope")
_BUDGET = 0.04  # seconds that may go into looking for other answers: the app waits for it
_MOST_ANSWERS = 20
_MOST_PLACES = 50
_DEEPEST = 60

_STEADY = '''\
def steady(value: Any, *place: str | int) -> Any:
    """An answer without what is another at each call."""
    if place in CHANGING:
        return "(changes)"
    if isinstance(value, dict):
        left_out = HOUSEKEEPING if place == ("result",) else ()
        return {key: steady(each, *place, key) for key, each in value.items() if key not in left_out}
    if isinstance(value, list):
        return [steady(each, *place, at) for at, each in enumerate(value)]
    return VOLATILE.sub("(changes)", value) if isinstance(value, str) else value'''


def assertion(journal: Journal, seq: int) -> Copy:
    """A test that sends the request of row `seq` again and asserts the recorded answer.

    Raises:
        UsageError: There is no such request or no answer, or the package can neither send nor read it.
    """
    request, variables = request_of(journal, seq), Variables()
    if request.method in ("initialize", "server/discover"):
        raise UsageError("Every client begins with this by itself", next="Copy it as Python")
    expected = _expected(request)
    connected = connection(request, server_of(journal), variables)
    changing = _changing(request)
    body = [
        "# What the server answered. An isError or an error of the protocol is part of it.",
        f"EXPECTED: dict[str, Any] = {python(expected)}",
        "# Not compared: times and UUIDs in texts, housekeeping of the protocol, and places that differed",
        "# between answers to this request in the recording.",
        f'VOLATILE = re.compile(r"{_TIME}|{_UUID}")',
        f"HOUSEKEEPING = {python(list(_HOUSEKEEPING))}",
        f"CHANGING: set[tuple[str | int, ...]] = {_places(changing)}",
        "",
        "",
        _STEADY,
        "",
        "",
        "async def answer() -> dict[str, Any]:",
        *(f"    {line}" for line in sending(request, 4)),
        f"    async with {connected.opening}:",
        *_first(request),
        "        try:",
        "            result = await client.session.send_request(request, TypeAdapter(dict[str, Any]))",
        "        except MCPError as refused:",
        '            return {"error": refused.error.model_dump(mode="json", exclude_none=True)}',
        '        return {"result": result}',
        "",
        "",
        f"def test_row_{request.seq}() -> None:",
        "    said = anyio.run(answer)",
        "    assert said.keys() == EXPECTED.keys()",
        '    assert said.get("result", {}).get("isError") == EXPECTED.get("result", {}).get("isError")',
        "    assert steady(said) == steady(EXPECTED)",
    ]
    imports = {"import re", "from typing import Any", "import anyio", "from mcp import MCPError, types"}
    imports |= {"from pydantic import TypeAdapter"} | connected.imports
    imports |= {"import json"} if any("json.loads(" in line for line in body) else set()
    head = [
        f"# The request {request.seq} of a recording is answered as it was then. It needs: pytest, {NEEDS}"
    ]
    left = f"It does not compare times, UUIDs, {', '.join(_HOUSEKEEPING)}"
    left += f", nor {len(changing)} places that differed in the recording." if changing else "."
    return Copy(assembled(head, imports, connected, body), (*connected.notes, left))


def _expected(request: Request) -> dict[str, Any]:
    """The recorded answer.

    Raises:
        UsageError: There is none that can be asserted.
    """
    event = answer_of(request)
    frame = event.frame
    if frame is not None and frame.shape is Shape.RESPONSE and isinstance(frame.result, dict):
        said: dict[str, Any] = {"result": frame.result}
    elif frame is not None and frame.shape is Shape.ERROR and frame.error:
        said = {"error": {key: value for key, value in frame.error.items() if value is not None}}
    else:
        raise UsageError(
            "The answer is none of MCP, and the mcp package would not read it", next="Copy it as Python"
        )
    if depth(said) > _DEEPEST:
        raise UsageError("The answer is nested too deeply to be asserted", next="Copy it as Python")
    return said


def _first(request: Request) -> list[str]:
    """Over HTTP some headers follow from the schema of the tool, which the client knows from the list."""
    sent = headers_of(asked(request.journal, request.event.exchange))
    mirrored = any(name.lower().startswith("mcp-param-") for name, _ in sent)
    return ["        await client.list_tools()"] if mirrored else []


def _changing(request: Request) -> list[tuple[str | int, ...]]:
    """The places that differ between the recorded answers to this very request."""
    journal = request.journal
    subject = subject_of(journal, request.seq)
    if subject is None or request.reply < 0:
        return []
    results = Results(journal, subject)
    deadline = time.monotonic() + _BUDGET
    while results.advance(_BUDGET) and time.monotonic() < deadline:
        pass
    mine = next((each for each in results.found if each.request == request.seq), None)
    if mine is None:
        return []
    places: dict[tuple[str | int, ...], None] = {}
    same = [each for each in results.found if each.given == mine.given and each.request != mine.request]
    for other in same[-_MOST_ANSWERS:]:
        if time.monotonic() > deadline:
            break
        _compare(results.result(mine), results.result(other), ("result",), places)
    return list(places)[:_MOST_PLACES]


def _compare(
    one: Any, other: Any, place: tuple[str | int, ...], places: dict[tuple[str | int, ...], None]
) -> None:
    """Note where two answers differ; a list of another length, or an object with other keys, as a whole."""
    if len(place) > _DEEPEST:
        return
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            _compare(one[key], other[key], (*place, key), places)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, each in enumerate(one):
            _compare(each, other[at], (*place, at), places)
    elif one != other and len(place) > 1:
        places[place] = None


def _places(changing: list[tuple[str | int, ...]]) -> str:
    if not changing:
        return "set()"
    said = [f"({', '.join(python(step) for step in place)},)" for place in changing]
    return "{" + ", ".join(said) + "}"
