"""`repeat`: one call many times; the table, the document, the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND, DEMO, ENV, server

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_a_table_for_people(run: Run) -> None:
    done = run("repeat", "-n", "40", "--concurrency", "4", "tools/call", "add", "a=2", "b:=40", *DEMO)
    assert done.code == 0
    assert done.err == ""
    heading, ok, summary = done.out.splitlines()
    assert heading.split() == ["outcome", "count", "share", "p50", "p95", "p99", "max"]
    assert ok.split()[:3] == ["ok", "40", "100.0%"]
    assert summary.startswith("40 calls in ")
    assert summary.endswith("always the same result")  # the schema made a number of `a=2`


def test_failures_and_the_document(run: Run) -> None:
    done = run("repeat", "-n", "6", "prompts/get", "none such", "--json", *DEMO)
    assert done.code == 5
    assert "6 of 6 calls failed" in done.err
    document = done.json
    assert (document["done"], document["failed"], document["concurrency"]) == (6, 6, 1)
    assert [(each["outcome"], each["count"]) for each in document["outcomes"]] == [("error -32602", 6)]
    assert document["milliseconds"].keys() == {"p50", "p95", "p99", "max"}
    lost = run("repeat", "-n", "5", "tools/call", "go", *server("exit_mid_call"))
    assert lost.code == 4
    assert lost.out.splitlines()[1].split()[:2] == ["lost", "1"]


def test_what_cannot_be_meant(run: Run) -> None:
    for words in (("-n", "0", "ping"), ("-n", "100001", "ping"), ("--rate", "-1", "ping"), ("tools/call",)):
        done = run("repeat", *words, *DEMO)
        assert done.code == 2, words
        assert done.out == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_an_interruption_prints_what_there_is() -> None:
    with subprocess.Popen(
        [*COMMAND, "repeat", "-n", "100000", "--rate", "50", "--trace", "ping", *DEMO],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **ENV},
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stderr:
            if '"method":"ping"' in line:
                break
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.startswith("outcome")
