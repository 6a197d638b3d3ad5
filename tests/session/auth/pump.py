"""A driver of flows without I/O: a table of answers in, what the flow did out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from inspector.errors import AuthNeeded
from inspector.session.auth.case import Known
from inspector.session.auth.model import Client, Credentials
from inspector.session.auth.steps import (
    Action,
    Choose,
    Decision,
    Enter,
    Fetch,
    Flow,
    Got,
    Verdict,
    Visit,
)
from inspector.transport.base import Challenge

MCP = "https://mcp.example/mcp"
AS = "https://as.example"
CALLBACK = "http://127.0.0.1:4321/callback"
NOW = 1_000_000.0

Answer = Any  # a mapping (200, JSON), an int (status), (status, mapping), Got, or a callable of Fetch


class Shelf:
    """A store in memory."""

    def __init__(self, *clients: Client, held: Credentials | None = None) -> None:
        self.clients = {client.issuer: client for client in clients}
        self.held = held

    def client(self, issuer: str) -> Client | None:
        return self.clients.get(issuer)

    def keep_client(self, client: Client) -> None:
        self.clients[client.issuer] = client

    def credentials(self, resource: str) -> Credentials | None:
        return self.held if self.held and self.held.resource == resource else None

    def keep(self, credentials: Credentials) -> None:
        self.held = credentials

    def forget(self, resource: str | None = None) -> int:
        self.held = None
        return 1

    def all(self) -> list[Credentials]:
        return [self.held] if self.held else []


def known(shelf: Shelf | None = None, **more: Any) -> Known:
    """A world in which time stands still and chance counts."""
    count = iter(range(1_000))
    values: dict[str, Any] = {
        "store": shelf or Shelf(),
        "redirect_uri": CALLBACK,
        "now": lambda: NOW,
        "random": lambda size: f"random-{next(count)}-".ljust(size * 4 // 3 + 1, "x"),
    }
    return Known(**(values | more))


def challenge(*headers: str, status: int = 401) -> Challenge:
    """A response that asks for authorization."""
    named = tuple(("WWW-Authenticate", header) for header in headers)
    return Challenge(7, 0, MCP, status, named, used=status == 403)


def metadata(issuer: str = AS, **more: Any) -> dict[str, Any]:
    """Metadata of an authorization server that does everything right."""
    made = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "registration_endpoint": f"{issuer}/register",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
    }
    return {key: value for key, value in (made | more).items() if value is not None}


def granted(**more: Any) -> Got:
    """What a token endpoint that does everything right answers."""
    made = {"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "refresh"}
    body = json.dumps({key: value for key, value in (made | more).items() if value is not None})
    return Got(9, 200, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body.encode())


def world(**more: Answer) -> dict[str, Answer]:
    """A server and an authorization server that do everything right."""
    return {
        "GET https://mcp.example/.well-known/oauth-protected-resource/mcp": {
            "resource": MCP,
            "authorization_servers": [AS],
        },
        f"GET {AS}/.well-known/oauth-authorization-server": metadata(),
        f"POST {AS}/register": (201, {"client_id": "registered"}),
        f"POST {AS}/token": granted(),
    } | more


@dataclass
class Ran:
    """What a flow did."""

    actions: list[Action] = field(default_factory=list)
    credentials: Credentials | None = None
    failure: AuthNeeded | None = None

    @property
    def fetches(self) -> list[Fetch]:
        return [action for action in self.actions if isinstance(action, Fetch)]

    @property
    def asked(self) -> list[str]:
        return [f"{fetch.method} {fetch.url}" for fetch in self.fetches]

    @property
    def verdicts(self) -> list[Verdict]:
        return [action for action in self.actions if isinstance(action, Verdict)]

    @property
    def rules(self) -> list[str]:
        return [verdict.rule for verdict in self.verdicts if verdict.rule]

    @property
    def visits(self) -> list[Visit]:
        return [action for action in self.actions if isinstance(action, Visit)]

    def query(self) -> dict[str, str]:
        """The parameters of the last visit."""
        return dict(parse_qsl(urlsplit(self.visits[-1].url).query, keep_blank_values=True))

    def form(self, url: str = f"{AS}/token") -> dict[str, str]:
        """The parameters of the last POST to `url`."""
        body = next(fetch.body for fetch in reversed(self.fetches) if fetch.url == url)
        return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}

    def headers(self, url: str = f"{AS}/token") -> dict[str, str]:
        return dict(next(fetch.headers for fetch in reversed(self.fetches) if fetch.url == url))


def consents(**parameters: str | None) -> Callable[[Visit], str]:
    """A person who says yes; parameters are added to the answer, or taken out of it with `None`."""

    def visit(wanted: Visit) -> str:
        answer = {"code": "the-code", "state": wanted.state, **parameters}
        return f"{wanted.redirect_uri}?{urlencode({k: v for k, v in answer.items() if v is not None})}"

    return visit


def stops(verdict: Verdict) -> Decision:
    """What a guide without opinions says."""
    return Decision.STOP if verdict.judgement == "violation" else Decision.PROCEED


def run(
    flow: Flow,
    answers: Mapping[str, Answer],
    *,
    visit: Callable[[Visit], Any] | None = None,
    decide: Callable[[Verdict], Decision] = stops,
    choose: Callable[[Choose], Any] = lambda choice: 0,
    enter: Callable[[Enter], Any] = lambda wanted: {},
) -> Ran:
    """Drive `flow` to its end; addresses that are not in the table answer 404."""
    ran = Ran()
    answer: Any = None
    try:
        while True:
            action = flow.send(answer)
            ran.actions.append(action)
            match action:
                case Fetch():
                    answer = _got(answers.get(f"{action.method} {action.url}", 404), action)
                case Verdict():
                    answer = decide(action)
                case Choose():
                    answer = choose(action)
                case Visit():
                    answer = (visit or consents())(action)
                case Enter():
                    answer = enter(action)
    except StopIteration as stopped:
        ran.credentials = stopped.value
    except AuthNeeded as failure:
        ran.failure = failure
    return ran


def _got(answer: Answer, fetch: Fetch) -> Got:
    if callable(answer):
        answer = answer(fetch)
    if isinstance(answer, Got):
        return answer
    if isinstance(answer, int):
        return Got(8, answer)
    status, document = answer if isinstance(answer, tuple) else (200, answer)
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Got(8, status, (("content-type", "application/json"),), body)
