"""`attach`: waits for what begins, opens what goes on, and says when it has ended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pexpect import EOF

from inspector.cli.main import main
from inspector.journal.journal import Journal
from inspector.journal.recording import recordings_directory
from tests.app.recordings import Writer, home
from tests.cli.conftest import Run
from tests.cli.test_open import quit_by_key, spawn

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


def test_what_cannot_be_meant(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("attach").code == 2
    assert main(["attach", "x", "--latest"]) == 2
    assert main(["attach", "http://localhost:1/"]) == 2
    assert "exclude each other" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_not_waited_for() -> None:
    child = spawn("attach", "./gone.mcp.jsonl")
    child.expect("There is no file ./gone.mcp.jsonl. mcp-inspect sessions lists recordings.")
    child.expect(EOF)


@pytest.mark.parametrize("words", [("--latest",), ("weather",)], ids=lambda words: words[0])
def test_it_waits_until_something_is_recorded(words: tuple[str, ...]) -> None:
    Writer(recordings_directory() / "2025-01-01T00-00-00-weather.mcp.jsonl").close()  # which is over
    child = spawn("attach", *words)
    child.expect("waiting for a session")
    writer = Writer(recordings_directory() / "2026-01-01T00-00-00-weather.mcp.jsonl", 2)
    child.expect("live")
    child.expect("7 events")
    writer.call()
    child.expect("9 events")
    writer.close()
    child.expect("recorded, ended")
    assert quit_by_key(child) == 0


def test_the_name_that_the_host_has_for_it_goes_first() -> None:
    other = Writer(recordings_directory() / "2026-01-02T00-00-00-weather.mcp.jsonl")  # newer
    path = recordings_directory() / "2026-01-01T00-00-00-x.mcp.jsonl"
    named = Journal.create(path, mode="proxy", name="cursor/weather")
    child = spawn("attach", "weather")
    child.expect("live")
    child.expect("0 events")
    named.close()
    child.expect("ended")
    assert quit_by_key(child) == 0
    other.close()


def test_one_is_chosen_from_a_list() -> None:
    _, writer = home(recordings_directory())
    child = spawn("attach")
    child.expect("Being recorded")
    child.expect("14 messages")
    child.send("\r")
    child.expect("live")
    assert quit_by_key(child) == 0
    writer.close()


def test_a_file_or_a_past_session_opens(tmp_path: Path) -> None:
    home(recordings_directory())[1].close()
    child = spawn("attach", "before the upgrade")
    child.expect("9 events")
    assert quit_by_key(child) == 0
