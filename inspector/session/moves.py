"""The moves of a negotiation, as values: what to do next, each with its reason.

They are chosen in `inspector.session.negotiate` and made in `inspector.session.owner`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from inspector.errors import InspectError
from inspector.session.dialect import Dialect
from inspector.session.outcome import Replied


@dataclass(frozen=True, slots=True)
class Probe:
    """Send `server/discover` in `version`."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Initialize:
    """Send `initialize` asking for `version`."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Restart:
    """The server ended at the probe, as some legacy ones do: start it again and `begin` again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Leave streamable HTTP for HTTP+SSE at the same URL, and `begin` again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for the `endpoint` event of an HTTP+SSE stream, and tell `listened`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """Speak `dialect`. `reply` is what the server said about itself, if it did."""

    dialect: Dialect
    reason: str
    reply: Replied | None


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no connection to be had."""

    error: InspectError


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing new follows; an answer is still to come."""


Ask: TypeAlias = Probe | Initialize
Step: TypeAlias = Probe | Initialize | Restart | Reopen | Listen | Agreed | Refused | Wait
