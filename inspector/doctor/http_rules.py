"""The names of what can be wrong on the way to a URL, the checks in their order, and how a check ends.

docs/doctor.md has a row for each rule; a test holds the two against each other.
"""

from __future__ import annotations

import enum
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from inspector.doctor.http_seen import Exchange
from inspector.doctor.report import Cause, Check, State
from inspector.journal.redact import redact_url
from inspector.transport.target import HttpTarget

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "url": "URL and files",
        "proxy": "Proxy",
        "dns": "Name resolution",
        "tcp": "TCP connection",
        "tls": "TLS",
        "answer": "HTTP answer",
        "redirects": "Redirects",
        "authorization": "Authorization",
        "access": "Host and Origin",
        "path": "Path and method",
        "status": "HTTP status",
        "content": "Content type",
        "era": "Era and version",
        "session": "Session",
        "stream": "Event streams",
    }
)
"""Name and title of every passive check, in the order in which a connection meets them."""


class Rule(enum.StrEnum):
    """Causes. The words stand in `--json` and in the docs, so they never change meaning."""

    # url
    URL_INVALID = "url-invalid"
    CERTIFICATE_FILE = "certificate-file"
    # proxy
    PROXY_UNUSABLE = "proxy-unusable"
    PROXY_UNREACHABLE = "proxy-unreachable"
    PROXY_AUTHENTICATION = "proxy-authentication"
    PROXY_REFUSED = "proxy-refused"
    # dns, tcp
    NAME_NOT_FOUND = "name-not-found"
    CONNECTION_REFUSED = "connection-refused"
    CONNECTION_TIMEOUT = "connection-timeout"
    UNREACHABLE = "unreachable"
    SOCKET_MISSING = "socket-missing"
    # tls
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_WRONG_HOST = "certificate-wrong-host"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    CERTIFICATE_UNKNOWN_ISSUER = "certificate-unknown-issuer"
    CLIENT_CERTIFICATE_WANTED = "client-certificate-wanted"
    TLS_VERSION = "tls-version"
    TLS_FAILED = "tls-failed"
    PLAIN_HTTP_WANTED = "plain-http-wanted"
    HTTPS_WANTED = "https-wanted"
    # answer
    NO_ANSWER = "no-answer"
    CLOSED_WITHOUT_ANSWER = "closed-without-answer"
    CONNECTION_RESET = "connection-reset"
    NOT_HTTP = "not-http"
    REQUEST_NOT_SENT = "request-not-sent"
    # redirects
    REDIRECT_LOOP = "redirect-loop"
    REDIRECT_TO_LOGIN = "redirect-to-login"
    REDIRECT_TO_HTTPS = "redirect-to-https"
    REDIRECT_TO_HTTP = "redirect-to-http"
    REDIRECT_OTHER_ORIGIN = "redirect-other-origin"
    REDIRECT_METHOD = "redirect-method"
    REDIRECT_NOWHERE = "redirect-nowhere"
    REDIRECT_DROPPED_CREDENTIALS = "redirect-dropped-credentials"
    REDIRECT_ADDRESS_REFUSED = "redirect-address-refused"
    # authorization
    AUTHORIZATION_NEEDED = "authorization-needed"
    TOKEN_REFUSED = "token-refused"
    TOKEN_EXPIRED = "token-expired"
    TOKEN_AUDIENCE = "token-audience"
    INSUFFICIENT_SCOPE = "insufficient-scope"
    AUTH_RESOURCE_METADATA = "auth-resource-metadata"
    AUTH_SERVER_METADATA = "auth-server-metadata"
    AUTH_REGISTRATION = "auth-registration"
    AUTH_CONSENT = "auth-consent"
    AUTH_TOKEN = "auth-token"
    AUTH_ADDRESS_REFUSED = "auth-address-refused"
    # access
    HOST_REFUSED = "host-refused"
    ORIGIN_REFUSED = "origin-refused"
    FIREWALL = "firewall"
    FORBIDDEN = "forbidden"
    MISDIRECTED = "misdirected"
    # path and method
    PATH_NOT_FOUND = "path-not-found"
    POST_NOT_ALLOWED = "post-not-allowed"
    SSE_URL = "sse-url"
    NOT_AN_SSE_URL = "not-an-sse-url"
    SSE_ENDPOINT = "sse-endpoint"
    # status
    ACCEPT_REFUSED = "accept-refused"
    CONTENT_TYPE_REFUSED = "content-type-refused"
    BODY_TOO_LARGE = "body-too-large"
    RATE_LIMITED = "rate-limited"
    GATEWAY = "gateway"
    SERVER_ERROR = "server-error"
    BAD_REQUEST = "bad-request"
    REFUSED_STATUS = "refused-status"
    # content
    WEB_PAGE = "web-page"
    LOGIN_PAGE = "login-page"
    NOT_JSON_RPC = "not-json-rpc"
    NOT_MCP_CONTENT = "not-mcp-content"
    EMPTY_ANSWER = "empty-answer"
    BROKEN_BODY = "broken-body"
    BROKEN_ENCODING = "broken-encoding"
    # era
    NO_COMMON_VERSION = "no-common-version"
    VERSION_FORCED = "version-forced"
    INITIALIZE_REFUSED = "initialize-refused"
    NOT_MCP = "not-mcp"
    # session
    SESSION_ENDED = "session-ended"
    SESSION_UNKNOWN = "session-unknown"
    SESSION_REQUIRED = "session-required"
    # stream
    STREAM_SILENT = "stream-silent"
    CONNECTION_LOST = "connection-lost"
    # nothing of the above
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Judged:
    """A check, and the cause that it found, if it did."""

    check: Check
    cause: Cause | None = None


