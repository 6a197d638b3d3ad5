"""The server of a recording's header, whoever wrote it."""

from __future__ import annotations

import pytest

from inspector.copying.server import given_headers, header_parts, server_of
from inspector.copying.variables import Variables, shell_word
from inspector.errors import UsageError
from inspector.journal.journal import Journal


def test_a_command() -> None:
    target = {"argv": ["a b", 5, "sha256:00000001"], "cwd": 7, "env": ["A", "A-B", "$(x)", None]}
    server = server_of(Journal.create(target=target))
    assert (server.argv, server.cwd, server.env) == (("a b", "sha256:00000001"), "", ("A",))
    assert [shell_word(word) for word in server.command(Variables())] == ["'a b'", '"${SECRET:?}"']


def test_a_url_loses_what_is_secret_in_it() -> None:
    target = {"url": "HTTPS://u:p@x/?token=t", "headers": ["A", "B: x", "C\r\n"], "wanted": "carrier pigeon"}
    server = server_of(Journal.create(target=target))
    assert server.headers == ("A",)
    assert server.transport == ""
    assert shell_word(server.address(Variables())) == ('HTTPS://u:"${PASSWORD:?}"\'@x/?token=\'"${TOKEN:?}"')


def test_headers_that_were_given_and_those_that_were_found() -> None:
    server = server_of(Journal.create(target={"url": "http://x/", "headers": ["X-Team"]}))
    sent = {"headers": [["x-team", "blue"], ["authorization", "Bearer t"], ["accept", "*/*"]]}
    for authorization, names in ((False, ["x-team"]), (True, ["x-team", "authorization"])):
        found = given_headers(sent, server, Variables(), authorization=authorization)
        assert [name for name, _ in found] == names


def test_a_header_with_a_line_break_is_none() -> None:
    with pytest.raises(UsageError):
        header_parts("X", "a\nb", Variables())
