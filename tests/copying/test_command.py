"""The copied line, pasted into a real shell: a real server receives what was sent before."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.copying.command import _TEXT_KEYS, command
from inspector.errors import UsageError
from inspector.forms.value import coerce
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from inspector.wire.visible import visible
from tests.copying.recorded import HOSTILE, VALUES, Repeats, deep, journal_of, paste

posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
SAYABLE = [text for text in HOSTILE if "\0" not in text]
STDIO = {"transport": "stdio", "argv": ["python", "server.py"], "env": []}


def line(method: str, params: Any, *, target: dict[str, Any] = STDIO, tools: Any = None) -> str:
    journal, rows = journal_of(target, (method, params))
    journal.catalogue.tools = tools or []
    text = command(journal, rows[0]).text
    assert visible(text) == text
    return text


@posix
def test_a_real_server_receives_the_same(tmp_path: Path) -> None:
    here = Repeats(tmp_path)
    params = {f"p{number}": text for number, text in enumerate(SAYABLE)}
    sent: list[tuple[str, Any]] = [
        ("tools/call", {"name": "$(touch pwned)", "arguments": VALUES}),
        ("tools/call", {"name": "it's", "arguments": dict.fromkeys(HOSTILE, "x")}),
        ("tools/call", {"name": "--json", "arguments": {"text": "x" * 100_000}}),
        (
            "tools/call",
            {"name": "say", "arguments": {"$(touch pwned)": deep(300), "n": 0.1}, "task": {"ttl": 1}},
        ),
        ("prompts/get", {"name": "`touch pwned`", "arguments": params}),
        ("resources/read", {"uri": "https://127.0.0.1:9/$(touch pwned)?a='b'&c=\"d\"#\n"}),
        (
            "completion/complete",
            {
                "ref": {"type": "ref/resource", "uri": "--x '{path}'"},
                "argument": {"name": "path", "value": "\t!!"},
                "context": {"arguments": params},
            },
        ),
        ("odd/$(touch pwned)", {"said": ["\0", "`touch pwned`", "\ud800"]}),
        ("ping", None),
    ]
    journal, rows = journal_of(here.target, *sent)
    copies = [command(journal, row) for row in rows]
    assert all(visible(copy.text) == copy.text and not copy.notes for copy in copies)
    paste([copy.text for copy in copies], tmp_path)
    assert here.received(*{method for method, _ in sent}) == sent
    assert here.untouched()


TEXT = {"type": "string", "description": "What to say"}


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("tools/call", {"name": "say", "arguments": {"text": "5", "n": 5}}, "call say text=5 n:=5"),
        ("tools/call", {"name": "say", "arguments": {"text": "a\nb"}}, "call say 'text:=\"a\\nb\"'"),
        ("tools/call", {"name": "say", "arguments": {"other": "5"}}, "call say 'other:=\"5\"'"),
        ("tools/call", {"name": "say"}, 'request tools/call \'{"name":"say"}\''),
        ("tools/list", {}, "list tools"),
        ("tools/list", {"cursor": "2"}, 'request tools/list \'{"cursor":"2"}\''),
        (
            "prompts/get",
            {"name": "p", "arguments": {}},
            'request prompts/get \'{"name":"p","arguments":{}}\'',
        ),
        ("resources/read", {"uri": "a:b", "_meta": {"progressToken": 7}}, "read a:b"),
        ("resources/read", {"uri": "a:b", "_meta": {"mine": 1}}, None),
    ],
)
def test_the_shortest_verb_that_is_exact(method: str, params: Any, words: str | None) -> None:
    tools = [{"name": "say", "inputSchema": {"type": "object", "properties": {"text": TEXT}}}]
    said = line(method, params, tools=tools)
    if words is None:
        words = 'request resources/read \'{"uri":"a:b","_meta":{"mine": 1}}\''
    assert said == f"mcp-inspect {words} -- python server.py"


def test_the_server_is_named_again_without_its_secrets() -> None:
    target = {
        "transport": "stdio",
        "argv": [
            "my server",
            "--api-key",
            "sha256:00000001",
            "API=sha256:00000002",
            "--home=sha256:00000003",
        ],
        "cwd": "/a b",
        "env": ["LEVEL", "x; touch pwned", 7],
    }
    journal, rows = journal_of(target, ("ping", None))
    made = command(journal, rows[0])
    assert made.text == (
        "mcp-inspect request ping -e LEVEL=\"${LEVEL:?}\" --cwd '/a b' -- 'my server' "
        '--api-key "${API_KEY:?}" API="${API:?}" --home="${SECRET_HOME:?}"'
    )
    assert len(made.notes) == 4
    assert not any("touch" in note for note in made.notes)


def test_a_url_comes_first_where_a_word_is_one_too() -> None:
    target = {"transport": "http", "url": "https://user:sha256:00000001@example.com/mcp?key=sha256:00000002"}
    said = line("resources/read", {"uri": "https://example.com/doc"}, target={**target, "insecure": True})
    server = 'https://user:"${PASSWORD:?}"\'@example.com/mcp?key=\'"${KEY:?}"'
    assert said == f"mcp-inspect read {server} https://example.com/doc --insecure"


def test_a_version_that_was_asked_for_is_asked_for_again() -> None:
    journal, _ = journal_of(STDIO)
    journal.append(Kind.CLIENT, data={"what": "connecting", "protocol": "2025-03-26"})
    seq = journal.append(
        Kind.MESSAGE, Direction.C2S, encode({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    ).seq
    assert command(journal, seq).text == "mcp-inspect request ping --protocol 2025-03-26 -- python server.py"


@pytest.mark.parametrize(
    "message",
    [
        b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1,"a":2}}',
        b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":NaN}}',
        b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"\xff"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}',
        b'{"jsonrpc":"2.0","id":1,"method":"--x"}',
        b'{"jsonrpc":"2.0","id":1,"method":"initialize"}',
        b'{"jsonrpc":"2.0","method":"notifications/x"}',
        b'{"jsonrpc":"2.0","id":1,"result":{}}',
        b"no JSON",
    ],
)
def test_what_no_line_says_exactly_is_not_said(message: bytes) -> None:
    journal, rows = journal_of(STDIO, message)
    with pytest.raises(UsageError):
        command(journal, rows[0])


def test_a_response_stands_for_its_request() -> None:
    journal, rows = journal_of(STDIO, ("ping", None), reply={"result": {}})
    assert command(journal, rows[0] + 1) == command(journal, rows[0])


@pytest.mark.parametrize("target", [{}, {"argv": "x"}, {"argv": []}, {"url": "javascript:x"}, {"url": ["x"]}])
def test_a_header_that_names_no_server(target: dict[str, Any]) -> None:
    journal: Journal
    journal, rows = journal_of(target, ("ping", None))
    with pytest.raises(UsageError):
        command(journal, rows[0])


def test_what_is_called_text_is_text_to_the_command_line() -> None:
    for key in _TEXT_KEYS - {"type"}:
        for given in ("5", 5, "[1]", ["x"]):
            assert coerce({"type": "string", key: given}, "5") == "5"
