"""`shell`: lines over one connection, their answers, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import COMMAND, DEMO, ENV, server
from tests.transport.http_talk import served

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Run

DOCS = (Path(__file__).parent.parent.parent.parent / "docs" / "shell.md").read_text("utf-8")
CHANGING = server("changing")
ERAS = pytest.mark.parametrize("protocol", ["auto", "2025-11-25"])


def replies(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.out.splitlines()]


def test_each_line_is_answered_by_one(run: Run) -> None:
    script = "# a comment\n\ncall echo text='hi there'\n@7 list prompts\n  call add a=2 b=40"
    done = run("shell", *DEMO, stdin=script)
    assert done.code == 0
    assert done.err == ""
    first, second, third = replies(done)
    assert list(first) == ["line", "input", "ok", "result", "ms"]
    assert (first["line"], first["input"], first["ok"]) == (3, "call echo text='hi there'", True)
    assert first["result"]["content"][0]["text"] == "hi there"
    assert (second["line"], second["id"]) == (4, "7")
    assert second["result"]["prompts"]
    assert third["result"]["structuredContent"] == {"sum": 42}


def test_every_verb_prints_what_it_prints_alone(run: Run) -> None:
    lines = [
        "list tools",
        "call weather city=Oslo",
        "read demo://hello.txt",
        "prompt review language=perl code=1",
        "complete --prompt review language=p",
        "request prompts/list",
    ]
    alone = [run(*shlex.split(line), *DEMO).out for line in lines]
    as_json = [run(*shlex.split(line), "--json", *DEMO).json for line in lines]
    script = "\n".join(lines)
    assert run("shell", "--text", *DEMO, stdin=script).out == "".join(alone)
    assert [reply["result"] for reply in replies(run("shell", *DEMO, stdin=script))] == as_json


def test_one_connection_and_one_handshake(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    script = "info\ncall echo text=a\ncall echo text=b\n"
    done = run("shell", "--protocol", "2025-11-25", "--record", str(file), "--trace", *DEMO, stdin=script)
    assert done.code == 0
    events = [json.loads(line) for line in file.read_text("utf-8").splitlines()[1:]]
    sent = [event.get("method") for event in events if event.get("dir") == "c2s"]
    assert sent.count("initialize") == 1
    assert sent.count("tools/call") == 2
    assert '→ {"jsonrpc":"2.0","id":' in done.err


def test_a_line_that_fails_ends_nothing(run: Run) -> None:
    script = "call fail reason=because\nnope\nlst\ncall\nread\ncall echo 'x\ncall --bad\nhelp nope\nlist\n"
    done = run("shell", *DEMO, stdin=script)
    assert done.code == 5
    *failed, last = replies(done)
    assert [reply["error"]["kind"] for reply in failed] == ["request", *["usage"] * 7]
    assert failed[0]["error"]["data"]["isError"] is True
    assert failed[0]["error"]["message"] == "The tool fail returned an error: because"
    assert failed[2]["error"]["next"] == "Did you mean list?"
    assert "single quote is not ended" in failed[5]["error"]["message"]
    assert last["ok"] is True


def test_strict_stops_at_the_first(run: Run) -> None:
    script = "call echo text=a\ncall fail\ncall echo text=b\n"
    done = run("shell", "--strict", *DEMO, stdin=script)
    assert done.code == 5
    assert [reply["ok"] for reply in replies(done)] == [True, False]
    assert done.err == "mcp-inspect: line 2: The tool fail returned an error: this tool always fails.\n"
    assert run("shell", "--strict", *DEMO, stdin="call echo\nnope\n").code == 5
    assert run("shell", "--strict", *DEMO, stdin="nope\ncall fail\n").code == 2


def test_text_for_people(run: Run) -> None:
    script = (
        "call fail reason=because\ncall echo text=hi\ncall echo text=hi --json\nlst\ncall nope\n"
        "help ping\n:q\n"
    )
    done = run("shell", "--text", *DEMO, stdin=script)
    assert done.code == 5
    out = done.out.splitlines()
    assert out[:2] == ["because", "hi"]
    assert json.loads(out[2])["content"][0]["text"] == "hi"
    assert out[3] == "Usage: ping [OPTIONS]"
    assert done.err.splitlines() == [
        "mcp-inspect: line 1: The tool fail returned an error.",
        "mcp-inspect: line 4: There is no verb 'lst'. Did you mean list?",
        "mcp-inspect: line 5: tools/call nope was refused: Unknown tool: nope (-32602). "
        "list shows names and schemas of what the server offers.",
        "mcp-inspect: line 7: There is no verb ':q'. exit leaves, and so does ctrl+d.",
    ]
    strict = run("shell", "--text", "--strict", *DEMO, stdin=script)
    assert strict.err == "mcp-inspect: line 1: The tool fail returned an error.\n"
    assert strict.out == "because\n"


def test_a_file_of_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.mcp").write_bytes(b"call echo text=a\ncall echo text=\xff\nexit\ncall fail\n")
    done = run("shell", "--file", str(tmp_path / "s.mcp"), *DEMO, stdin="call fail")
    assert done.code == 2
    assert [reply["ok"] for reply in replies(done)] == [True, False, True]
    assert "byte 16" in replies(done)[1]["error"]["message"]
    assert "Cannot read" in run("shell", "--file", str(tmp_path / "none"), *DEMO).err
    assert run("shell", "--text", "--json", *DEMO).code == 2
    assert "both want standard input" in run("shell", "--answers", "-", *DEMO).err


@pytest.mark.parametrize("line", ["call echo --args -", "request ping -"])
def test_standard_input_holds_the_lines(run: Run, line: str) -> None:
    done = run("shell", *DEMO, stdin=f"{line}\ncall echo text=b\n")
    first, second = replies(done)
    assert first["error"]["message"] == "Lines cannot read standard input"
    assert second["ok"]


@ERAS
def test_subscribe_and_wait(run: Run, protocol: str) -> None:
    script = "\n".join(
        [
            "subscribe tools",
            "subscribe test://text",
            "call grow name=more",
            "call touch uri=test://text",
            "wait resources/updated uri=test://text",
            "wait notifications/tools/list_changed --timeout 10",
            "call more",
            "wait tools/list_changed --timeout 0.05",
            "unsubscribe test://text",
            "call touch uri=test://text",
            "wait resources/updated --timeout 0.05",
            "unsubscribe",
        ]
    )
    done = run("shell", "--protocol", protocol, *CHANGING, stdin=script)
    found = replies(done)
    assert [reply["ok"] for reply in found] == [*[True] * 7, False, True, True, False, True], done.out
    assert found[1]["result"]["notifications"]["resourceSubscriptions"] == ["test://text"]
    assert found[4]["result"]["method"] == "notifications/resources/updated"
    assert found[7]["error"]["message"] == "wait tools/list_changed found nothing within 0.05 s"
    assert found[11]["result"] == {"notifications": {}}
    assert done.code == 4


@ERAS
def test_log_level_and_what_stands_where(run: Run, protocol: str) -> None:
    script = "\n".join(
        [
            "log-level warning",
            "call say level=error text=late",
            "call say level=warning text=first",
            "wait message data=first",
            "wait message level=error data:='\"late\"' --timeout 10",
            "wait message --timeout 0.05",
        ]
    )
    done = run("shell", "--protocol", protocol, "--notifications", *CHANGING, stdin=script)
    noticed = [reply["notification"]["params"]["data"] for reply in replies(done) if "notification" in reply]
    assert noticed == ["late", "first"]
    answers = [reply for reply in replies(done) if "line" in reply]
    assert [reply["ok"] for reply in answers] == [True] * 5 + [False], done.out


def test_what_is_not_told_is_refused(run: Run) -> None:
    done = run(
        "shell",
        "--protocol",
        "2025-11-25",
        *CHANGING,
        stdin="subscribe prompts\nsubscribe test://forbidden\n",
    )
    first, second = replies(done)
    assert first["error"]["message"] == "subscribe prompts was refused: the server does not tell of it"
    assert second["error"]["message"].startswith("subscribe test://forbidden was refused: ")
    assert done.code == 5


def test_the_small_verbs(run: Run) -> None:
    script = "ping\nnotify notifications/roots/list_changed '{}'\nsleep 0.001\nsleep soon\nlog-level off\n"
    script += "info\nhelp\nhelp prompt\nquit\nping\n"
    done = run("shell", "--protocol", "2025-11-25", *DEMO, stdin=script)
    found = replies(done)
    assert [reply["ok"] for reply in found] == [True, True, True, False, False, True, True, True, True]
    assert found[5]["result"]["protocolVersion"] == "2025-11-25"
    assert found[5]["result"]["instructions"]
    assert "wait" in found[6]["result"]["help"]
    assert found[7]["result"]["help"].startswith("Usage: prompt [OPTIONS] NAME [KEY=VALUE]...")


@ERAS
def test_a_server_at_a_url(run: Run, protocol: str) -> None:
    script = "\n".join(
        [
            "subscribe test://text",
            "log-level info",
            "call touch uri=test://text",
            "wait resources/updated uri=test://text --timeout 10",
            "call say level=error text=hey",
            "wait message data=hey --timeout 10",
            "list tools",
        ]
    )
    with served("changing.py") as url:
        done = run("shell", "--protocol", protocol, url, stdin=script)
    found = replies(done)
    assert [reply["ok"] for reply in found] == [True] * 7, done.stdout
    assert done.code == 0


def test_a_server_of_fastmcp(run: Run) -> None:
    script = (
        "call add a=2 b=40\ncall slow n=3 wait=0\nwait progress progress=2 --timeout 10\ncall fail\ninfo\n"
    )
    done = run("shell", "--text", *server("fastmcp_server"), "stdio", stdin=script)
    assert done.out.splitlines()[:2] == ["42", "took 3 steps"]
    assert "← progress 2" in done.out
    assert done.code == 5


def test_a_server_that_dies_is_told_once(run: Run) -> None:
    done = run("shell", *server("exit_mid_call"), stdin="call echo text=a\ncall go\ncall echo text=b\n")
    assert done.code == 4
    assert [reply["ok"] for reply in replies(done)] == [True, False]
    assert replies(done)[1]["error"]["exit"]["code"] == 3
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith(
        "mcp-inspect: line 2: tools/call go was not answered: the server exited with code 3"
    )
    text = run("shell", "--text", *server("exit_mid_call"), stdin="call go\ncall echo text=b\n")
    assert text.code == 4
    assert text.err.count("exited with code 3") == 1


def test_a_time_for_one_line(run: Run) -> None:
    done = run(
        "shell", *server("silent_call"), stdin="call go --timeout 0.1\ncall echo text=b\nping --timeout no\n"
    )
    first, second, third = replies(done)
    assert first["error"]["message"] == "tools/call go was not answered within 0.1 s"
    assert second["ok"]
    assert third["error"]["kind"] == "usage"
    assert done.code == 4


def test_what_is_asked_back_is_answered_from_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"elicitation": {"name": "Ada"}}')
    script = "call greet\ncall greet\n"
    done = run("shell", "--answers", str(tmp_path / "a.json"), *server("asks_back"), stdin=script)
    assert [reply["ok"] for reply in replies(done)] == [True, True], done.out
    assert "Ada" in replies(done)[1]["result"]["content"][0]["text"]
    declined = run("shell", "--protocol", "2025-11-25", *server("asks_back"), stdin="call visit\n")
    assert "declined elicitation/create" in declined.err
    assert "there is no terminal to ask on" in declined.err


def test_odd_answers_stay_one_line(run: Run) -> None:
    nan = run("shell", *server("nan"), stdin="call go\n")
    assert len(nan.out.splitlines()) == 1
    assert "NaN" in nan.out
    utf8 = run("shell", *server("invalid_utf8"), stdin="call go\ncall echo text=a\n")
    assert len(utf8.out.splitlines()) == 2
    assert "\ufffd" in utf8.out


class Driver:
    """A program that writes a line and reads its answer."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "shell", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **ENV},
        )

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(line, file=self.process.stdin, flush=True)
        reply: dict[str, Any] = json.loads(self.process.stdout.readline())
        return reply

    def end(self) -> tuple[int, str]:
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def test_a_program_drives_it() -> None:
    driver = Driver(*DEMO)
    for number in range(1, 20):
        reply = driver.ask(f"@n{number} call add a={number} b:=1")
        assert (reply["line"], reply["id"]) == (number, f"n{number}")
        assert reply["result"]["structuredContent"]["sum"] == number + 1
    assert (
        driver.ask('["call", "echo", "text=it\'s \\n here"]')["result"]["content"][0]["text"]
        == "it's \n here"
    )
    assert driver.end() == (0, "")


