"""What is held for one server: when it is taken, kept, refreshed and forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import InspectError
from inspector.session.auth.holding import Holding
from inspector.session.auth.model import Credentials
from inspector.session.auth.store import FileStore
from tests.session.auth.test_store import CREDENTIALS, ISSUER, TOKENS

NOW = TOKENS.obtained_at


class Broken(FileStore):
    """A store that cannot be written."""

    def keep(self, credentials: Credentials) -> None:
        raise InspectError("the disk is full")

    def forget(self, resource: str | None = None) -> int:
        raise InspectError("the disk is full")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "credentials.json", now=lambda: NOW)


def held(store: FileStore, **more: Any) -> tuple[Holding, list[str]]:
    warnings: list[str] = []
    how = {"keeps": True, "client_id": None, "fresh": False, "warn": warnings.append, **more}
    return Holding(CREDENTIALS.resource, store, **how), warnings


def test_what_is_kept_is_taken_once(store: FileStore) -> None:
    store.keep(CREDENTIALS)
    holding, _ = held(store)
    assert holding.tokens is None
    holding.load()
    assert (holding.credentials, holding.source) == (CREDENTIALS, "kept")
    store.forget()
    holding.load()
    assert holding.credentials == CREDENTIALS


@pytest.mark.parametrize("how", [{"fresh": True}, {"client_id": "another"}])
def test_what_is_kept_may_not_be_wanted(store: FileStore, how: dict[str, Any]) -> None:
    store.keep(CREDENTIALS)
    holding, _ = held(store, **how)
    holding.load()
    assert holding.credentials is None


def test_what_is_granted_is_kept(store: FileStore) -> None:
    held(store)[0].use(CREDENTIALS, "granted")
    assert store.all() == [CREDENTIALS]


def test_or_not(store: FileStore) -> None:
    holding, _ = held(store, keeps=False)
    holding.use(CREDENTIALS, "granted")
    assert (holding.credentials, store.all()) == (CREDENTIALS, [])


def test_a_store_that_cannot_be_written_stops_nothing(store: FileStore) -> None:
    holding, warnings = held(Broken(store.path))
    holding.use(CREDENTIALS, "granted")
    assert holding.tokens == TOKENS
    holding.refused("invalid_client")
    assert warnings == [
        "The credentials are not kept: the disk is full",
        "The registration is not forgotten: the disk is full",
    ]


@pytest.mark.parametrize(
    ("life", "after", "stale"),
    [
        (3600.0, 3569.0, False),
        (3600.0, 3570.0, True),
        (60.0, 53.0, False),
        (60.0, 54.0, True),
        (-5.0, 0.0, True),
    ],
)
def test_when_it_is_stale(store: FileStore, life: float, after: float, stale: bool) -> None:
    holding, _ = held(store)
    holding.use(replace(CREDENTIALS, tokens=replace(TOKENS, expires_at=NOW + life)), "granted")
    assert holding.is_stale(NOW + after) is stale


def test_what_cannot_be_refreshed_is_never_stale(store: FileStore) -> None:
    holding, _ = held(store)
    assert not holding.is_stale(NOW)
    for tokens in (replace(TOKENS, refresh_token=None), replace(TOKENS, expires_at=None)):
        holding.use(replace(CREDENTIALS, tokens=tokens), "granted")
        assert not holding.is_stale(NOW + 10_000)


def test_what_another_process_got_is_taken(store: FileStore) -> None:
    holding, _ = held(store)
    assert not holding.take_newer()
    holding.use(CREDENTIALS, "granted")
    assert not holding.take_newer()
    newer = replace(TOKENS, access_token="access-2", obtained_at=NOW + 1)
    store.keep(replace(CREDENTIALS, client=replace(CREDENTIALS.client, client_id="other"), tokens=newer))
    assert not holding.take_newer()
    store.keep(replace(CREDENTIALS, tokens=replace(newer, obtained_at=NOW - 1)))
    assert not holding.take_newer()
    store.keep(replace(CREDENTIALS, tokens=newer))
    assert holding.take_newer()
    assert (holding.tokens, holding.source) == (newer, "refreshed")


def test_what_will_never_do_again(store: FileStore) -> None:
    holding, _ = held(store)
    holding.use(CREDENTIALS, "granted")
    store.keep_client(CREDENTIALS.client)
    holding.refused("server_error")
    assert holding.tokens == TOKENS
    holding.refused("invalid_grant")
    assert holding.tokens == replace(TOKENS, refresh_token=None)
    assert store.all()[0].tokens == holding.tokens
    holding.refused("invalid_client")
    assert store.all() == []
    assert store.client(ISSUER) is None


@pytest.mark.parametrize(
    ("redirect_uri", "source", "port"),
    [
        ("http://127.0.0.1:8123/callback", "registered", 8123),
        ("http://127.0.0.1/callback", "registered", 0),
        ("http://127.0.0.1:x/callback", "registered", 0),
        ("http://127.0.0.1:8123/callback", "given", 0),
    ],
)
def test_the_port_of_an_earlier_registration(
    store: FileStore, redirect_uri: str, source: Any, port: int
) -> None:
    client = replace(CREDENTIALS.client, redirect_uri=redirect_uri, source=source)
    for resource in (CREDENTIALS.resource, "https://of-another.example"):
        store.keep(replace(CREDENTIALS, resource=resource, client=client))
        assert held(store)[0].earlier_port() == port
        store.forget()


def test_its_secrets(store: FileStore) -> None:
    holding, _ = held(store)
    assert holding.secrets() == []
    holding.use(CREDENTIALS, "granted")
    assert holding.secrets() == ["hush-hush", "access-1", "refresh-1"]
    holding.forget()
    assert (holding.secrets(), store.all()) == ([], [])
