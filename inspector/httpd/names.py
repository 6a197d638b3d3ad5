"""Who may ask: the names in Host and Origin that a server on this machine answers to.

A web page can make its own name resolve to 127.0.0.1 and then ask any server there as if it were its own
(DNS rebinding). Such a request says the page's name in Host, and in Origin. See the specification,
basic/transports, "Security Warning". Pure.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+)(?::(\d{0,5}))?")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://([^/?#\s]+)")


def is_loopback(host: str) -> bool:
    """Whether a name or address, in brackets or not, is this machine's own and nobody else's."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761 section 6.3
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Names:
    """What a server is called.

    Args:
        bound: The address that it listens on. Beyond loopback, any address is as good a name as its own: what
            is no name cannot be rebound.
        hosts: More names; `*` for any.
    """

    def __init__(self, bound: str, hosts: Collection[str] | None = None) -> None:
        self._names = frozenset(name.strip("[]").lower().rstrip(".") for name in (bound, *(hosts or ())))
        self._addresses = not is_loopback(bound)

    def refusal(self, headers: Iterable[tuple[str, str]]) -> str:
        """Why a request with these headers is refused, one sentence; empty where it is not."""
        host, origins = "", []
        for name, value in headers:
            match name.lower():
                case "host":
                    host = value
                case "origin":
                    origins.append(value)
        authority = _AUTHORITY.fullmatch(host.strip())
        if authority is None or not self._knows(authority[1]):
            return (
                "The Host header does not name this server: it answers to localhost and to the names that"
                " it was given."
            )
        for origin in origins:
            found = _ORIGIN.fullmatch(origin.strip())
            page = _AUTHORITY.fullmatch(found[1]) if found else None
            if page is None or not self._knows(page[1]):
                return "The Origin header names another site, and its pages may not ask this server."
        return ""

    def _knows(self, host: str) -> bool:
        name = host.strip("[]").lower().rstrip(".")
        if is_loopback(name) or name in self._names or "*" in self._names:
            return True
        return self._addresses and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
