"""What private files share; what their keepers make of it stands in the tests of each."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest

from inspector.errors import InspectError
from inspector.private import alone_with, check_writers, newer, put_aside, replace_whole

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX")


def test_the_new_text_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    replace_whole(path, "ä\ud800")
    assert path.read_text(encoding="utf-8") == "ä?"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@POSIX
def test_the_new_text_is_its_owners_alone_and_a_link_is_not_written_through(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "file"
    other.write_text("theirs")
    path.symlink_to(other)
    replace_whole(path, "ours")
    assert other.read_text() == "theirs"
    assert not path.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - each system has its own words
        replace_whole(tmp_path / "file", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    entered = threading.Event()
    order: list[str] = []

    def second() -> None:
        entered.set()
        with alone_with(path):
            order.append("second")

    with alone_with(path):
        thread = threading.Thread(target=second)
        thread.start()
        entered.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@POSIX
def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.lock").symlink_to(tmp_path / "made")
    with pytest.raises(OSError, match=r"file\.lock"), alone_with(tmp_path / "file"):
        pass
    assert not (tmp_path / "made").exists()


def test_put_aside_under_a_name_that_is_free(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for name in ("file.damaged", "file.damaged-2", "file.damaged-3"):
        path.write_text(name)
        assert put_aside(path) == tmp_path / name
    assert (tmp_path / "file.damaged").read_text() == "file.damaged"
    with pytest.raises(FileNotFoundError):
        put_aside(path)


@POSIX
def test_what_others_can_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    path.chmod(0o644)
    check_writers(path, path.stat())
    for mode in (0o620, 0o602):
        path.chmod(mode)
        with pytest.raises(InspectError, match="Others can write") as refused:
            check_writers(path, path.stat())
        assert refused.value.next.endswith(f"chmod 600 {path}")


@pytest.mark.parametrize(
    ("form", "is_newer"),
    [("mcp-things/2", True), ("mcp-other/1", False), ("mcp-things", False), (None, False), (7, False)],
)
def test_another_version_of_the_same_format(form: object, is_newer: bool) -> None:
    says = newer(Path("file"), form, "mcp-things/1")
    assert (says is not None) == is_newer
    assert says is None or says.message == f"file was written by a newer version: its format is {form}"
