"""What a link is told of a response before its body is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a response, as a link sees it.

    Attributes:
        method: Of the request.
        status: HTTP status.
        headers: Of the response, by names in lower case; see `inspector.transport.fields.exact`.
        sent: Of the request, likewise.
    """

    method: str
    status: int
    headers: Mapping[str, str]
    sent: Mapping[str, str]