def test_a_huge_answer_reaches_a_slow_reader() -> None:
    driver = Driver(*DEMO)
    reply = driver.ask("call large kilobytes=20000")
    assert len(reply["result"]["content"][0]["text"]) == 20_000_000
    assert driver.ask("call echo text=a")["ok"]
    assert driver.end()[0] == 0


def test_a_server_that_dies_while_nothing_is_asked() -> None:
    driver = Driver(*server("pid"))
    pid = int(re.findall(r"\d+", driver.ask("call go")["result"]["content"][0]["text"])[0])
    os.kill(pid, signal.SIGTERM)
    assert driver.process.wait(timeout=30) == 4
    assert driver.process.stderr is not None
    assert driver.process.stderr.read().startswith("mcp-inspect: The connection is over: the server")
    for pipe in (driver.process.stdin, driver.process.stdout, driver.process.stderr):
        assert pipe is not None
        pipe.close()


def test_nobody_reads_the_answers() -> None:
    driver = Driver(*DEMO)
    assert driver.process.stdout is not None
    assert driver.process.stdin is not None
    driver.ask("call echo text=a")
    driver.process.stdout.close()
    print("call echo text=b", file=driver.process.stdin, flush=True)
    assert driver.process.wait(timeout=30) == 0
    assert driver.process.stderr is not None
    assert driver.process.stderr.read() == ""
    driver.process.stdin.close()
    driver.process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_though_nobody_reads(number: signal.Signals, code: int) -> None:
    driver = Driver(*DEMO)
    assert driver.process.stdin is not None
    assert driver.process.stdout is not None
    driver.ask("call echo text=a")
    print("call large kilobytes=5000", file=driver.process.stdin, flush=True)
    assert driver.process.stdout.read(10)  # the answer has begun, and fills the pipe
    driver.process.send_signal(number)
    assert driver.end()[0] == code


