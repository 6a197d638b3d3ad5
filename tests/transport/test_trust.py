"""TLS settings: whom to trust, who we are, and what a connection then says of itself."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.transport.fetch import fetching
from inspector.transport.http import HttpTransport
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from tests.servers.authority import Authority, authority, server_context
from tests.servers.http_hostile import Hostile, hostile
from tests.transport.http_talk import Talk, talking


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def client(ca: Authority, tmp_path: Path) -> Path:
    """The client's certificate and key, in one file."""
    return ca.write(tmp_path / "client.pem", host="client.test")


def wanting(ca: Authority, tmp_path: Path) -> ssl.SSLContext:
    """Of a server that wants the client's certificate."""
    context = server_context(ca.write(tmp_path / "server.pem"))
    context.load_verify_locations(ca.path)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


_WITHOUT_A_WORD = ("tls-closed", "reset", "no-response")
"""How asyncio refuses a client. In TLS 1.3 the client's side of the handshake may be over by then."""


@asynccontextmanager
async def wanting_certificates(ca: Authority, tmp_path: Path) -> AsyncIterator[Hostile]:
    async with hostile(wanting(ca, tmp_path)) as running:
        yield running


@pytest.fixture
async def server(ca: Authority, tmp_path: Path) -> AsyncIterator[Hostile]:
    async with hostile(server_context(ca.write(tmp_path / "server.pem"))) as running:
        yield running


@contextmanager
def handshaking(context: ssl.SSLContext) -> Iterator[int]:
    """The port of a server that shakes hands once, in a thread, and says by TLS what it thinks of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as spoken:
                with suppress(ssl.SSLError):
                    spoken.do_handshake()
                # To close before all was read would reset the connection, and the alert be lost.
                while os.read(spoken.fileno(), 65536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join()


async def failed(talk: Talk) -> tuple[str, str, str]:
    (end,) = await talk.asked()
    return end.data["stage"], end.data["cause"], end.data["error"]


async def test_what_a_connection_says_of_itself(server: Hostile, ca: Authority) -> None:
    async with talking(server.url("json"), cacert=str(ca.path)) as talk:
        await talk.asked()
        await talk.asked()
        first, second = talk.http("response")
        assert first["tls"]["version"] == "TLSv1.3"
        assert first["tls"]["cipher"]
        assert first["tls"]["subject"] == "commonName=127.0.0.1"
        assert first["tls"]["issuer"] == "commonName=mcp-inspect test authority"
        assert first["tls"]["not_after"].endswith("GMT")
        assert first["peer"] == f"127.0.0.1:{server.port}"
        assert second.keys().isdisjoint({"tls", "peer"})  # the same connection
        assert list(talk.end()["phases"]) == ["send", "wait", "body"]


async def test_an_unverified_certificate_is_not_described(server: Hostile) -> None:
    async with talking(server.url("json"), insecure=True) as talk:
        await talk.asked()
        assert talk.http("response")[0]["tls"].keys() == {"version", "cipher"}


# The client's certificate


async def test_a_client_certificate(ca: Authority, client: Path, tmp_path: Path) -> None:
    async with wanting_certificates(ca, tmp_path) as server:
        async with talking(server.url("json"), cacert=str(ca.path), cert=str(client)) as talk:
            *_, end = await talk.asked()
            assert end.data["status"] == 200
        async with talking(server.url("json"), insecure=True, cert=str(client), key=str(client)) as talk:
            *_, end = await talk.asked()
            assert end.data["status"] == 200


async def test_a_client_certificate_that_is_missing(ca: Authority, tmp_path: Path) -> None:
    # asyncio hangs up without a word; OpenSSL itself says what it wants.
    async with (
        wanting_certificates(ca, tmp_path) as server,
        talking(server.url("json"), cacert=str(ca.path)) as talk,
    ):
        stage, cause, says = await failed(talk)
        assert cause in _WITHOUT_A_WORD
        assert cause != "tls-closed" or (stage == "tls" and "client certificate" in says)
    with handshaking(wanting(ca, tmp_path)) as port:
        async with talking(f"https://127.0.0.1:{port}/", cacert=str(ca.path)) as talk:
            stage, cause, says = await failed(talk)
            assert cause == "tls-client-certificate"
            assert "wants a client certificate" in says


async def test_a_client_certificate_goes_to_its_own_origin_only(
    ca: Authority, client: Path, tmp_path: Path
) -> None:
    """Another server that wants one gets none, though the same settings hold."""
    journal = Journal.create()
    async with wanting_certificates(ca, tmp_path) as own, wanting_certificates(ca, tmp_path) as other:
        target = HttpTarget(own.url("json"), cacert=str(ca.path), cert=str(client))
        async with fetching(target, Tap(journal)) as fetcher:
            assert (await fetcher.fetch("POST", own.url("accepted"))).status == 202
            refused = await fetcher.fetch("POST", other.url("accepted"))
            assert refused.status is None
            assert refused.cause in _WITHOUT_A_WORD
    journal.close()


async def opened(target: HttpTarget) -> None:
    journal = Journal.create()
    try:
        async with HttpTransport(target).open(Tap(journal)):
            pass
    finally:
        journal.close()


async def test_files_that_cannot_be_used(ca: Authority, client: Path, tmp_path: Path) -> None:
    other = ca.write(tmp_path / "other.pem")
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    missing = tmp_path / "missing.pem"
    for cert, key, words in (
        (missing, None, f"{missing} cannot be read: No such file"),
        (client, missing, f"{missing} cannot be read: No such file"),
        (tmp_path, None, f"{tmp_path} cannot be read: "),
        (empty, None, f"no certificate in PEM form in {empty}"),
        (ca.path, None, f"no private key in PEM form in {ca.path}"),
        (client, other, f"The client's key in {other} does not belong to the certificate in {client}"),
    ):
        for scheme in ("http", "https"):
            target = HttpTarget(
                f"{scheme}://127.0.0.1/mcp", cert=str(cert), key=str(key) if key is not None else None
            )
            with pytest.raises(ConnectionFailed) as caught:
                await opened(target)
            assert words in caught.value.message
    with pytest.raises(ConnectionFailed, match="key was given without its certificate"):
        await opened(HttpTarget("https://127.0.0.1/mcp", key=str(client)))


@pytest.fixture
def locked(client: Path, tmp_path: Path) -> Path:
    """The client's key, encrypted."""
    key = serialization.load_pem_private_key(client.read_bytes(), None)
    secret = serialization.BestAvailableEncryption(b"s3cret")
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path / "locked.pem"
    path.write_bytes(key.private_bytes(pem, pkcs8, secret))
    return path


