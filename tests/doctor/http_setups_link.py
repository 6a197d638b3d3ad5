"""Broken set-ups below HTTP: URL and files, proxy, name, TCP, TLS, what listens there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from inspector.doctor.http_rules import Rule
from inspector.transport.target import HttpTarget
from tests.doctor.http_setup import SHORT, Bench, Build, Setup, raw
from tests.servers import http_broken as broken
from tests.servers.authority import authority, server_context
from tests.servers.certificate import write_certificate


def _at(url: str, **target: Any) -> Build:
    """Nothing runs; this is what is asked for."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        yield HttpTarget(url, **target)

    return build


@asynccontextmanager
async def _closed_port(bench: Bench) -> AsyncIterator[HttpTarget]:
    with broken.closed_port() as port:
        yield HttpTarget(f"http://127.0.0.1:{port}/mcp")


@asynccontextmanager
async def _deaf_port(bench: Bench) -> AsyncIterator[HttpTarget]:
    with broken.deaf_port() as port:
        yield HttpTarget(f"http://127.0.0.1:{port}/mcp")


@asynccontextmanager
async def _no_socket(bench: Bench) -> AsyncIterator[HttpTarget]:
    yield HttpTarget("http://localhost/mcp", unix_socket=str(bench.folder / "gone.sock"))


@asynccontextmanager
async def _empty_cacert(bench: Bench) -> AsyncIterator[HttpTarget]:
    path = bench.folder / "empty.pem"
    path.write_text("no certificate\n")
    yield HttpTarget("https://127.0.0.1:1/mcp", cacert=str(path))


def _tls(*, trusted: bool = True, **certificate: Any) -> Build:
    """A TLS server with a certificate of an authority of its own."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        made = authority(bench.folder)
        context = server_context(made.write(bench.folder / "server.pem", **certificate))
        async with broken.everywhere(broken.Legacy(), context) as server:
            yield HttpTarget(server.url("mcp"), cacert=str(made.path) if trusted else None)

    return build


@asynccontextmanager
async def _clients_only(bench: Bench) -> AsyncIterator[HttpTarget]:
    made = authority(bench.folder)
    with broken.wanting_certificates(made.write(bench.folder / "server.pem"), made.path) as port:
        yield HttpTarget(f"https://127.0.0.1:{port}/mcp", cacert=str(made.path))


@asynccontextmanager
async def _self_signed(bench: Bench) -> AsyncIterator[HttpTarget]:
    context = server_context(write_certificate(bench.folder / "own.pem"))
    async with broken.everywhere(broken.Legacy(), context) as server:
        yield HttpTarget(server.url("mcp"))


@asynccontextmanager
async def _http_to_tls(bench: Bench) -> AsyncIterator[HttpTarget]:
    context = server_context(write_certificate(bench.folder / "own.pem"))
    async with broken.everywhere(broken.Legacy(), context) as server:
        yield HttpTarget(server.url("mcp").replace("https:", "http:"))


@asynccontextmanager
async def _tls_to_http(bench: Bench) -> AsyncIterator[HttpTarget]:
    async with broken.bytes_only(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") as port:
        yield HttpTarget(f"https://127.0.0.1:{port}/mcp")


@asynccontextmanager
async def _tls_silence(bench: Bench) -> AsyncIterator[HttpTarget]:
    async with broken.bytes_only(b"") as port:
        yield HttpTarget(f"https://127.0.0.1:{port}/mcp")


@asynccontextmanager
async def _another_protocol(bench: Bench) -> AsyncIterator[HttpTarget]:
    async with broken.bytes_only(
        b"SSH-2.0-OpenSSH_9.7\r\nInvalid SSH identification string.\r\n\r\n"
    ) as port:
        yield HttpTarget(f"http://127.0.0.1:{port}/mcp")


@asynccontextmanager
async def _old_tls(bench: Bench) -> AsyncIterator[HttpTarget]:
    # A TLS alert, "protocol version": what a server says that speaks none of the client's versions.
    async with broken.bytes_only(b"\x15\x03\x01\x00\x02\x02\x46") as port:
        yield HttpTarget(f"https://127.0.0.1:{port}/mcp")


def _through(behaviour: Any, scheme: str = "http") -> Build:
    """A proxy that behaves so, named by the environment."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        async with broken.everywhere(behaviour) as server:
            bench.monkeypatch.setenv(f"{scheme}_proxy", server.url("").rstrip("/"))
            yield HttpTarget(f"{scheme}://mcp.example.test/mcp")

    return build


@asynccontextmanager
async def _dead_proxy(bench: Bench) -> AsyncIterator[HttpTarget]:
    with broken.closed_port() as port:
        bench.monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        yield HttpTarget("http://mcp.example.test/mcp")


@asynccontextmanager
async def _odd_proxy(bench: Bench) -> AsyncIterator[HttpTarget]:
    bench.monkeypatch.setenv("all_proxy", "gopher://127.0.0.1:70")
    yield HttpTarget("http://mcp.example.test/mcp")