# The documentation


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)


def test_the_documented_script_runs(run: Run, tmp_path: Path) -> None:
    (script,) = blocks("mcp")
    (tmp_path / "smoke.mcp").write_text(script)
    for more in ((), ("--protocol", "2025-11-25"), ("--text",)):
        done = run("shell", "--strict", *more, "--file", str(tmp_path / "smoke.mcp"), *DEMO)
        assert (done.code, done.err) == (0, "")


def test_the_documented_program_runs(tmp_path: Path) -> None:
    (program,) = blocks("python")
    program = program.replace('"mcp-inspect"', f'{sys.executable!r}, "-m", "inspector"')
    program = program.replace('"python"', repr(sys.executable))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "{'sum': 42}\n0\n"


def test_the_documented_lines_can_be_meant(run: Run) -> None:
    from inspector.cli.main import main
    from inspector.cli.shell.verbs import NAMES

    for block in blocks("sh"):
        for line in block.splitlines():
            words = shlex.split(line.partition(" #")[0].partition(" <")[0])[1:]
            at = words.index("--") if "--" in words else len(words)
            assert main([*words[:at], "--help"]) == 0
    table = DOCS.partition("| line |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (.*?) \|", table.replace("\\|", "/"), re.MULTILINE)
    assert {word for cell in cells for word in re.findall(r"`([a-z-]+)", cell)} == set(NAMES)
    text = blocks("text")[0].splitlines()
    done = run("shell", *DEMO, stdin="\n".join(f"{line} --timeout 0.01" for line in text))
    assert {reply["error"]["kind"] for reply in replies(done)} == {"connection"}


def test_the_documented_answers_have_the_members_of_real_ones(run: Run) -> None:
    (block,) = blocks("json")
    told = [json.loads(line) for line in block.splitlines()]
    script = "log-level debug\n\n@7 call echo text=hi\ncall fail\ncall log level=info text=a\n"
    real = replies(run("shell", "--notifications", *DEMO, stdin=script))
    assert list(told[0]) == list(real[1])
    assert list(told[1]) == list(real[2])
    assert list(told[1]["error"]) == list(real[2]["error"])
    assert list(told[2]) == list(real[3])


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes it")
def test_answers_for_a_closed_stdout_are_a_failure() -> None:
    line = f"exec {shlex.join([*COMMAND, 'shell', *DEMO])} >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        input="list tools\n",
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("mcp-inspect: The result cannot be written: stdout is closed. ")
    assert done.stderr.count("\n") == 1
