"""What a person has to know of a URL before going where a server sends them. Pure: nothing is opened.

client/elicitation, "URL mode": the client shows the whole URL, with its host marked, warns of punycode,
and opens nothing without consent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from inspector.session.auth import address
from inspector.session.auth.browser import shown_host
from inspector.wire.visible import visible

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Link:
    """A URL, judged. All texts but `url` are safe on a terminal.

    Attributes:
        url: As the server sent it; empty where it sent no text.
        before: The part of the whole URL in front of its host.
        host: The host as it stands there, without a port; empty where there is none.
        after: The rest, with the port.
        goes_to: The host in words: what punycode stands for is revealed, a port is named.
        warnings: What speaks against going there, each a sentence without its end.
        unsafe: Why no browser should be sent there at all; empty where nothing forbids it.
    """

    url: str
    before: str
    host: str
    after: str
    goes_to: str
    warnings: tuple[str, ...]
    unsafe: str


def judge(url: Any) -> Link:
    """Look at a URL, which may be any value at all. Never raises."""
    if not isinstance(url, str):
        return Link("", "", "", "", "", (), "is no text")
    unsafe = address.unsafe(url)
    try:
        split = urlsplit(url.replace("\\", "/"))  # browsers take one for the other: it may end the host
        name, port = split.hostname or "", split.port
    except ValueError:
        return Link(url, visible(url), "", "", "", ("It is no URL",), unsafe or "is no URL")
    start, end = _host(url.replace("\\", "/"), split.netloc, name)
    host = url[start:end]
    goes_to = shown_host(host) + (f" at port {port}" if port not in (None, _PORTS.get(split.scheme)) else "")
    warnings = tuple(_warnings(url, split.scheme, split.netloc, name))
    before, after = (visible(url[:start]), visible(url[end:])) if host else (visible(url), "")
    return Link(url, before, visible(host), after, goes_to if host else "", warnings, unsafe)


def _host(url: str, netloc: str, name: str) -> tuple[int, int]:
    """Where the host stands in `url`; nothing of it where it cannot be found, as in odd spellings."""
    begins = url.find(netloc) if netloc else -1
    if begins < 0 or not name:
        return 0, 0
    behind_user = begins + netloc.rfind("@") + 1
    at = url.lower().find(name, behind_user, begins + len(netloc))
    return (at, at + len(name)) if at >= 0 else (0, 0)


def _warnings(url: str, scheme: str, netloc: str, host: str) -> list[str]:
    found = []
    if scheme not in _PORTS:
        found.append(f"Its scheme is {visible(scheme)!r}, not https" if scheme else "It has no scheme")
    elif scheme == "http" and not address.loopback(host):
        found.append("It is plain http: others can read and change what is entered there")
    if "@" in netloc:
        found.append("What stands before the @ is a user name, not the host")
    if "xn--" in host:
        found.append("Its host is spelt in punycode, and may look like another name")
    elif not host.isascii():
        found.append("Its host has letters beyond ASCII, and may look like another name")
    if not host and scheme in _PORTS:
        found.append("It names no host")
    if _is_address(host):
        found.append("Its host is a number, not a name")
    if "\\" in re.split("[?#]", url, maxsplit=1)[0]:
        found.append("It holds a backslash, which browsers take for a slash")
    if visible(url) != url or not url.isascii():
        found.append("It holds characters that no URL has")
    return found


def _is_address(host: str) -> bool:
    """Whether a host is a number; one on this machine is nothing to warn of."""
    last = host.rstrip(".").rpartition(".")[2]  # it alone decides (URL standard, "ends in a number")
    number = last.isdigit() or re.fullmatch("0x[0-9a-f]*", last) is not None
    return (":" in host or number) and not address.loopback(host)
