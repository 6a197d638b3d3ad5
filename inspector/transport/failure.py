"""What made an HTTP request fail: the stage, one sentence for people, and a stable name for programs.

It reads the exceptions of httpx, ssl and the operating system, however deeply they are wrapped. What to
do about a failure is not said here: that is the doctor's business.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx

from inspector.errors import ConnectionFailed
from inspector.transport.fields import without_secrets
from inspector.transport.guard import Refused
from inspector.transport.hop import Hop


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request has no (whole) response.

    Attributes:
        stage: dns, connect, tls, send, wait, read.
        says: One sentence without its full stop.
        cause: A stable name: `refused-address` (not asked, see `guard`); `no-such-name`, `no-address`,
            `name-server` (no answer from it: temporary), `dns-timeout`; `refused`, `unreachable`,
            `connect-timeout`, `no-socket`; `tls-expired`, `tls-not-yet-valid`, `tls-wrong-host`,
            `tls-self-signed`, `tls-private-authority`, `tls-unknown-issuer`, `tls-untrusted`,
            `tls-version`, `tls-client-certificate`, `tls-timeout`, `tls-closed`, `tls-failed`; `not-tls`
            (TLS was begun and plain text came), `tls-wanted` (the reverse); `proxy`, `proxy-refused`;
            `reset`, `no-response`, `cut-short`, `not-http`, `bad-location`, `bad-encoding`, `bad-request`
            (ours cannot be sent), `broken`. Elsewhere: `timeout` (`fetch`), `no-answer` and
            `authorization` (`requests`), `redirect-…` (`redirect`).
    """

    stage: str
    says: str
    cause: str = "broken"


_VERIFY = (
    (r"expired|not within its validity", "tls-expired"),
    (r"not yet valid", "tls-not-yet-valid"),
    (r"mismatch|not valid for|does not match|no match", "tls-wrong-host"),
    (r"self[- ]signed certificate in", "tls-private-authority"),
    (r"self[- ]signed", "tls-self-signed"),
    (r"local issuer|issuer certificate|unable to verify the first", "tls-unknown-issuer"),
)
"""What verifiers say: OpenSSL, and the systems' own through truststore."""

