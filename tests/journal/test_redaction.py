"""The user's rules of redaction: what is left of messages, texts and facts, and what a recording says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.redact import fingerprint
from inspector.journal.redaction import Redaction, also_redact, configured_redaction, redaction_of
from inspector.wire.event import Direction, Kind, Shape

RULES = Redaction(
    ["password", "api_key"], ["$.params.arguments.pin", "$.result.content[*].text"], ["sk-[a-z0-9]+"]
)


def left(value: Any, rules: Redaction = RULES) -> Any:
    return json.loads(rules.body(json.dumps(value).encode(), message=True))


def test_members_go_by_name_whatever_they_are() -> None:
    said = {"a": {"Password": "x", "api-key": {"b": [1]}, "apiKey": 7, "passwords": "stay", "password": None}}
    done = left({"jsonrpc": "2.0", "id": 1, "result": said})["result"]["a"]
    assert done == {
        "Password": fingerprint("x"),
        "api-key": fingerprint('{"b": [1]}'),
        "apiKey": fingerprint("7"),
        "passwords": "stay",
        "password": None,
    }


def test_a_schema_keeps_what_describes_a_value() -> None:
    schema = {"properties": {"password": {"type": "string"}, "api_key": "x"}, "required": ["password"]}
    done = left({"id": 1, "result": {"tools": [{"inputSchema": schema}]}})["result"]["tools"][0][
        "inputSchema"
    ]
    assert done == {**schema, "properties": {"password": {"type": "string"}, "api_key": fingerprint("x")}}


def test_values_go_by_their_place_and_in_batches_too() -> None:
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "x",
        "params": {"arguments": {"pin": 1234, "other": {"pin": 1}}},
    }
    assert left(call)["params"]["arguments"] == {"pin": fingerprint("1234"), "other": {"pin": 1}}
    assert left([call])[0]["params"]["arguments"]["pin"] == fingerprint("1234")
    content = {"id": 1, "result": {"content": [{"text": "a", "type": "text"}, {"text": "b"}]}}
    assert [each["text"] for each in left(content)["result"]["content"]] == [
        fingerprint("a"),
        fingerprint("b"),
    ]


def test_texts_lose_what_patterns_match_and_what_follows_a_name() -> None:
    told = {"text": 'key sk-abc123, {"password": "hunter2", "a": 1} and api_key=zz; done'}
    assert left({"id": 1, "result": told})["result"]["text"] == (
        f'key {fingerprint("sk-abc123")}, {{"password": "{fingerprint("hunter2")}", "a": 1}} '
        f"and api_key={fingerprint('zz')}; done"
    )


def test_what_a_message_is_known_by_stays_and_other_bytes_are_the_same() -> None:
    raw = b'{ "jsonrpc":"2.0", "id":"sk-1",\t"method":"sk-2","params":{"n":1.50,"n":2,"k":"sk-3"}}'
    assert RULES.body(raw, message=True) == raw.replace(b"sk-3", fingerprint("sk-3").encode())


@pytest.mark.parametrize(
    "raw", [b'{"password":"x" oops', b'{"a":"password', b'password hunter2 "', b'{"password"']
)
def test_a_message_that_is_no_json_and_names_a_secret_goes_whole(raw: bytes) -> None:
    done = RULES.body(raw, message=True)
    assert done.startswith(b"sha256:")
    assert b"hunter2" not in done


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda e: st.lists(e) | st.dictionaries(st.text(), e))
)
def test_without_a_match_no_byte_changes(value: Any) -> None:
    raw = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"value": value}}).encode()
    assert Redaction(["nobody-calls-it-so"], ["$.x"], ["☃☃☃"]).body(raw, message=True) == raw


@settings(max_examples=60)
@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_are_too_odd(raw: bytes, message: bool) -> None:
    assert isinstance(RULES.body(b'{"' + raw, message=message), bytes)
    assert isinstance(RULES.body(raw, message=message), bytes)


@pytest.mark.parametrize("text", ["a" * 30_000, "aab" * 10_000, "x" * 200_000, "\\" * 99_999, '"' * 20_000])
def test_hostile_texts_and_patterns_end(text: str) -> None:
    rules = Redaction(["password"], (), ["(a+)+b", "(x|x)*y", "x.*x.*z"])
    assert isinstance(rules.text(text), str)
    assert isinstance(rules.body(text.encode(), message=True), bytes)
    assert isinstance(rules.body(("[" * 20_000 + text).encode(), message=True), bytes)


def test_facts_headers_and_options_lose_theirs() -> None:
    facts = RULES.facts(
        {
            "what": "password",
            "url": "http://h/?api_key=abc&b=1",
            "headers": [["Api-Key", "z"], ["X", "sk-1"], "odd"],
            "argv": ["run", "--password", "q", "--api-key=zz", "plain"],
        }
    )
    assert facts == {
        "what": "password",
        "url": f"http://h/?api_key={fingerprint('abc')}&b=1",
        "headers": [["Api-Key", fingerprint("z")], ["X", fingerprint("sk-1")], "odd"],
        "argv": ["run", "--password", fingerprint("q"), f"--api-key={fingerprint('zz')}", "plain"],
    }


@pytest.mark.parametrize(
    "rules",
    [
        {"names": ["-"]},
        {"paths": ["password"]},
        {"paths": ["$.a == 1"]},
        {"paths": ["$.a[-1]"]},
        {"patterns": ["("]},
        {"patterns": ["x*"]},
        {"patterns": [r"(a)\1"]},
        {"patterns": ["a(?=b)"]},
        {"names": "password"},
        {"name": ["password"]},
    ],
)
def test_rules_that_cannot_be_meant_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        redaction_of(rules)


def test_a_recording_is_without_them_and_says_so(tmp_path: Path) -> None:
    heard: list[bytes] = []
    rules = redaction_of({"names": ["password"]}, ["$.params.pin", "/sk-[a-z]+/"])
    journal = Journal.create(
        tmp_path / "r.jsonl", target={"argv": ["s", "--password", "hunter2"]}, redaction=rules
    )
    journal.add_listener(lambda event: heard.append(event.body))
    body = b'{"id":1,"method":"tools/call","params":{"password":"hunter2","pin":12,"k":"sk-abc"}}'
    event = journal.append(Kind.MESSAGE, Direction.C2S, body)
    assert event.body == body  # the connection goes on with what crosses the wire
    assert event.frame is not None
    assert event.frame.params == {"password": "hunter2", "pin": 12, "k": "sk-abc"}
    assert (
        journal.append(Kind.STDERR, Direction.S2C, b"password=hunter2 sk-abc").body
        == b"password=hunter2 sk-abc"
    )
    journal.append(Kind.MESSAGE, Direction.S2C, b'{"jsonrpc":"2.0","id":1,"result":{}}')
    journal.close()
    raw = (tmp_path / "r.jsonl").read_bytes()
    assert not any(secret in raw for secret in (b"hunter2", b"sk-abc", b'"pin":12'))
    assert len(heard) == 3
    assert not any(b"hunter2" in each for each in heard)
    again = Journal.open(tmp_path / "r.jsonl")
    assert again.header.extra == {
        "redaction": {"names": ["password"], "paths": ["$.params.pin"], "patterns": 1}
    }
    assert (again.shape(0), again.peer(0), again.size(0)) == (Shape.REQUEST, 2, len(body))
    again.close()


def test_the_configuration_and_the_options_hold_for_whatever_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[redact]\nnames = ["password"]\n', "utf-8")
    monkeypatch.setenv("MCP_INSPECT_CONFIG", str(config))
    also_redact(["pin"])
    try:
        rules = configured_redaction()
        assert rules is not None
        assert rules.names == ("password", "pin")
    finally:
        also_redact([])
    config.write_text("[redact]\nnames = 3\n", "utf-8")
    with pytest.raises(UsageError, match=r"redact\.names is a list"):
        Journal.create(tmp_path / "r.jsonl")
    assert not (tmp_path / "r.jsonl").exists()
    Journal.create().close()  # nothing is recorded


def test_a_name_in_json_within_a_text_may_be_spelt_with_escapes() -> None:
    inner = json.dumps({"password": "hunter2", "other": "stays"}).replace("w", "\\u0077")
    left = RULES.body(json.dumps({"text": inner}).encode())
    assert b"hunter2" not in left
    assert fingerprint("hunter2").encode() in left
    assert json.loads(json.loads(left)["text"])["other"] == "stays"