def found(
    name: str,
    says: str,
    *,
    state: State = "ok",
    evidence: Iterable[str] = (),
    took: float | None = None,
    rows: Iterable[int] = (),
) -> Judged:
    """A check that found nothing that keeps a connection from working."""
    return Judged(
        Check(
            name=name,
            title=CHECKS.get(name, name),
            state=state,
            says=says,
            evidence=tuple(evidence),
            took=took,
            rows=tuple(rows),
        )
    )


def wrong(
    name: str,
    rule: Rule,
    says: str,
    next: str,
    *,
    of: Exchange | None = None,
    evidence: Iterable[str] | None = None,
    authorization: bool = False,
    title: str = "",
) -> Judged:
    """A check that found what to put right.

    Args:
        name: Of the check.
        rule: Of the cause.
        says: One sentence.
        next: What to do.
        of: The exchange that shows it.
        evidence: Lines to look at; those of the exchange where `None`.
        authorization: Whether credentials are what is missing.
        title: Of a check that is not in `CHECKS`.
    """
    if evidence is None:
        evidence = of.lines() if of is not None else ()
    check = Check(
        name=name,
        title=title or CHECKS.get(name, name),
        state="failed",
        says=says,
        evidence=tuple(evidence),
        rows=of.rows if of is not None else (),
    )
    return Judged(
        check, Cause(rule=rule.value, says=says, next=next, check=name, authorization=authorization)
    )


def paste(target: HttpTarget, *options: str, url: str = "", verb: str = "") -> str:
    """A line to paste that connects to the target, or to another URL, with more options.

    The target's own files and choices are kept; its headers are not, because their values are secret.
    """
    words = ["mcp-inspect", *verb.split()]
    chosen = set(options)
    if target.insecure and "--insecure" not in chosen:
        words.append("--insecure")
    for name, value in (("--cacert", target.cacert), ("--cert", target.cert), ("--key", target.key)):
        if value is not None and name not in chosen:
            words += [name, value]
    if target.unix_socket is not None:
        words += ["--unix-socket", target.unix_socket]
    line = [*words, *options, redact_url(url or target.url)]
    return subprocess.list2cmdline(line) if sys.platform == "win32" else shlex.join(line)
