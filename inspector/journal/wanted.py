"""What a message wants of the client first: the requests in a result, and in the error that names URLs.

Pure. What becomes of them is folded by `inspector.journal.asked`, and decided by the session's inbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame

MOST_OF_ONE = 1_000
"""Questions of one message."""
URL_REQUIRED = -32042


def required(frame: Frame) -> list[tuple[str, Mapping[str, Any]]]:
    """The elicitations that an error wants first, by names: their ids where they have one.

    2025-11-25, client/elicitation, "URL Elicitation Required Error". Empty for any other message.
    """
    return [(key, item.params) for key, item in of_refusal(frame)]


def of_refusal(frame: Frame) -> Iterator[tuple[str, Frame]]:
    """The same as the requests that they stand for."""
    data = frame.error.get("data") if frame.error.get("code") == URL_REQUIRED else None
    wanted = data.get("elicitations") if isinstance(data, Mapping) else None
    taken: set[str] = set()
    for number, params in enumerate(wanted[:MOST_OF_ONE] if isinstance(wanted, list) else ()):
        if isinstance(params, Mapping):
            id = params.get("elicitationId")
            key = id if isinstance(id, str) and id not in taken else f"#{number + 1}"
            taken.add(key)
            yield key, _stands_for({"method": "elicitation/create", "params": {"mode": "url", **params}})


def requests(frame: Frame) -> Mapping[str, Frame]:
    """The requests in a result that wants input first, by their keys."""
    result = frame.result if isinstance(frame.result, Mapping) else {}
    wanted = result.get("inputRequests")
    says = (result.get("resultType"), result.get("status"))
    if "input_required" not in says or not isinstance(wanted, Mapping):
        return {}
    few = list(wanted.items())[:MOST_OF_ONE]
    return {key: _stands_for(each) for key, each in few if isinstance(each, Mapping)}


def _stands_for(request: Mapping[str, Any]) -> Frame:
    method = request.get("method")
    return Frame(Shape.REQUEST, dict(request), method if isinstance(method, str) else None)
