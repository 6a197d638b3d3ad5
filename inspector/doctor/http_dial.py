"""Checks from a URL to the first byte of an answer: URL, proxy, name, TCP, TLS, answer.

They read what a failed request left in the journal, and the environment's proxy settings. Nothing is
dialled here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from inspector.doctor.http_place import (
    gave_up,
    is_https,
    is_local,
    listening_line,
    parts,
    phase,
    place,
    proxy_of,
    resolving_line,
    stuck_in,
    variable_line,
    with_scheme,
)
from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Exchange, Seen
from inspector.doctor.http_tls import client_certificate
from inspector.journal.redact import redact_url
from inspector.wire.visible import clip, seconds, visible


def url(seen: Seen) -> Judged:
    """Whether the URL and the files beside it can be used at all."""
    target, shown = seen.target, visible(redact_url(seen.target.url))
    said = visible(_says(seen))
    if parts(target.url) is None or (not seen.exchanges and "URL" in said and "proxy" not in said.lower()):
        says = f"{shown} is not an http or https URL with a host"
        return wrong("url", Rule.URL_INVALID, says, "Give one like http://localhost:8000/mcp")
    files = [path for path in (target.cacert, target.cert, target.key) if path is not None]
    if files and not seen.exchanges and re.search(r"certificate|client's key", said, re.IGNORECASE):
        named = next((path for path in files if path in said), files[0])
        next_step = seen.failure.next if seen.failure is not None else ""
        return wrong("url", Rule.CERTIFICATE_FILE, said, next_step or f"ls -l {visible(named)}")
    return found(
        "url", f"{shown}: {target.transport if target.transport != 'auto' else 'any HTTP transport'}"
    )


def proxy(seen: Seen) -> Judged:
    """Which proxy is in between, and whether it lets the request through."""
    address, variable = proxy_of(seen.target)
    if not address:
        why = (
            "a Unix socket is used" if seen.target.unix_socket else "the environment names none for this host"
        )
        return found("proxy", f"No proxy: {why}")
    shown = visible(redact_url(address))
    named = f"the proxy {shown} (from {variable})"
    bypass = variable_line("NO_PROXY", (parts(seen.target.url) or urlsplit("")).hostname or "*")
    tried = seen.decisive
    if tried is None:
        if "proxy" not in _says(seen).lower():
            return found("proxy", f"By {named}")
        return wrong(
            "proxy",
            Rule.PROXY_UNUSABLE,
            f"{_capital(named)} cannot be used: {visible(_says(seen)).partition('cannot be used: ')[2]}",
            variable_line(variable) if variable.isidentifier() else bypass,
        )
    judged = _refusing_proxy(tried, named, variable, bypass)
    return judged or found("proxy", f"By {named}", rows=tried.rows)


def _refusing_proxy(tried: Exchange, named: str, variable: str, bypass: str) -> Judged | None:
    answer, at = tried.answer, named.partition("//")[2].partition(" ")[0].rpartition("@")[2]
    unreached = tried.cause == "proxy" or stuck_in(tried) in ("dns", "connect")
    refused = tried.error if tried.cause == "proxy-refused" else ""
    if tried.status == 407 or (refused and "407" in refused):
        return wrong(
            "proxy",
            Rule.PROXY_AUTHENTICATION,
            f"{_capital(named)} wants a user name and a password: it answered 407",
            variable_line(
                variable if variable.isidentifier() else "HTTPS_PROXY", f"http://USER:PASSWORD@{at}"
            ),
            of=tried,
        )
    if answer is None and unreached and not refused:
        return wrong(
            "proxy",
            Rule.PROXY_UNREACHABLE,
            f"{_capital(named)} cannot be reached: {tried.error or 'no connection in time'}",
            bypass,
            of=tried,
        )
    own = (
        answer is not None
        and answer.status >= 400
        and any(answer.header(name) for name in ("via", "x-squid-error", "proxy-status", "proxy-connection"))
    )
    if refused or own:
        says = refused.partition(": ")[2] if refused else f"it answered {tried.status} itself"
        return wrong(
            "proxy",
            Rule.PROXY_REFUSED,
            f"{_capital(named)} does not let the request through: {says}",
            bypass,
            of=tried,
        )
    return None


def dns(seen: Seen) -> Judged:
    """Whether the host's name resolves."""
    split, tried = parts(seen.target.url), seen.decisive
    host = visible(split.hostname or "") if split else ""
    cause = "dns-timeout" if tried is not None and stuck_in(tried) == "dns" else tried.cause if tried else ""
    if tried is not None and tried.answer is None and cause in _UNRESOLVED:
        says = f"The name {host} does not resolve{_UNRESOLVED[cause]}"
        if "." not in host:
            says += ": it has no dot, so is it a container's name, or one of another network?"
        next = f"Check the spelling of {host}; the same resolver is asked by: {resolving_line(host)}"
        return wrong("dns", Rule.NAME_NOT_FOUND, says, next, of=tried)
    if split is None or re.fullmatch(r"[\d.]+|.*:.*", host):
        return found("dns", f"{host} is an address, there is nothing to look up")
    if seen.target.unix_socket is not None:
        return found("dns", "A Unix socket needs no name")
    if proxy_of(seen.target)[0]:
        return found("dns", f"{host} is looked up by the proxy")
    return found("dns", f"{host} resolves", took=phase(seen.answered or tried, "dns"))


