"""Saving: private, never over something unasked, and a sentence for whatever stands in the way."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from inspector.app.saving import write_new

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def test_a_new_file_holds_the_exact_bytes(tmp_path: Path) -> None:
    assert write_new(tmp_path / "a", b"\x00\r\n\xff") == ""
    assert (tmp_path / "a").read_bytes() == b"\x00\r\n\xff"


@posix
def test_a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    assert write_new(tmp_path / "a", b"1") == ""
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    (tmp_path / "a").chmod(0o644)
    assert write_new(tmp_path / "a", b"2") == ""
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644
    assert (tmp_path / "a").read_bytes() == b"2"


@posix
def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert "Not saved" in write_new(tmp_path / "link", b"1")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["missing/a", ".", "a\0b"])
def test_what_cannot_be_written_is_a_sentence(tmp_path: Path, name: str) -> None:
    assert write_new(tmp_path / name, b"1").startswith("Not saved: ")


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_takes_nothing_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "Permission denied" in write_new(tmp_path / "a", b"1")
    finally:
        tmp_path.chmod(0o700)