LINK_SETUPS = (
    Setup(
        "url-without-host",
        Rule.URL_INVALID,
        _at("http:///mcp"),
        "is not an http or https URL",
        "http://localhost",
    ),
    Setup("cacert-without-certificates", Rule.CERTIFICATE_FILE, _empty_cacert, "empty.pem", "empty.pem"),
    Setup("proxy-of-no-kind", Rule.PROXY_UNUSABLE, _odd_proxy, "all_proxy", "unset all_proxy"),
    Setup("proxy-down", Rule.PROXY_UNREACHABLE, _dead_proxy, "HTTP_PROXY", "NO_PROXY=mcp.example.test"),
    Setup(
        "proxy-forbids-host", Rule.PROXY_REFUSED, _through(broken.refusing_proxy), "403", "export NO_PROXY="
    ),
    Setup(
        "proxy-forbids-connect",
        Rule.PROXY_REFUSED,
        _through(broken.refusing_proxy, "https"),
        "403",
        "export NO_PROXY=",
    ),
    Setup(
        "proxy-wants-password",
        Rule.PROXY_AUTHENTICATION,
        _through(broken.proxy_wanting_password),
        "407",
        "USER:PASSWORD@",
    ),
    Setup(
        "proxy-wants-password-for-connect",
        Rule.PROXY_AUTHENTICATION,
        _through(broken.proxy_wanting_password, "https"),
        "407",
        "https_proxy=http://USER:PASSWORD@",
    ),
    Setup(
        "name-that-is-none", Rule.NAME_NOT_FOUND, _at("http://mcp.invalid/mcp"), "mcp.invalid", "getent hosts"
    ),
    Setup("nothing-listens", Rule.CONNECTION_REFUSED, _closed_port, "refused", "ss -ltnp"),
    Setup("backlog-full", Rule.CONNECTION_TIMEOUT, _deaf_port, "neither accepts", "nc -vz 127.0.0.1", SHORT),
    Setup("unix-socket-missing", Rule.SOCKET_MISSING, _no_socket, "gone.sock", "ls -l"),
    Setup(
        "network-unreachable",
        Rule.UNREACHABLE,
        _at("http://255.255.255.255:9/mcp"),
        "cannot be reached",
        "network",
    ),
    Setup(
        "certificate-expired", Rule.CERTIFICATE_EXPIRED, _tls(begins=-9, ends=-2), "has expired", "--insecure"
    ),
    Setup(
        "certificate-of-tomorrow",
        Rule.CERTIFICATE_NOT_YET_VALID,
        _tls(begins=1, ends=9),
        "not valid yet",
        "date -u",
    ),
    Setup(
        "certificate-for-another-host",
        Rule.CERTIFICATE_WRONG_HOST,
        _tls(host="mcp.example.test"),
        "127.0.0.1",
        "--insecure",
    ),
    Setup(
        "certificate-for-another-host-read",
        Rule.CERTIFICATE_WRONG_HOST,
        _tls(host="mcp.example.test"),
        "mcp.example.test",
        "--insecure",
        active=True,
        check=("tls", "issuer: mcp-inspect test authority"),
    ),
    Setup(
        "certificate-self-signed", Rule.CERTIFICATE_SELF_SIGNED, _self_signed, "signed by itself", "--cacert"
    ),
    Setup(
        "certificate-of-unknown-issuer",
        Rule.CERTIFICATE_UNKNOWN_ISSUER,
        _tls(trusted=False),
        "not known here",
        "--cacert",
    ),
    Setup(
        "client-certificate-wanted",
        Rule.CLIENT_CERTIFICATE_WANTED,
        _clients_only,
        "client certificate",
        "--cert",
    ),
    Setup(
        "client-certificate-wanted-by-nginx",
        Rule.CLIENT_CERTIFICATE_WANTED,
        raw(
            broken.fixed(
                "400 Bad Request", "text/html", "<title>400 No required SSL certificate was sent</title>"
            )
        ),
        "client certificate",
        "--cert",
    ),
    Setup("tls-of-another-age", Rule.TLS_VERSION, _old_tls, "no version of TLS", "openssl s_client"),
    Setup("tls-never-answered", Rule.TLS_FAILED, _tls_silence, "handshake", "openssl s_client", SHORT),
    Setup(
        "https-to-plain-port",
        Rule.PLAIN_HTTP_WANTED,
        _tls_to_http,
        "speaks plain HTTP",
        "mcp-inspect http://127.0.0.1",
    ),
    Setup(
        "http-to-tls-port",
        Rule.HTTPS_WANTED,
        _http_to_tls,
        "speaks HTTPS",
        "mcp-inspect https://127.0.0.1",
        active=True,
    ),
    Setup(
        "http-to-tls-port-of-nginx",
        Rule.HTTPS_WANTED,
        raw(broken.fixed("400 Bad Request", "text/html", "The plain HTTP request was sent to HTTPS port")),
        "speaks HTTPS",
        "mcp-inspect https://",
    ),
    Setup(
        "accepts-and-never-answers", Rule.NO_ANSWER, raw(broken.never), "does not answer", "curl -v", SHORT
    ),
    Setup(
        "hangs-up",
        Rule.CLOSED_WITHOUT_ANSWER,
        raw(broken.hang_up),
        "closes the connection",
        "https://127.0.0.1",
    ),
    Setup("resets", Rule.CONNECTION_RESET, raw(broken.reset), "resets", "log"),
    Setup("another-protocol", Rule.NOT_HTTP, _another_protocol, "SSH-2.0", "another program"),
    Setup(
        "header-with-a-line-break",
        Rule.REQUEST_NOT_SENT,
        raw(broken.Legacy(), headers=(("X-Key", "one\ntwo"),)),
        "header",
        "--header",
    ),
)
