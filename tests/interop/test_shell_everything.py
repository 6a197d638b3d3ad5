"""The reference server through lists of lines over one connection, and what it tells by itself to a line that
listens: subscriptions, updates, log messages, tasks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.transport.target import HttpTarget
from tests.interop.test_command import Command, Target, command  # noqa: F401 - a fixture

pytestmark = pytest.mark.timeout(300)

URI = "demo://resource/dynamic/text/1"
TASK = "simulate-research-query"
ANSWERS: dict[str, Any] = {
    "roots": ["file:///srv/data"],
    "sampling": "Forty-two.",
    "elicitation": {"name": "Ada", "interpretation": "snake"},
}


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(ANSWERS), "utf-8")
    return str(path)


def test_a_script_does_a_bit_of_everything(command: Command, answers: str) -> None:  # noqa: F811
    script = f"""\
info
list tools
call get-sum a=2 b=40
log-level debug
subscribe {URI}
wait message level=info
call toggle-subscriber-updates
wait resources/updated uri={URI} --timeout 30
read {URI}
call toggle-subscriber-updates
unsubscribe {URI}
call toggle-simulated-logging
wait message --timeout 30
call toggle-simulated-logging
call trigger-long-running-operation duration:=0.2 steps:=2
wait progress progress:=2
prompt completable-prompt department=Sales name=Eve
complete --prompt completable-prompt name= department=Sales
call trigger-elicitation-request
call trigger-sampling-request prompt=?
call get-roots-list
call {TASK} topic=python ambiguous:=true
call {TASK} topic=tea --detach
tasks list
ping
"""
    out = command("shell", "--strict", "--declare", "tasks", "--answers", answers, stdin=script)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["input"] for line in lines if not line["ok"]] == []
    results = {line["input"]: line["result"] for line in lines}
    assert len(lines) == script.count("\n")

    def text(line: str) -> str:
        return "\n".join(part["text"] for part in results[line]["content"])

    assert text("call get-sum a=2 b=40") == "The sum of 2 and 40 is 42."
    assert results[f"wait resources/updated uri={URI} --timeout 30"]["params"] == {"uri": URI}
    assert "Name: Ada" in text("call trigger-elicitation-request")
    assert "Forty-two." in text("call trigger-sampling-request prompt=?")
    assert "file:///srv/data" in text("call get-roots-list")
    assert "# Research Report: python (snake)" in text(f"call {TASK} topic=python ambiguous:=true")
    begun = results[f"call {TASK} topic=tea --detach"]["task"]["taskId"]
    assert begun in [task["taskId"] for task in results["tasks list"]["tasks"]]


def test_listening_to_a_subscription_and_its_log(command: Command) -> None:  # noqa: F811
    """It says at `info` that somebody subscribed; at `emergency` nothing of the kind comes."""
    words = ("listen", "--resource", URI, "--json")
    told = json.loads(command(*words, "--level", "info", "--count", "1"))
    assert f"Received Subscribe Resource request for URI: {URI}" in told["params"]["data"]
    assert command.stderr == f"mcp-inspect: listening to {URI}, info and graver.\n"
    assert command(*words, "--level", "emergency", "--for", "1") == ""
    assert "nothing was told within 1 s" in command.stderr


def test_a_task_is_followed_and_answered(command: Command, target: Target, answers: str) -> None:  # noqa: F811
    words = ("topic=python", "ambiguous:=true", "--answers", answers)
    assert "# Research Report: python (snake)" in command("call", "--task", "--ttl", "60", TASK, *words)
    assert "Requesting clarification" in command.stderr
    assert ": completed" in command.stderr
    if isinstance(target, HttpTarget):  # its tasks are those of a session, which every line begins anew
        assert json.loads(command("tasks", "list", "--json")) == {"tasks": []}
        command("tasks", "get", "nowhere", code=5)
        assert "nowhere" in command.stderr
