"""A session over HTTP with an authorization, written down by hand: no ports, no clock, no chance."""

from __future__ import annotations

import itertools
from typing import Any

from inspector.journal.journal import Journal
from inspector.transport.tap import Tap
from inspector.wire.jsonrpc import encode

URL = "https://mcp.example.com/mcp"
ISSUER = "https://auth.example.com"
TLS = {
    "version": "TLSv1.3",
    "cipher": "TLS_AES_256_GCM_SHA384",
    "issuer": "Example CA",
    "not_after": "2027-01-01",
}


class Recorded:
    """A journal that grows by whole exchanges."""

    def __init__(self) -> None:
        ticks = itertools.count()
        self.journal = Journal.create(
            target={"transport": "http", "url": URL}, clock=lambda: next(ticks) / 250
        )
        self.tap = Tap(self.journal)

    def request(self, number: int, method: str, url: str, **facts: Any) -> None:
        headers = [
            ["host", url.split("/")[2]],
            ["accept", "application/json, text/event-stream"],
            *facts.pop("headers", []),
        ]
        self.tap.http("request", number, method=method, url=url, headers=headers, size=0, **facts)

    def response(self, number: int, status: int, reason: str, **facts: Any) -> None:
        headers = [["content-type", "application/json"], *facts.pop("headers", [])]
        self.tap.http(
            "response", number, status=status, reason=reason, version="HTTP/1.1", headers=headers, **facts
        )

    def end(self, number: int, **facts: Any) -> None:
        phases = {"dns": 0.001, "connect": 0.002, "tls": 0.006, "send": 0.0001, "wait": 0.018, "body": 0.003}
        self.tap.http("end", number, **{"outcome": "complete", "bytes": 214, "phases": phases} | facts)

    def ask(self, method: str, params: Any, result: Any, *, status: int = 200) -> int:
        """A request over POST, and its answer; returns the exchange."""
        number = self.journal.new_exchange()
        id = len(self.journal)
        self.tap.sent(
            encode({"jsonrpc": "2.0", "id": id, "method": method, "params": params}), exchange=number
        )
        self.request(number, "POST", URL, headers=[["authorization", "Bearer s3cr3t-access-token"]])
        self.response(number, status, "OK" if status < 400 else "Unauthorized", peer="192.0.2.7:443", tls=TLS)
        if status < 400:
            self.tap.received(encode({"jsonrpc": "2.0", "id": id, "result": result}), exchange=number)
        self.end(number, status=status)
        return number

    def fetch(
        self, url: str, purpose: str, *, method: str = "GET", status: int = 200, body: bytes = b""
    ) -> int:
        """A request of the authorization; returns the exchange."""
        number = self.journal.new_exchange()
        self.request(number, method, url, purpose=purpose)
        self.response(number, status, "OK" if status < 400 else "Not Found")
        if body:
            self.tap.http_body(number, body)
        self.end(number, status=status, phases={"connect": 0.001, "wait": 0.02, "body": 0.001})
        return number


def session() -> Recorded:
    """Connect, be challenged, authorize, call, be redirected, stream."""
    made = Recorded()
    made.tap.client("connecting", target={"url": URL}, protocol="auto")
    made.ask("initialize", {"protocolVersion": "2025-11-25"}, {}, status=401)
    made.fetch(
        "https://mcp.example.com/.well-known/oauth-protected-resource/mcp", "protected resource metadata"
    )
    made.fetch(
        f"{ISSUER}/.well-known/oauth-authorization-server", "authorization server metadata", status=404
    )
    made.fetch(f"{ISSUER}/.well-known/openid-configuration", "authorization server metadata (OIDC)")
    made.fetch(f"{ISSUER}/token", "token", method="POST")
    reply = {
        "protocolVersion": "2025-11-25",
        "serverInfo": {"name": "notes", "version": "1.2.0"},
        "capabilities": {"tools": {}},
    }
    made.ask("initialize", {"protocolVersion": "2025-11-25"}, reply)
    made.tap.client("negotiated", version="2025-11-25", era="legacy", reason="the server answered initialize")
    tools = [
        {"name": "search", "inputSchema": {"type": "object", "properties": {"words": {"type": "string"}}}}
    ]
    made.ask("tools/list", {}, {"tools": tools})
    stream = made.journal.new_exchange()
    made.request(stream, "GET", URL)
    made.response(stream, 200, "OK", headers=[["mcp-session-id", "3b9f"]])
    made.tap.sse("event", stream, id="1", retry=3000)
    call = made.journal.new_exchange()
    body = {"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": {"name": "search", "arguments": {}}}
    made.tap.sent(encode(body), exchange=call)
    made.request(call, "POST", URL, headers=[["authorization", "Bearer s3cr3t-access-token"]])
    made.response(
        call, 307, "Temporary Redirect", headers=[["location", "https://eu.example.net/mcp"]], tls=TLS
    )
    made.request(call, "POST", "https://eu.example.net/mcp", why="redirect", dropped=["authorization"])
    made.response(call, 200, "OK", peer="198.51.100.4:443")
    made.tap.received(encode({"jsonrpc": "2.0", "id": 77, "result": {"content": []}}), exchange=call)
    made.end(call, status=200, requests=2, buffered=True, held=2.5)
    return made
