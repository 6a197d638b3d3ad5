from __future__ import annotations

from pathlib import Path

import pytest

from inspector.journal import reader as readers
from inspector.journal.journal import Journal
from inspector.journal.reader import Reader

from .conftest import Scribe

HEADER = b'{"format":"mcp-recording/1","tool":"t","started":"2026-08-31T12:00:00Z"}\n'


def test_usual_lines_take_the_short_way(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is read with care once for each method and where it says what pairing must know; never more."""
    scribe.client("connecting", target="x", protocol="auto")
    for id in range(20):
        scribe.asks(id, "tools/call", exchange=id + 1)
        scribe.replies(id, exchange=id + 1)
        scribe.answers(b'{"what":"nonsense"}')
    scribe.client("timed-out", request=2, after=1)
    careful: list[bytes] = []
    real = Reader._slow

    def counted(reader: Reader, line: bytes) -> None:
        careful.append(line)
        real(reader, line)

    monkeypatch.setattr(Reader, "_slow", counted)
    opened = scribe.reopened()
    assert len(opened) == 62
    assert len(careful) == 2
    opened.close()


def test_the_list_of_what_was_skipped_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_SKIPPED", 3)
    path.parent.mkdir()
    path.write_bytes(HEADER + b"junk\n" * 100 + b'{"seq":0,"t":1,"kind":"stderr","text":"hi"}')
    journal = Journal.open(path)
    assert len(journal.skipped) == 3
    assert journal.skipped[0].offset == len(HEADER)
    assert journal.body(0) == b"hi"
    journal.close()


def test_a_line_that_was_cut_is_read_when_the_rest_arrives(path: Path) -> None:
    line = b'{"seq":0,"t":1.0,"kind":"stderr","size":2,"text":"hi"}\n'
    path.parent.mkdir()
    path.write_bytes(HEADER + line + line[:30])
    journal = Journal.open(path)
    assert [skipped.says for skipped in journal.skipped] == ["the line is cut short"]
    with path.open("ab") as file:
        file.write(line[30:])
    assert journal.follow() == 1
    assert journal.skipped == []
    assert [journal.body(seq) for seq in range(2)] == [b"hi", b"hi"]
    journal.close()


def test_steps_without_end_are_not_remembered_without_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_MOST_RULES", 2)
    letters = "abcdefghij"
    lines = "".join(f'{{"seq":0,"t":1.0,"kind":"client","client":{{"what":"{each}"}}}}\n' for each in letters)
    path.parent.mkdir()
    path.write_bytes(HEADER + lines.encode())
    journal = Journal.open(path)
    assert [journal.data(seq)["what"] for seq in range(10)] == list(letters)
    journal.close()


def test_a_recording_is_read_little_by_little(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "BLOCK", 200)
    line = b'{"seq":0,"t":1.0,"kind":"stderr","size":2,"text":"hi"}\n'
    path.parent.mkdir()
    path.write_bytes(HEADER + line * 30)
    journal = Journal.open(path, whole=False)
    assert (len(journal), journal.known < 0.2) == (0, True)
    lengths = [0]
    while journal.read_on(0):
        lengths.append(len(journal))
        assert 0 < journal.known < 1
    assert lengths == sorted(set(lengths)), "each time a block and no more"
    assert len(lengths) > 5
    assert (len(journal), journal.known) == (30, 1.0)
    journal.close()


def test_it_is_read_as_far_as_a_row(path: Path) -> None:
    line = b'{"seq":0,"t":1.0,"kind":"stderr","size":2,"text":"hi"}\n'
    path.parent.mkdir()
    path.write_bytes(HEADER + b"junk\n" + line * 30)
    journal = Journal.open(path, whole=False)
    for rows in (1, 2, 17):
        assert journal.read_on(rows=rows)
        assert len(journal) == rows
    assert not journal.read_on()
    assert [journal.body(seq) for seq in range(30)] == [b"hi"] * 30
    journal.close()


def test_a_line_may_be_longer_than_a_block(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "BLOCK", 64)
    monkeypatch.setattr(readers, "LONGEST", 2000)
    line = b'{"seq":0,"t":1.0,"kind":"stderr","size":2,"text":"%s"}\n'
    path.parent.mkdir()
    path.write_bytes(HEADER + line % (b"x" * 1000) + line % (b"y" * 3000) + line % b"z" + b"w" * 5000)
    journal = Journal.open(path)
    assert [journal.body(seq)[-1:] for seq in range(len(journal))] == [b"x", b"z"]
    assert [each.says for each in journal.skipped] == ["the line is too long", "the line is cut short"]
    with path.open("ab") as file:
        file.write(b"\n" + line % b"v")
    assert journal.follow() == 1
    assert journal.body(2) == b"v"
    assert journal.skipped[-1].size == 5000
    journal.close()


def test_a_file_that_shrinks_ends_the_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "BLOCK", 64)
    line = b'{"seq":0,"t":1.0,"kind":"stderr","size":2,"text":"hi"}\n'
    path.parent.mkdir()
    path.write_bytes(HEADER + line * 30)
    journal = Journal.open(path, whole=False)
    journal.read_on(rows=3)
    path.write_bytes(HEADER + line * 5)
    assert not journal.read_on()
    assert len(journal) == 5
    journal.close()
