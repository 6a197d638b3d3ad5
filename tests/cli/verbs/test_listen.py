"""`listen`: what a server tells by itself, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import COMMAND, DEMO, server
from tests.transport.http_talk import served

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TELLING = server("telling")


def test_a_resource_until_it_was_told_once(run: Run) -> None:
    done = run("listen", "--resource", "a", "--resource", "forbidden", "--count", "1", "--json", *TELLING)
    assert (done.code, done.json["method"], done.json["params"]) == (
        0,
        "notifications/resources/updated",
        {"uri": "a"},
    )
    assert done.err.splitlines() == [
        "mcp-inspect: not honoured: forbidden (not this one).",
        "mcp-inspect: listening to a.",
    ]


def test_lines_for_people(run: Run) -> None:
    done = run("listen", "--resource", "a", "--tools", "--level", "info", "--count", "3", *TELLING)
    assert done.code == 0
    assert [line.split(" ← ")[1] for line in done.out.splitlines()] == [
        'error telling: {"why":"\\u001b[1m"}',
        'resources/updated {"uri":"a"}',
        "tools/list_changed",
    ]
    assert "listening to toolsListChanged, a, info and graver" in done.err


def test_only_what_was_asked_for_counts(run: Run) -> None:
    done = run("listen", "--resource", "a", "--for", "1", "--count", "2", *TELLING)
    assert done.code == 4
    assert len(done.out.splitlines()) == 1
    assert "1 of 2 notifications came within 1 s" in done.err


def test_time_is_no_failure_where_no_number_was_asked_for(run: Run) -> None:
    done = run("listen", "--for", "0.5", *TELLING)
    assert (done.code, done.out) == (0, "")
    assert "nothing was told within 0.5 s" in done.err


def test_a_server_that_honours_nothing(run: Run) -> None:
    done = run("listen", "--resource", "forbidden", "--json", *TELLING)
    assert (done.code, done.error["kind"]) == (5, "request")
    assert "honours nothing of it: forbidden (not this one)" in done.error["message"]


def test_a_connection_that_ends(run: Run) -> None:
    done = run("listen", "--resource", "a", *TELLING, "ends")
    assert done.code == 4
    assert "resources/updated" in done.out
    assert "1 notifications came" in done.err


@pytest.mark.parametrize(
    "words",
    [("--count", "0"), ("--count", "x"), ("--for", "0"), ("--level", "loud"), ("--count", "9" * 5000)],
)
def test_words_that_mean_nothing(words: tuple[str, ...], run: Run) -> None:
    assert run("listen", *words, *DEMO).code == 2


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("changing.py") as found:
        yield found


def listening(*words: str) -> subprocess.Popen[str]:
    """A command that listens already."""
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    started = subprocess.Popen(
        [*COMMAND, "listen", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    assert started.stderr is not None
    for line in started.stderr:
        if "listening to" in line:
            break
    return started


def test_a_stream_of_the_modern_era(url: str, run: Run) -> None:
    with listening("--tools", "--resource", "test://text", "--count", "2", "--json", url) as started:
        run("call", "touch", "uri=test://text", url)
        run("call", "grow", "name=later", url)
        out, _ = started.communicate(timeout=30)
    told: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert [each["method"].split("/", 1)[1] for each in told] == ["resources/updated", "tools/list_changed"]
    assert started.returncode == 0


def test_the_server_ends_the_subscription(url: str, run: Run) -> None:
    with listening("--tools", url) as whole, listening("--tools", "--count", "1", url) as short:
        run("call", "hang_up", url)
        _, says = whole.communicate(timeout=30)
        short.communicate(timeout=30)
    assert "the server ended the subscription" in says
    assert (whole.returncode, short.returncode) == (0, 4)


def test_messages_of_the_modern_era_come_with_requests(url: str, run: Run) -> None:
    done = run("listen", "--level", "info", url)
    assert done.code == 5
    assert "come with requests" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c() -> None:
    with listening(*TELLING) as started:
        started.send_signal(signal.SIGINT)
        started.communicate(timeout=30)
    assert started.returncode == 130
