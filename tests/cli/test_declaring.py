"""Roots and capabilities on the line, as the server hears of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.cli.declaring import declaring
from inspector.errors import UsageError
from inspector.session.options import Options
from inspector.wire.versions import V4, V5
from tests.cli.conftest import COMMAND
from tests.conftest import SERVERS

SERVER = ["--", sys.executable, str(SERVERS / "asks_back.py"), "stdio"]
UI = "io.modelcontextprotocol/ui"


def declared(*words: str, without: tuple[str, ...] = (), version: str = V5) -> dict[str, object]:
    return declaring(Options(), (), words, without).declared(version)


def test_words_extensions_and_anything_at_all() -> None:
    assert declared("sampling.tools", "elicitation.url") == {
        "sampling": {"tools": {}},
        "elicitation": {"url": {}},
    }
    assert declared(UI, "com.example/x") == {
        "extensions": {"com.example/x": {}, UI: {"mimeTypes": ["text/html;profile=mcp-app"]}}
    }
    assert declared('com.example/x={"a": 1}') == {"extensions": {"com.example/x": {"a": 1}}}
    assert declared('elicitation={"odd": true}', version=V4) == {"elicitation": {"odd": True}}
    assert declared("sampling", without=("sampling",)) == {}


def test_nothing_given_is_nothing_changed() -> None:
    options = Options()
    assert declaring(options, (), (), ()) is options


@pytest.mark.parametrize(
    ("word", "says"), [("samplin", "sampling"), ("zzz", "NAME=JSON"), ("roots={", "JSON")]
)
def test_what_is_wrong_is_said(word: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        declared(word)
    assert says in f"{refused.value.message} {refused.value.next}"


def test_a_root_is_somewhere() -> None:
    with pytest.raises(UsageError, match="a path or a file URI"):
        declaring(Options(), ("",), (), ())


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words, *SERVER], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("protocol", ["auto", V4])
def test_a_server_is_told_the_roots(protocol: str, tmp_path: Path) -> None:
    done = run("call", "where", "--root", str(tmp_path), "--protocol", protocol)
    assert done.returncode == 0, done.stderr
    assert tmp_path.as_uri() in done.stdout
    assert "declined" not in done.stderr


def test_what_is_declared_for_nobody_is_declined_with_a_line(tmp_path: Path) -> None:
    """A server then behaves as towards a host that has it, and hears a no."""
    recording = tmp_path / "session.jsonl"
    done = run("call", "think", "--declare", "sampling", "--record", str(recording))
    assert "declined" in done.stderr
    events = [json.loads(line) for line in recording.read_text("utf-8").splitlines()[1:]]
    (call,) = [event for event in events if event.get("method") == "tools/call"]
    meta = call["frame"]["params"]["_meta"] if "frame" in call else json.dumps(call)
    assert "sampling" in str(meta)
