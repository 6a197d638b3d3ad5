"""A recording that another program writes: it grows in steps, and what becomes of its file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.app.following import FOLLOWED, Following, state_of
from inspector.journal.journal import Journal
from tests.app.recordings import Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "r.mcp.jsonl"


def follow(path: Path) -> tuple[Journal, Following]:
    journal = Journal.open(path, whole=False)
    return journal, FOLLOWED.setdefault(journal, Following(journal, path))


def test_it_grows_until_the_writer_lets_go(path: Path) -> None:
    writer = Writer(path)
    journal, following = follow(path)
    now, news = 0.0, following.advance(0.0)
    assert (news, following.state, len(journal)) == (None, "live", 3)
    assert following.process is None or following.words.startswith("live, recorded by process ")
    assert state_of(journal)[0].startswith("live")
    for _ in range(3000):
        writer.call()
    before = len(journal)
    while len(journal) < 6003:
        now += 0.1
        following.advance(now)
        assert len(journal) >= before
        before = len(journal)
    writer.close()
    told = [following.advance(now + each / 10) for each in range(1, 30)]
    assert told.count("ended") == 1
    assert state_of(journal) == ("recorded, ended", True)
    journal.close()


def test_a_recording_that_ended_is_one(path: Path) -> None:
    Writer(path, 2).close()
    journal, following = follow(path)
    assert [following.advance(float(now)) for now in range(5)] == [None] * 5
    assert (following.words, state_of(journal)) == ("", ("recorded", True))
    assert len(journal) == 7
    journal.close()


def test_a_file_that_is_cut_or_replaced_is_told(path: Path) -> None:
    writer = Writer(path, 2)
    journal, following = follow(path)
    following.advance(0.0)
    with path.open("r+b") as file:
        file.truncate(500)
    assert following.advance(2.0) == "cut"
    assert state_of(journal)[1] is False
    assert following.advance(4.0) is None
    writer.close()
    journal.close()

    other = path.with_name("other.mcp.jsonl")
    writer = Writer(other, 2)
    journal, following = follow(other)
    following.advance(0.0)
    other.unlink()
    writer.call()
    assert following.advance(2.0) is None  # the open file goes on
    Writer(other).close()
    assert following.advance(4.0) == "replaced"
    writer.close()
    journal.close()
