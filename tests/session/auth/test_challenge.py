"""Challenges as servers send them, and as they should not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.auth.challenge import LIMIT, Asked, asked

TOKENS = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,10}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


def one(*values: str) -> Asked:
    return asked([("WWW-Authenticate", value) for value in values])


def test_a_challenge_of_the_specification() -> None:
    found = one(
        'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource",'
        '                         scope="files:read"'
    )
    assert found.resource_metadata == "https://mcp.example.com/.well-known/oauth-protected-resource"
    assert found.scope == "files:read"
    assert found.bearer
    assert not found.faults


def test_several_challenges_in_one_header_and_several_headers() -> None:
    found = one(
        'Basic realm="a, b=c", Negotiate YWJj==, '
        'bearer error="invalid_token" , error_description="say \\"no\\""',
        'Bearer scope="a  b", resource_metadata="https://b.example"',
    )
    assert [scheme.name for scheme in found.schemes] == ["Basic", "Negotiate", "bearer", "Bearer"]
    assert found.schemes[0].parameters == {"realm": "a, b=c"}
    assert found.schemes[1].token68 == "YWJj=="
    assert found.error == "invalid_token"
    assert found.error_description == 'say "no"'
    assert found.scope == "a b"
    assert found.resource_metadata == "https://b.example"
    assert not found.faults


def test_a_scheme_alone() -> None:
    found = one("Bearer")
    assert found.bearer
    assert found.scope == ""


def test_another_scheme_is_no_bearer() -> None:
    found = one('Basic realm="x", scope="never mine"')
    assert not found.bearer
    assert found.scope == ""


def test_dpop_counts_where_there_is_no_bearer() -> None:
    assert one('DPoP scope="a", Bearer scope="b"').scope == "b"
    assert one('DPoP scope="a"').scope == "a"


def test_a_url_without_quotes_is_read_all_the_same() -> None:
    found = one("Bearer resource_metadata=https://a.example/x?y=z, scope=read")
    assert found.resource_metadata == "https://a.example/x?y=z"
    assert found.scope == "read"
    assert found.faults == ("a value that needs quotes has none",)


def test_the_first_of_two_of_one_name() -> None:
    found = one('Bearer scope="a", Scope="b"')
    assert found.scope == "a"
    assert found.faults == ("the parameter 'scope' is given twice",)


@pytest.mark.parametrize(
    "value",
    ['Bearer scope="open', "Bearer =", 'Bearer scope=;, error="e"', "Bearer \x00", '"quoted"', 'scope="a"'],
)
def test_what_is_no_challenge_is_noted(value: str) -> None:
    assert one(value).faults or not one(value).bearer


def test_what_stands_behind_a_fault_is_still_read() -> None:
    found = one('Bearer scope=;, error="invalid_token"')
    assert found.error == "invalid_token"


def test_an_endless_header_is_cut() -> None:
    found = one("Bearer " + ", ".join(f'a{index}="x"' for index in range(5_000)), 'Bearer scope="late"')
    assert f"the challenges are longer than {LIMIT} characters" in found.faults
    assert found.scope == ""


def test_no_header_at_all() -> None:
    assert asked([("Content-Type", 'Bearer scope="a"')]) == Asked()


@given(st.lists(st.text(), max_size=4))
def test_nothing_raises(values: list[str]) -> None:
    one(*values)


@given(st.text(alphabet='Bearer ="\\,\t scope68+/', max_size=200))
def test_nothing_that_is_nearly_right_raises(value: str) -> None:
    one(value)


@given(st.lists(st.tuples(TOKENS, st.dictionaries(TOKENS.map(str.lower), VALUES, max_size=3)), max_size=4))
def test_what_is_written_by_the_grammar_is_read(written: list[tuple[str, dict[str, str]]]) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    header = ", ".join(
        " ".join([name, ", ".join(f"{key}={quoted(value)}" for key, value in parameters.items())]).strip()
        for name, parameters in written
    )
    found = one(header)
    assert [(scheme.name, dict(scheme.parameters)) for scheme in found.schemes] == written
    assert not found.faults
