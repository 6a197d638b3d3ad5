"""`call --task` and `tasks`: a server of each era, over stdio and, where tasks outlive it, over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import SERVERS, Run, server

SCRIPTS = ("tasks", "mcp2_tasks")
ANSWERS = '{"elicitation": {"name": "Ada"}}'


@contextmanager
def listening(script: str) -> Iterator[str]:
    """The URL of a server that runs."""
    line = [sys.executable, str(SERVERS / f"{script}.py"), "http"]
    running = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        url = running.stdout.readline().strip()
        assert url, "the server ended at its start"
        yield url
    finally:
        running.terminate()
        running.wait()
        running.stdout.close()


@pytest.fixture(scope="module", params=SCRIPTS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with listening(request.param) as found:
        yield found


def detached(run: Run, tool: str, url: str) -> str:
    """The id of a task that nobody waits for."""
    done = run("call", tool, "--detach", url)
    assert (done.code, done.err) == (0, "")
    assert "  status      working" in done.out.splitlines()
    return done.out.splitlines()[0]


def test_what_must_be_a_task_is_one_by_itself(run: Run) -> None:
    done = run("call", "research", *server("tasks"))
    assert (done.code, done.out) == (0, "The research of nobody is ready.\n")
    said = done.err.splitlines()
    task = "mcp-inspect: task task-1: working · Gathering sources (polled every 50 ms, kept for 1:00)"
    assert said[0] == task
    assert said[1] == "mcp-inspect: task task-1: working · Analyzing content"
    assert said[-1] == "mcp-inspect: task task-1: completed"


def test_what_may_be_a_task_is_one_when_asked(run: Run) -> None:
    plain = run("call", "report", "--trace", *server("tasks"))
    assert (plain.code, plain.out) == (0, "The report is ready.\n")
    assert '"task":' not in plain.err
    done = run("call", "report", "--ttl", "90", "--json", "--trace", *server("tasks"))
    assert done.json["content"][0]["text"] == "The report of nobody is ready."
    assert '"task":{"ttl":90000}' in done.err


def test_what_must_not_be_a_task_is_sent_all_the_same(run: Run) -> None:
    done = run("call", "plain", "--task", *server("tasks"))
    assert done.code == 5
    assert "must not be called with task augmentation" in done.err


def test_an_answer_at_once(run: Run) -> None:
    done = run("call", "echo", "text=hi", "--task", *server("mcp2_tasks"), "stdio")
    assert (done.code, done.out) == (0, "hi\n")
    assert done.err == "mcp-inspect: tools/call echo was answered at once, and is no task.\n"


@pytest.mark.parametrize("script", SCRIPTS)
def test_how_a_task_fails(run: Run, script: str) -> None:
    done = run("call", "fail", *server(script))
    assert (done.code, done.out) == (5, "It failed\n")
    assert done.err.splitlines()[-1] == "mcp-inspect: The tool fail returned an error."
    done = run("call", "refuse", "--json", *server(script))
    assert done.code == 5
    assert done.error["message"] == "tools/call refuse was refused: The database is gone (-32603)"
    assert done.error["code"] == -32603


def test_a_failure_that_only_the_state_of_the_task_tells(run: Run) -> None:
    done = run("call", "mute", "--json", *server("tasks"))
    assert done.code == 5
    assert done.error["message"] == "The task of tools/call mute failed: It failed"


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_task_that_outlives_its_time(run: Run, script: str) -> None:
    done = run("call", "short", "--json", *server(script))
    assert done.code == 5
    assert "its task outlived the 100 ms for which it is kept" in done.error["message"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_task_asks_is_answered_from_a_file(run: Run, script: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(ANSWERS)
    done = run("call", "ask", "--answers", str(file), *server(script))
    assert (done.code, done.out) == (0, "The ask of Ada and Ada is ready.\n")


def test_what_nobody_answers_ends_the_waiting(run: Run) -> None:
    done = run("call", "ask", "--json", *server("mcp2_tasks"))
    assert done.code == 5
    assert "wants input that it was not given" in done.error["message"]
    assert done.error["next"] == "--answers FILE answers what it asks"
    assert set(done.error["data"]["inputRequests"]) == {"first", "second"}
    assert "declined elicitation/create" in done.err


def test_a_task_beyond_its_connection(run: Run, url: str) -> None:
    id = detached(run, "slow" if "mcp2" in run("list", url).out else "research", url)
    assert run("tasks", "get", id, "--json", url).json["taskId"] == id
    done = run("tasks", "watch", id, url)
    assert done.code == 0
    assert done.out.endswith("of nobody is ready.\n")
    assert "completed" in done.err
    assert run("tasks", "result", id, url).out == done.out
    done = run("tasks", "get", "nowhere", url)
    assert done.code == 5
    assert "Task not found (-32602). A server may forget a task" in done.err


def test_a_task_is_cancelled(run: Run, url: str) -> None:
    modern = "mcp2" in run("list", url).out
    id = detached(run, "slow" if modern else "research", url)
    done = run("tasks", "cancel", id, url)
    said = "asked for; the server decides. tasks get ID tells" if modern else "cancelled · The task was"
    assert done.code == 0
    assert done.out.startswith(said)
    assert "cancelled" in run("tasks", "get", id, url).out
    done = run("tasks", "watch", id, "--json", url)
    assert done.code == 5
    assert "has no result: the task was cancelled" in done.error["message"]


def test_the_list_of_tasks(run: Run) -> None:
    with listening("tasks") as url:
        ids = [detached(run, "research", url) for _ in range(3)]
        done = run("tasks", "list", url)
        assert done.out.splitlines()[0] == "Tasks 3"
        assert all(id in done.out for id in ids)
        assert [task["taskId"] for task in run("tasks", "list", "--json", url).json["tasks"]] == ids


def test_where_there_is_no_list(run: Run) -> None:
    done = run("tasks", "list", *server("mcp2_tasks"))
    assert done.code == 2
    assert "2026-07-28 has no list of tasks" in done.err
    done = run("tasks", "list", *server("polite"))
    assert done.code == 5
    assert "does not declare that it lists tasks" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("sing",), "tasks has no 'sing'"),
        (("get",), "tasks get needs the ID of a task"),
        (("list", "a"), "tasks list takes no ID"),
    ],
)
def test_words_that_mean_nothing(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run("tasks", *words, *server("tasks"))
    assert done.code == 2
    assert says in done.err


def test_over_stdio_a_task_ends_with_the_process(run: Run) -> None:
    done = run("call", "research", "--detach", *server("tasks"))
    assert done.code == 0
    assert "over stdio the task ends with the server's process" in done.err
    done = run("tasks", "get", "task-1", *server("tasks"))
    assert done.code == 5
    assert "Over stdio a task ends with the server's process" in done.err
