"""Recordings at home: listed from memory where that is enough, found by what people call them, renamed."""

from __future__ import annotations

import json
import math
import stat
from dataclasses import asdict
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.recording import recordings_directory, state_directory
from inspector.journal.summary import Summary
from inspector.kept import sessions as module
from inspector.kept.sessions import Sessions, as_json, holder
from inspector.kept.told import facts, length, when
from inspector.wire.event import Direction, Kind
from tests.journal.test_summary import ANSWER, ASK

OLD = "2026-01-02T03-04-05-weather"
NEW = "2026-01-03T03-04-05-demo"


def put(name: str, *, server: bool = True) -> Journal:
    journal = Journal.create(
        recordings_directory() / f"{name}.mcp.jsonl", target={"argv": [name[20:]]}, mode="proxy"
    )
    if server:
        journal.append(Kind.MESSAGE, Direction.C2S, ASK)
        journal.append(Kind.MESSAGE, Direction.S2C, ANSWER)
    return journal


@pytest.fixture
def home() -> Sessions:
    put(OLD).close()
    put(NEW, server=False).close()
    return Sessions()


def test_the_list(home: Sessions) -> None:
    live = put("2026-01-01T00-00-00-live")
    first, second, third = home.all()
    assert first.running
    assert not second.running
    assert (second.id, third.id) == (NEW, OLD)
    assert (second.server, third.server, third.summary.client) == ("demo", "weather", "host 1")
    assert [each.id for each in home.running()] == [first.id]
    assert as_json(third)["messages"] == 2
    told = dict(facts(first))
    assert told["how"] == "between a host and its server"
    assert told["state"].startswith("● being recorded")
    live.close()
    assert not home.all()[0].running


def test_what_did_not_change_is_not_opened(home: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.all()
    memory = state_directory() / "sessions.json"
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600
    with monkeypatch.context() as patched:
        patched.setattr(module, "read_on", None)
        assert Sessions().all() == before
    for damage in ("{", "[]", json.dumps({"format": "mcp-sessions/1", "sessions": {f"{OLD}.mcp.jsonl": {}}})):
        memory.write_text(damage, "utf-8")
        assert Sessions().all() == before
        assert Sessions().all() == before
    lies = json.loads(memory.read_text("utf-8"))
    lies["sessions"][f"{OLD}.mcp.jsonl"]["messages"] = "many"
    memory.write_text(json.dumps(lies), "utf-8")
    assert Sessions().all() == before


def test_a_file_that_is_no_recording_is_listed_as_such(home: Sessions) -> None:
    (home.folder / "odd.mcp.jsonl").write_bytes(b"what\n")
    (odd,) = (each for each in home.all() if each.id == "odd")
    assert "is no recording" in odd.summary.trouble
    assert "✗" in dict(facts(odd))["state"]


@pytest.mark.parametrize("wanted", ["2", OLD, OLD + ".mcp.jsonl", "2026-01-02", "weather", "host"])
def test_what_people_call_it(home: Sessions, wanted: str) -> None:
    assert home.find(wanted).id == OLD


@pytest.mark.parametrize(
    ("wanted", "says"), [("2026", "2 sessions are meant"), ("x", "no session"), ("3", "2 s")]
)
def test_what_is_none_or_several(home: Sessions, wanted: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        home.find(wanted)


def test_a_name_is_the_file_s(home: Sessions) -> None:
    path = home.rename(home.find("weather"), "before the upgrade")
    assert path.name == "before the upgrade.mcp.jsonl"
    named = home.find("before")
    assert named.file.named
    assert named.summary.server == "weather"
    for name in ("", ".x", "a/b", "x\n", "7", NEW, "2026-01-02T03-04-05-x", "a" * 101):
        with pytest.raises(UsageError):
            home.rename(named, name)
    (home.folder / "taken.mcp.jsonl").write_bytes(b"")
    with pytest.raises(UsageError, match="already"):
        home.rename(named, "taken")
    live = put("2026-01-01T00-00-00-live")
    with pytest.raises(UsageError, match="being recorded"):
        home.rename(home.find("2026-01-01"), "live")
    live.close()


def test_words(home: Sessions) -> None:
    from inspector.kept.sessions import started_at

    session = home.all()[0]
    assert when(session, started_at(session)).startswith("today ")
    assert [length(each) for each in (0, 42.7, 725, 3723)] == ["0:00", "0:42", "12:05", "1:02:03"]
    assert holder(Path("/none")) is None


@pytest.mark.parametrize("key", ["read", "seconds"])
def test_a_memory_that_holds_what_cannot_be_is_made_anew(key: str) -> None:
    for value in (-1, math.nan, math.inf):
        assert module._restored({**asdict(Summary()), key: value}) is None
    assert module._restored(asdict(Summary())) == Summary()


@pytest.mark.parametrize("name", ["a\x9bb", "a\u202eb", "\udcff", "../x", ".."])
def test_a_name_that_a_terminal_cannot_show_is_none(home: Sessions, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a file"):
        home.rename(home.find(OLD), name)


def test_a_number_of_any_length_is_a_name(home: Sessions) -> None:
    with pytest.raises(UsageError, match="There is no session"):
        home.find("1" * 5000)


def test_the_name_that_it_was_given_goes_before_what_its_server_says() -> None:
    put(OLD).close()  # whose server calls itself weather
    path = recordings_directory() / "2026-01-01T00-00-00-x.mcp.jsonl"
    Journal.create(path, mode="proxy", name="cursor/Weather").close()
    home = Sessions()
    given = home.find("cursor/weather")
    assert (given.id, given.summary.name) == (path.name[:21], "cursor/Weather")
    assert home.find("Weather").id == given.id
    assert not given.is_called("ther")
    assert not given.is_called("")
    assert as_json(given)["name"] == dict(facts(given))["name"] == "cursor/Weather"
