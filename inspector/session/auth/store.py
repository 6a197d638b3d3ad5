"""Credentials in a file between runs, readable by its owner only.

One JSON document, `credentials.json` in the user's state directory: registrations by issuer, tokens by
the server's URI. How it is locked, written and believed is `inspector.private`'s. Where an entry was made for
the system's keychain, its secrets live there (`inspector.session.auth.keychain`) and the file holds the rest.
It knows nothing of flows.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from inspector.errors import InspectError
from inspector.private import alone_with, check_writers, newer, put_aside, replace_whole
from inspector.session.auth.model import Client, Credentials, Tokens

if TYPE_CHECKING:
    from inspector.session.auth.keychain import Keychain

FORMAT = "mcp-credentials/1"
_SECRETS = ("access_token", "refresh_token", "client_secret")
_IN_KEYCHAIN = "in_keychain"

T = TypeVar("T", Client, Tokens)


def credentials_path() -> Path:
    """Where credentials are kept: the state directory, which neither roams nor is shared like settings."""
    from inspector.journal.recording import state_directory

    return state_directory() / "credentials.json"


class FileStore:
    """A `Store` in a file.

    Args:
        path: The file; made when there is something to keep.
        keychain: Keep the secrets of what is new in the system's keychain. What is there already stays.
        warn: Is told in a sentence what was put right or kept aside.
        now: Unix seconds.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        keychain: bool = False,
        warn: Callable[[str], object] = lambda says: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.path = path or credentials_path()
        self._prefers_keychain = keychain
        self._warn = warn
        self._now = now
        self._vault: Keychain | None = None

    # What `Store` says

    def client(self, issuer: str) -> Client | None:
        entry = self._read()["clients"].get(issuer)
        if entry is None:
            return None
        client = _client(self._with_secrets(f"client {issuer}", entry))
        expired = client.expires_at is not None and client.expires_at <= self._now()
        return None if expired else client

    def keep_client(self, client: Client) -> None:
        with self._changing() as document:
            before = document["clients"].get(client.issuer)
            entry = self._without_secrets(f"client {client.issuer}", asdict(client), before)
            document["clients"][client.issuer] = entry

    def credentials(self, resource: str) -> Credentials | None:
        entry = self._read()["servers"].get(resource)
        return None if entry is None else self._credentials(resource, entry)

    def keep(self, credentials: Credentials) -> None:
        flat = {
            **asdict(credentials.client),
            "token_endpoint": credentials.token_endpoint,
            "indicator": credentials.indicator,
        }
        if credentials.tokens is not None:
            flat |= {
                _TOKEN_NAMES.get(name, name): value for name, value in asdict(credentials.tokens).items()
            }
        name = f"server {credentials.resource}"
        with self._changing() as document:
            before = document["servers"].get(credentials.resource)
            document["servers"][credentials.resource] = self._without_secrets(name, flat, before)

    def forget(self, resource: str | None = None) -> int:
        with self._changing() as document:
            servers: dict[str, Any] = document["servers"]
            gone = [name for name in servers if resource is None or name == resource]
            for name in gone:
                self._drop(f"server {name}", servers.pop(name))
            used = {entry["issuer"] for entry in servers.values()}
            for issuer in [issuer for issuer in document["clients"] if issuer not in used]:
                self._drop(f"client {issuer}", document["clients"].pop(issuer))
        return len(gone)

    def all(self) -> list[Credentials]:
        servers = self._read()["servers"]
        return [self._credentials(resource, entry) for resource, entry in sorted(servers.items())]

    def in_keychain(self, resource: str) -> bool:
        """Whether the secrets of the server at `resource` live in the system's keychain."""
        return _IN_KEYCHAIN in self._read()["servers"].get(resource, {})

    # Entries

    def _credentials(self, resource: str, entry: Mapping[str, Any]) -> Credentials:
        whole = self._with_secrets(f"server {resource}", entry)
        client = _client(whole)
        own_names = {_TOKEN_NAMES.get(each.name, each.name): each.name for each in fields(Tokens)}
        given = {own: whole[name] for name, own in own_names.items() if name in whole}
        tokens = Tokens(**given) if given.get("access_token") else None
        return Credentials(
            resource=resource,
            issuer=client.issuer,
            client=client,
            tokens=tokens,
            token_endpoint=whole.get("token_endpoint", ""),
            indicator=whole.get("indicator", ""),
        )

    def _without_secrets(
        self, name: str, entry: dict[str, Any], before: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """The entry as it stands in the file; its secrets go to the keychain where they belong there."""
        entry = {key: value for key, value in entry.items() if value is not None}
        there = before is not None and _IN_KEYCHAIN in before
        if not (there or self._prefers_keychain):
            return entry
        secrets = {key: entry.pop(key) for key in _SECRETS if key in entry}
        if secrets:
            self._keychain().put(name, json.dumps(secrets))
        elif there:
            self._keychain().drop(name)
        return {**entry, _IN_KEYCHAIN: sorted(secrets)}

    def _with_secrets(self, name: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        if not entry.get(_IN_KEYCHAIN):
            return entry
        held = self._keychain().get(name)
        try:
            secrets = json.loads(held) if held is not None else {}
        except ValueError:  # somebody else wrote it: as good as gone
            secrets = {}
        known = {key: value for key, value in secrets.items() if key in _SECRETS and isinstance(value, str)}
        return {**entry, **known}

    def _drop(self, name: str, entry: Mapping[str, Any]) -> None:
        if entry.get(_IN_KEYCHAIN):
            self._keychain().drop(name)

    def _keychain(self) -> Keychain:
        if self._vault is None:
            from inspector.session.auth.keychain import Keychain

            self._vault = Keychain()
        return self._vault

    # The file

    def _read(self) -> dict[str, Any]:
        """The document, empty where there is none.

        Raises:
            InspectError: It cannot be read, or must not be believed.
        """
        try:
            with self.path.open("rb") as file:
                self._check(os.fstat(file.fileno()))
                raw = file.read()
        except FileNotFoundError:
            return _empty()
        except OSError as error:
            raise InspectError(f"Cannot read the credentials in {self.path}: {error.strerror}") from None
        try:
            return _document(raw, self.path)
        except ValueError as problem:
            self._set_aside(str(problem))
            return _empty()

    def _check(self, facts: os.stat_result) -> None:
        """Refuse a file that others can write, and close one that others can read."""
        check_writers(self.path, facts)
        if sys.platform != "win32" and facts.st_mode & (stat.S_IRGRP | stat.S_IROTH):
            with contextlib.suppress(OSError):  # not ours to change; it is said all the same
                self.path.chmod(0o600)
            self._warn(f"Others could read {self.path}. It is closed to them now")

    def _set_aside(self, problem: str) -> None:
        try:
            aside = put_aside(self.path)
        except OSError as error:
            raise InspectError(
                f"{self.path} is damaged ({problem}), and cannot be kept aside: {error.strerror}"
            ) from None
        self._warn(f"{self.path} is damaged ({problem}). It is kept as {aside}, and every server asks anew")

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The document, alone; written when the block is left well."""
        try:
            with alone_with(self.path):
                document = self._read()
                yield document
                replace_whole(self.path.resolve(), json.dumps(document, indent=1))  # a link stays a link
        except OSError as error:
            raise InspectError(f"Cannot keep credentials in {self.path}: {error.strerror or error}") from None


# A client's secret and a token may both be said to expire.
_TOKEN_NAMES = {"expires_at": "token_expires_at"}


def _empty() -> dict[str, Any]:
    return {"format": FORMAT, "clients": {}, "servers": {}}


def _document(raw: bytes, path: Path) -> dict[str, Any]:
    """A document whose every entry can be used.

    Raises:
        ValueError: It is damaged; says how.
        InspectError: It is of a later format.
    """
    try:
        document = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError("no JSON object")
    form = document.get("format")
    if form != FORMAT:
        if (later := newer(path, form, FORMAT)) is not None:
            raise later
        raise ValueError("its format is unknown")
    for section in ("clients", "servers"):
        entries = document.get(section)
        if not isinstance(entries, dict):
            raise ValueError(f"it has no {section}")
        for name, entry in entries.items():
            _believe(entry, name)
    return document


def _believe(entry: Any, name: str) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"what it says of {name} is no object")
    for key in ("issuer", "client_id"):
        if not isinstance(entry.get(key), str):
            raise ValueError(f"what it says of {name} has no {key}")
    for key, value in entry.items():
        times = key in ("expires_at", "token_expires_at", "obtained_at")
        wanted: tuple[type, ...] = (int, float) if times else (list,) if key == _IN_KEYCHAIN else (str,)
        if not isinstance(value, wanted):
            raise ValueError(f"the {key} of {name} is wrong")


def _client(entry: Mapping[str, Any]) -> Client:
    names = {each.name for each in fields(Client)}
    client = Client(**{name: value for name, value in entry.items() if name in names})
    return client if client.auth_method else replace(client, auth_method="none")
