"""One writer at a time."""

from __future__ import annotations

import os
from pathlib import Path

from inspector.journal.lock import try_lock
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
