"""The command itself against the reference server: what a shell sees of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.transport.target import HttpTarget, StdioTarget
from tests.interop.talk import assert_clean

pytestmark = pytest.mark.timeout(300)

Target = StdioTarget | HttpTarget


class Command:
    """`mcp-inspect` on one server; each run is recorded, and the recording must be clean.

    Attributes:
        also: How a request may end beside with an answer.
        stderr: What the last run said there.
    """

    def __init__(self, target: Target, folder: Path, *also: Status) -> None:
        self.also = also
        self._server = [target.url] if isinstance(target, HttpTarget) else ["--", *target.argv]
        self._folder = folder
        self._runs = 0
        self.stderr = ""

    def __call__(self, *words: str, code: int = 0, stdin: str = "") -> str:
        line = self.line(*words)
        done = subprocess.run(
            line, input=stdin, capture_output=True, encoding="utf-8", timeout=60, check=False
        )
        self.stderr = done.stderr
        self.judge(done.returncode, code)
        return done.stdout

    def line(self, *words: str) -> list[str]:
        """The words of the next run."""
        self._runs += 1
        return [sys.executable, "-m", "inspector", *words, "--record", str(self.path), *self._server]

    def judge(self, code: int, wanted: int = 0) -> None:
        """Hold how the last run ended, and its recording, against what should be."""
        assert code == wanted, self.stderr
        journal = Journal.open(self.path)
        assert journal.skipped == []
        assert_clean(journal, *self.also)
        journal.close()

    @property
    def path(self) -> Path:
        """The recording of the last run."""
        return self._folder / f"{self._runs}.jsonl"


@pytest.fixture
def command(target: Target, tmp_path: Path) -> Command:
    return Command(target, tmp_path)


def test_lists(command: Command) -> None:
    document = json.loads(command("list", "--json"))
    assert document["server"]["name"] == "mcp-servers/everything"
    assert {len(document[key]) > 0 for key in ("tools", "resources", "resourceTemplates", "prompts")} == {
        True
    }
    assert "get-sum" in command("list", "tools")


def test_calls(command: Command) -> None:
    assert "The sum of 2 and 40 is 42." in command("call", "get-sum", "a=2", "b=40")
    result = json.loads(command("call", "get-structured-content", "location=Chicago", "--json"))
    assert set(result["structuredContent"]) == {"temperature", "conditions", "humidity"}


def test_says_what_a_tool_has_against_a_call(command: Command) -> None:
    shown = command("call", "get-sum", "a=two", "b=40", code=5)
    assert "Invalid input: expected number, received string at a" in shown
    assert "The tool get-sum returned an error" in command.stderr


def test_reads(command: Command) -> None:
    uri = "demo://resource/static/document/features.md"
    assert "# " in command("read", uri)
    (contents,) = json.loads(command("read", uri, "--json"))["contents"]
    assert contents["uri"] == uri


def test_gets_a_prompt(command: Command) -> None:
    shown = command("prompt", "completable-prompt", "department=Sales", "name=Eve")
    assert "Please promote Eve to the head of the Sales team." in shown