async def test_an_encrypted_key_is_told_and_not_asked_for(client: Path, locked: Path) -> None:
    with pytest.raises(ConnectionFailed, match=f"key in {locked} is encrypted") as caught:
        await opened(HttpTarget("https://127.0.0.1/mcp", cert=str(client), key=str(locked)))
    assert caught.value.next == f"Decrypt it first: openssl pkey -in {locked} -out client.key"


# Faults of the server's


@pytest.mark.parametrize(
    ("host", "begins", "ends", "trusted", "cause"),
    [
        ("127.0.0.1", -10, -1, True, "tls-expired"),
        ("127.0.0.1", 1, 2, True, "tls-not-yet-valid"),
        ("elsewhere.test", -1, 1, True, "tls-wrong-host"),
        ("127.0.0.2", -1, 1, True, "tls-wrong-host"),
        ("127.0.0.1", -1, 1, False, "tls-unknown-issuer"),
    ],
)
async def test_what_is_wrong_with_a_certificate(
    ca: Authority, tmp_path: Path, host: str, begins: int, ends: int, trusted: bool, cause: str
) -> None:
    certificate = ca.write(tmp_path / "server.pem", host=host, begins=begins, ends=ends)
    async with hostile(server_context(certificate)) as server:
        trust = {"cacert": str(ca.path)} if trusted else {}
        async with talking(server.url("json"), **trust) as talk:
            stage, found, says = await failed(talk)
            assert (stage, found) == ("tls", cause)
            assert says.startswith(f"the certificate of 127.0.0.1:{server.port} is not trusted: ")


async def test_an_older_version_is_named(ca: Authority, tmp_path: Path) -> None:
    context = server_context(ca.write(tmp_path / "server.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with hostile(context) as server, talking(server.url("json"), cacert=str(ca.path)) as talk:
        await talk.asked()
        assert talk.http("response")[0]["tls"]["version"] == "TLSv1.2"


async def test_a_server_that_hangs_up_in_the_handshake() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    listener = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with talking(f"https://127.0.0.1:{port}/") as talk:
        stage, cause, _ = await failed(talk)
        assert (stage, cause) in (("tls", "tls-closed"), ("tls", "reset"))
    listener.close()
    await listener.wait_closed()


async def test_tls_where_http_is_spoken_and_the_reverse(server: Hostile) -> None:
    async with hostile() as plain, talking(plain.url("json").replace("http:", "https:")) as talk:
        assert (await failed(talk))[:2] == ("tls", "not-tls")

    async def alert(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # what OpenSSL says to a plain GET
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(alert, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with talking(f"http://127.0.0.1:{port}/") as talk:
        _, cause, says = await failed(talk)
        assert cause == "tls-wanted"
        assert says.endswith("it may want https")
    listener.close()
    await listener.wait_closed()
