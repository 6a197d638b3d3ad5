"""How a probe asks: one request, its purpose in the journal, and a check in the report for what came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from inspector.doctor.report import Check, Report, State
from inspector.journal.journal import Journal
from inspector.session.dialect import Dialect, Handshake, Modern
from inspector.transport.fetch import Fetched, Fetcher
from inspector.transport.guard import Guard
from inspector.transport.target import HttpTarget
from inspector.wire.versions import LATEST_LEGACY, LATEST_MODERN
from inspector.wire.visible import clip, visible

TIMEOUT = 5.0
"""Seconds for one request."""
STREAM_TIMEOUT = 2.0
"""Seconds for the first event of a stream, which begins at once or is silent for long."""
_KEPT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Asking:
    """What all probes of one diagnosis share."""

    target: HttpTarget
    journal: Journal
    fetcher: Fetcher

    async def ask(
        self,
        method: str,
        url: str,
        purpose: str,
        headers: Iterable[tuple[str, str]] = (),
        *,
        body: bytes = b"",
        own: bool = True,
        limit: int = _KEPT,
        guard: Guard | None = None,
        timeout: float = TIMEOUT,
    ) -> Fetched:
        """Make one request.

        Args:
            method: No method that changes anything.
            url: Where.
            purpose: For the journal, `probe: …`.
            headers: Beside the user's own, which they replace.
            body: Of a POST.
            own: Send the user's headers, credentials among them: to the target's own origin only.
            limit: Bytes of the answer to read.
            guard: Where a server named the URL.
            timeout: Seconds.
        """
        given = [*headers]
        names = {name.lower() for name, _ in given}
        kept = [(name, value) for name, value in self.target.headers if own and name.lower() not in names]
        return await self.fetcher.fetch(
            method,
            url,
            headers=[*kept, *given],
            body=body,
            purpose=purpose,
            timeout=timeout,
            guard=guard,
            limit=limit,
        )

    async def discover(self, url: str, purpose: str, headers: Iterable[tuple[str, str]] = ()) -> Fetched:
        """`server/discover` of 2026-07-28, which begins no session at a server of any era."""
        return await self._post(url, purpose, "server/discover", Modern(LATEST_MODERN), None, headers)

    async def initialize(self, url: str, purpose: str) -> Fetched:
        """`initialize`, for servers that answer nothing else. A session that it begins is left to expire."""
        dialect = Handshake(LATEST_LEGACY)
        return await self._post(url, purpose, "initialize", dialect, dialect.initialize(), ())

    async def _post(
        self,
        url: str,
        purpose: str,
        method: str,
        dialect: Dialect,
        params: Mapping[str, Any] | None,
        headers: Iterable[tuple[str, str]],
    ) -> Fetched:
        given = [*headers]
        names = {name.lower() for name, _ in given}
        own = [
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
            *dialect.headers(method).items(),
        ]
        sent = [pair for pair in own if pair[0].lower() not in names] + given
        return await self.ask("POST", url, purpose, sent, body=dialect.request(1, method, params))

    def add(
        self,
        report: Report,
        name: str,
        title: str,
        state: State,
        says: str,
        got: Fetched | None = None,
        *lines: str,
    ) -> Report:
        """The report with one more check, about what came."""
        rows = tuple(self.journal.rows_of_exchange(got.exchange)) if got is not None else ()
        evidence = tuple(clip(visible(line), 160) for line in lines)
        check = Check(name=name, title=title, state=state, says=says, evidence=evidence, rows=rows)
        return replace(report, checks=(*report.checks, check))


def speaks(got: Fetched) -> bool:
    """Whether the body is JSON-RPC, alone or in an event stream, at whatever status."""
    text = got.body[:_KEPT].decode("utf-8", "replace")
    candidates = [text, *(line.partition(":")[2] for line in text.splitlines() if line.startswith("data:"))]
    return any(_is_rpc(each) for each in candidates)


def _is_rpc(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "jsonrpc" in value and not value.keys().isdisjoint(("result", "error"))
