from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.recording import Header, new_recording_path, state_directory
from inspector.wire.event import Direction, Kind, Shape

from .conftest import Scribe

HEADER = (
    b'{"format":"mcp-recording/1","tool":"t","started":"2026-08-31T12:00:00Z","target":{},"mode":"client"}\n'
)
EVENT = b'{"seq":0,"t":0.5,"kind":"stderr","dir":"s2c","size":2,"text":"hi"}\n'


def recording(path: Path, content: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_header_comes_back(scribe: Scribe) -> None:
    opened = scribe.reopened()
    made = scribe.journal.header
    assert (opened.header.format, opened.header.tool, opened.header.mode) == (
        made.format,
        made.tool,
        made.mode,
    )
    assert opened.header.target == {"argv": ["server"]}
    assert abs((opened.header.started - made.started).total_seconds()) < 0.001
    assert opened.header.started.tzinfo is not None
    opened.close()


def test_unknown_keys_of_the_header_are_kept(path: Path) -> None:
    raw = {"format": "mcp-recording/1", "started": "2026-08-31T12:00:00", "host": {"name": "x"}}
    journal = Journal.open(recording(path, json.dumps(raw).encode() + b"\n"))
    assert journal.header == Header(
        "mcp-recording/1", "", datetime(2026, 8, 31, 12, tzinfo=UTC), {}, "client", {"host": {"name": "x"}}
    )
    assert json.loads(journal.header.line())["host"] == {"name": "x"}
    journal.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x00\x01", "is no recording"),
        (b"hello\n", "is no recording"),
        (b"{}\n", "is no recording"),
        (b'{"format":"har"}\n', "is no recording"),
        (b'{"format":["mcp-recording/1"]}\n', "is no recording"),
        (b"[" * 2_000_000, "is no recording"),
        (
            b'{"format":"mcp-recording/2","started":"2026-08-31T12:00:00Z"}\n',
            "which this version does not know",
        ),
        (b'{"format":"mcp-recording/1"}\n', "header of .* is damaged: started"),
        (b'{"format":"mcp-recording/1","started":"soon","target":7}\n', "is damaged: started"),
    ],
)
def test_what_is_no_recording_is_told_in_one_sentence(path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        Journal.open(recording(path, content))
    assert "\n" not in raised.value.message


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        Journal.open(tmp_path / "none")
    with pytest.raises(UsageError, match="is a directory"):
        Journal.open(tmp_path)
    with pytest.raises(UsageError, match="Cannot read"):
        Journal.open(tmp_path / "a\x00b")


def test_junk_between_the_lines_is_passed_over_and_reported(path: Path) -> None:
    content = HEADER + EVENT + b"\x00\xff\x00\n" + b"null\n\n" + EVENT + b'{"kind":"client"'
    journal = Journal.open(recording(path, content))
    assert [journal.body(seq) for seq in range(len(journal))] == [b"hi", b"hi"]
    assert [(skipped.size, skipped.says) for skipped in journal.skipped] == [
        (4, "the line is no event"),
        (5, "the line is no event"),
        (16, "the line is cut short"),
    ]
    journal.close()


def test_a_file_of_windows_lines_and_a_byte_order_mark(path: Path, scribe: Scribe) -> None:
    scribe.asks(1, "tools/list")
    scribe.replies(1, {"tools": [{"name": "a"}]})
    scribe.client("warning", says="x")
    assert scribe.path is not None
    other = path.with_name("windows.jsonl")
    other.write_bytes(b"\xef\xbb\xbf" + scribe.path.read_bytes().replace(b"\n", b"\r\n"))
    journal = Journal.open(other)
    assert [journal.body(seq) for seq in range(3)] == [scribe.journal.body(seq) for seq in range(3)]
    assert journal.data(2) == {"what": "warning", "says": "x"}
    assert journal.catalogue.tools == [{"name": "a"}]
    journal.close()


def test_unknown_kinds_are_kept(path: Path) -> None:
    line = b'{"seq":0,"t":1.5,"kind":"hologram","dir":"s2c","hologram":{"what":"shown","depth":3}}\n'
    journal = Journal.open(recording(path, HEADER + line))
    event = journal.event(0)
    assert (event.kind, event.direction, event.t) == (Kind.OTHER, Direction.S2C, 1.5)
    assert event.data == {"what": "shown", "depth": 3, "kind": "hologram"}
    assert event.what == "shown"
    journal.close()


@pytest.mark.parametrize("sort", [False, True])
def test_a_recording_that_went_through_another_program_opens(scribe: Scribe, path: Path, sort: bool) -> None:
    scribe.client("connecting", target="x", protocol="auto")
    call = scribe.asks(1, "tools/list", exchange=1)
    scribe.step(Kind.HTTP, "response", 1, status=200)
    scribe.replies(1, {"tools": [{"name": "ä"}], "isError": True})
    scribe.asks(2, exchange=2)
    scribe.client("timed-out", request=call.seq + 3, after=1)
    scribe.replies("x" * 200)
    scribe.sends(b'[{"id":5,"method":"a"}]')
    assert scribe.path is not None
    lines = [json.loads(line) for line in scribe.path.read_bytes().splitlines()]
    other = path.with_name("respelled.jsonl")
    other.write_text("".join(json.dumps(line, sort_keys=sort) + "\n" for line in lines))
    journal, live = Journal.open(other), scribe.journal
    rows = range(len(live))
    assert [journal.status(seq) for seq in rows] == [live.status(seq) for seq in rows]
    assert [journal.peer(seq) for seq in rows] == [live.peer(seq) for seq in rows]
    assert [(journal.shape(seq), journal.method(seq)) for seq in rows] == [
        (live.shape(seq), live.method(seq)) for seq in rows
    ]
    assert [json.loads(journal.body(seq) or b"0") for seq in rows] == [
        json.loads(live.body(seq) or b"0") for seq in rows
    ]
    assert [journal.data(seq) for seq in rows] == [live.data(seq) for seq in rows]
    assert journal.catalogue.facts() == live.catalogue.facts()
    assert journal.shape(3) is Shape.RESPONSE
    journal.close()


def test_lines_taken_out_do_not_confuse_the_pairs(scribe: Scribe, path: Path) -> None:
    scribe.client("warning", says="x")
    scribe.asks(1)
    scribe.asks(2)
    scribe.client("timed-out", request=2, after=1)
    assert scribe.path is not None
    lines = scribe.path.read_bytes().splitlines(keepends=True)
    other = path.with_name("less.jsonl")
    other.write_bytes(lines[0] + b"".join(lines[2:]))
    journal = Journal.open(other)
    assert [journal.status(seq).word for seq in range(3)] == ["pending", "timed out", ""]
    journal.close()


def test_opening_parses_no_body(path: Path) -> None:
    line = b'{"seq":0,"t":0.5,"kind":"message","shape":"response","id":1,"message":{damaged}}\n'
    journal = Journal.open(recording(path, HEADER + line))
    assert journal.skipped == []
    assert "not-json" in (journal.event(0).frame or pytest.fail("no frame")).faults
    journal.close()


def test_recordings_live_in_the_state_directory_and_sort_by_time(tmp_path: Path) -> None:
    first = new_recording_path({"argv": ["uvx", "/opt/My Server.py", "--flag"]})
    assert first.is_relative_to(state_directory())
    assert first.is_relative_to(tmp_path)
    assert first.name.endswith("-uvx-my-server.py.mcp.jsonl")
    Journal.create(first).close()
    second = new_recording_path({"argv": ["uvx", "/opt/My Server.py", "--flag"]})
    assert first != second
    by_url = new_recording_path({"url": "https://user:pw@example.com:8080/mcp?token=secret#x"})
    assert by_url.name.endswith("-example.com-8080-mcp.mcp.jsonl")
    assert new_recording_path({}).name.endswith("-session.mcp.jsonl")


def test_opening_dials_nobody_and_loads_no_transport(scribe: Scribe) -> None:
    code = (
        "import sys; from pathlib import Path; from inspector.journal.journal import Journal\n"
        "Journal.open(Path(sys.argv[1]))\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(scribe.path)], check=True, capture_output=True, text=True
    )
    assert not set(found.stdout.split()) & {"anyio", "httpx", "textual", "ssl", "mcp"}
