"""One writer at a time."""

from __future__ import annotations

import os
from pathlib import Path

from inspector.journal.lock import is_held, try_lock
from inspector.journal.store import Store


def test_whoever_writes_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "one"
    store = Store.create(path)
    fd = os.open(path, os.O_RDWR)
    assert not try_lock(fd)
    assert Store.read_only(path).end == 0  # reading needs none
    store.close()
    assert try_lock(fd)
    os.close(fd)


def test_who_only_asks_does_not_take_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    fds = [os.open(path, os.O_RDWR) for _ in range(3)]
    assert not is_held(fds[0])
    assert not is_held(fds[1])
    for fd in fds[:2]:
        os.close(fd)
    assert try_lock(fds[2])
    asking = os.open(path, os.O_RDONLY)
    assert is_held(asking)
    os.close(asking)
    os.close(fds[2])
