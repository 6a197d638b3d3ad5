"""The guard: which addresses a server may send us to, however they are spelled."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from inspector.transport.guard import Guard, Reach, Refused, check_url, reach_of


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("8.8.8.8", Reach.PUBLIC),
        ("2606:4700::1111", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.31.0.1", Reach.PRIVATE),
        ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("100.100.100.200", Reach.PRIVATE),
        ("198.18.0.1", Reach.PRIVATE),
        ("192.0.2.1", Reach.PRIVATE),
        ("fd00:ec2::254", Reach.PRIVATE),
        ("fec0::1", Reach.PRIVATE),
        ("169.254.169.254", Reach.LINK_LOCAL),
        ("fe80::1", Reach.LINK_LOCAL),
        ("fe80::1%eth0", Reach.LINK_LOCAL),
        ("127.0.0.1", Reach.LOOPBACK),
        ("127.255.255.254", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("0.0.0.0", Reach.LOOPBACK),
        ("0.1.2.3", Reach.LOOPBACK),
        ("::", Reach.LOOPBACK),
        ("224.0.0.1", Reach.NOWHERE),
        ("255.255.255.255", Reach.NOWHERE),
        ("240.0.0.1", Reach.NOWHERE),
        ("ff02::1", Reach.NOWHERE),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("::ffff:169.254.169.254", Reach.LINK_LOCAL),
        ("::ffff:8.8.8.8", Reach.PUBLIC),
        ("::127.0.0.1", Reach.LOOPBACK),
        ("64:ff9b::a00:1", Reach.PRIVATE),
        ("64:ff9b::7f00:1", Reach.LOOPBACK),
        ("64:ff9b::808:808", Reach.PUBLIC),
        ("2002:7f00:1::", Reach.LOOPBACK),
        ("2002:a9fe:a9fe::", Reach.LINK_LOCAL),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", Reach.LOOPBACK),
    ],
)
def test_from_where_an_address_can_be_reached(address: str, reach: Reach) -> None:
    assert reach_of(address) is reach


@given(ip_addresses(v=4))
def test_an_ipv4_address_in_an_ipv6_one_is_no_farther_and_no_nearer(inner: IPv4Address) -> None:
    number = int(inner)
    spelled = [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
        IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),
    ]
    assert {reach_of(address) for address in spelled} == {reach_of(inner)}


@given(ip_addresses())
def test_every_address_has_a_reach(address: IPv4Address | IPv6Address) -> None:
    assert reach_of(address) is reach_of(str(address)) is not None


@pytest.mark.parametrize("text", ["localhost", "example.com", "", "1.2.3", "2130706433", "0x7f.1"])
def test_what_is_no_address_has_no_reach_and_is_not_allowed(text: str) -> None:
    # A resolver makes an address of the odd spellings, and that is what the guard then sees.
    assert reach_of(text) is None
    assert not Guard(Reach.LOOPBACK).allows(text)


@pytest.mark.parametrize("own", [*Reach])
def test_public_addresses_and_those_of_the_own_kind_are_allowed(own: Reach) -> None:
    examples = {
        Reach.PUBLIC: "8.8.8.8",
        Reach.PRIVATE: "10.0.0.1",
        Reach.LINK_LOCAL: "169.254.169.254",
        Reach.LOOPBACK: "127.0.0.1",
        Reach.NOWHERE: "224.0.0.1",
    }
    allowed = {reach for reach, address in examples.items() if Guard(own).allows(address)}
    assert allowed == {Reach.PUBLIC, own} - {Reach.NOWHERE}


def test_a_refusal_says_what_and_why() -> None:
    with pytest.raises(Refused, match=r"^evil\.example \(127\.0\.0\.1\) is a loopback address, and"):
        Guard().check("127.0.0.1", "evil.example")
    with pytest.raises(Refused, match=r"^169\.254\.169\.254 is a link-local address"):
        Guard(Reach.LOOPBACK).check("169.254.169.254")
    Guard().check("8.8.8.8")


@pytest.mark.parametrize(
    ("url", "peer", "own"),
    [
        ("https://example.com/mcp", "", Reach.PUBLIC),
        ("https://example.com/mcp", "93.184.216.34:443", Reach.PUBLIC),
        ("https://intranet/mcp", "10.0.0.7:443", Reach.PRIVATE),
        ("https://six/mcp", "[fd00::7]:443", Reach.PRIVATE),
        ("http://localhost:8000/mcp", "", Reach.LOOPBACK),
        ("http://a.localhost./mcp", "", Reach.LOOPBACK),
        ("http://127.0.0.1:8000/mcp", "", Reach.LOOPBACK),
        ("http://[::1]:8000/mcp", "", Reach.LOOPBACK),
        ("http://any/mcp", "unix:/run/mcp.sock", Reach.LOOPBACK),
        ("http://8.8.8.8/mcp", "127.0.0.1:1", Reach.PUBLIC),
        ("http://[::1/", "", Reach.PUBLIC),
    ],
)
def test_where_the_server_itself_is(url: str, peer: str, own: Reach) -> None:
    assert Guard.beside(url, peer) == Guard(own)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.com/",
        "-o/etc/passwd",
        "--config=x",
        "",
        "//example.com/",
        "/path",
        "http://",
        "https:///path",
        "http://[::1/",
        "http://example.com:99999/",
        "http://example.com:0/",
    ],
)
def test_urls_that_are_never_asked(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize("url", ["http://a/", "HTTPS://example.com", "http://[::1]:8000/x?y#z"])
def test_urls_that_may_be_asked(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("own", "peer", "then"),
    [
        (Reach.LOOPBACK, "93.184.216.34:443", Reach.PUBLIC),
        (Reach.LOOPBACK, "10.0.0.7:443", Reach.PRIVATE),
        (Reach.PRIVATE, "127.0.0.1:443", Reach.PRIVATE),
        (Reach.PUBLIC, "127.0.0.1:443", Reach.PUBLIC),
        (Reach.LOOPBACK, "", Reach.LOOPBACK),
        (Reach.LOOPBACK, "unix:/run/mcp.sock", Reach.LOOPBACK),
    ],
)
def test_a_connection_makes_it_narrower_and_never_wider(own: Reach, peer: str, then: Reach) -> None:
    assert Guard(own).narrowed(peer) == Guard(then)
