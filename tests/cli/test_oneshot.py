"""One connection for one verb: how it ends, whatever ends it, and what it leaves behind."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND, DEMO, server

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_a_server_that_dies_in_the_call(run: Run) -> None:
    done = run("call", "go", *server("exit_mid_call"))
    assert done.code == 4
    assert done.out == ""
    assert "tools/call go was not answered" in done.err
    assert "exited with code 3" in done.err
    assert "fatal: cannot go on" in done.err


@pytest.mark.parametrize(
    ("name", "facts"), [("exit_mid_call", (3, None)), ("killed_mid_call", (None, "SIGKILL"))]
)
def test_how_it_died_as_json(run: Run, name: str, facts: tuple[object, object]) -> None:
    done = run("call", "go", "--json", *server(name))
    assert done.code == 4
    assert done.error["kind"] == "connection"
    assert (done.error["exit"]["code"], done.error["exit"]["signal"]) == facts


def test_a_server_that_dies_at_the_start(run: Run) -> None:
    script = "import sys; sys.exit('no database')"
    done = run("list", "--json", "--", sys.executable, "-c", script)
    assert done.code == 4
    assert "no database" in done.error["message"]
    assert done.error["exit"]["code"] == 1


def test_a_command_that_does_not_exist(run: Run) -> None:
    done = run("list", "--json", "--", "no-such-command")
    assert done.code == 4
    assert done.error["kind"] == "connection"
    assert "no-such-command" in done.error["message"]
    assert done.error["next"]


@pytest.mark.parametrize(
    ("script", "says", "next", "exit"),
    [
        ("def f(:", "exited with code 1; it last wrote to stderr: SyntaxError: invalid syntax", "Correct", 1),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'", "pip install", 1),
        ("print('usage: x PORT')", "exited with code 0; it last wrote to stdout: usage: x PORT", "usage", 0),
        ("", "the server exited with code 0, before it answered initialize", "mcp.run()", 0),
    ],
)
def test_a_server_that_does_not_serve(
    run: Run, script: str, says: str, next: str, exit: int, tmp_path: Path
) -> None:
    (tmp_path / "server.py").write_text(script)
    done = run("list", "--json", "--", sys.executable, str(tmp_path / "server.py"))
    assert done.code == 4
    assert says in done.error["message"]
    assert next in done.error["next"] == done.error["cause"]["next"]
    assert done.error["exit"]["code"] == exit


def test_a_server_that_never_answers(run: Run) -> None:
    done = run("list", "--timeout", "0.5", *server("silent"))
    assert done.code == 4
    assert "did not answer initialize within 0.5 s.\n" in done.err
    assert "Check that it speaks MCP" not in done.err  # the diagnosis knows more
    assert "Next:  mcp-inspect doctor --timeout" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_command_that_cannot_be_started(run: Run, tmp_path: Path) -> None:
    (tmp_path / "server").write_text("#!/bin/sh\n")
    mode = run("list", "--", str(tmp_path / "server")).err
    assert "it is not executable.\n" in mode
    assert f"\nNext:  chmod +x {tmp_path / 'server'}\n" in mode
    assert "it is a directory.\n" in run("list", "--", str(tmp_path)).err
    done = run("list", "--cwd", str(tmp_path / "none"), "--", sys.executable)
    assert f"the working directory {tmp_path / 'none'} does not exist." in done.err
    assert done.code == 4


def test_a_url_where_nobody_listens(run: Run) -> None:
    done = run("list", "--json", "http://127.0.0.1:1/mcp")
    assert done.code == 4
    assert done.error["kind"] == "connection"


def test_a_call_without_an_answer(run: Run) -> None:
    done = run("call", "go", "--timeout", "3", *server("silent_call"))  # it connects in that time
    assert done.code == 4
    assert "tools/call go was not answered within 3 s. --timeout SECONDS waits longer" in done.err


def test_a_refusal(run: Run) -> None:
    done = run("read", "demo://nope", "--json", "--protocol", "2025-11-25", *DEMO)
    assert done.code == 5
    assert done.error["kind"] == "request"
    assert done.error["code"] == -32002
    assert done.error["data"] == {"uri": "demo://nope"}


def test_options_reach_the_server(run: Run, tmp_path: Path) -> None:
    script = "import os, sys; sys.exit(os.environ['WHO'] + ' in ' + os.getcwd())"
    done = run("list", "-e", "WHO=me", "--cwd", str(tmp_path), "--", sys.executable, "-c", script)
    assert f"me in {tmp_path}" in done.err


def test_the_trace_goes_to_stderr(run: Run) -> None:
    done = run("--trace", "call", "echo", "text=\x1b[2J", "--json", *DEMO)
    assert done.code == 0
    assert done.json["content"][0]["text"] == "\x1b[2J"
    assert "→ {" in done.err
    assert "← stderr: demo server ready" in done.err
    assert "process exited code=0 rung=stdin" in done.err
    assert "\x1b" not in done.err


def test_a_failure_is_the_last_line_after_the_trace(run: Run) -> None:
    done = run("--trace", "call", "nope", "--json", *DEMO)
    assert done.code == 5
    assert done.error["code"] == -32602
    assert len(done.err.splitlines()) > 10


def test_a_recording_on_request(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    assert run("list", "tools", "--record", str(file), *DEMO).code == 0
    header, *events = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert header["format"].startswith("mcp-recording/")
    assert events[-1]["client"]["what"] == "closed"
    assert file.stat().st_mode & 0o777 == 0o600
    again = run("list", "--record", str(file), "--json", *DEMO)
    assert again.code == 2
    assert "exists already" in again.error["message"]


VERBS = {
    "list": ("tools",),
    "call": ("echo", "text=x"),
    "read": ("demo://hello.txt",),
    "prompt": ("hello",),
    "complete": ("--prompt", "review", "language=p"),
    "request": ("tools/list",),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_records_traces_and_prints_one_document(run: Run, verb: str, tmp_path: Path) -> None:
    done = run(verb, *VERBS[verb], "--json", "--trace", "--record", str(tmp_path / "r"), *DEMO)
    assert done.code == 0
    assert isinstance(done.json, dict)
    sent = [line for line in done.err.splitlines() if " → {" in line]
    kept = [json.loads(line) for line in (tmp_path / "r").read_text("utf-8").splitlines()[1:]]
    assert len(sent) == len([event for event in kept if event.get("dir") == "c2s"]) >= 2


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_fails_with_an_empty_stdout_and_one_json_line(run: Run, verb: str) -> None:
    done = run(
        verb, *VERBS[verb], "--json", "--trace", "--", sys.executable, "-c", "import sys; sys.exit('no')"
    )
    assert done.code == 4
    assert done.error["exit"]["code"] == 1
    assert done.error["message"].endswith("it last wrote to stderr: no")
    assert done.error["next"]


def test_no_recording_unasked(run: Run, tmp_path: Path) -> None:
    run("list", *DEMO)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_signal_ends_the_server_too(number: signal.Signals, code: int) -> None:
    words = [*COMMAND, "--trace", "call", "go", *server("silent_call")]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        pid = 0
        for line in process.stderr:
            if "process started" in line:
                pid = int(line.rpartition("pid=")[2])
            if '"tools/call"' in line:
                break
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait() == code
    assert pid
    assert not _alive(pid)
    assert "process exited" in rest
    assert "Traceback" not in rest


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    words = [*COMMAND, "call", "large", "kilobytes=2000", *DEMO]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"0000000 ")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize(("closed", "section", "code"), [(">&-", "tools", 1), ("2>&-", "nonsense", 2)])
def test_a_stream_that_is_closed_from_the_start(closed: str, section: str, code: int) -> None:
    line = shlex.join([*COMMAND, "list", section, *DEMO])
    assert subprocess.run(f"{line} {closed}", shell=True, capture_output=True, check=False).returncode == code


@pytest.mark.parametrize(
    "name",
    [
        "batch", "duplicate_reply", "float_id", "half_json", "invalid_utf8", "nan", "no_jsonrpc", "odd_lines",
        "stderr_flood", "text_on_stdout", "unknown_id", "unknown_notification",
    ],
)  # fmt: skip
def test_a_server_that_lives_is_understood(run: Run, name: str) -> None:
    done = run("call", "go", "--timeout", "20", *server(name))
    assert done.code == 0, done.err
    assert done.err == ""
