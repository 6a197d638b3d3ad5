"""Servers that do not behave, again: what a client sees of their recordings is what it saw of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.journal.journal import Journal
from inspector.serving.stdio import end_as
from tests.serving.conftest import command, recorded, seen, serving, talk, tool

ODD = (
    "closes_stdout",
    "duplicate_reply",
    "float_id",
    "killed_mid_call",
    "partial_last_line",
    "text_on_stdout",
)


@pytest.mark.parametrize("script", ODD)
async def test_as_it_was(script: str, tmp_path: Path) -> None:
    file, asked = tmp_path / "session.jsonl", [tool("go"), tool("echo", text="x")]
    ours = await recorded(file, command(f"{script}.py"), asked)
    journal = Journal.create()
    assert await talk(serving(file), journal, asked) == ours
    was = Journal.open(file)
    assert seen(journal) == seen(was)
    was.close()


async def test_what_is_told_without_being_asked(tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    asked = [
        tool("go"),
        ("resources/subscribe", {"uri": "a:b"}),
        ("logging/setLevel", {"level": "error"}),
        tool("echo", text="x"),
    ]
    ours = await recorded(file, command("telling.py"), asked)
    journal = Journal.create()
    assert await talk(serving(file), journal, asked) == ours
    was = Journal.open(file)
    assert seen(journal) == seen(was)
    was.close()


def started(file: Path, *words: str) -> subprocess.Popen[bytes]:
    target = serving(file, *words)
    pipe = subprocess.PIPE
    return subprocess.Popen(target.argv, stdin=pipe, stdout=pipe, stderr=pipe)


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    await recorded(path, command("polite.py"), [tool("echo", text="x")])
    return path


async def test_misses_are_listed_at_the_end(file: Path) -> None:
    ask = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "\x1b]0;x"}})
    process = started(file)
    out, err = process.communicate(ask.encode() + b"\r\n\n{", timeout=20)
    assert process.returncode == 6
    first, second = map(json.loads, out.splitlines())
    assert first["error"]["code"] == -32000
    assert second["error"]["code"] == -32700
    says = err.decode()
    assert "0 answered as recorded, 1 not in the recording" in says
    assert "missed tools/call ␛]0;x: no such request; nearest is row" in says
    assert "arguments: missing, recorded" in says
    assert "\x1b" not in says


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
async def test_ctrl_c_ends_it_with_the_same_words(file: Path) -> None:
    process = started(file)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"0 not in the recording" in err


async def test_a_client_that_reads_no_more(file: Path) -> None:
    process = started(file)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    process.stdin.flush()
    process.stdout = None
    _, err = process.communicate(timeout=20)
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("exit", "code"),
    [
        ({"code": 7}, 7),
        ({"code": -1}, 1),
        ({"code": 2**70}, 1),
        ({"code": "x", "signal": 9}, 1),
        ({"signal": "SIGSTOP"}, 1),
        ({"signal": "SIG_DFL"}, 1),
        ({}, 1),
    ],
)
def test_the_end_that_a_recording_may_name(exit: dict[str, object], code: int) -> None:
    assert end_as(exit) == code
    assert os.getpid() > 0
