"""What is told of a URL before anybody goes there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.links import judge
from inspector.wire.visible import visible


def test_an_honest_url() -> None:
    link = judge("https://login.example.com:8443/a?b=login.example.com#c")
    assert (link.before, link.host, link.after) == (
        "https://",
        "login.example.com",
        ":8443/a?b=login.example.com#c",
    )
    assert link.goes_to == "login.example.com at port 8443"
    assert (link.warnings, link.unsafe) == ((), "")
    assert judge("http://127.0.0.1/x").warnings == ()


@pytest.mark.parametrize(
    ("url", "host", "says"),
    [
        ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com", "punycode"),
        ("http://example.com/", "example.com", "plain http"),
        ("https://good.example@bad.example/", "bad.example", "user name"),
        ("javascript:alert(1)", "", "scheme is 'javascript'"),
        ("file:///etc/passwd", "", "scheme is 'file'"),
        ("//example.com", "example.com", "no scheme"),
        ("https:///path", "", "names no host"),
        ("https://1.2.3.4/", "1.2.3.4", "a number"),
        ("https://0x1f.0x02/", "0x1f.0x02", "a number"),
        ("https://bad.example\\@good.example/", "bad.example", "backslash"),
        ("https:/\\bad.example/", "bad.example", "backslash"),
        ("https://аpple.com/", "аpple.com", "beyond ASCII"),
        ("https://example.com/\u202egpj", "example.com", "no URL has"),
        ("https://[1", "", "no URL"),
    ],
)
def test_warnings(url: str, host: str, says: str) -> None:
    link = judge(url)
    assert link.host == host
    assert any(says in warning for warning in link.warnings), link.warnings


def test_punycode_is_revealed() -> None:
    assert "reads “аррӏе.com”" in judge("https://xn--80ak6aa92e.com/").goes_to


@pytest.mark.parametrize("url", [None, 3, ["x"]])
def test_what_is_no_text(url: Any) -> None:
    assert judge(url).unsafe == "is no text"


@given(st.text() | st.text().map("https://{}".format) | st.from_regex(r"https?://[a-z@:\[\]%./]*"))
def test_nothing_raises_and_nothing_is_left_out(url: str) -> None:
    link = judge(url)
    assert link.before + link.host + link.after == visible(url)
