"""Secrets in a keychain: none of them in the file, of any length, and a sentence where it refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from inspector.errors import InspectError
from inspector.session.auth.keychain import Keychain, available
from inspector.session.auth.store import FileStore
from tests.session.auth.test_store import CLIENT, CREDENTIALS, ISSUER, TOKENS


class Memory(KeyringBackend):
    """A keychain as Windows has it: nothing longer than 2560 bytes of UTF-16."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("the keychain is locked\nand more")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        assert len(password.encode("utf-16-le")) <= 2560
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise PasswordDeleteError("not there")
        del self.held[service, username]


@pytest.fixture
def ring() -> Iterator[Memory]:
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def store(tmp_path: Path, ring: Memory) -> FileStore:
    return FileStore(tmp_path / "credentials.json", keychain=True, now=lambda: 0.0)


@pytest.mark.parametrize("text", ["", "short", "x" * 1000, "é" * 1001, "long" * 2000])
def test_texts_of_any_length(ring: Memory, text: str) -> None:
    chain = Keychain()
    assert chain.get("a") is None
    chain.put("a", "something longer" * 300)
    chain.put("a", text)
    assert chain.get("a") == text
    chain.drop("a")
    chain.drop("a")
    assert ring.held == {}


def test_an_entry_that_is_not_whole(ring: Memory) -> None:
    chain = Keychain()
    chain.put("a", "long" * 2000)
    del ring.held["mcp-inspect", "a #2"]
    assert chain.get("a") is None
    ring.held["mcp-inspect", "b"] = "somebody else's"
    assert chain.get("b") == ""


def test_secrets_are_not_in_the_file(store: FileStore, ring: Memory) -> None:
    store.keep(CREDENTIALS)
    store.keep_client(CLIENT)
    text = store.path.read_text()
    assert not [secret for secret in ("access-1", "refresh-1", "hush") if secret in text]
    assert store.credentials(CREDENTIALS.resource) == CREDENTIALS
    assert store.client(ISSUER) == CLIENT
    assert store.in_keychain(CREDENTIALS.resource)


def test_they_stay_there_whoever_writes(store: FileStore, ring: Memory) -> None:
    store.keep(CREDENTIALS)
    other = FileStore(store.path)
    renewed = replace(CREDENTIALS, tokens=replace(TOKENS, access_token="access-2", refresh_token=None))
    other.keep(renewed)
    assert "access-2" not in store.path.read_text()
    assert store.credentials(CREDENTIALS.resource) == renewed
    other.keep(replace(CREDENTIALS, resource="b"))
    assert not other.in_keychain("b")


def test_forgetting_empties_the_keychain(store: FileStore, ring: Memory) -> None:
    store.keep(CREDENTIALS)
    store.keep_client(CLIENT)
    assert ring.held
    assert store.forget() == 1
    assert ring.held == {}


def test_an_entry_that_was_removed_by_hand(store: FileStore, ring: Memory) -> None:
    store.keep(CREDENTIALS)
    ring.held.clear()
    kept = store.credentials(CREDENTIALS.resource)
    assert kept is not None
    assert kept.tokens is None
    ring.held["mcp-inspect", f"server {CREDENTIALS.resource}"] = "1:no JSON"
    assert store.credentials(CREDENTIALS.resource) == kept


def test_a_keychain_that_refuses(store: FileStore, ring: Memory) -> None:
    store.keep(CREDENTIALS)
    ring.locked = True
    with pytest.raises(InspectError, match=r"The system's keychain refuses: the keychain is locked$"):
        store.credentials(CREDENTIALS.resource)


def test_without_the_extra(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.keep(CREDENTIALS)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not available()
    with pytest.raises(InspectError, match="extra `keyring`") as failure:
        FileStore(store.path).credentials(CREDENTIALS.resource)
    assert failure.value.next == "pip install 'mcp-inspect[keyring]'"
    assert "keyring" in sys.modules
