from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import InspectError, UsageError
from inspector.kept.calls import SavedCall, SavedCalls, call_of, calls_path
from inspector.transport.target import HttpTarget, StdioTarget

OSLO = SavedCall("oslo", "weather", {"city": "Oslo"}, ("python", "server.py"))


def calls(tmp_path: Path) -> SavedCalls:
    return SavedCalls(tmp_path / "config" / "calls.json")


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    kept = calls(tmp_path)
    assert kept.put(OSLO) == OSLO
    kept.put(SavedCall("b", "echo", {}, url="https://example.com/mcp"))
    assert kept.get("oslo") == OSLO
    assert [one.name for one in kept.all()] == ["oslo", "b"]
    kept.drop("b")
    kept.drop("b")
    assert [one.name for one in kept.all()] == ["oslo"]
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def test_the_file_is_made_to_be_edited(tmp_path: Path) -> None:
    kept = calls(tmp_path)
    kept.put(replace(OSLO, cwd="/srv"))
    assert json.loads(kept.path.read_text()) == {
        "format": "mcp-calls/1",
        "calls": {
            "oslo": {
                "tool": "weather",
                "arguments": {"city": "Oslo"},
                "command": ["python", "server.py"],
                "cwd": "/srv",
            }
        },
    }
    document = {"format": "mcp-calls/1", "note": "mine", "calls": {"a": {"tool": "echo"}}}
    kept.path.write_text(json.dumps(document))
    assert kept.get("a") == SavedCall("a", "echo", {})
    kept.put(OSLO)
    assert json.loads(kept.path.read_text())["note"] == "mine"


def test_it_stands_with_the_settings() -> None:
    assert SavedCalls().path == calls_path()
    assert calls_path().name == "calls.json"
    assert SavedCalls().all() == []


def test_secrets_are_left_out_and_named(tmp_path: Path) -> None:
    kept = calls(tmp_path)
    schema = {"type": "object", "properties": {"pw": {"type": "string", "format": "password"}}}
    done = kept.put(SavedCall("in", "login", {"user": "me", "pw": "hunter2", "token": "hunter2"}), schema)
    assert done.left_out == ("pw", "token")
    assert "hunter2" not in kept.path.read_text()
    assert kept.get("in") == done


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    kept = calls(tmp_path)
    kept.put(OSLO)
    kept.put(OSLO)
    other = replace(OSLO, arguments={"city": "Bergen"})
    with pytest.raises(UsageError, match="already"):
        kept.put(other)
    kept.put(other, replace=True)
    assert kept.get("oslo") == other


@pytest.mark.parametrize("name", ["", "a b", "a=b", "-a", "x" * 81, "a\n"])
def test_what_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no name"):
        calls(tmp_path).put(replace(OSLO, name=name))


def test_a_name_that_is_not_there(tmp_path: Path) -> None:
    kept = calls(tmp_path)
    with pytest.raises(UsageError, match=r"calls\.json") as caught:
        kept.get("oslo")
    assert "--save" in caught.value.next
    kept.put(OSLO)
    with pytest.raises(UsageError) as caught:
        kept.get("osol")
    assert caught.value.next == "Did you mean oslo?"
    with pytest.raises(UsageError) as caught:
        kept.get("zzz")
    assert caught.value.next == "It holds oslo"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (5, "is no object"),
        ({}, "names no tool"),
        ({"tool": ""}, "names no tool"),
        ({"tool": "a", "arguments": []}, "arguments that are no object"),
        ({"tool": "a", "command": "python x"}, "no list of texts"),
        ({"tool": "a", "url": 5}, "no text"),
        ({"tool": "a", "command": ["a"], "url": "https://example.com"}, "two servers"),
    ],
)
def test_what_was_edited_wrongly_is_said(tmp_path: Path, entry: Any, says: str) -> None:
    kept = calls(tmp_path)
    kept.put(OSLO)
    kept.path.write_text(
        json.dumps({"format": "mcp-calls/1", "calls": {"bad": entry, "oslo": {"tool": "w"}}})
    )
    with pytest.raises(InspectError, match=says):
        kept.get("bad")
    with pytest.raises(InspectError, match="the call bad"):
        kept.all()
    assert kept.get("oslo").tool == "w"


def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path) -> None:
    kept = calls(tmp_path)
    kept.put(OSLO)
    for text in ('{"format": "mcp-calls/1",\n oops', '{"format": "mcp-calls/1", "calls": []}'):
        kept.path.write_text(text)
        with pytest.raises(InspectError, match=r"calls\.json"):
            kept.get("oslo")
        with pytest.raises(InspectError, match=r"calls\.json"):
            kept.put(OSLO)
        assert kept.path.read_text() == text


def test_a_server_is_kept_where_it_holds_no_secret() -> None:
    def of(target: StdioTarget | HttpTarget) -> SavedCall:
        return call_of("n", "t", {"a": 1}, target.describe())

    assert of(StdioTarget(("python", "s.py"), {"TOKEN": "x"}, "/srv")).command == ("python", "s.py")
    assert of(StdioTarget(("python", "s.py"), {"TOKEN": "x"}, "/srv")).cwd == "/srv"
    assert (
        of(HttpTarget("https://example.com/mcp", (("Authorization", "x"),))).url == "https://example.com/mcp"
    )
    for target in (StdioTarget(("s", "--token", "x")), HttpTarget("https://a:b@example.com/")):
        assert (of(target).command, of(target).url) == ((), "")
    assert call_of("n", "t", {}, {}) == SavedCall("n", "t", {})
