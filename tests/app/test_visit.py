"""Where a browser would be sent, said without hiding anything."""

from __future__ import annotations

import pytest

from inspector.app.visit import host_lines, spellings
from inspector.session.auth.steps import Visit


def lines(url: str) -> list[str]:
    return host_lines(Visit("authorize", url, "whatever the flow says", "http://127.0.0.1:1/callback"))


def test_a_plain_host_is_one_line() -> None:
    assert lines("https://auth.example.com:8443/a?b=c") == ["auth.example.com:8443"]


def test_a_name_that_imitates_another_is_shown_in_both_spellings() -> None:
    first, second = lines("https://xn--80ak6aa92e.com/login")
    assert first == "xn--80ak6aa92e.com"
    assert "аррӏе.com" in second
    assert lines("https://аррӏе.com/login")[0] == "xn--80ak6aa92e.com"


def test_what_stands_before_an_at_sign_is_not_the_host() -> None:
    first, second = lines("https://accounts.google.com@evil.example.net/")
    assert first == "evil.example.net"
    assert "not the host" in second


def test_an_address_keeps_its_brackets() -> None:
    assert lines("https://[2001:db8::1]:8443/a")[0] == "[2001:db8::1]:8443"


def test_plain_http_is_said_where_it_leaves_the_machine() -> None:
    assert lines("http://auth.example.com/")[1] == "over http, without encryption"
    assert lines("http://127.0.0.1.example.com/")[1] == "over http, without encryption"
    for host in ("127.0.0.1:9", "[::1]:9", "localhost"):
        assert lines(f"http://{host}/") == [host]


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://a:b:c/", "", "https://xn--\x1b[31m/", "https://\u202e.com"]
)
def test_nothing_a_server_names_raises_or_reaches_the_terminal(url: str) -> None:
    assert all(line.isprintable() for line in lines(url))


def test_odd_punycode_is_left_as_it_is() -> None:
    assert spellings("xn--\x80.example")[1]
    assert spellings("xn--a-ecp.ru")[0] == "xn--a-ecp.ru"