_UNRESOLVED: Mapping[str, str] = {
    "no-such-name": "",
    "no-address": ": it exists, but has no address",
    "name-server": ": no name server answers for it at the moment",
    "dns-timeout": ": the name server does not answer in time",
}
"""What the transport calls a failed look-up, and how a sentence about it ends."""


def tcp(seen: Seen) -> Judged:
    """Whether something accepts connections there."""
    tried, at = seen.decisive, place(seen.target)
    if tried is None or tried.answer is not None:
        return _connected(seen, at)
    asked = tried.end.get("addresses")
    addresses = ", ".join(map(str, asked)) if isinstance(asked, list | tuple) else ""
    evidence = [*tried.lines(), *([f"addresses tried: {visible(addresses)}"] if addresses else [])]
    match tried.cause:
        case "no-socket":
            path = visible(seen.target.unix_socket or "")
            says = f"No server listens on the Unix socket {path}: {tried.error}"
            return wrong("tcp", Rule.SOCKET_MISSING, says, f"ls -l {path}", of=tried, evidence=evidence)
        case "refused" if seen.target.unix_socket is not None:
            path = visible(seen.target.unix_socket)
            says = f"The Unix socket {path} is there, but no server listens on it any more"
            return wrong("tcp", Rule.SOCKET_MISSING, says, f"ls -l {path}", of=tried, evidence=evidence)
        case "refused":
            says = f"Nothing listens on {at}: the connection was refused"
            next = (
                f"Start the server, and check its port: {listening_line(at.rpartition(':')[2])}"
                if is_local(seen.target)
                else "Check host and port, and that the server runs and listens on more than 127.0.0.1"
            )
            return wrong("tcp", Rule.CONNECTION_REFUSED, says, next, of=tried, evidence=evidence)
        case "unreachable":
            says = f"{at} cannot be reached: {tried.error}"
            next = "Check the address, the network and the VPN"
            return wrong("tcp", Rule.UNREACHABLE, says, next, of=tried, evidence=evidence)
    if tried.cause == "connect-timeout" or stuck_in(tried) == "connect":
        host, _, port = at.rpartition(":")
        says = f"{at} neither accepts the connection nor refuses it: a firewall, or a server that is stuck"
        next = f"Check the address and the firewall; the same is tried by: nc -vz {host.strip('[]')} {port}"
        return wrong("tcp", Rule.CONNECTION_TIMEOUT, says, next, of=tried, evidence=evidence)
    return _connected(seen, at)


