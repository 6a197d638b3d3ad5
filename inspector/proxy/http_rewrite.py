"""What names the server's origin is made to name the proxy's, and back. Pure.

A host that is told `https://example.com/authorize` by the server would go there past the proxy; and it
holds the `resource` of RFC 9728 against the URL that it was given, which is the proxy's. So what a host is
told about where to go names the proxy, and what it says of the resource names the server again.
Nothing else is touched: messages, event streams (but for the `endpoint` of HTTP+SSE) and every other body
pass byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, unquote, unquote_plus, urlsplit

Pairs: TypeAlias = list[tuple[str, str]]

_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""RFC 9110 section 7.6.1: of one connection, and no other's."""
_READABLE = frozenset({"gzip", "x-gzip", "deflate", "identity"})
_PORTS = {"https": 443, "http": 80}
_END = r"(?=[/?#\\\"'\s,;<>]|$)"
_RESOURCE = re.compile(r"(^|&)(resource=)([^&]*)")
_ISSUER = re.compile(r"([?&]iss=)([^&#]*)")
_DOMAIN = re.compile(r";\s*domain=[^;]*", re.IGNORECASE)
_SECURE = re.compile(r";\s*secure(?=\s*(;|$))", re.IGNORECASE)
_BLANK = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r|\n)")
_NAMED = re.compile(rb"^event: ?endpoint[ \t]*$", re.MULTILINE)
_FIRST = 64 * 1024  # bytes of an event stream that are looked at for its endpoint


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Two origins that stand for each other.

    Attributes:
        server: The server's, as `https://example.com` or with a port.
        proxy: The proxy's, without a slash at its end.
    """

    server: str
    proxy: str

    def to_server(self, headers: Iterable[tuple[str, str]], host: str) -> Pairs:
        """A request's headers for the server.

        `Accept-Encoding` loses what cannot be read here: the recording would hold no messages else.
        """
        found: Pairs = [("Host", host)]
        for name, value in _of_all_hops(headers):
            match name.lower():
                case "host" | "expect":
                    continue
                case "accept-encoding":
                    value = readable_encodings(value)
                case "origin" | "referer":
                    value = self._swapped(value, self.proxy, self.server)
            found.append((name, value))
        return found

    def target_to_server(self, target: str) -> str:
        """A request target whose `resource` (RFC 8707) names the server."""
        path, mark, query = target.partition("?")
        return f"{path}{mark}{self.form_to_server(query)}" if mark else target

    def form_to_server(self, form: str) -> str:
        """A form, or a query, likewise."""
        return _RESOURCE.sub(self._resource, form)

    def to_host(self, headers: Iterable[tuple[str, str]]) -> Pairs:
        """A response's headers for the host."""
        found: Pairs = []
        for name, value in _of_all_hops(headers):
            match name.lower():
                case "alt-svc":  # the way past us
                    continue
                case "location" | "content-location":
                    value = self._issuer(self._swapped(value, self.server, self.proxy))
                case "www-authenticate" | "link":
                    value = _spelt(self.server).sub(lambda _: self.proxy, value)
                case "set-cookie":
                    value = self._cookie(value)
            found.append((name, value))
        return found

    def metadata_to_host(self, body: bytes) -> bytes:
        """JSON that says where to go: the strings in it that begin with the server's origin."""
        text = body.decode("utf-8", "surrogateescape")
        proxy = self.proxy

        def swapped(found: re.Match[str]) -> str:
            return '"' + (proxy.replace("/", "\\/") if "\\/" in found[0] else proxy)

        return _in_json(self.server).sub(swapped, text).encode("utf-8", "surrogateescape")

    def elsewhere(self, body: bytes) -> str:
        """An authorization server at another origin that metadata names; empty where there is none.

        What is said there of the resource does not pass here, and cannot name the server again.
        """
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):  # the host will see that, too
            return ""
        named = value.get("authorization_servers") if isinstance(value, dict) else None
        urls = [url for url in named if isinstance(url, str)] if isinstance(named, list) else []
        return next((url for url in urls if not _spelt(self.server).match(url)), "")

    def endpoint_to_host(self, event: bytes) -> bytes:
        """The event of HTTP+SSE that says where messages go, with its URL, if that is absolute."""
        spelt = re.compile(
            rb"^(data: ?)" + _spelt(self.server).pattern.encode(), re.MULTILINE | re.IGNORECASE
        )
        return spelt.sub(lambda found: found[1] + self.proxy.encode(), event)

    def _resource(self, found: re.Match[str]) -> str:
        plain = unquote_plus(found[3])
        swapped = self._swapped(plain, self.proxy, self.server)
        return found[0] if swapped == plain else f"{found[1]}{found[2]}{quote(swapped, safe='')}"

    def _issuer(self, location: str) -> str:
        """RFC 9207: the host knows the issuer by the name under which we showed it."""

        def swapped(found: re.Match[str]) -> str:
            plain = unquote(found[2])
            named = self._swapped(plain, self.server, self.proxy)
            return found[0] if named == plain else found[1] + quote(named, safe="")

        return _ISSUER.sub(swapped, location)

    def _cookie(self, value: str) -> str:
        """A cookie that the host can send to us: without a domain, and over plain HTTP."""
        value = _DOMAIN.sub("", value)
        return value if self.proxy.startswith("https:") else _SECURE.sub("", value)

    def _swapped(self, url: str, before: str, after: str) -> str:
        found = _spelt(before).match(url)
        return after + url[found.end() :] if found else url


