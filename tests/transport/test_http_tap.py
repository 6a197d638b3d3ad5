"""The tap on HTTP: what failed below it, as a stage and one sentence; TLS and proxies."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.transport.http import HttpTransport
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from tests.servers.certificate import write_certificate
from tests.servers.http_hostile import JSON, NOTE, Hostile, hostile
from tests.servers.http_raw import Behaviour, Conn, Request, serving
from tests.transport.http_talk import Talk, talking


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


@pytest.fixture
def dead_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answering(sent: bytes) -> Behaviour:
    """Sends these bytes, whatever was asked, and hangs up."""

    async def behaviour(conn: Conn, request: Request) -> None:
        await conn.write(sent)
        conn.hang_up()

    return behaviour


async def failure(talk: Talk) -> tuple[str, str, str]:
    (end,) = await talk.asked()
    return end.data["outcome"], end.data["stage"], end.data["error"]


async def test_a_refused_connection(dead_port: int) -> None:
    async with talking(f"http://127.0.0.1:{dead_port}/mcp") as talk:
        says = f"127.0.0.1:{dead_port} refused the connection"
        assert await failure(talk) == ("failed", "connect", says)
        assert talk.story() == ["> request", "http request POST", "http end failed"]
        assert list(talk.end()["phases"]) == ["connect"]


async def test_a_name_with_several_addresses_that_all_refuse(dead_port: int) -> None:
    async with talking(f"http://localhost:{dead_port}/mcp") as talk:
        says = f"localhost:{dead_port} refused the connection"
        assert await failure(talk) == ("failed", "connect", says)


async def test_a_name_that_does_not_resolve() -> None:
    async with talking("http://nobody.invalid/mcp") as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "dns")
        assert says.startswith("the name nobody.invalid does not resolve: ")


async def test_a_server_that_never_accepts() -> None:
    # A listener with a full backlog: the kernel lets further connections hang.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            journal = Journal.create()
            transport = HttpTransport(HttpTarget(f"http://127.0.0.1:{port}/mcp"), connect_timeout=0.2)
            async with transport.open(Tap(journal)) as link:
                outcome, stage, says = await failure(Talk(link, journal))
            journal.close()
    assert (outcome, stage) == ("failed", "connect")
    assert says == f"127.0.0.1:{port} did not answer the connection in time"


async def test_a_reset_before_the_response(server: Hostile) -> None:
    async with talking(server.url("reset")) as talk:
        says = f"127.0.0.1:{server.port} reset the connection"
        assert await failure(talk) == ("failed", "wait", says)


async def test_a_reset_within_the_body(server: Hostile) -> None:
    async with talking(server.url("reset-in-body")) as talk:
        await talk.ask()
        assert (await talk.hear()).body == NOTE
        server.gone.set()
        end = await talk.hear()
        assert (end.data["outcome"], end.data["stage"]) == ("failed", "read")
        assert end.data["error"] == f"127.0.0.1:{server.port} reset the connection"


async def test_no_response(server: Hostile) -> None:
    async with talking(server.url("hang-up")) as talk:
        says = f"127.0.0.1:{server.port} closed the connection without a response"
        assert await failure(talk) == ("failed", "wait", says)


async def test_what_is_not_http(server: Hostile) -> None:
    async with talking(server.url("not-http")) as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "wait")
        assert says.startswith(f"the reply of 127.0.0.1:{server.port} is not HTTP: ")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Ty", "closed the connection in the middle of the head of its response"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "is not HTTP: SSH-2.0-OpenSSH_9.9"),
        (b'{"jsonrpc":"2.0","id":1,"result":{}}\n', 'is not HTTP: {"jsonrpc":"2.0","id":1,"result":{}}'),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "is not HTTP: no colon here"),
    ],
)
async def test_what_came_instead_of_a_response_is_kept(sent: bytes, says: str) -> None:
    async with serving({"mcp": answering(sent)}) as server, talking(server.url("mcp")) as talk:
        assert says in (await failure(talk))[2]
        (body,) = talk.told_by(Kind.HTTP, "body")
        assert (body.body, body.faults) == (sent, ("not-http",))


async def test_half_a_head_is_kept_where_the_request_is_given_up() -> None:
    came = asyncio.Event()

    async def behaviour(conn: Conn, request: Request) -> None:
        await conn.write(b"HTTP/1.1 200 OK\r\nServer: s", b"low\r\n")
        came.set()
        await conn.until_gone()

    async with serving({"mcp": behaviour}) as server, talking(server.url("mcp")) as talk:
        exchange = (await talk.ask()).exchange
        assert exchange is not None
        await came.wait()
        while not talk.told_by(Kind.HTTP, "body"):
            await asyncio.sleep(0)
            talk.link.abort(exchange)
        await talk.hear_to_end(exchange)
    assert talk.told_by(Kind.HTTP, "body")[0].body.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_an_echo_of_the_request_shows_no_secrets() -> None:
    async def echo(conn: Conn, request: Request) -> None:
        lines = ["POST /mcp?token=s3cret HTTP/1.1", *(f"{n}: {v}" for n, v in request.headers.items())]
        await conn.write("\r\n".join([*lines, "", ""]).encode())
        conn.hang_up()

    secret = (("Authorization", "Bearer s3cret"), ("X-Api-Key", "s3cret"))
    async with serving({"mcp": echo}) as server, talking(server.url("mcp"), headers=secret) as talk:
        assert "is not HTTP" in (await failure(talk))[2]
        (body,) = talk.told_by(Kind.HTTP, "body")
        assert b"authorization: Bearer sha256:" in body.body
        assert b"accept: application/json" in body.body
    assert not any("s3cret" in str(event) for event in talk.events())


async def test_a_request_on_a_connection_that_was_kept_is_not_repeated() -> None:
    async def behaviour(conn: Conn, request: Request) -> None:
        if len(conn.server.requests) > 1:
            return conn.hang_up()
        return await conn.respond("200 OK", JSON, request.answer())

    async with serving({"mcp": behaviour}) as server, talking(server.url("mcp")) as talk:
        await talk.asked()
        says = (await failure(talk))[2]
        assert "closed the connection without a response (kept open since" in says
        assert "may have been taken, so it is not repeated" in says
        assert len(server.requests) == 2


async def test_a_body_that_is_not_framed_as_http() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with (
        serving({"mcp": answering(head + b"zz\r\nhello")}) as server,
        talking(server.url("mcp")) as talk,
    ):
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "read")
        assert says == f"the body that 127.0.0.1:{server.port} sends breaks the rules of HTTP: zz\\r\\n"


async def test_a_body_that_does_not_decode(server: Hostile) -> None:
    async with talking(server.url("bad-gzip")) as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "read")
        assert "content-encoding" in says
        (body,) = talk.told_by(Kind.HTTP, "body")
        assert (body.body, body.faults) == (b"not compressed at all", ("content-encoding",))


async def test_a_header_that_http_cannot_carry(server: Hostile) -> None:
    async with talking(server.url("json"), headers=(("X-Bad", "two\nlines"),)) as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "send")
        assert says.startswith("the request cannot be sent as HTTP: ")
        assert server.requests == []


async def test_a_header_that_http_cannot_carry_is_not_quoted(server: Hostile) -> None:
    async with talking(server.url("json"), headers=(("Authorization", "Bearer s3cret\n"),)) as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "send")
        assert "a header's value" in says
        assert "s3cret" not in str([event.data for event in talk.events()])


async def test_bytes_of_a_command_line_that_are_no_utf_8_are_sent_as_they_are(server: Hostile) -> None:
    headers = (("X-Odd", "a\udcff"), ("X-Half", "b\ud800"))
    async with talking(server.url("json"), headers=headers) as talk:
        await talk.asked()
        assert (server.requests[0].headers["x-odd"], server.requests[0].headers["x-half"]) == ("a\xff", "b?")


async def test_the_link_goes_on_after_a_failure(server: Hostile) -> None:
    async with talking(server.url("reset")) as talk:
        await talk.asked()
        await talk.asked()
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000/mcp",
        "ftp://example.com/",
        "http:///mcp",
        "http://[::1/",
        "http://xn--/",
        "http://x/\udcff",
    ],
)
async def test_what_is_no_url_cannot_be_opened(url: str) -> None:
    with pytest.raises(ConnectionFailed, match="URL"):
        await opened(HttpTarget(url))


async def test_a_password_in_the_place_of_a_port_is_not_quoted() -> None:
    with pytest.raises(ConnectionFailed) as caught:
        async with talking("http://me:s3/cret@example.com/mcp"):
            pytest.fail("it is open")
    assert "s3" not in caught.value.message
    assert "cret" not in caught.value.message


async def test_a_certificate_file_that_is_none(tmp_path: Path) -> None:
    missing = tmp_path / "no.pem"
    with pytest.raises(ConnectionFailed, match="No certificates could be read"):
        await opened(HttpTarget("https://127.0.0.1/mcp", cacert=str(missing)))
    missing.write_text("not a certificate")
    with pytest.raises(ConnectionFailed, match="No certificates could be read"):
        await opened(HttpTarget("https://127.0.0.1/mcp", cacert=str(missing)))


async def opened(target: HttpTarget) -> None:
    journal = Journal.create()
    try:
        async with HttpTransport(target).open(Tap(journal)):
            pass
    finally:
        journal.close()


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one file."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
async def tls_server(certificate: Path) -> AsyncIterator[Hostile]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with hostile(context) as running:
        yield running


async def test_a_certificate_that_is_not_trusted(tls_server: Hostile) -> None:
    async with talking(tls_server.url("json")) as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "tls")
        assert says.startswith(f"the certificate of 127.0.0.1:{tls_server.port} is not trusted: ")


async def test_a_certificate_that_is_trusted_by_file(tls_server: Hostile, certificate: Path) -> None:
    async with talking(tls_server.url("json"), cacert=str(certificate)) as talk:
        _, end = await talk.asked()
        assert list(end.data["phases"]) == ["connect", "tls", "send", "wait", "body"]


async def test_the_wrong_name_in_a_certificate(tls_server: Hostile, certificate: Path) -> None:
    url = tls_server.url("json").replace("127.0.0.1", "localhost")
    async with talking(url, cacert=str(certificate)) as talk:
        _, stage, says = await failure(talk)
        assert stage == "tls"
        assert "localhost" in says


async def test_insecure_asks_for_no_trust(tls_server: Hostile) -> None:
    async with talking(tls_server.url("json"), insecure=True) as talk:
        _, end = await talk.asked()
        assert end.data["outcome"] == "complete"


async def test_https_to_a_server_that_speaks_http(server: Hostile) -> None:
    async with talking(server.url("json").replace("http:", "https:")) as talk:
        outcome, stage, says = await failure(talk)
        assert (outcome, stage) == ("failed", "tls")
        assert says == f"127.0.0.1:{server.port} does not speak TLS"


# Proxies


async def test_a_proxy_from_the_environment(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{server.port}")
    async with talking("http://far.invalid/json") as talk:
        _, end = await talk.asked()
        assert end.data["status"] == 200
        assert server.requests[0].headers["host"] == "far.invalid"
    monkeypatch.setenv("no_proxy", "far.invalid")
    async with talking("http://far.invalid/json") as talk:
        assert (await failure(talk))[1] == "dns"


async def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "gopher://127.0.0.1")
    with pytest.raises(ConnectionFailed, match="proxy"):
        await opened(HttpTarget("http://far.invalid/mcp"))
