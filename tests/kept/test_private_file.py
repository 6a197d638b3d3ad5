from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from inspector.errors import InspectError
from inspector.kept.private_file import LARGEST, Damaged, PrivateFile

FORM = "mcp-things/1"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")


def file(tmp_path: Path) -> PrivateFile:
    return PrivateFile(tmp_path / "deep" / "things.json", FORM)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    one = file(tmp_path)
    assert one.read() == {"format": FORM}
    with one.changing() as document:
        document["a"] = "ä\ud800"
    assert one.read() == {"format": FORM, "a": "ä?"}
    assert [path.name for path in sorted(one.path.parent.iterdir())] == ["things.json", "things.json.lock"]


@POSIX
def test_nobody_else_reads_it(tmp_path: Path) -> None:
    one = file(tmp_path)
    with one.changing() as document:
        document["a"] = 1
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(one.path.parent.stat().st_mode) == 0o700


def test_a_block_that_fails_writes_nothing(tmp_path: Path) -> None:
    one = file(tmp_path)
    with one.changing() as document:
        document["a"] = 1
    with contextlib.suppress(KeyError), one.changing() as document:
        document["a"] = 2
        raise KeyError
    with pytest.raises(TypeError), one.changing() as document:
        document["a"] = object()
    assert one.read()["a"] == 1
    assert len(list(one.path.parent.iterdir())) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"format": "mcp-things/1",}', "is not JSON: line 1"),
        ("[]", "is no JSON object"),
        ("{}", 'does not say "format"'),
        ("[" * 100_000, "is not JSON"),
        ("\udcff", "is not JSON"),
        (" " * (LARGEST + 1), "is larger than"),
    ],
)
def test_what_is_damaged_is_said_in_a_sentence_and_can_be_put_aside(
    tmp_path: Path, text: str, says: str
) -> None:
    one = PrivateFile(tmp_path / "things.json", FORM)
    for name in ("things.json.damaged", "things.json.damaged-2"):
        one.path.write_bytes(text.encode("utf-8", "surrogateescape"))
        one.path.chmod(0o600)
        with pytest.raises(Damaged, match=says):
            one.read()
        assert one.put_aside().name == name
    assert one.read() == {"format": FORM}
    with pytest.raises(InspectError, match="Cannot put"):
        one.put_aside()


def test_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    one = PrivateFile(tmp_path / "things.json", FORM)
    one.path.write_text('{"format": "mcp-things/2"}')
    one.path.chmod(0o600)
    with pytest.raises(InspectError, match="newer version") as caught:
        one.read()
    assert not isinstance(caught.value, Damaged)


@POSIX
def test_a_link_is_followed_only_where_that_is_meant(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text(json.dumps({"format": FORM, "a": 1}))
    real.chmod(0o600)
    link = tmp_path / "things.json"
    link.symlink_to(real)
    with pytest.raises(InspectError, match="is a link"):
        PrivateFile(link, FORM).read()
    with pytest.raises(InspectError, match="is a link"), PrivateFile(link, FORM).changing():
        raise AssertionError
    followed = PrivateFile(link, FORM, links=True)
    with followed.changing() as document:
        document["a"] = 2
    assert link.is_symlink()
    assert json.loads(real.read_text())["a"] == 2
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere.json")
    with pytest.raises(InspectError, match="is a link"):
        PrivateFile(tmp_path / "gone.json", FORM).read()


@POSIX
def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "things.json.lock").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(InspectError, match="Cannot write"),
        PrivateFile(tmp_path / "things.json", FORM).changing(),
    ):
        raise AssertionError
    assert not (tmp_path / "elsewhere").exists()


@POSIX
def test_what_others_can_write_is_not_believed(tmp_path: Path) -> None:
    one = PrivateFile(tmp_path / "things.json", FORM)
    one.path.write_text(json.dumps({"format": FORM}))
    one.path.chmod(0o622)
    with pytest.raises(InspectError, match="Others can write"):
        one.read()


@POSIX
def test_no_file_at_all(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(InspectError, match="is no file"):
            PrivateFile(tmp_path / name, FORM).read()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(InspectError, match="Cannot write"), PrivateFile(folder / "a.json", FORM).changing():
        raise AssertionError


def test_two_that_write_lose_nothing(tmp_path: Path) -> None:
    def count() -> None:
        for _ in range(20):
            with PrivateFile(tmp_path / "things.json", FORM).changing() as document:
                document["n"] = document.get("n", 0) + 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PrivateFile(tmp_path / "things.json", FORM).read()["n"] == 80