def _connected(seen: Seen, at: str) -> Judged:
    first = seen.answered or seen.decisive
    peer = visible(first.answer.peer) if first and first.answer else ""
    says = f"{at} accepts connections" + (f" at {peer}" if peer and peer != at else "")
    return found("tcp", says, took=phase(first, "connect"))


def answer(seen: Seen) -> Judged:
    """Whether what listens there answers in HTTP."""
    tried, at = seen.decisive, place(seen.target)
    if tried is None:
        return found("answer", "Nothing was asked", state="skipped")
    if tried.answer is not None:
        return _answered(seen, tried, at)
    error = tried.error
    match tried.cause:
        case "tls-wanted":
            return https_wanted(seen, tried, at)
        case "tls-client-certificate":
            return client_certificate(seen, tried, at)
        case "not-http":
            says = f"What listens on {at} does not speak HTTP: {error.partition('not HTTP: ')[2] or error}"
            return wrong(
                "answer", Rule.NOT_HTTP, says, "Check the port: another program listens there", of=tried
            )
        case "bad-request":
            says = f"The request cannot be sent: {error}"
            next = "Check the values of --header for line breaks and characters beyond ASCII"
            return wrong("answer", Rule.REQUEST_NOT_SENT, says, next, of=tried)
        case "reset" | "broken":
            says = f"{at} takes the connection and resets it"
            next = "Read the server's log: it crashed, or a firewall cuts in"
            if is_https(seen.target) and seen.target.cert is None:
                next += "; where it wants a client certificate: "
                next += paste(seen.target, "--cert", "CERTIFICATE.pem", "--key", "KEY.pem")
            return wrong("answer", Rule.CONNECTION_RESET, says, next, of=tried)
        case "no-response":
            says = f"{at} takes the request and closes the connection without an answer"
            other = "http" if is_https(seen.target) else "https"
            line = paste(seen.target, url=with_scheme(seen.target.url, other))
            next = f"Read the server's log; if it is an {other.upper()} port: {line}"
            return wrong("answer", Rule.CLOSED_WITHOUT_ANSWER, says, next, of=tried)
        case "bad-location" | "refused-address":  # a redirect's business
            return found("answer", f"{at} answers in HTTP")
    if gave_up(tried):
        after = (seen.said("timed-out") or seen.said("probe-silent") or {}).get("after")
        says = f"{at} accepts the connection and the request, and then does not answer"
        says += f" within {seconds(float(after))}" if isinstance(after, int | float) else ""
        shown = visible(redact_url(seen.target.url))
        next = f"Read the server's log: is it blocked? The same wait: curl -v -m 10 {shown}"
        return wrong("answer", Rule.NO_ANSWER, says, next, of=tried)
    says = f"No answer came from {at}: {error or 'nothing says why'}"
    return wrong("answer", Rule.NO_ANSWER, says, "Read the server's log", of=tried)


def https_wanted(seen: Seen, tried: Exchange, at: str) -> Judged:
    """An HTTPS port was spoken to in plain HTTP."""
    says = f"{at} speaks HTTPS, and the URL says http"
    next = paste(seen.target, url=with_scheme(seen.target.url, "https"))
    return wrong("answer", Rule.HTTPS_WANTED, says, next, of=tried)


_PLAIN_ON_TLS = re.compile(
    r"plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server", re.IGNORECASE
)
_NO_CERTIFICATE = re.compile(
    r"no required SSL certificate|SSL certificate error|client certificate", re.IGNORECASE
)


def _answered(seen: Seen, tried: Exchange, at: str) -> Judged:
    came = tried.answer
    assert came is not None
    if came.status in (400, 426) and _PLAIN_ON_TLS.search(came.text):
        return https_wanted(seen, tried, at)
    if came.status in (400, 403, 495, 496) and _NO_CERTIFICATE.search(came.text):
        return client_certificate(seen, tried, at)
    server = clip(visible(came.header("server")), 60)
    says = f"{at} answers in HTTP" + (f" ({server})" if server else "")
    return found("answer", says, took=phase(tried, "wait"))


def _says(seen: Seen) -> str:
    return seen.failure.message if seen.failure is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
