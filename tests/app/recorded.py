"""A session over HTTP with an authorization, written down by hand: no ports, no clock, no chance."""

from __future__ import annotations

import itertools
from typing import Any

from inspector.doctor.report import Cause, Check, Report
from inspector.journal.journal import Journal
from inspector.session.auth.steps import STEPS, Verdict, Visit
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget, StdioTarget
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

    def auth(self, what: str, state: str, *, exchange: int = 0, **data: Any) -> None:
        """An event as the driver of a flow writes it."""
        title = STEPS.get(what, "Authorization")
        self.tap.auth(what, exchange=exchange or None, flow=1, state=state, title=title, **data)

    def judged(
        self, what: str, judgement: str, says: str, clause: str = "", exchange: int = 0, **facts: Any
    ) -> None:
        """A verdict about a step."""
        rule = facts.pop("rule", "")
        told = {"judgement": judgement, "says": says, "clause": clause, "rule": rule, "facts": facts}
        self.auth(what, "done", exchange=exchange, **told)

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


VISIT = Visit(
    "authorize",
    f"{ISSUER}/authorize?response_type=code&client_id=c-1&state=abc&resource=https%3A%2F%2Fmcp.example.com",
    "auth.example.com",
    "http://127.0.0.1:8765/callback",
    scope="notes.read notes.write",
)
MIXED_UP = Verdict(
    "server-metadata",
    "violation",
    "The metadata name the issuer https://evil.example.net, but were asked for https://auth.example.com",
    "issuer-mismatch",
    "RFC 8414 section 3.3",
)


def authorization(*, violation: bool = False) -> Recorded:
    """An authorization under way: up to the browser, or up to a violation."""
    made = Recorded()
    made.tap.client("connecting", target={"url": URL}, protocol="auto")
    facts = {"grant": "authorization-code", "resource": URL, "reason": "the server asks for authorization"}
    made.auth("flow", "started", facts=facts)
    asked = made.ask("initialize", {"protocolVersion": "2025-11-25"}, {}, status=401)
    prm = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
    made.judged(
        "challenge", "ok", "It says where its metadata are", "RFC 9728 section 5.1", asked, metadata=prm
    )
    got = made.fetch(prm, "protected resource metadata")
    for_us = {"resource": URL, "authorization_servers": [ISSUER]}
    made.judged("resource-metadata", "ok", "They are for this server", "RFC 9728 section 3.3", got, **for_us)
    made.judged("authorization-server", "ok", "It names one authorization server", issuer=ISSUER)
    place = f"{ISSUER}/.well-known/oauth-authorization-server"
    missing = made.fetch(place, "authorization server metadata", status=404)
    made.judged("server-metadata", "note", "Not here: 404", "RFC 8414 section 3", missing)
    place = f"{ISSUER}/.well-known/openid-configuration"
    got = made.fetch(place, "authorization server metadata (OIDC)")
    if violation:
        evil = {"rule": MIXED_UP.rule, "issuer": "https://evil.example.net"}
        made.judged("server-metadata", "violation", MIXED_UP.says, MIXED_UP.clause, got, **evil)
        return made
    good = {"issuer": ISSUER, "code_challenge_methods": ["S256"]}
    made.judged("server-metadata", "ok", "The issuer is the right one", "RFC 8414 section 3.3", got, **good)
    got = made.fetch(f"{ISSUER}/register", "dynamic client registration", method="POST", status=201)
    clause = "RFC 7591 section 3.2.1"
    made.judged("registration", "ok", "Registered as a public client", clause, got, client_id="c-1")
    there = {"host": VISIT.host, "scope": VISIT.scope, "redirect_uri": VISIT.redirect_uri}
    made.judged("authorize", "note", f"Asking {VISIT.host} for {VISIT.scope}", **there)
    made.auth("authorize", "waiting", facts={"host": VISIT.host})
    return made


_SKIPPED = "Not looked at: see Certificate"
REPORTS: dict[str, tuple[StdioTarget | HttpTarget, Report]] = {
    "stdio": (
        StdioTarget(("uvx", "weather-mcp")),
        Report(
            target="uvx weather-mcp",
            transport="stdio",
            checks=(
                Check(name="cwd", title="Working directory", state="ok", says="/home/ann/project"),
                Check(name="command", title="Command found", state="ok", says="/usr/bin/uvx"),
                Check(name="start", title="Process started", state="ok", says="As process 4242", took=0.012),
                Check(
                    name="exit",
                    title="Process lives",
                    state="failed",
                    says="It exited with code 1 after 1.31 s, before its first message",
                    evidence=(
                        "Traceback (most recent call last):",
                        '  File "weather/server.py", line 12, in <module>',
                        "KeyError: 'OPENWEATHER_TOKEN'",
                    ),
                    took=1.31,
                ),
                Check(
                    name="stdout", title="First bytes on stdout", state="skipped", says="Nothing was printed"
                ),
                Check(
                    name="handshake", title="Handshake", state="skipped", says="There was nobody to answer"
                ),
            ),
            cause=Cause(
                rule="environment-variable",
                says="The server wants the environment variable OPENWEATHER_TOKEN, and it is not set",
                next="mcp-inspect -e OPENWEATHER_TOKEN=… -- uvx weather-mcp",
                check="exit",
            ),
            facts={"stages": "spawned 12 ms, exited 1.31 s"},
        ),
    ),
    "http": (
        HttpTarget("https://mcp.example.com/mcp"),
        Report(
            target="mcp.example.com/mcp",
            transport="http",
            checks=(
                Check(name="url", title="URL and files", state="ok", says="https://mcp.example.com/mcp"),
                Check(name="proxy", title="Proxy", state="note", says="By way of proxy.example.com:3128"),
                Check(name="dns", title="Name resolution", state="ok", says="192.0.2.7", took=0.003),
                Check(name="tcp", title="TCP connection", state="ok", says="192.0.2.7:443", took=0.021),
                Check(
                    name="tls",
                    title="Certificate",
                    state="failed",
                    says="The certificate expired 12 days ago",
                    evidence=("subject  mcp.example.com", "issuer   Example CA", "until    2026-11-10"),
                    took=0.044,
                    rows=(2,),
                ),
                Check(name="answer", title="HTTP answer", state="skipped", says=_SKIPPED),
                Check(name="era", title="Era", state="skipped", says=_SKIPPED),
            ),
            cause=Cause(
                rule="certificate-expired",
                says="The certificate of mcp.example.com expired on 2026-11-10",
                next="Renew it; to look at the server all the same: mcp-inspect --insecure https://mcp.example.com/mcp",
                check="tls",
            ),
        ),
    ),
}
"""Two diagnoses, with their targets."""
