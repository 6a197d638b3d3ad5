"""What made a request fail, told from the exceptions that lie below it."""

from __future__ import annotations

import errno
import socket
import ssl

import httpcore
import httpx
import pytest

from inspector.errors import ConnectionFailed
from inspector.transport.failure import explain
from inspector.transport.guard import Refused
from inspector.transport.hop import Hop

URL = httpx.URL("https://far.test/mcp")
AT = "far.test:443"


def wrapped(cause: BaseException, kind: type[httpx.TransportError] = httpx.ConnectError) -> Exception:
    """An exception as it comes out of httpx, with what it was made of below it."""
    inner = httpcore.ConnectError(str(cause))
    inner.__cause__ = cause
    outer = kind(str(inner))
    outer.__cause__ = inner
    return outer


def at(stage: str, *, proxied: str = "", addresses: tuple[str, ...] = ()) -> Hop:
    hop = Hop(1)
    hop.proxied, hop.addresses = proxied, addresses
    for phase in ("dns", "connect", "tls", "send", "wait", "body"):
        hop.begins(phase)
        if phase == stage:
            break
        hop.ends()
    return hop


def certificate(message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_message = message
    return error


def alert(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("stage", "error", "cause", "says"),
    [
        ("dns", socket.gaierror(socket.EAI_NONAME, "no such name"), "no-such-name", "does not resolve: no"),
        ("dns", socket.gaierror(socket.EAI_AGAIN, "try again"), "name-server", "does not resolve: try again"),
        ("dns", UnicodeError("label too long"), "no-such-name", "cannot be a name: label too long"),
        (
            "connect",
            ConnectionRefusedError(errno.ECONNREFUSED, "x"),
            "refused",
            f"{AT} refused the connection",
        ),
        ("connect", OSError(errno.ENETUNREACH, "no net"), "unreachable", f"{AT} cannot be reached: no net"),
        ("connect", OSError(errno.EHOSTUNREACH, "no route"), "unreachable", "cannot be reached: no route"),
        ("connect", OSError(errno.EMFILE, "too many files"), "unreachable", "no connection to"),
        ("send", ConnectionResetError(errno.ECONNRESET, "x"), "reset", f"{AT} reset the connection"),
        (
            "tls",
            certificate("certificate has expired"),
            "tls-expired",
            "not trusted: certificate has expired",
        ),
        ("tls", certificate("certificate is not yet valid"), "tls-not-yet-valid", "not trusted"),
        ("tls", certificate("Hostname mismatch, certificate is …"), "tls-wrong-host", "not trusted"),
        ("tls", certificate("IP address mismatch, …"), "tls-wrong-host", "not trusted"),
        ("tls", certificate("self-signed certificate"), "tls-self-signed", "not trusted"),
        ("tls", certificate("self signed certificate"), "tls-self-signed", "not trusted"),
        ("tls", certificate("self-signed certificate in certificate chain"), "tls-private-authority", "not"),
        ("tls", certificate("unable to get local issuer certificate"), "tls-unknown-issuer", "not trusted"),
        ("tls", certificate("something else"), "tls-untrusted", "not trusted: something else"),
        ("tls", alert("WRONG_VERSION_NUMBER"), "not-tls", f"{AT} does not speak TLS"),
        ("tls", alert("TLSV1_ALERT_PROTOCOL_VERSION"), "tls-version", "TLSV1_ALERT_PROTOCOL_VERSION"),
        ("tls", alert("UNSUPPORTED_PROTOCOL"), "tls-version", "UNSUPPORTED_PROTOCOL"),
        ("tls", alert("SSLV3_ALERT_HANDSHAKE_FAILURE"), "tls-failed", "TLS with far.test:443 failed"),
        ("tls", alert("UNEXPECTED_EOF_WHILE_READING"), "tls-closed", "during the TLS handshake"),
        ("wait", alert("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "tls-client-certificate", "client certificate"),
        ("wait", alert("TLSV1_ALERT_UNKNOWN_CA"), "tls-client-certificate", "none that it was given"),
        ("connect", Refused("10.0.0.1 is a private address"), "refused-address", "10.0.0.1 is"),
        ("connect", ConnectionFailed("No certificates could be read."), "bad-request", "could be read"),
    ],
)
def test_a_cause_below(stage: str, error: Exception, cause: str, says: str) -> None:
    failure = explain(wrapped(error), at(stage), URL)
    assert (failure.stage, failure.cause) == (stage, cause)
    assert says in failure.says
    assert not failure.says.endswith(".")


@pytest.mark.parametrize(
    ("stage", "error", "cause", "says"),
    [
        ("dns", httpx.ConnectTimeout(""), "dns-timeout", "the name far.test does not resolve: no answer in"),
        ("connect", httpx.ConnectTimeout(""), "connect-timeout", "did not answer the connection in time"),
        ("tls", httpx.ConnectTimeout(""), "tls-timeout", "did not answer the TLS handshake in time"),
        ("tls", httpx.ConnectError(""), "tls-closed", "closed the connection during the TLS handshake"),
        ("wait", httpx.RemoteProtocolError("Server disconnected without …"), "no-response", "without a resp"),
        ("body", httpx.RemoteProtocolError("peer closed"), "cut-short", "before the end of the body"),
        ("wait", httpx.RemoteProtocolError("illegal request line"), "tls-wanted", "may want https"),
        (
            "wait",
            httpx.RemoteProtocolError("illegal status line: bytearray(b'SSH')"),
            "not-http",
            "HTTP: SSH",
        ),
        ("send", httpx.LocalProtocolError("Illegal header value b'k\\n'"), "bad-request", "a header's value"),
        ("send", httpx.LocalProtocolError("Illegal method"), "bad-request", "Illegal method"),
        ("wait", httpx.ReadError(""), "broken", "broke the connection"),
        ("wait", httpx.ProxyError("407 No"), "proxy-refused", f"the proxy refuses to connect to {AT}: 407"),
    ],
)
def test_what_httpx_says_itself(stage: str, error: Exception, cause: str, says: str) -> None:
    failure = explain(error, at(stage), URL)
    assert (failure.stage, failure.cause) == ("read" if stage == "body" else stage, cause)
    assert says in failure.says


def test_a_secret_in_a_header_is_not_quoted() -> None:
    failure = explain(httpx.LocalProtocolError("Illegal header value b'Bearer s3cret\\n'"), at("send"), URL)
    assert "s3cret" not in failure.says


def test_what_goes_wrong_at_a_proxy_is_the_proxys() -> None:
    refused = wrapped(ConnectionRefusedError(errno.ECONNREFUSED, "x"))
    failure = explain(refused, at("connect", proxied="px:3128"), URL)
    assert (failure.cause, failure.says) == ("proxy", "the proxy px:3128 refused the connection")
    unknown = wrapped(socket.gaierror(socket.EAI_NONAME, "no such name"))
    failure = explain(unknown, at("dns", proxied="px:3128"), URL)
    assert (failure.cause, failure.says) == ("proxy", "the name px does not resolve: no such name")


def test_behind_the_tunnel_it_is_the_servers() -> None:
    expired = wrapped(certificate("certificate has expired"))
    failure = explain(expired, at("tls", proxied="px:3128"), URL)
    assert failure.says.startswith(f"the certificate of {AT} is not trusted")
    reset = wrapped(ConnectionResetError(errno.ECONNRESET, "x"), httpx.ReadError)
    assert explain(reset, at("wait", proxied="px:3128"), URL).says == f"{AT} reset the connection"
    plain = httpx.URL("http://far.test/mcp")
    says = explain(reset, at("wait", proxied="px:3128"), plain).says
    assert says == "the proxy px:3128 reset the connection"


def test_a_unix_socket_is_named() -> None:
    missing = wrapped(FileNotFoundError(errno.ENOENT, "x"))
    failure = explain(missing, at("connect", addresses=("unix:/run/s",)), URL)
    assert (failure.cause, failure.says) == ("no-socket", "the Unix socket /run/s is not there")


def test_an_ipv6_address_stands_in_brackets() -> None:
    refused = wrapped(ConnectionRefusedError(errno.ECONNREFUSED, "x"))
    failure = explain(refused, at("connect"), httpx.URL("http://[::1]:8000/mcp"))
    assert failure.says == "[::1]:8000 refused the connection"
