"""Credentials as they are shown: for people and for programs, and never the secrets by themselves."""

from __future__ import annotations

import json
from dataclasses import replace

from inspector.cli.credentials import as_json, as_text
from inspector.journal.redact import fingerprint
from tests.session.auth.test_jwt import token
from tests.session.auth.test_store import CREDENTIALS, TOKENS

SECRETS = ("access-1", "refresh-1", "hush-hush")


def test_for_people() -> None:
    lines = as_text(CREDENTIALS, place="the keychain")
    text = "\n".join(lines)
    assert lines[0] == CREDENTIALS.resource
    for said in (
        "issuer         https://as.example",
        "client         abc (registered dynamically, client_secret_basic)",
        "resource       https://mcp.example, as the server names it",
        "scope          read write",
        f"token          {fingerprint('access-1')}",
        f"refresh token  {fingerprint('refresh-1')}",
        "An opaque token",
        "kept in        the keychain",
    ):
        assert said in text
    assert not [secret for secret in SECRETS if secret in text]


def test_the_token_itself_where_it_was_asked_for() -> None:
    text = "\n".join(as_text(CREDENTIALS, show_token=True))
    assert "access-1" in text
    assert "refresh-1" not in text
    assert as_json(CREDENTIALS, show_token=True)["token"]["accessToken"] == "access-1"


def test_for_programs() -> None:
    document = as_json(CREDENTIALS)
    assert document["url"] == CREDENTIALS.resource
    assert document["resource"] == "https://mcp.example"
    assert document["client"] == {"id": "abc", "source": "registered", "authMethod": "client_secret_basic"}
    assert document["token"]["expiresAt"] == TOKENS.expires_at
    assert document["token"]["decoded"]["kind"] == "opaque"
    assert not [secret for secret in SECRETS if secret in json.dumps(document)]


def test_a_token_that_can_be_read() -> None:
    access = token({"sub": "ann\x1b[2J", "groups": ["a", "b"], "exp": 1, "aud": "https://other.example"})
    credentials = replace(CREDENTIALS, tokens=replace(TOKENS, access_token=access))
    text = "\n".join(as_text(credentials))
    assert "The signature is not checked" in text
    assert "ann␛[2J" in text
    assert '["a", "b"]' in text
    assert "It expired" in text
    assert "It is not for this server" in text
    decoded = as_json(credentials)["token"]["decoded"]
    assert decoded["audience"] == ["https://other.example"]
    assert len(decoded["problems"]) == 2
    assert decoded["claims"]["groups"] == ["a", "b"]


def test_a_registration_alone() -> None:
    bare = replace(CREDENTIALS, tokens=None, indicator="")
    assert "none yet" in "\n".join(as_text(bare))
    assert as_json(bare)["token"] is None
    assert as_json(bare)["resource"] == CREDENTIALS.resource


def test_a_secret_in_the_servers_url_is_shown_only_when_asked_for() -> None:
    url = "https://mcp.example/mcp?api_key=in-the-url"
    kept = replace(CREDENTIALS, resource=url, indicator="")
    for shown in (str(as_json(kept)), "\n".join(as_text(kept))):
        assert "in-the-url" not in shown
    assert as_json(kept, show_token=True)["url"] == url
