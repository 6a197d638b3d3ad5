"""Notes are written where they can be, and nowhere else."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.marks import Marks
from inspector.journal.noting import LONGEST, write_note
from inspector.wire.event import Kind
from tests.journal.conftest import Scribe


@pytest.fixture
def recording(scribe: Scribe) -> Path:
    """A recording that nobody writes any more: three rows."""
    scribe.client("connecting")
    scribe.asks(1)
    scribe.replies(1)
    scribe.journal.close()
    assert scribe.path is not None
    return scribe.path


def noted(journal: Journal) -> dict[int, tuple[bool, str]]:
    marks = Marks(journal)
    marks.advance(1)
    found = [marks.of(row) for row in marks.rows]
    return {each.row: (each.marked, each.note) for each in found if each is not None}


def test_into_a_session_that_goes_on(scribe: Scribe) -> None:
    scribe.client("connecting")
    write_note(scribe.journal, "mark", 0)
    write_note(scribe.journal, "note", 0, "x" * 2 * LONGEST)
    assert scribe.journal.kind(1) is Kind.NOTE
    assert scribe.journal.data(1) == {"what": "mark", "row": 0}
    assert len(scribe.journal.data(2)["text"]) == LONGEST
    kept = noted(scribe.journal)
    assert kept == noted(scribe.reopened())
    assert kept[0][0]


def test_into_a_recording(recording: Path) -> None:
    before, mode = recording.read_bytes(), stat.S_IMODE(recording.stat().st_mode)
    journal = Journal.open(recording)
    write_note(journal, "mark", 2)
    write_note(journal, "note", 2, 'said "no"\n\x1b[2J')
    assert len(journal) == 5
    assert noted(journal) == {2: (True, 'said "no"␊␛[2J')}
    write_note(journal, "unmark", 2)
    after = recording.read_bytes()
    assert after.startswith(before)
    added = [json.loads(line) for line in after[len(before) :].splitlines()]
    assert [line["seq"] for line in added] == [3, 4, 5]
    assert {line["t"] for line in added} == {journal.time(2)}
    assert added[0]["note"].keys() == {"what", "row", "at"}
    assert stat.S_IMODE(recording.stat().st_mode) == mode
    again = Journal.open(recording)
    assert noted(again) == noted(journal) == {2: (False, 'said "no"␊␛[2J')}
    assert again.skipped == []
    for each in (journal, again):
        each.close()


def test_a_last_line_without_its_end_gets_one(recording: Path) -> None:
    recording.write_bytes(recording.read_bytes().rstrip(b"\n"))
    journal = Journal.open(recording)
    write_note(journal, "mark", 1)
    assert noted(journal) == {1: (True, "")}
    assert noted(Journal.open(recording)) == {1: (True, "")}


def refused(journal: Journal, recording: Path) -> str:
    before = recording.read_bytes()
    with pytest.raises(UsageError) as why:
        write_note(journal, "mark", 1)
    assert recording.read_bytes() == before
    return why.value.message.replace(str(recording), "FILE")


def test_not_where_somebody_writes(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.client("warning")
    assert scribe.path is not None
    journal = Journal.open(scribe.path)
    says = "FILE is being written: no note can be kept in it from here"
    assert refused(journal, scribe.path) == says
    scribe.journal.close()
    write_note(journal, "mark", 1)
    assert noted(journal) == {1: (True, "")}


def test_not_while_another_program_writes(recording: Path) -> None:
    """A process of its own holds the lock; when it is killed, the lock goes with it."""
    script = (
        "import os, sys; from inspector.journal.lock import try_lock\n"
        "fd = os.open(sys.argv[1], os.O_RDWR)\n"
        "print(try_lock(fd), flush=True); sys.stdin.read()"
    )
    journal = Journal.open(recording)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(recording)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == b"True"
        assert refused(journal, recording).startswith("FILE is being written")
        writer.kill()
    write_note(journal, "mark", 1)
    assert noted(journal) == {1: (True, "")}


def test_not_where_it_would_do_harm(recording: Path, tmp_path: Path) -> None:
    journal, whole = Journal.open(recording), recording.read_bytes()
    os.chmod(recording, 0o400)
    assert refused(journal, recording) == "No note can be kept in FILE: it is read-only"
    os.chmod(recording, 0o600)

    other = tmp_path / "other"
    other.write_bytes(whole.replace(b'"server"', b'"sorver"'))
    other.replace(recording)
    assert refused(journal, recording).endswith("it is no longer the file that was opened")

    recording.write_bytes(whole + b'{"seq":3,"t":3,"kind":"client","client":{"what":"war')
    assert refused(Journal.open(recording), recording).endswith("its last line is cut short")

    recording.write_bytes(whole.replace(b"mcp-recording/1", b"mcp-recording/0"))
    assert refused(journal, recording).endswith("it has an earlier format")

    recording.unlink()
    with pytest.raises(UsageError, match="no such file"):
        write_note(journal, "mark", 1)


def test_a_full_disk_leaves_the_file_as_it_was(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, write = Journal.open(recording), os.write
    monkeypatch.setattr("os.write", lambda fd, data: write(fd, data[:10]))
    assert refused(journal, recording) == "No note can be kept in FILE: there is no room"
    monkeypatch.undo()
    write_note(journal, "mark", 1)
    assert noted(journal) == {1: (True, "")}
