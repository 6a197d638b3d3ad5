from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from inspector.kept.arguments import LARGEST, LONGEST, MOST, ArgumentHistory, arguments_path, server_key

KEY = server_key("demo", {"argv": ["python", "demo.py"]})


def history(path: Path, said: list[str] | None = None) -> ArgumentHistory:
    ticks = itertools.count(1000)
    told = said if said is not None else []
    return ArgumentHistory(path, warn=told.append, now=lambda: float(next(ticks)))


def values(kept: ArgumentHistory, name: str = "echo") -> list[Any]:
    return [one.value for one in kept.of(KEY, "tools", name)]


def test_the_newest_comes_first_and_nothing_twice(tmp_path: Path) -> None:
    kept = history(tmp_path / "a.json")
    for text in ("a", "b", "a"):
        kept.keep(KEY, "tools", "echo", {"text": text}, {})
    assert values(kept) == [{"text": "a"}, {"text": "b"}]
    assert [one.at for one in kept.of(KEY, "tools", "echo")] == [1002, 1001]
    assert values(kept, "other") == []
    assert kept.of("elsewhere", "tools", "echo") == []
    assert kept.of(KEY, "prompts", "echo") == []


def test_it_is_the_users_own_file() -> None:
    ArgumentHistory().keep(KEY, "tools", "echo", {"text": "a"}, {})
    assert arguments_path().exists()


def test_secrets_are_named_and_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    kept = history(path)
    schema = {"type": "object", "properties": {"pw": {"type": "string", "format": "password"}}}
    told = kept.keep(KEY, "tools", "login", {"user": "me", "pw": "hunter2", "token": "hunter3"}, schema)
    assert told == ("pw", "token")
    (one,) = kept.of(KEY, "tools", "login")
    assert (one.value, one.left_out) == ({"user": "me"}, ("pw", "token"))
    assert "hunter" not in path.read_text()


def test_it_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    kept = history(path)
    for number in range(MOST + 5):
        kept.keep(KEY, "tools", "echo", {"n": number}, {})
    assert [one["n"] for one in values(kept)] == list(range(MOST + 4, 4, -1))
    kept.keep(KEY, "tools", "long", {"text": "x" * LONGEST}, {})
    assert values(kept, "long") == []
    for number in range(60):
        kept.keep(KEY, "tools", f"t{number}", {"text": "x" * (LONGEST - 100)}, {})
    assert path.stat().st_size <= LARGEST + 100
    assert values(kept) == []
    assert len(values(kept, "t59")) == 1


def test_whole_servers_go_where_they_are_oldest(tmp_path: Path) -> None:
    kept = history(tmp_path / "a.json")
    for number in range(40):
        kept.keep(f"s{number}", "tools", "echo", {"text": "x" * (LONGEST - 100)}, {})
    assert kept.of("s0", "tools", "echo") == []
    assert len(kept.of("s39", "tools", "echo")) == 1


@pytest.mark.parametrize("value", [None, 5, [], {}, {"token": "x"}, {"deep": None}])
def test_what_there_is_nothing_of_is_not_kept(tmp_path: Path, value: Any) -> None:
    if isinstance(value, dict) and "deep" in value:
        for _ in range(100_000):
            value = {"deep": value}
    kept = history(tmp_path / "a.json")
    kept.keep(KEY, "tools", "echo", value, {})
    assert not (tmp_path / "a.json").exists() or "token" in (value or {})


def test_a_damaged_file_is_told_once_and_put_aside(tmp_path: Path) -> None:
    path, said = tmp_path / "a.json", list[str]()
    path.write_text('{"format": "mcp-arg')
    path.chmod(0o600)
    kept = history(path, said)
    assert values(kept) == []
    assert len(said) == 1
    assert "put aside as a.json.damaged" in said[0]
    kept.keep(KEY, "tools", "echo", {"text": "a"}, {})
    assert values(kept) == [{"text": "a"}]
    path.write_text("[")
    kept.keep(KEY, "tools", "echo", {"text": "b"}, {})
    assert values(kept) == [{"text": "b"}]
    assert len(said) == 2


@pytest.mark.parametrize(
    "servers",
    [
        5,
        {KEY: 5},
        {KEY: {"tools/echo": 5}},
        {KEY: {"tools/echo": [5, {"arguments": 5}, {"at": "x"}]}},
        {"x": []},
    ],
)
def test_a_file_of_another_shape_is_no_trouble(tmp_path: Path, servers: Any) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"format": "mcp-arguments/1", "servers": servers}))
    path.chmod(0o600)
    kept = history(path)
    assert values(kept) == []
    kept.keep(KEY, "tools", "echo", {"text": "a"}, {})
    assert values(kept) == [{"text": "a"}]


@pytest.mark.parametrize("at", ["9" * 400, "-1", "NaN", "1e999", "true", '"x"'])
def test_a_time_may_be_any_number(tmp_path: Path, at: str) -> None:
    path = tmp_path / "a.json"
    entry = f'{{"at": {at}, "arguments": {{"text": "a"}}}}'
    path.write_text(f'{{"format": "mcp-arguments/1", "servers": {{"{KEY}": {{"tools/echo": [{entry}]}}}}}}')
    path.chmod(0o600)
    [one] = history(path).of(KEY, "tools", "echo")
    assert (one.value, one.at) == ({"text": "a"}, None)


def test_a_link_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("{}")
    (tmp_path / "a.json").symlink_to(tmp_path / "real.json")
    said = list[str]()
    kept = history(tmp_path / "a.json", said)
    kept.keep(KEY, "tools", "echo", {"text": "a"}, {})
    assert "is a link" in said[0]
    assert (tmp_path / "real.json").read_text() == "{}"
    assert values(kept) == []


def test_a_server_is_known_by_its_name_and_place() -> None:
    one = server_key("a", {"argv": ["x"], "env": ["HOME"], "cwd": None})
    assert one == server_key("a", {"argv": ["x"], "env": [], "transport": "stdio"})
    assert one != server_key("b", {"argv": ["x"]})
    assert one != server_key("a", {"argv": ["y"]})
    assert server_key("\ud800", {"url": "https://example.com"})
