from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.journal import store as stores
from inspector.journal.store import Store

pytest.importorskip("resource", reason="limits and modes of POSIX")


def test_a_file_is_private_from_the_first_byte_and_so_is_its_folder(path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store.create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    store.close()


def test_each_append_is_in_the_file_before_it_returns(path: Path) -> None:
    store = Store.create(path)
    store.append(b"one\n")
    assert path.read_bytes() == b"one\n"
    store.append(b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    assert store.read(0, 100) == b"one\ntwo\n"
    assert store.read(4, 7) == b"two"
    assert store.end == 8
    store.close()


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        Store.create(path)
    assert path.read_bytes() == b"mine"


def test_memory_spills_into_a_file_that_has_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stores, "SPILL", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = Store()
    for piece in (b"012345", b"6789ab", b"cd", b"ef0123456789", b"tail"):
        store.append(piece)
    assert store.read(0, 100) == b"0123456789abcdef0123456789tail"
    assert store.read(8, 14) == b"89abcd"
    assert store.read(24, 29) == b"89tai"
    assert list(tmp_path.iterdir()) == []
    with store.stream(2) as file:
        assert file.read() == b"23456789abcdef0123456789tail"
    store.close()


def on_a_full_disk(script: str, *arguments: str) -> None:
    """Run `script` in a process of its own where no file may grow beyond 64 bytes."""
    limited = """
import resource, signal, sys
from pathlib import Path
from inspector.journal import store as stores
from inspector.journal.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
"""
    command = [sys.executable, "-c", limited + script, *arguments]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_disk_that_is_full_stops_the_file_and_not_the_program(path: Path) -> None:
    on_a_full_disk(
        """
path = Path(sys.argv[1])
store = Store.create(path)
lines = [b"%02d-a-line-of-text-of-some-length\\n" % number for number in range(6)]
for line in lines:
    store.append(line)
assert store.trouble.startswith("Recording stopped: "), store.trouble
assert path.read_bytes() == lines[0], "not half a line"
assert store.read(0, 1000) == b"".join(lines)
assert store.read(30, 80) == b"".join(lines)[30:80]
store.close()
""",
        str(path),
    )


def test_no_room_for_a_temporary_file_keeps_all_in_memory() -> None:
    on_a_full_disk(
        """
stores.SPILL = 10
store = Store()
for _ in range(20):
    store.append(b"0123456789")
assert "kept in memory" in store.trouble, store.trouble
assert store.read(0, 1000) == b"0123456789" * 20
store.close()
"""
    )


def test_a_file_that_another_process_writes_grows(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"one\n")
    store = Store.read_only(path)
    with path.open("ab") as file:
        file.write(b"two\n")
    assert store.end == 4
    assert store.grown() == 8
    assert store.read(0, 100) == b"one\ntwo\n"
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes there")
def test_a_named_pipe_keeps_nobody_waiting(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    with pytest.raises(OSError, match="no regular file"):
        Store.read_only(path)
