"""The steps of an authorization in words."""

from __future__ import annotations

import base64
import json

from inspector.app.auth_steps import detail_entries, step_entries, title_of, token_entries
from inspector.journal.authorization import Authorization, Flow
from inspector.journal.journal import Journal
from inspector.session.auth.model import Client, Credentials, Tokens
from inspector.wire.event import Kind
from tests.app.recorded import Recorded, authorization


def flow_of(made: Recorded) -> Flow:
    fold = Authorization(made.journal)
    fold.advance(60)
    return fold.flows[-1]


def test_every_step_has_mark_word_and_place() -> None:
    flow = flow_of(authorization(violation=True))
    shown = [entry.plain for entry in step_entries(flow)]
    assert shown == [
        "✓ The server's challenge  ok",
        "✓ Protected resource metadata  ok",
        "✓ Choice of the authorization server  ok",
        "✗ Authorization server metadata  violation",
    ]
    assert title_of((flow,), flow) == "authorization code · the server asks for authorization"


def test_a_step_shows_verdict_clause_facts_and_exchange() -> None:
    made = authorization(violation=True)
    text = "\n".join(entry.whole for entry in detail_entries(made.journal, flow_of(made).steps[-1], []))
    assert "✓ note: Not here: 404" in text
    assert "✗ violation: The metadata name the issuer https://evil.example.net" in text
    assert "RFC 8414 section 3.3 · issuer-mismatch" in text
    assert "→ exchange 4 GET https://auth.example.com/.well-known/openid-configuration" in text
    assert "< HTTP/1.1 200 OK" in text


def test_how_a_flow_ended_stands_under_its_steps() -> None:
    made = authorization()
    made.auth("flow", "done", judgement="ok", says="The server can be asked.", facts={"scope": "a b"})
    entries = step_entries(flow_of(made))
    assert [entry.plain for entry in entries[-2:]] == ["✓ The server can be asked.", "  scope  a b"]


def test_a_server_does_not_reach_the_terminal() -> None:
    journal = Journal.create()
    evil = "\x1b]52;c;AAAA\x07[bold]\u202e"
    data = {
        "flow": 1,
        "state": "done",
        "judgement": "ok",
        "says": evil,
        "clause": evil,
        "facts": {evil: [evil]},
    }
    journal.append(Kind.AUTH, data={"what": "token", "title": evil, **data})
    journal.append(
        Kind.AUTH, data={"what": evil, "flow": 1, "state": "waiting", "says": evil, "facts": {evil: evil}}
    )
    fold = Authorization(journal)
    fold.advance(60)
    flow = fold.flows[0]
    entries = [*step_entries(flow), *(e for step in flow.steps for e in detail_entries(journal, step, []))]
    shown = "".join(entry.whole for entry in entries).replace("\n", "")
    assert shown.isprintable()
    assert "[bold]" in shown


def credentials(token: str) -> Credentials:
    tokens = Tokens(access_token=token, refresh_token="refresh-me", expires_at=4e9)
    return Credentials(
        resource="https://x/mcp",
        issuer="https://as",
        client=Client(issuer="https://as", client_id="c"),
        tokens=tokens,
    )


def test_a_token_is_a_fingerprint_until_it_is_asked_for() -> None:
    hidden = "\n".join(
        entry.whole for entry in token_entries(credentials("opaque-secret"), "https://x", revealed=False)
    )
    assert "opaque-secret" not in hidden
    assert "refresh-me" not in hidden
    assert "sha256:" in hidden
    assert "expires in" in hidden
    shown = "\n".join(
        entry.whole for entry in token_entries(credentials("opaque-secret"), "https://x", revealed=True)
    )
    assert "opaque-secret" in shown
    assert "refresh-me" in shown


def test_a_jwt_is_read_beside_the_server() -> None:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    token = ".".join([part({"alg": "RS256"}), part({"aud": "https://other/", "exp": 1, "x": "\x1b"}), "c2ln"])
    text = "\n".join(
        entry.whole for entry in token_entries(credentials(token), "https://x/mcp", revealed=False)
    )
    assert "server    https://x/mcp" in text
    assert "audience  https://other/" in text
    assert "It is not for this server" in text
    assert "alg  RS256" in text
    assert "\x1b" not in text


def test_credentials_without_a_token_say_nothing() -> None:
    bare = Credentials(resource="r", issuer="i", client=Client(issuer="i", client_id="c"))
    assert token_entries(bare, "r", revealed=True) == []
