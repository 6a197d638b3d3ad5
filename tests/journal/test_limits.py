"""How many recordings are kept: which go, which never do, and that nobody loses one without being told."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.limits import File, Limits, files, is_written, keep_within, remove, surplus
from inspector.journal.recording import new_recording_path, recordings_directory

DAY = 86_400


@pytest.fixture
def folder() -> Path:
    made = recordings_directory()
    made.mkdir(mode=0o700, parents=True)
    return made


def put(folder: Path, name: str, *, age: float = 0, size: int = 10) -> Path:
    path = folder / f"{name}.mcp.jsonl"
    path.write_bytes(b"x" * size)
    os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))
    return path


def ids(found: Sequence[File]) -> list[str]:
    return [file.id for file in found]


def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "own.toml").write_text(text, "utf-8")
    monkeypatch.setenv("MCP_INSPECT_CONFIG", str(tmp_path / "own.toml"))


def test_only_recordings_are_listed_the_newest_first(folder: Path) -> None:
    put(folder, "old", age=5)
    new = put(folder, "new")
    (folder / "link.mcp.jsonl").symlink_to(new)
    (folder / "folder.mcp.jsonl").mkdir()
    (folder / "other.txt").write_text("x")
    os.mkfifo(folder / "pipe.mcp.jsonl")
    assert ids(files(folder)) == ["new", "old"]
    assert files(folder / "none") == []


@pytest.mark.parametrize(
    ("limits", "going"),
    [
        (Limits(), []),
        (Limits(count=2), ["c", "d"]),
        (Limits(bytes=25), ["c", "d"]),
        (Limits(days=1.5), ["c", "d"]),
        (Limits(days=2.5, count=3), ["d"]),
    ],
)
def test_the_oldest_are_too_many(folder: Path, limits: Limits, going: list[str]) -> None:
    for age, name in enumerate("abcd"):
        put(folder, name, age=age * DAY)
    assert ids(surplus(files(folder), limits, 2_000_000_000)) == going


def test_what_is_written_changed_linked_or_elsewhere_is_not_removed(folder: Path, tmp_path: Path) -> None:
    journal = Journal.create(folder / "live.mcp.jsonl")
    elsewhere = put(tmp_path, "elsewhere")
    (live,) = files(folder)
    (other,) = files(tmp_path)
    assert is_written(live.path)
    assert not is_written(elsewhere)
    assert not is_written(folder / "none")
    assert not remove(live, folder)
    assert not remove(other, folder)
    journal.close()
    changed = File(live.path, live.size + 1, live.changed, live.stamp)
    assert not remove(changed, folder)
    assert remove(live, folder)
    assert not remove(live, folder)
    assert elsewhere.exists()


def test_nothing_goes_before_it_was_said(folder: Path) -> None:
    said: list[str] = []
    for number in range(502):
        put(folder, f"2026-01-02T03-04-05-server-{number}", age=number)
    put(folder, "my own", age=10_000)
    assert keep_within() == 0  # nobody is told
    assert keep_within(said.append) == 0
    assert "at most 500 and 2 GB stay" in said[0]
    assert keep_within(said.append) == 2
    assert len(said) == 1
    left = ids(files(folder))
    assert len(left) == 501
    assert "my own" in left
    assert "2026-01-02T03-04-05-server-501" not in left


def test_who_sets_limits_was_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        put(folder, f"2026-01-02T03-04-05-server-{number}", age=number)
    configured(tmp_path, monkeypatch, "[recordings]\nkeep-count = 1\n")
    assert keep_within() == 2
    configured(tmp_path, monkeypatch, "[recordings]\nkeep-count = -1\n")
    with pytest.raises(UsageError, match="keep-count"):
        keep_within()


def test_the_directory_is_closed_to_others(folder: Path) -> None:
    folder.chmod(0o755)
    journal = Journal.create(new_recording_path({}))
    assert journal.path is not None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    journal.close()


def test_a_link_is_no_place_to_record_to(folder: Path, tmp_path: Path) -> None:
    (folder / "x.mcp.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="never written over"):
        Journal.create(folder / "x.mcp.jsonl")
    assert not (tmp_path / "elsewhere").exists()
