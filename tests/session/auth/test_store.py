"""The credentials file: who can read it, what survives, what is not believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import InspectError
from inspector.session.auth.model import Client, Credentials, Tokens
from inspector.session.auth.store import FileStore, credentials_path

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
ISSUER = "https://as.example"
CLIENT = Client(
    issuer=ISSUER,
    client_id="abc",
    client_secret="hush-hush",
    auth_method="client_secret_basic",
    source="registered",
    redirect_uri="http://127.0.0.1:8123/callback",
    expires_at=2_000_000_000.0,
)
TOKENS = Tokens(
    access_token="access-1",
    refresh_token="refresh-1",
    scope="read write",
    obtained_at=1_800_000_000.0,
    expires_at=1_800_003_600.0,
)
CREDENTIALS = Credentials(
    resource="https://mcp.example/mcp",
    issuer=ISSUER,
    client=CLIENT,
    tokens=TOKENS,
    token_endpoint=f"{ISSUER}/token",
    indicator="https://mcp.example",
)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, warnings: list[str]) -> FileStore:
    return FileStore(
        tmp_path / "state" / "credentials.json", warn=warnings.append, now=lambda: 1_900_000_000.0
    )


def test_where_it_is(tmp_path: Path) -> None:
    assert credentials_path().name == "credentials.json"
    if sys.platform == "linux":
        assert credentials_path().is_relative_to(tmp_path)


def test_nothing_is_kept_and_nothing_made(store: FileStore) -> None:
    assert store.credentials(CREDENTIALS.resource) is None
    assert store.client(ISSUER) is None
    assert store.all() == []
    assert not store.path.parent.exists()


def test_what_is_kept_comes_back(store: FileStore) -> None:
    store.keep(CREDENTIALS)
    store.keep_client(CLIENT)
    again = FileStore(store.path, now=lambda: 0.0)
    assert again.credentials(CREDENTIALS.resource) == CREDENTIALS
    assert again.client(ISSUER) == CLIENT
    assert again.all() == [CREDENTIALS]
    assert again.credentials("https://elsewhere.example") is None


def test_without_tokens_and_secrets(store: FileStore) -> None:
    bare = Credentials(resource="r", issuer="i", client=Client(issuer="i", client_id="c"))
    store.keep(bare)
    assert store.credentials("r") == bare
    store.keep(replace(bare, tokens=Tokens(access_token="t")))
    assert store.credentials("r") == replace(bare, tokens=Tokens(access_token="t"))


def test_a_client_whose_secret_has_expired(store: FileStore) -> None:
    store.keep_client(replace(CLIENT, expires_at=1_900_000_000.0))
    assert store.client(ISSUER) is None
    store.keep_client(replace(CLIENT, expires_at=None))
    assert store.client(ISSUER) is not None


def test_each_server_keeps_its_own_client(store: FileStore) -> None:
    store.keep(CREDENTIALS)
    other = replace(CREDENTIALS, resource="https://b.example", client=replace(CLIENT, client_id="other"))
    store.keep(other)
    assert store.credentials(CREDENTIALS.resource) == CREDENTIALS
    assert store.credentials("https://b.example") == other


def test_forgetting(store: FileStore) -> None:
    for resource, issuer in (("a", ISSUER), ("b", ISSUER), ("c", "https://other.example")):
        client = replace(CLIENT, issuer=issuer)
        store.keep(replace(CREDENTIALS, resource=resource, issuer=issuer, client=client))
        store.keep_client(client)
    assert store.forget("nowhere") == 0
    assert store.forget("a") == 1
    assert [each.resource for each in store.all()] == ["b", "c"]
    assert store.client(ISSUER) is not None  # b uses it
    assert store.forget("b") == 1
    assert store.client(ISSUER) is None
    assert store.forget() == 1
    assert store.all() == []
    assert store.client("https://other.example") is None
    assert b"hush" not in store.path.read_bytes()


@POSIX
def test_only_the_owner_reads_it(store: FileStore) -> None:
    before = os.umask(0)
    try:
        store.keep(CREDENTIALS)
    finally:
        os.umask(before)
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in store.path.parent.iterdir()} == {0o600}
    assert {path.name for path in store.path.parent.iterdir()} == {
        "credentials.json",
        "credentials.json.lock",
    }


@POSIX
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_write_is_not_believed(store: FileStore, mode: int) -> None:
    store.keep(CREDENTIALS)
    store.path.chmod(mode)
    with pytest.raises(InspectError, match="Others can write") as failure:
        store.credentials(CREDENTIALS.resource)
    assert f"chmod 600 {store.path}" in failure.value.next
    with pytest.raises(InspectError, match="Others can write"):
        store.keep(CREDENTIALS)


@POSIX
def test_a_file_that_others_read_is_closed(store: FileStore, warnings: list[str]) -> None:
    store.keep(CREDENTIALS)
    store.path.chmod(0o644)
    assert store.credentials(CREDENTIALS.resource) == CREDENTIALS
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert len(warnings) == 1
    assert "Others could read" in warnings[0]


@POSIX
def test_a_link_stays_a_link(store: FileStore, tmp_path: Path) -> None:
    store.keep(CREDENTIALS)
    link = tmp_path / "link.json"
    link.symlink_to(store.path)
    FileStore(link).keep(replace(CREDENTIALS, resource="b"))
    assert link.is_symlink()
    assert len(store.all()) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format":"other"}', "its format is unknown"),
        (b'{"format":"mcp-credentials/1","clients":{}}', "it has no servers"),
        (b'{"format":"mcp-credentials/1","clients":{"i":7},"servers":{}}', "of i is no object"),
        (b'{"format":"mcp-credentials/1","clients":{"i":{}},"servers":{}}', "of i has no issuer"),
        (
            b'{"format":"mcp-credentials/1","clients":{},"servers":'
            b'{"r":{"issuer":"i","client_id":"c","access_token":7}}}',
            "the access_token of r is wrong",
        ),
    ],
)
def test_a_damaged_file_is_kept_aside(
    store: FileStore, warnings: list[str], content: bytes, says: str
) -> None:
    for number in (1, 2):
        store.path.parent.mkdir(exist_ok=True)
        store.path.write_bytes(content)
        store.path.chmod(0o600)
        assert store.all() == []
        assert len(warnings) == number
    assert says in warnings[0]
    aside = store.path.with_name("credentials.json.damaged")
    assert str(aside) in warnings[0]
    assert aside.read_bytes() == content
    assert store.path.with_name("credentials.json.damaged-2").read_bytes() == content
    store.keep(CREDENTIALS)
    assert store.all() == [CREDENTIALS]


def test_a_newer_format_is_left_alone(store: FileStore, warnings: list[str]) -> None:
    store.path.parent.mkdir()
    content = json.dumps({"format": "mcp-credentials/2", "clients": 7})
    store.path.write_text(content)
    store.path.chmod(0o600)
    for act in (store.all, lambda: store.keep(CREDENTIALS)):
        with pytest.raises(InspectError, match="newer version"):
            act()
    assert store.path.read_text() == content
    assert warnings == []


def test_a_folder_where_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InspectError, match="Cannot keep credentials in"):
        FileStore(tmp_path / "file" / "credentials.json").keep(CREDENTIALS)


def test_a_directory_in_its_place(store: FileStore) -> None:
    store.path.mkdir(parents=True)
    with pytest.raises(InspectError, match="Cannot read the credentials in"):
        store.all()


WRITER = """
import sys
from pathlib import Path
from inspector.session.auth.model import Client, Credentials
from inspector.session.auth.store import FileStore
store = FileStore(Path(sys.argv[1]))
for number in range(20):
    name = f"{sys.argv[2]}-{number}"
    store.keep(Credentials(resource=name, issuer="i", client=Client(issuer="i", client_id="c")))
"""


def test_two_processes_lose_nothing(store: FileStore) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(store.path), name]) for name in ("one", "two")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(store.all()) == 40


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
def test_a_lock_that_is_a_link_makes_nobody_elses_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "credentials.json")
    store.path.with_name("credentials.json.lock").symlink_to(tmp_path / "made")
    with pytest.raises(InspectError, match="Cannot keep credentials"):
        store.keep(CREDENTIALS)
    assert not (tmp_path / "made").exists()
