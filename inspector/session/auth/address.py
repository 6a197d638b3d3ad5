"""Addresses in authorization: which may be asked at all, and how one is derived from another.

It looks at the text only. Whether a name leads to a private network is known when it is resolved, and
is the transport's to refuse.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

LIMIT = 4096
"""Characters. Nobody needs a longer address; a redirect URL with a request object may come near."""

_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[!-~]+")
# A name, or an IPv6 address with its zone. Percent signs in a name are decoded by browsers, and not by
# everybody else; what has other characters is no host at all.
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]{1,20})?")

Fit: TypeAlias = Literal["same", "parent", "other"]


def unsafe(url: object) -> str:
    """Why an address must not be asked or shown to a browser, in words; empty for one that may be.

    Plain http passes here, see `insecure`.
    """
    if not isinstance(url, str) or not url:
        return "is no text" if url else "is empty"
    if len(url) > LIMIT:
        return f"is longer than {LIMIT} characters"
    if not _PLAIN.fullmatch(url) or "\\" in url:
        return "has characters that no URL has"
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return "is no URL"
    if split.scheme not in _PORTS:
        return f"has the scheme {split.scheme!r} instead of https" if split.scheme else "has no scheme"
    if not split.hostname or not url[len(split.scheme) :].startswith("://"):
        return "names no host"
    if not _HOST.fullmatch(split.hostname) or split.hostname.startswith("-") or port == 0:
        return "names no host that can be asked"
    if "@" in split.netloc:
        return "carries a user name"
    return ""


def insecure(url: str) -> bool:
    """Whether an address is plain http and not on this machine (OAuth 2.1 section 1.5)."""
    split = urlsplit(url)
    return split.scheme == "http" and not loopback(split.hostname or "")


def loopback(host: str) -> bool:
    """Whether a host is this machine by its very name."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Host and port as a person should see them before going there."""
    return urlsplit(url).netloc


def origin(url: str) -> str:
    """Scheme, host and port, without a trailing slash: the authorization base URL of 2025-03-26."""
    split = _normal(url)
    return f"{split.scheme}://{split.netloc}"


def canonical(url: str) -> str:
    """The canonical URI of an MCP server: specification 2026-07-28, "Canonical Server URI".

    Scheme and host in lower case, no default port, no fragment, and no slash that stands for an empty path.
    """
    split = _normal(url)
    path = "" if split.path == "/" and not split.query else split.path
    return urlunsplit((split.scheme, split.netloc, path, split.query, ""))


def indicator(url: str) -> str:
    """The resource indicator of a server that names none: without a query (RFC 8707 section 2)."""
    return canonical(urlunsplit(_normal(url)._replace(query="")))


def fit(resource: str, server: str) -> Fit:
    """How the `resource` of a metadata document relates to the URL of the server that it is to describe.

    `parent`: the same origin and a path above the server's, segment by segment.
    """
    if unsafe(resource) or "#" in resource:
        return "other"
    theirs, ours = canonical(resource), canonical(server)
    if theirs in (ours, indicator(server)) or theirs.rstrip("/") == ours.rstrip("/"):
        return "same"
    split = urlsplit(theirs)
    above = split.path.rstrip("/") + "/"
    if not split.query and origin(theirs) == origin(ours) and urlsplit(ours).path.startswith(above):
        return "parent"
    return "other"


def slash_apart(issuer: str, other: str) -> bool:
    """Whether two issuers differ by nothing but a slash that stands for an empty path.

    Both have their metadata at one and the same address, so that neither can stand in for the other.
    """
    alike = issuer != other and issuer.removesuffix("/") == other.removesuffix("/")
    return alike and urlsplit(issuer).path in ("", "/")


def resource_metadata(server: str) -> list[str]:
    """Where a server's metadata may be, best first: RFC 9728 section 3.1, then the root."""
    split = _normal(server)
    root = f"{split.scheme}://{split.netloc}/.well-known/oauth-protected-resource"
    path = split.path.rstrip("/")
    if not path and not split.query:
        return [root]
    return [root + path + (f"?{split.query}" if split.query else ""), root]


def server_metadata(issuer: str) -> list[tuple[str, str]]:
    """Where an authorization server's metadata may be, best first, and the kind of each.

    See specification 2026-07-28, "Authorization Server Metadata Discovery", and RFC 8414 sections 3.1 and 5.
    """
    split = urlsplit(issuer)
    base = f"{split.scheme}://{split.netloc}"
    path = split.path.rstrip("/")
    found = [
        (f"{base}/.well-known/oauth-authorization-server{path}", "OAuth"),
        (f"{base}/.well-known/openid-configuration{path}", "OIDC"),
    ]
    if path:
        found.append((f"{base}{path}/.well-known/openid-configuration", "OIDC, appended"))
    return found


def _normal(url: str) -> SplitResult:
    split = urlsplit(url)
    host = (split.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    if split.port is not None and split.port != _PORTS.get(split.scheme):
        shown = f"{shown}:{split.port}"
    return SplitResult(split.scheme, shown, split.path, split.query, "")