_CLIENT_CERTIFICATE = re.compile(
    r"CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE"
)
_VERSIONS = re.compile(r"PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE")
_PLAIN = re.compile(r"WRONG_VERSION_NUMBER|HTTP_REQUEST|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG")
_NO_ADDRESS = tuple(
    getattr(socket, name) for name in ("EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)
)
_UNREACHABLE = (
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
    errno.ENETDOWN,
)


def explain(error: Exception, hop: Hop, url: httpx.URL) -> Failure:
    """Why a request failed.

    Args:
        error: What httpx raised, or an `OSError`, `Refused` or `ConnectionFailed` from below it.
        hop: How far the request came.
        url: Where it was sent.
    """
    host, stage = url.host, hop.stage
    at = f"{f'[{host}]' if ':' in host else host}:{url.port or {'https': 443}.get(url.scheme, 80)}"
    if hop.proxied and not isinstance(error, httpx.ProxyError) and _at_proxy(hop, url.scheme):
        named = hop.proxied.rpartition(":")[0] or hop.proxied
        failure = _judged(error, hop, named, f"the proxy {hop.proxied}")
        ours = stage not in ("dns", "connect") or failure.cause in ("refused-address", "bad-request")
        return failure if ours else replace(failure, cause="proxy")
    if hop.addresses and hop.addresses[0].startswith("unix:"):
        at = f"the Unix socket {hop.addresses[0].removeprefix('unix:')}"
    failure = _judged(error, hop, host, at)
    unheard = failure.cause in ("no-response", "reset", "broken") and failure.stage != "read"
    if unheard and hop.kept and not hop.reply:
        kept = "kept open since an earlier request; this one may have been taken, so it is not repeated"
        return replace(failure, says=f"{failure.says} ({kept})")
    return failure


def _at_proxy(hop: Hop, scheme: str) -> bool:
    """Whether it was the proxy that was spoken to: always in plain HTTP, else until the tunnel stands."""
    if scheme == "http" or hop.stage in ("dns", "connect"):
        return True
    return hop.stage != "tls" and "tls" not in hop.phases and "connect" in hop.phases


def _judged(error: Exception, hop: Hop, host: str, at: str) -> Failure:
    stage = hop.stage
    for cause in _causes(error):
        match cause:
            case Refused():
                return Failure(stage, str(cause), "refused-address")
            case ConnectionFailed():
                return Failure(stage, cause.message.rstrip("."), "bad-request")
            case socket.gaierror():
                return Failure("dns", *_unresolved(host, cause))
            case UnicodeError() if stage == "dns":
                return Failure("dns", f"{host} cannot be a name: {cause}", "no-such-name")
            case ssl.SSLWantReadError():
                continue  # how a handshake waits, no failure
            case ssl.SSLError():
                return Failure(stage if stage in ("wait", "read") else "tls", *_untrusted(cause, at, stage))
            case OSError() if found := _by_number(cause, at):
                return Failure(stage, *found)
    return Failure(stage, *_by_kind(error, stage, at, bytes(hop.reply)))


def _unresolved(host: str, error: socket.gaierror) -> tuple[str, str]:
    says = f"the name {host} does not resolve: {error.strerror}"
    if error.errno == socket.EAI_AGAIN:
        return says, "name-server"
    return says, "no-address" if error.errno in _NO_ADDRESS else "no-such-name"


def _untrusted(error: ssl.SSLError, at: str, stage: str) -> tuple[str, str]:
    # Verifiers other than OpenSSL, of macOS and Windows through truststore, raise errors without these.
    reason = getattr(error, "reason", None) or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        message = getattr(error, "verify_message", "") or str(error)
        name = next(
            (name for words, name in _VERIFY if re.search(words, message, re.IGNORECASE)), "tls-untrusted"
        )
        return f"the certificate of {at} is not trusted: {message}", name
    if _CLIENT_CERTIFICATE.search(reason):
        says = f"{at} wants a client certificate, and takes none that it was given: TLS alert {reason}"
        return says, "tls-client-certificate"
    if _PLAIN.search(reason) and stage == "tls":
        return f"{at} does not speak TLS", "not-tls"
    if reason == "UNEXPECTED_EOF_WHILE_READING" and stage == "tls":
        hint = "as a server may that wants a client certificate"
        return f"{at} closed the connection during the TLS handshake, {hint}", "tls-closed"
    name = "tls-version" if _VERSIONS.search(reason) else "tls-failed"
    return f"TLS with {at} failed: {reason or error}", name


def _by_number(error: OSError, at: str) -> tuple[str, str] | None:
    match error:
        case ConnectionRefusedError():
            return f"{at} refused the connection", "refused"
        case ConnectionResetError() | BrokenPipeError():
            return f"{at} reset the connection", "reset"
        case FileNotFoundError():
            return f"{at} is not there", "no-socket"
    if error.errno in _UNREACHABLE:
        return f"{at} cannot be reached: {error.strerror}", "unreachable"
    return None


_TLS_ALERT = b"\x15\x03"
_LINE = 120
_BYTES = re.compile(r"bytearray\(b['\"](.*?)['\"]\)")  # how h11 quotes what it could not read


def _by_kind(error: Exception, stage: str, at: str, reply: bytes) -> tuple[str, str]:
    says = str(error).rstrip(".") or type(error).__name__
    match error:
        case httpx.ConnectTimeout():
            return _too_late(stage, at)
        case httpx.ProxyError():
            return f"the proxy refuses to connect to {at}: {says}", "proxy-refused"
        case httpx.ConnectError() if stage == "tls":
            return f"{at} closed the connection during the TLS handshake", "tls-closed"
        case httpx.ConnectError():
            reasons = [
                cause.strerror for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror
            ]
            return f"no connection to {at}: {reasons[-1] if reasons else says}", "unreachable"
        case httpx.DecodingError():
            return f"the body does not decode as its content-encoding: {says}", "bad-encoding"
        case httpx.LocalProtocolError() if "header value" in says:
            # Which one is not said, because h11 quotes its value, and that may be a token.
            what = "a header's value holds a character that is not allowed"
            return f"the request cannot be sent as HTTP: {what}", "bad-request"
        case httpx.LocalProtocolError() | httpx.UnsupportedProtocol():
            return f"the request cannot be sent as HTTP: {says}", "bad-request"
        case httpx.RemoteProtocolError():
            return _not_http(says, stage, at, reply)
        case httpx.ReadError() | httpx.WriteError():
            return f"{at} broke the connection", "broken"
    return f"{type(error).__name__}: {says}", "broken"


def _too_late(stage: str, at: str) -> tuple[str, str]:
    if stage == "dns":
        return f"the name {at.rpartition(':')[0]} does not resolve: no answer in time", "dns-timeout"
    what = "TLS handshake" if stage == "tls" else "connection"
    return f"{at} did not answer the {what} in time", "tls-timeout" if stage == "tls" else "connect-timeout"


def _not_http(says: str, stage: str, at: str, reply: bytes) -> tuple[str, str]:
    quoted = _BYTES.search(says)
    if stage == "read" and "peer closed" in says:
        return f"{at} closed the connection before the end of the body", "cut-short"
    if stage == "read":
        what = _bare(quoted[1]) if quoted else says
        return f"the body that {at} sends breaks the rules of HTTP: {what}", "not-http"
    if "disconnected" in says and b"HTTP/".startswith(reply[:5]):
        what = "in the middle of the head of its response" if reply else "without a response"
        return f"{at} closed the connection {what}", "no-response"
    if "disconnected" in says and not reply.startswith(_TLS_ALERT):
        return f"the reply of {at} is not HTTP: {_quoted(reply)}", "not-http"
    if "location header" in says:
        return f"{at} points to something that is no URL: {says.partition(': ')[2] or says}", "bad-location"
    if says == "illegal request line" or reply.startswith(_TLS_ALERT):
        # So h11 calls a first byte that is a control character. A TLS alert begins with one, and is what
        # a TLS port says to plain HTTP.
        return f"the reply of {at} is not HTTP but bytes like those of TLS: it may want https", "tls-wanted"
    return f"the reply of {at} is not HTTP: {_bare(quoted[1]) if quoted else says}", "not-http"


def _quoted(reply: bytes) -> str:
    """The first line of a reply, in ASCII."""
    return repr(without_secrets(reply.lstrip().partition(b"\n")[0].rstrip())[:_LINE])[2:-1]


def _bare(text: str) -> str:
    return without_secrets(text.encode()).decode()


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and all that led to it, nearest first."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [found.__cause__, found.__context__]
        if isinstance(found, BaseExceptionGroup):
            waiting += found.exceptions
