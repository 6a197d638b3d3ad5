"""A file is replaced whole, and stays as private as it was; nothing that another program wrote is lost."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from inspector.errors import InspectError, UsageError
from inspector.hosts.editing.file import ENDING, change


def there(folder: Path) -> dict[str, bytes]:
    """The files of a folder, and what they hold."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "mcp.json"
    made.write_bytes(b"old")
    made.chmod(0o640)
    return made


def test_there_and_back(file: Path) -> None:
    done = change(file, lambda _: b"new")
    assert (done.before, done.after, done.backup) == (b"old", b"new", file.with_name(f"mcp.json{ENDING}"))
    assert there(file.parent) == {"mcp.json": b"new", f"mcp.json{ENDING}": b"old"}
    assert not change(file, lambda _: b"new").changed
    back = change(file, lambda _: b"old")
    assert (back.changed, back.backup) == (True, None)
    assert there(file.parent) == {"mcp.json": b"old"}


def test_a_copy_is_never_written_over(file: Path) -> None:
    for number in range(3):
        change(file, lambda raw, number=number: raw + bytes([number]))  # type: ignore[misc]
    held = there(file.parent)
    assert held == {
        "mcp.json": b"old\0\1\2",
        f"mcp.json{ENDING}": b"old",
        f"mcp.json{ENDING}-2": b"old\0",
        f"mcp.json{ENDING}-3": b"old\0\1",
    }
    file.write_bytes(b"old\0")
    assert change(file, lambda _: b"x").backup == file.with_name(f"mcp.json{ENDING}-2")


def test_on_the_way_back_one_copy_is_enough(file: Path) -> None:
    change(file, lambda _: b"new")
    assert change(file, lambda _: b"newer", returning=True).backup is None
    assert set(there(file.parent)) == {"mcp.json", f"mcp.json{ENDING}"}
    file.with_name(f"mcp.json{ENDING}").unlink()
    assert change(file, lambda _: b"old", returning=True).backup is not None


def test_no_copy_of_what_a_copy_is_without_our_changes(file: Path) -> None:
    def plain(raw: bytes) -> bytes:
        return raw.replace(b"!", b"")

    for _ in range(2):
        done = change(file, lambda raw: raw + b"!", plain)
        assert done.backup == file.with_name(f"mcp.json{ENDING}")
    change(file, lambda raw: raw[:-1], plain, returning=True)
    change(file, lambda raw: raw[:-1], plain, returning=True)
    assert there(file.parent) == {"mcp.json": b"old"}


def test_trying_changes_nothing(file: Path) -> None:
    assert change(file, lambda _: b"new", dry=True).after == b"new"
    assert there(file.parent) == {"mcp.json": b"old"}


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
def test_as_private_as_it_was(file: Path) -> None:
    change(file, lambda _: b"new")
    for each in file.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_behind_a_link(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    link = home / "linked.json"
    link.symlink_to(file)
    done = change(link, lambda _: b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert done.file == file
    assert os.listdir(home) == ["linked.json"]
    # A link in the place of a copy is neither read nor written through.
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    file.with_name(f"mcp.json{ENDING}-2").symlink_to(other)
    change(link, lambda _: b"newer")
    assert other.read_bytes() == b"mine"
    assert file.with_name(f"mcp.json{ENDING}-3").read_bytes() == b"new"


def test_what_was_written_meanwhile(file: Path) -> None:
    seen: list[bytes] = []

    def make(raw: bytes) -> bytes:
        seen.append(raw)
        if len(seen) == 1:
            file.write_bytes(b"by the host")
        return raw + b"!"

    assert change(file, make).before == b"by the host"
    assert seen == [b"old", b"by the host"]
    assert there(file.parent) == {"mcp.json": b"by the host!", f"mcp.json{ENDING}": b"by the host"}

    def race(raw: bytes) -> bytes:
        file.write_bytes(raw + b"?")
        return raw + b"!"

    with pytest.raises(InspectError, match="changes all the time"):
        change(file, race)
    assert set(there(file.parent)) == {"mcp.json", f"mcp.json{ENDING}"}


def test_what_cannot_be_written(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        change(tmp_path / "gone", lambda raw: raw)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InspectError, match="No space left"):
        change(file, lambda _: b"new")
    assert there(file.parent) == {"mcp.json": b"old"}
