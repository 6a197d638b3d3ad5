"""A recorder put in changes command and arguments of one entry and nothing else; taken out, nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from inspector.errors import UsageError
from inspector.hosts.editing.change import place_of, with_recorder, without_recorder
from inspector.hosts.files import document
from inspector.hosts.find import find
from inspector.hosts.places import TITLES
from inspector.hosts.recording import front
from tests.hosts.editing.documents import FRONT, json_documents, server, toml_documents
from tests.hosts.surrounded import furnished

Made = tuple[bytes, tuple[str, ...], str, list[Any] | None]


def put(file: str, raw: bytes, *at: str, front: tuple[str, ...] = FRONT) -> bytes:
    return with_recorder(server(file, *at), raw, lambda _: front)


def taken(file: str, raw: bytes, *at: str) -> bytes:
    return without_recorder(server(file, *at), raw)


def held(file: str, made: Made) -> None:
    """What holds of every document."""
    raw, at, command, args = made
    one = server(file, *at)
    new = put(file, raw, *at)
    found: Any = document(Path(file), new, lenient=True)
    for key in at:
        found = found[key]
    if isinstance(found["command"], dict):
        found = {"command": found["command"]["path"], "args": found["command"]["args"]}
    assert found["command"] == FRONT[0]
    assert found["args"] == [*FRONT[1:], command, *(args or [])]
    assert taken(file, new, *at) == raw
    assert put(file, new, *at) == new
    renewed = put(file, new, *at, front=("/other/python", *FRONT[1:]))
    assert taken(file, renewed, *at) == raw
    place = place_of(one, raw.decode())
    begins, ends = place.entry.start, max(place.entry.end, (place.args or place.command).value.end)
    new_text, text = new.decode(), raw.decode()
    assert new_text.startswith(text[:begins])
    assert new_text.endswith(text[ends:])


@given(json_documents())
@settings(max_examples=150)
def test_json(made: Made) -> None:
    held("mcp.json", made)


@given(toml_documents())
@settings(max_examples=150)
def test_toml(made: Made) -> None:
    held("config.toml", made)


def test_every_host(tmp_path: Path) -> None:
    around = furnished(tmp_path)
    servers = [each for each in find(around).servers if each.command]
    assert {each.host for each in servers} == set(TITLES) - {"mcp.json"}
    for each in servers:
        raw = each.file.read_bytes()
        words = front("/opt/python", variables=each.env)
        each.file.write_bytes(with_recorder(each, raw, lambda _, words=words: words))  # type: ignore[misc]
        again = find(around).get(each.full_name)
        assert again == replace(each, recorder=words)  # what it starts, its variables, folder and inputs
        each.file.write_bytes(without_recorder(each, each.file.read_bytes()))
        assert each.file.read_bytes() == raw


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"mcpServers": {"x": {"command": "npx"}}}', ", 'args': [ \"-P\""),
        ('{"mcpServers": {"x": {\r\n\t"command": "npx" // it\r\n}}}', ",\r\n\t'args': [ \"-P\""),
        ('{"mcpServers": {"x": {"args": [ ], "command": "npx"}}}', "'args': [\"-P\""),
        (
            '{"mcpServers": {"x": {"command": "npx", "args": [\n  "-y" // why\n]}}}',
            '"npx",\n  "-y" // why\n]',
        ),
        ('{"mcpServers": {"x": {"command": "np\\u0078", "args": [8080]}}}', '"np\\u0078", 8080]'),
    ],
)
def test_how_it_looks(before: str, after: str) -> None:
    new = put("mcp.json", before.encode(), "mcpServers", "x")
    assert after.replace("'", '"') in new.decode()
    assert taken("mcp.json", new, "mcpServers", "x") == before.encode()


def test_how_toml_looks() -> None:
    before = b"  [mcp_servers.x]\r\n  command = 'C:\\npx.cmd' # it\r\n\r\n"
    new = put("config.toml", before, "mcp_servers", "x")
    words = '"-P", "-m", "inspector", "record", "--", \'C:\\npx.cmd\''
    text = f'  [mcp_servers.x]\r\n  command = "/a b/python"\r\n  args = [ {words} ] # it\r\n\r\n'
    assert new.decode() == text
    dotted = put("config.toml", b"mcp_servers.x.command = 'npx'", "mcp_servers", "x")
    assert dotted.decode().partition("\n")[2].startswith('mcp_servers.x.args = [ "-P"')


def test_a_file_that_its_host_has_put_into_other_lines() -> None:
    for entry in ({"command": "npx", "args": ["-y", "x"]}, {"command": "npx", "args": []}):
        raw = json.dumps({"mcpServers": {"x": entry}}).encode()
        new = json.loads(put("mcp.json", raw, "mcpServers", "x"))
        new["more"] = True
        again = taken("mcp.json", json.dumps(new, indent=2).encode(), "mcpServers", "x")
        assert again == json.dumps({"mcpServers": {"x": entry}, "more": True}, indent=2).encode()
        lines = json.dumps(new, indent=2).encode()
        assert put("mcp.json", lines, "mcpServers", "x") == lines


def test_what_was_typed_around_it_stays_right() -> None:
    args = b'["-m", "inspector", "record", "--", "npx",]'
    raw = b'{"mcpServers": {"x": {"command": "/usr/bin/python", "args": %s}}}' % args
    again = json.loads(taken("mcp.json", raw, "mcpServers", "x"))
    assert again == {"mcpServers": {"x": {"command": "npx", "args": []}}}
    by_hand = (
        b'{"mcpServers": {"x": {"command": "mcp-inspect", "args": ["record", "-o", "f", "--", "npx", "-y"]}}}'
    )
    assert json.loads(taken("mcp.json", by_hand, "mcpServers", "x"))["mcpServers"]["x"] == {
        "command": "npx",
        "args": ["-y"],
    }


def test_options_of_record_are_handed_over() -> None:
    seen: list[tuple[str, ...]] = []
    raw = b'{"mcpServers": {"x": {"command": "mcp-inspect", "args": ["record", "-o", "f", "--", "npx"]}}}'

    def words(front: Sequence[str]) -> Sequence[str]:
        seen.append(tuple(front))
        return FRONT

    with_recorder(server("mcp.json", "mcpServers", "x"), raw, words)
    assert seen == [("mcp-inspect", "record", "-o", "f", "--")]


@pytest.mark.parametrize(
    "raw",
    [
        '{"mcpServers": {"x": {"command": "a", "command": "b"}}}',
        '{"mcpServers": {"x": {"command": "a"}}, "mcpServers": {"x": {"command": "b"}}}',
        '{"mcpServers": {"x": {"command": "a", "args": "b"}}}',
        '{"mcpServers": {"x": {"url": "http://x"}}}',
        '{"mcpServers": {}}',
        '{"mcpServers": ["x"]}',
        "[",
    ],
)
def test_what_cannot_be_changed_for_sure_is_left_alone(raw: str) -> None:
    with pytest.raises(UsageError):
        put("mcp.json", raw.encode(), "mcpServers", "x")
    with pytest.raises(UsageError):
        put("config.toml", b"[[mcp_servers]]\nx.command = 'a'", "mcp_servers", "x")


def test_an_interpreter_whose_path_is_no_text() -> None:
    raw = b'{"mcpServers": {"x": {"command": "a"}}}'
    with pytest.raises(UsageError, match="no configuration can hold"):
        put("mcp.json", raw, "mcpServers", "x", front=("/\udcff/p", "--"))


def test_a_large_file_is_changed_in_time_that_grows_with_it() -> None:
    history = json.dumps([{"display": '"[{' * 9}] * 20_000)
    raw = (
        f'{{"history": {history}, "deep": {"[" * 500}{"]" * 500}, "mcpServers": {{"x": {{"command": "a"}}}}}}'
    )
    assert taken("m.json", put("m.json", raw.encode(), "mcpServers", "x"), "mcpServers", "x") == raw.encode()
