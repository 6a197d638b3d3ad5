"""The environment's proxies, and the exceptions from them."""

from __future__ import annotations

import pytest

from inspector.transport.proxies import proxy_of

PROXY = "http://proxy.test:3128"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", "proxy.test:3128")


def test_each_scheme_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of("http", "far.test", 80) == PROXY
    assert proxy_of("https", "far.test", 443) is None
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.test")
    assert proxy_of("https", "far.test", 443) == "socks5://proxy.test"


@pytest.mark.parametrize(
    ("names", "host", "port", "spared"),
    [
        ("*", "far.test", 80, True),
        ("far.test", "far.test", 80, True),
        (".far.test", "mcp.far.test", 80, True),
        ("far.test", "so-far.test", 80, False),
        ("other.test, far.test:8000", "far.test", 8000, True),
        ("far.test:8000", "far.test", 8001, False),
        ("127.0.0.1", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 80, False),
        ("10.0.0.0/8", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "11.1.2.3", 80, False),
        ("10.0.0.0/8", "10.test", 80, False),
        ("10.0.0.0/8", "::1", 80, False),
        ("::1", "::1", 8000, True),
        ("[::1]", "::1", 8000, True),
        ("[::1]:8000", "::1", 8000, True),
        ("[::1]:8000", "::1", 8001, False),
        ("fd00::/8", "fd12::1", 80, True),
        ("fe80::1", "fe80::1%eth0", 80, True),
        ("10.0.0.0/99,,[, ]", "10.1.2.3", 80, False),
    ],
)
def test_exceptions(
    monkeypatch: pytest.MonkeyPatch, names: str, host: str, port: int, *, spared: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", names)
    assert (proxy_of("http", host, port) is None) is spared
