"""Authorization responses, however they reach us."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.auth.answer import LIMIT, parse

PARTS = {"code": "a b+c", "state": "s&t=u", "iss": "https://as.example/?x=#y"}


@pytest.mark.parametrize(
    "before", ["http://127.0.0.1:4321/callback?", "/callback?", "?", "", "https://x.example/#", "#"]
)
def test_url_query_and_fragment(before: str) -> None:
    assert dict(parse(f"  {before}{urlencode(PARTS)}\n").parameters) == PARTS


def test_a_code_alone() -> None:
    for code in ("SplxlOBeZQQYbYS6WxSbIA", "ab/c+d==", "4/0AX4XfWh"):
        answer = parse(code)
        assert (answer.get("code"), answer.bare, answer.get("state")) == (code, True, None)


@pytest.mark.parametrize(
    ("came", "problem"),
    [
        ("", "empty"),
        (None, "empty"),
        (" \n", "empty"),
        ("x" * (LIMIT + 1), "longer"),
        ("https://x.example/callback", "neither code nor error"),
        ("https://x.example/callback?foo=bar", "neither code nor error"),
        ("?foo=bar", "neither code nor error"),
        ("two words", "neither a URL nor a code"),
    ],
)
def test_what_is_no_response(came: object, problem: str) -> None:
    assert problem in parse(came).problem


def test_what_is_said_twice() -> None:
    answer = parse("code=a&code=b&state=c&foo=1&foo=2")
    assert answer.get("code") == "a"
    assert answer.twice == ("code",)


def test_what_was_appended_by_a_browser_is_no_parameter() -> None:
    answer = parse("http://127.0.0.1/callback?code=a&state=b#_=_")
    assert answer.get("state") == "b"


@given(st.text() | st.binary().map(lambda raw: "?code=" + raw.decode("latin-1")))
def test_nothing_raises(text: str) -> None:
    answer = parse(text)
    assert answer.problem or answer.parameters


@given(st.dictionaries(st.sampled_from(["code", "state", "iss", "error"]), st.text(), min_size=1))
def test_what_was_sent_is_read(parameters: dict[str, str]) -> None:
    text = "http://127.0.0.1/callback?" + urlencode(parameters, errors="surrogatepass")
    if len(text) < LIMIT and not any("\ud800" <= c <= "\udfff" for v in parameters.values() for c in v):
        assert dict(parse(text).parameters) == parameters
