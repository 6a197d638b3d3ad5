from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.journal import store as stores
from inspector.journal.journal import Journal
from inspector.wire.event import Event, Kind

from .conftest import Scribe


def test_listeners_hear_each_event_once_it_is_folded_and_written(scribe: Scribe) -> None:
    heard: list[tuple[int, str, int]] = []

    def listen(event: Event) -> None:
        assert scribe.path is not None
        lines = scribe.path.read_bytes().count(b"\n")
        heard.append((event.seq, scribe.journal.status(event.seq).word, lines))

    remove = scribe.journal.add_listener(listen)
    scribe.asks(1)
    scribe.replies(1)
    remove()
    remove()
    scribe.asks(2)
    assert heard == [(0, "pending", 2), (1, "ok", 3)]


def test_connections_are_numbered(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.client("connecting", target="x", protocol="auto")
    scribe.asks(1)
    assert [scribe.journal.conn(seq) for seq in range(3)] == [0, 1, 1]


def test_without_a_path_it_lives_in_memory_and_spills(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[], float]
) -> None:
    monkeypatch.setattr(stores, "SPILL", 2000)
    scribe = Scribe(None, clock)
    bodies = [scribe.asks(number, "tools/call", {"n": "x" * number}).body for number in range(60)]
    assert scribe.journal.path is None
    assert [scribe.journal.body(seq) for seq in range(60)] == bodies
    assert scribe.journal.trouble == ""
    scribe.journal.close()


def test_a_million_events_stay_below_their_budget(scribe: Scribe) -> None:
    for number in range(50):
        scribe.asks(number)
    assert scribe.journal.memory / len(scribe.journal) <= 44


def test_an_existing_file_is_refused_in_one_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(UsageError, match="exists already") as raised:
        Journal.create(path)
    assert raised.value.next


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="Cannot record to"):
        Journal.create(tmp_path / "file" / "x.jsonl")


def test_an_opened_journal_cannot_grow_by_append(scribe: Scribe) -> None:
    opened = scribe.reopened()
    with pytest.raises(RuntimeError):
        opened.append(Kind.NOTE)
    opened.close()


def test_following_tells_the_listeners(scribe: Scribe) -> None:
    scribe.asks(1)
    opened = scribe.reopened()
    heard: list[int] = []
    opened.add_listener(lambda event: heard.append(event.seq))
    assert opened.follow() == 0
    scribe.replies(1)
    scribe.asks(2)
    assert opened.follow() == 2
    assert heard == [1, 2]
    assert opened.status(0).word == "ok"
    assert scribe.journal.follow() == 0
    opened.close()


def test_a_file_cut_under_an_open_journal_never_raises(scribe: Scribe) -> None:
    scribe.asks(1, "tools/list")
    opened = scribe.reopened()
    assert scribe.path is not None
    scribe.path.write_bytes(b"")
    event = opened.event(0)
    assert (event.body, event.kind) == (b"", Kind.MESSAGE)
    assert opened.glance(0).head == b""
    opened.close()


def test_a_killed_process_loses_nothing(path: Path) -> None:
    """What was appended is in the file even when nobody closes it."""
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from inspector.journal.journal import Journal; from inspector.wire.event import Kind, Direction\n"
        "j = Journal.create(Path(sys.argv[1]))\n"
        "for n in range(100): j.append(Kind.STDERR, Direction.S2C, b'line %d' % n)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    opened = Journal.open(path)
    assert [opened.body(seq) for seq in range(len(opened))] == [b"line %d" % n for n in range(100)]
    opened.close()


def test_creating_one_imports_nothing_heavy() -> None:
    code = (
        "import sys; from inspector.journal.journal import Journal; Journal.create()\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(found.stdout.split())
    heavy = {
        "pydantic",
        "platformdirs",
        "tempfile",
        "base64",
        "hashlib",
        "asyncio",
        "anyio",
        "textual",
        "httpx",
    }
    assert not loaded & heavy


def test_jq_can_read_it(scribe: Scribe) -> None:
    scribe.asks(1, "tools/list")
    scribe.answers(b"not json")
    scribe.answers(b'{"id": 1, "result": {"big": 123456789012345678901234}}')
    scribe.client("warning", says="careful")
    assert scribe.path is not None
    lines = [json.loads(line) for line in scribe.path.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["format"] == "mcp-recording/1"
    assert [list(line)[-1] for line in lines[1:]] == ["message", "text", "message", "client"]
    assert lines[2]["faults"] == ["not-json"]
    assert lines[3]["message"]["result"]["big"] == 123456789012345678901234
