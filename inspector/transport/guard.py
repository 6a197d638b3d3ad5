"""Which addresses may be asked because of what a *server* said: the end of a redirect, a metadata URL.

A server on the open internet must not use us to reach what only we can reach: this machine, its network,
the metadata service of its cloud. What the user typed is the user's own business and passes no guard.

The decision is made on the address that is about to be dialled (see `inspector.transport.dial`), so that
neither spelling (`http://2130706433/`, `0x7f.1`, `[::ffff:127.0.0.1]`) nor a name that resolves anew to
somewhere else gets past it. This module does no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

Address: TypeAlias = IPv4Address | IPv6Address


class Reach(IntEnum):
    """From where an address can be reached; a larger number means from fewer places."""

    PUBLIC = 0
    PRIVATE = 1
    """A network of its own: RFC 1918, carrier-grade NAT (RFC 6598), unique local IPv6, benchmarks."""
    LINK_LOCAL = 2
    """The same wire; the metadata services of clouds (169.254.169.254) answer there."""
    LOOPBACK = 3
    """This machine, 0.0.0.0 and :: included, which the kernel takes for it."""
    NOWHERE = 4
    """No single machine: multicast, broadcast, reserved. Nobody's server is there."""

    @property
    def word(self) -> str:
        """`public`, `private`, `link-local`, `loopback`, `reserved`."""
        return ("public", "private", "link-local", "loopback", "reserved")[self]


class Refused(Exception):
    """An address that must not be asked. Its text is one sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through public addresses, and those of the kind that the MCP server itself has.

    Of the same kind, not of any nearer one: a server in a private network has no business with this
    machine, and one on this machine none with the metadata service of a cloud.

    Attributes:
        own: Where the MCP server itself is.
    """

    own: Reach = Reach.PUBLIC

    @classmethod
    def beside(cls, url: str, peer: str = "") -> Guard:
        """The guard for what the server at `url` says.

        Args:
            url: Of the MCP server. Its host counts where it is an address or `localhost`.
            peer: What a connection to it was made to, `127.0.0.1:8000`, as `Challenge.peer` and
                `Fetched.peer` have it. Resolving its name once more instead would let the server say
                something else by then.
        """
        host = _host(url)
        reach = reach_of(host)
        if reach is None and is_localhost(host):
            reach = Reach.LOOPBACK
        if reach is None and peer:
            reach = Reach.LOOPBACK if peer.startswith("unix:") else reach_of(_host(f"//{peer}"))
        return cls(Reach.PUBLIC if reach is None else reach)

    def narrowed(self, peer: str) -> Guard:
        """The guard once the MCP server itself was connected to: never wider, and as narrow as that demands.

        Args:
            peer: As for `beside`; empty says nothing.
        """
        reach = reach_of(_host(f"//{peer}")) if peer else None
        return self if reach is None or reach >= self.own else Guard(reach)

    def allows(self, address: str | Address) -> bool:
        """Whether an address may be dialled; a text that is none may not."""
        reach = reach_of(address)
        return reach is not None and reach is not Reach.NOWHERE and reach in (Reach.PUBLIC, self.own)

    def check(self, address: str | Address, host: str = "") -> None:
        """Refuse an address that must not be dialled.

        Args:
            address: To be dialled.
            host: The name that led to it.

        Raises:
            Refused: It is not allowed.
        """
        if self.allows(address):
            return
        reach = reach_of(address)
        kind = reach.word if reach is not None else "unknown"
        named = f"{host} ({address})" if host and host != str(address) else str(address)
        raise Refused(
            f"{named} is a {kind} address, and a server that is at no such address must not send us there"
        )


def check_url(url: str) -> None:
    """Refuse what is no http or https URL with a host: `javascript:`, `file:`, `data:`, `-o/etc/passwd`.

    Raises:
        Refused: Nothing may be sent there.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        port = parts.port
    except ValueError:
        raise Refused("what the server names is not a URL") from None
    if parts.scheme.lower() not in ("http", "https"):
        what = f"a {parts.scheme}: URL" if parts.scheme else "not a URL"
        raise Refused(f"only http and https URLs are asked, and this is {what}")
    if not host or port == 0:
        raise Refused("this URL names no host that could be asked")


def reach_of(address: str | Address) -> Reach | None:
    """From where an address can be reached; `None` where the text is a name, or nothing at all."""
    try:
        found = ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        inner = _embedded(found)
        if inner is not None:
            # Whoever carries it on speaks to the inner address. What is wrapped is never nearer than bare.
            return reach_of(inner)
    if found.is_unspecified or found.is_loopback or _within(found, _THIS_HOST):
        return Reach.LOOPBACK
    if found.is_link_local:
        return Reach.LINK_LOCAL
    if found.is_multicast or found == _BROADCAST or _within(found, _RESERVED):
        return Reach.NOWHERE
    if _within(found, _ALSO_PRIVATE) or found.is_private or not found.is_global:
        return Reach.PRIVATE
    return Reach.PUBLIC


def is_localhost(host: str) -> bool:
    """Whether a name means this machine whatever a resolver says (RFC 6761 section 6.3)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


_BROADCAST = IPv4Address("255.255.255.255")
_THIS_HOST = tuple(ip_network(text) for text in ("0.0.0.0/8",))
_RESERVED = tuple(ip_network(text) for text in ("240.0.0.0/4", "100::/64"))
_ALSO_PRIVATE = tuple(
    ip_network(text) for text in ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "fc00::/7", "fec0::/10")
)
_NAT64 = tuple(IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64, 6to4, Teredo."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _COMPATIBLE and int(address) > 0xFFFF:  # `::` and `::1` are their own
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _within(address: Address, networks: tuple[object, ...]) -> bool:
    return any(address in network for network in networks)  # type: ignore[operator]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
