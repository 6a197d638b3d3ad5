"""Reading a certificate that is not trusted."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from inspector.doctor import certificate
from tests.servers.authority import authority, server_context
from tests.servers.certificate import write_certificate
from tests.servers.http_broken import Legacy, bytes_only, closed_port, everywhere


def encoded(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


def test_names_issuer_and_dates(tmp_path: Path) -> None:
    path = authority(tmp_path).write(tmp_path / "leaf.pem", host="mcp.example.test", begins=-2, ends=3)
    read = certificate.decode(encoded(path))
    known = x509.load_pem_x509_certificate(path.read_bytes())
    assert read is not None
    assert read.subject == "mcp.example.test"
    assert read.issuer == "mcp-inspect test authority"
    assert read.names == ("mcp.example.test",)
    assert read.not_before == f"{known.not_valid_before_utc:%Y-%m-%d %H:%M:%S}"
    assert read.not_after == f"{known.not_valid_after_utc:%Y-%m-%d %H:%M:%S}"


def test_addresses(tmp_path: Path) -> None:
    read = certificate.decode(encoded(write_certificate(tmp_path / "own.pem")))
    assert read is not None
    assert read.names == ("127.0.0.1",)
    assert read.facts() == {
        "subject": "mcp-inspect tests",
        "issuer": "mcp-inspect tests",
        "names": ["127.0.0.1"],
        "not_before": read.not_before,
        "not_after": read.not_after,
    }


@given(st.binary(max_size=200))
def test_garbage_is_no_certificate(data: bytes) -> None:
    assert certificate.decode(data) is None


def test_a_damaged_certificate_never_raises(tmp_path: Path) -> None:
    whole = encoded(write_certificate(tmp_path / "own.pem"))
    for at in range(len(whole)):
        certificate.decode(whole[:at])
        certificate.decode(whole[:at] + b"\xff" + whole[at + 1 :])


async def test_read_from_a_server_that_nobody_trusts(tmp_path: Path) -> None:
    context = server_context(write_certificate(tmp_path / "own.pem"))
    async with everywhere(Legacy(), context) as server:
        read = await certificate.fetch("127.0.0.1", server.port, 10)
        assert not server.requests  # a handshake, and nothing more
    assert read is not None
    assert read.subject == "mcp-inspect tests"


async def test_nothing_to_read() -> None:
    with closed_port() as port:
        assert await certificate.fetch("127.0.0.1", port, 10) is None
    async with bytes_only(b"SSH-2.0\r\n\r\n") as port:
        assert await certificate.fetch("127.0.0.1", port, 10) is None
    async with bytes_only(b"") as port:
        assert await certificate.fetch("127.0.0.1", port, 0.2) is None
