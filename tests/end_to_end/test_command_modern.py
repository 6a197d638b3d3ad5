"""What 2026-07-28 has, by lines of shell, on servers written with `mcp` 2.x: rounds of questions that a file
or a person answers, subscriptions, log messages, tasks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.transport.target import HttpTarget
from tests.end_to_end.conftest import Target
from tests.end_to_end.driving import echoed
from tests.interop.test_command import Command
from tests.servers.asks_back import STATE

ANSWERS = {"roots": ["file:///srv/data"], "sampling": "Aye", "elicitation": {"name": "Ada", "word": "so"}}

STREAMS = (Status.CANCELLED, Status.LOST)  # over HTTP a stream is given up by closing it


@pytest.fixture
def asking(asks_back: Target, tmp_path: Path) -> Command:
    return Command(asks_back, tmp_path, Status.ASKS_BACK)


@pytest.fixture
def listening(changing: Target, tmp_path: Path) -> Command:
    return Command(changing, tmp_path, *STREAMS)


@pytest.fixture
def tasking(mcp2_tasks: Target, tmp_path: Path) -> Command:
    return Command(mcp2_tasks, tmp_path)


def written(path: Path, value: Any) -> str:
    path.write_text(json.dumps(value), "utf-8")
    return str(path)


def rounds(command: Command) -> int:
    """How often the last run was asked back; each time it gave the state back byte for byte."""
    journal = Journal.open(command.path)
    try:
        return echoed(journal)
    finally:
        journal.close()


@pytest.mark.parametrize(
    ("tool", "says", "legs"),
    [
        ("greet", "accept: Person(name='Ada', age=36, colour='blue', sure=True)", 2),
        ("twice", "so so", 3),
        ("think", "The model says: Aye", 2),
        ("where", "file:///srv/data", 2),
        ("consent", f"accept with {STATE}", 2),
    ],
)
def test_a_file_answers_each_round(asking: Command, tmp_path: Path, tool: str, says: str, legs: int) -> None:
    chosen = {"elicitation": "accept"} if tool == "consent" else {}
    answers = written(tmp_path / "answers.json", {**ANSWERS, **chosen})
    assert asking("call", tool, "--answers", answers) == f"{says}\n"
    assert asking.stderr == ""
    assert rounds(asking) == legs - 1


def test_what_nobody_answers_is_declined_with_a_line(asking: Command, tmp_path: Path) -> None:
    answers = written(tmp_path / "roots.json", {"roots": ["file:///srv/data"]})
    declared = ("--declare", "elicitation.form", "--answers", answers)
    assert asking("call", "greet", *declared) == "decline: None\n"
    (line,) = asking.stderr.splitlines()
    assert "declined elicitation/create “Who are you?” of tools/call greet" in line
    assert "roots.json has no answer to it" in line


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_person_at_the_terminal_answers_each_round(asking: Command) -> None:
    import pexpect

    def at(tool: str, *talk: tuple[str, str]) -> None:
        words = asking.line("call", tool)
        child = pexpect.spawn(words[0], words[1:], encoding="utf-8", timeout=30, dimensions=(40, 300))
        try:
            for question, answer in talk:
                child.expect_exact(question)
                if answer:
                    child.sendline(answer)
            child.expect(pexpect.EOF)
        finally:
            child.close()
        asking.stderr = str(child.before)
        asking.judge(int(child.exitstatus or 0))

    word = "Word (text, required): "
    at("twice", ("The first word?", ""), (word, "so"), ("What follows so?", ""), (word, "what"))
    assert "so what" in asking.stderr
    assert rounds(asking) == 2


def test_a_script_hears_of_what_changed(listening: Command) -> None:
    script = """
        subscribe tools
        call grow name=scripted
        wait tools/list_changed --timeout 20
        list tools
        unsubscribe
        subscribe test://text
        call touch uri=test://text
        wait resources/updated uri=test://text --timeout 20
        read test://text
        log-level info
        call say level=warning text=careful
        wait message level=warning data=careful --timeout 20
        log-level off
        call say level=error text=unheard
        info
    """
    out = listening("shell", "--strict", "--notifications", stdin=script)
    answers = [json.loads(line) for line in out.splitlines()]
    told = [each["notification"] for each in answers if "notification" in each]
    lines = {each["line"]: each for each in answers if "line" in each}
    assert all(each["ok"] for each in lines.values())
    assert len(lines) == len(script.split("\n")) - 2
    assert "scripted" in [tool["name"] for tool in lines[5]["result"]["tools"]]
    assert lines[10]["result"]["contents"][0]["text"] == "some text\n"
    data = [each["params"].get("data") for each in told if each["method"] == "notifications/message"]
    assert data == ["careful"]


def test_listening_to_what_others_cause(changing_url: str, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    heard = Command(HttpTarget(changing_url), tmp_path / "one", *STREAMS)
    other = Command(HttpTarget(changing_url), tmp_path / "other")
    words = heard.line("listen", "--tools", "--resource", "test://text", "--count", "2", "--json")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        heard.stderr = started.stderr.readline()
        assert "listening to toolsListChanged, test://text" in heard.stderr
        other("call", "touch", "uri=test://text")
        other("call", "grow", "name=listened")
        out, _ = started.communicate(timeout=30)
    heard.judge(started.returncode)
    told = [json.loads(line) for line in out.splitlines()]
    assert [each["method"] for each in told] == [
        "notifications/resources/updated",
        "notifications/tools/list_changed",
    ]
    assert "listened" in other("list", "tools")


def test_a_task_is_followed_and_its_questions_answered(tasking: Command, tmp_path: Path) -> None:
    answers = written(tmp_path / "answers.json", {"elicitation": [{"name": "Ada"}, {"name": "Bob"}]})
    assert tasking("call", "ask", "--answers", answers) == "The ask of Ada and Bob is ready.\n"
    states = re.findall(r": task task-\d+: (\w+)", tasking.stderr)
    assert states == ["working", "input_required", "working", "completed"]
    tasking("call", "refuse", code=5)
    assert "The database is gone" in tasking.stderr
    assert tasking("call", "fail", code=5) == "It failed\n"
    tasking("tasks", "list", code=2)
    assert "2026-07-28 has no list of tasks" in tasking.stderr


def test_a_task_outlives_the_line_that_began_it(mcp2_tasks_url: str, tmp_path: Path) -> None:
    command = Command(HttpTarget(mcp2_tasks_url), tmp_path)

    def begun(tool: str) -> str:
        return str(json.loads(command("call", tool, "--detach", "--json"))["taskId"])

    first = begun("slow")
    assert "working" in command("tasks", "get", first)
    assert command("tasks", "watch", first) == "The slow of nobody is ready.\n"
    assert command("tasks", "result", first) == "The slow of nobody is ready.\n"
    second = begun("ask")
    assert command("tasks", "cancel", second)
    assert "cancelled" in command("tasks", "get", second)
    command("tasks", "get", "nowhere", code=5)
    assert "Task not found" in command.stderr
