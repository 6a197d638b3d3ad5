"""Who may ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.httpd.names import Names, is_loopback


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.8.8.8",
        "[::1]:80",
        "app.localhost",
        "localhost.",
    ],
)
def test_loopback_is_this_server(host: str) -> None:
    assert Names("127.0.0.1").refusal([("Host", host)]) == ""


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1",
     "user@localhost", "localhost/x", "[::1", "::1", "localhost:http", "127.0.0.1, evil.example", "0.0.0.0"],
)  # fmt: skip
def test_others_are_not(host: str) -> None:
    assert "Host" in Names("127.0.0.1").refusal([("Host", host)])


def test_without_host_nobody_is_meant() -> None:
    assert Names("127.0.0.1").refusal([]) != ""


@pytest.mark.parametrize("origin", ["http://localhost:6274", "https://127.0.0.1", "http://[::1]:3000"])
def test_pages_of_this_machine_may_ask(origin: str) -> None:
    assert Names("127.0.0.1").refusal([("Host", "localhost"), ("Origin", origin)]) == ""


@pytest.mark.parametrize(
    "origin", ["null", "", "http://evil.example", "http://localhost.evil.example", "http://localhost@evil.example",
               "localhost", "http://", "file://"],
)  # fmt: skip
def test_other_pages_may_not(origin: str) -> None:
    assert "Origin" in Names("127.0.0.1").refusal([("host", "localhost"), ("origin", origin)])


def test_beyond_loopback_an_address_is_a_name_and_a_name_is_given() -> None:
    names = Names("0.0.0.0", ["box.example"])
    assert names.refusal([("Host", "192.168.1.5:80")]) == ""
    assert names.refusal([("Host", "BOX.example")]) == ""
    assert names.refusal([("Host", "other.example")]) != ""


def test_a_star_is_any_name() -> None:
    assert Names("0.0.0.0", ["*"]).refusal([("Host", "other.example")]) == ""


@given(st.text())
def test_whatever_is_said_nothing_is_raised(text: str) -> None:
    names = Names("127.0.0.1")
    assert isinstance(names.refusal([("Host", text), ("Origin", text)]), str)
    assert isinstance(is_loopback(text), bool)
