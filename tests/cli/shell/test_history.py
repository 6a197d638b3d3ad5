"""What is remembered of what was typed, and who can read it."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from inspector.cli.shell import history
from inspector.cli.shell.history import History, is_kept


def test_lines_come_back_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "state" / "shell-history"
    kept = History(file)
    assert kept.lines() == []
    assert kept.add("call echo text=hi")
    assert kept.add("list tools")
    assert History(file).lines() == ["call echo text=hi", "list tools"]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "line",
    [
        "call login password=hunter2",
        "call login api_key:='\"abc\"'",
        "call login 'accessToken=abc'",
        'request tools/call \'{"name": "x", "arguments": {"client_secret": "abc"}}\'',
        "call fetch 'header=Authorization: Bearer abc'",
        "call fetch jwt=eyJhbGciOiJIUzI1NiJ9.e30.abc",
        " call echo text=hi",
        "call echo text=\x1b[31m",
        "",
    ],
)
def test_what_seems_to_be_secret_is_not_kept(line: str, tmp_path: Path) -> None:
    assert not is_kept(line)
    assert not History(tmp_path / "h").add(line)
    assert not (tmp_path / "h").exists()


def test_words_about_secrets_are_kept() -> None:
    assert is_kept("call count_tokens text=hi")
    assert is_kept("prompt author name=Ada")


def test_a_long_file_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "h"
    file.write_text("".join(f"call x n={number}\n" for number in range(3 * history.MOST)))
    assert len(History(file).lines()) == history.MOST
    assert file.read_text().count("\n") == history.MOST
    assert History(file).lines()[-1] == f"call x n={3 * history.MOST - 1}"
    assert [each.name for each in tmp_path.iterdir()] == ["h"]


def test_a_place_that_cannot_be_written_to_is_of_no_account(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = History(tmp_path / "file" / "h")
    assert kept.add("ping")
    assert kept.lines() == []