class EndpointRewriter:
    """Rewrites the `endpoint` of an event stream, and holds back nothing that a client could use.

    It is looked for in the first event only, and that is of no use before it is whole.
    """

    def __init__(self, rewriting: Rewriting) -> None:
        self._rewriting = rewriting
        self._head: bytearray | None = bytearray()

    def feed(self, chunk: bytes) -> bytes:
        """What may go on."""
        if self._head is None:
            return chunk
        self._head += chunk
        out = bytearray()
        while (end := _BLANK.search(self._head)) is not None:
            event = bytes(self._head[: end.end()])
            del self._head[: end.end()]
            if event.startswith(b":"):
                out += event
                continue
            if _NAMED.search(event.replace(b"\r", b"\n")):
                event = self._rewriting.endpoint_to_host(event)
            return bytes(out) + event + self.close()
        return bytes(out) + (self.close() if len(self._head) > _FIRST else b"")

    def close(self) -> bytes:
        """What was held back."""
        rest, self._head = bytes(self._head or b""), None
        return rest


def readable_encodings(value: str) -> str:
    """Of the encodings that a host accepts, those that can be read here."""
    parts = [part.strip() for part in value.split(",")]
    kept = [part for part in parts if part.partition(";")[0].strip().lower() in _READABLE]
    return ", ".join(kept) or "identity"


def _of_all_hops(headers: Iterable[tuple[str, str]]) -> Pairs:
    given = list(headers)
    named = {
        word.strip().lower()
        for name, value in given
        if name.lower() == "connection"
        for word in value.split(",")
    }
    return [(name, value) for name, value in given if name.lower() not in _HOP_BY_HOP | named]


def _spelt(origin: str) -> re.Pattern[str]:
    """The spellings of an origin where a URL begins."""
    return re.compile(_pattern(origin, "/") + _END, re.IGNORECASE)


def _in_json(origin: str) -> re.Pattern[str]:
    return re.compile('"' + _pattern(origin, r"\\?/") + _END, re.IGNORECASE)


def _pattern(origin: str, slash: str) -> str:
    parts = urlsplit(origin)
    usual = _PORTS[parts.scheme]
    port = f"(?::{usual})?" if parts.port in (None, usual) else f":{parts.port}"
    host = re.escape(parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}"))
    return f"{parts.scheme}:{slash}{slash}{host}{port}"
