"""One HTTP exchange of the journal in words: request line, headers both ways, status, phases, end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from inspector.wire.event import Event, Kind
from inspector.wire.visible import seconds, size, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal


def exchange_of(journal: Journal, number: int) -> str:
    """Everything the journal knows of HTTP exchange `number`, as lines to read."""
    lines: list[str] = []
    for seq in journal.rows_of_exchange(number):
        kind = journal.kind(seq)
        if kind is Kind.HTTP:
            lines.extend(_step(journal.event(seq)))
        elif kind is Kind.SSE:
            lines.append(f"  {seq}  sse  {_facts(journal.data(seq))}")
        elif kind is Kind.MESSAGE:
            lines.append(f"  {seq}  message  {size(journal.size(seq))}")
    return "\n".join(lines) or "The journal holds no HTTP events of this exchange."


def _step(event: Event) -> Iterator[str]:
    data = event.data
    match event.what:
        case "request":
            yield f"> {visible(str(data.get('method', '')))} {visible(str(data.get('url', '')))}"
            yield from _headers(data, ">")
            yield ""
        case "response":
            reason = visible(str(data.get("reason", "")))
            yield f"< {visible(str(data.get('version', 'HTTP')))} {data.get('status', '')} {reason}".rstrip()
            yield from _headers(data, "<")
            yield ""
        case "body":
            yield f"< {size(event.size)} that are no message:"
            yield visible(event.body[:4000].decode("utf-8", "backslashreplace"), newline="\n")
            yield ""
        case "end":
            yield visible(f"end: {data.get('outcome', '')} {data.get('error', '')}".rstrip())
            if isinstance(count := data.get("bytes"), int):
                yield f"  {size(count)} received"
            phases = data.get("phases")
            if isinstance(phases, dict):
                for name, took in phases.items():
                    if isinstance(took, int | float):
                        yield f"  {visible(str(name)):<8} {seconds(took)}"
        case what:
            yield f"{visible(what)} {_facts(data)}"


def _headers(data: Any, mark: str) -> Iterator[str]:
    headers = data.get("headers")
    for pair in headers if isinstance(headers, list) else []:
        if isinstance(pair, list | tuple) and len(pair) == 2:
            yield f"{mark} {visible(str(pair[0]))}: {visible(str(pair[1]))}"


def _facts(data: Any) -> str:
    return visible(" ".join(f"{key}={value}" for key, value in data.items() if key != "what"))
