"""One request and its response, while it is under way: what was measured, and where it went.

Whatever takes part (the pool, the dialler, the tap) fills it in; it decides nothing and does no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from time import perf_counter
from typing import Any

from inspector.transport.guard import Guard

# The steps that httpcore traces, by the phase that they are part of; `dns` and `connect` are the
# dialler's own. Through a proxy, its CONNECT counts under `send` and `wait` too.
_PHASES: Mapping[str, str] = {
    "setup_socks5_connection": "connect",
    "start_tls": "tls",
    "send_request_headers": "send",
    "send_request_body": "send",
    "receive_response_headers": "wait",
    "receive_response_body": "body",
}

_REPLY = 64 * 1024


class Hop:
    """One request and its response.

    Args:
        exchange: The exchange that it serves.
        why: `redirect`, `resume` or `authorized` where it is not the first of its exchange.
        purpose: What it is for, in words, where it carries no MCP message.
        dropped: Names of headers that a redirect dropped.
        guard: Which addresses may be dialled; any, where `None`.
        shown: The request's body as it is to be written down, where it is no MCP message.
        size: Bytes of the request's body where it goes out piece by piece; `None` where it is there.

    Attributes:
        phases: Seconds spent in each phase so far: dns, connect, tls, send, wait (for the first byte), body.
        addresses: That the name resolved to.
        proxied: The proxy in between, host and port; `addresses` and `peer` are then the proxy's.
        peer: What was connected to: `127.0.0.1:8000`, `[::1]:8000`, `unix:/run/mcp.sock`; empty where the
            connection was there before, or was never made.
        tls: Facts of a TLS connection that was made for this request: version, cipher, subject, issuer,
            not_after.
        bytes: Of the response's body as they crossed the wire: compressed, without chunk framing.
        encoded: The first of these bytes, where the response says that they are compressed.
        sent_at: By `perf_counter`, when the request had been sent.
        kept: It went out on a connection that an earlier request had opened.
        reply: The first bytes that came in reply, as they crossed the connection; empty once they turned
            out to be the head of a response.
        reply_size: How many came.
    """

    def __init__(
        self,
        exchange: int,
        why: str = "",
        *,
        purpose: str = "",
        dropped: tuple[str, ...] = (),
        guard: Guard | None = None,
        shown: bytes = b"",
        size: int | None = None,
    ) -> None:
        self.exchange = exchange
        self.why = why
        self.purpose = purpose
        self.dropped = dropped
        self.guard = guard
        self.shown = shown
        self.size = size
        self.phases: dict[str, float] = {}
        self.addresses: tuple[str, ...] = ()
        self.proxied = ""
        self.peer = ""
        self.tls: dict[str, str] = {}
        self.bytes = 0
        self.encoded = bytearray()
        self.sent_at = 0.0
        self.kept = False
        self.reply = bytearray()
        self.reply_size = 0
        self._phase = "connect"
        self._since = 0.0

    @property
    def stage(self) -> str:
        """The phase it is in, by the name that an `end` event uses."""
        return "read" if self._phase == "body" else self._phase

    @property
    def timings(self) -> dict[str, float]:
        """The phases, in microseconds' precision."""
        return {name: round(taken, 6) for name, taken in self.phases.items()}

    def begins(self, phase: str) -> None:
        self._phase, self._since = phase, perf_counter()

    def ends(self) -> None:
        """The phase that began last is over, well or not."""
        now = perf_counter()
        self.phases[self._phase] = self.phases.get(self._phase, 0.0) + now - self._since
        if self._phase == "send":
            self.sent_at = now

    def hears(self, octets: bytes) -> None:
        """Bytes came in reply."""
        self.reply += octets[: _REPLY - len(self.reply)]
        self.reply_size += len(octets)

    def speaks(self) -> None:
        """Bytes go out: whatever comes next is the reply."""
        self.reply.clear()
        self.reply_size = 0

    async def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """What httpcore calls around each step, e.g. with `http11.send_request_body.started`."""
        step, _, state = name.rpartition(".")
        step = step.rpartition(".")[2]
        phase = _PHASES.get(step)
        if phase is None:
            return
        if state == "started":
            self.begins(phase)
            self.kept = self.kept or (step == "send_request_headers" and not self.addresses)
            return
        self.ends()
        if step == "start_tls" and state == "complete":
            self.tls = tls_facts(info["return_value"].get_extra_info("ssl_object"))


CURRENT: ContextVar[Hop | None] = ContextVar("hop", default=None)
"""The request on whose behalf a connection is being made. httpcore dials in the task that asks."""


def tls_facts(connection: Any) -> dict[str, str]:
    """What is known of a TLS connection, of its `ssl.SSLObject`. Nothing here is secret.

    `subject`, `issuer` and `not_after` are missing where the certificate was not verified: the standard
    library then does not parse it.
    """
    if connection is None:
        return {}
    cipher = connection.cipher()
    facts = {"version": connection.version() or "", "cipher": cipher[0] if cipher else ""}
    certificate = connection.getpeercert() or {}
    for name, key in (("subject", "subject"), ("issuer", "issuer")):
        if found := certificate.get(key):
            facts[name] = ", ".join(f"{part}={value}" for group in found for part, value in group)
    if expires := certificate.get("notAfter"):
        facts["not_after"] = expires
    return {name: value for name, value in facts.items() if value}
