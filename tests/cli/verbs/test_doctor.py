"""`doctor` as a person and as a script run it, and what a failure of other verbs says of its cause."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.cli.conftest import COMMAND, DEMO, ENV, server
from tests.servers.http_hostile import hostile

if TYPE_CHECKING:
    from tests.cli.conftest import Run

WIDE = {"COLUMNS": "400"}
KEY_ERROR = ("--", sys.executable, "-c", "import os; os.environ['WEATHER_KEY']")


def test_a_server_that_works(run: Run) -> None:
    done = run("doctor", *DEMO, **WIDE)
    assert done.code == 0
    assert done.err == ""
    title, *checks, empty, works = done.out.splitlines()
    assert title == "python -m inspector.demo · stdio"
    assert [line.split()[:2] for line in checks][:2] == [["✓", "ok"], ["✓", "ok"]]
    assert "10 tools" in checks[-1]
    assert empty == ""
    assert works == "Works: demo 1.0.0 speaks 2026-07-28 (modern era)."


def test_a_server_that_does_not(run: Run) -> None:
    done = run("doctor", *KEY_ERROR, **WIDE)
    assert done.code == 4
    assert done.err == ""
    *checks, empty, cause, next_step = done.out.splitlines()
    marks = [line.split()[0] for line in checks[1:] if line.startswith("  ") and not line.startswith("   ")]
    assert set(marks) <= {"✓", "✗", "–", "·", "!"}
    assert any(
        line.startswith("  ✗ failed   Environment variables  Its error names WEATHER_KEY") for line in checks
    )
    assert any(line.strip() == "KeyError: 'WEATHER_KEY'" for line in checks)
    assert empty == ""
    assert cause == "Cause: The server needs the environment variable WEATHER_KEY, which is not set for it."
    assert next_step.startswith("Next:  mcp-inspect doctor -e WEATHER_KEY=… -- ")


def test_the_same_as_data(run: Run) -> None:
    done = run("doctor", "--json", *KEY_ERROR)
    assert done.code == 4
    assert done.err == ""
    assert done.json["cause"]["rule"] == "variable-missing"
    assert done.json["cause"]["check"] == "environment"
    assert [check["name"] for check in done.json["checks"]][:3] == ["directory", "command", "program"]
    assert done.json["facts"]["exit"] == {"code": 1, "signal": None}
    assert done.json["facts"]["times"]["started"] >= 0


def test_what_works_as_data(run: Run) -> None:
    done = run("doctor", "--json", *DEMO)
    assert done.code == 0
    assert done.json["cause"] is None
    assert done.json["facts"]["offers"]["tools"] == 10


def test_it_fits_a_narrow_terminal(run: Run) -> None:
    done = run("doctor", *KEY_ERROR, COLUMNS="80")
    *checks, _ = done.out.splitlines()
    assert all(len(line) <= 80 for line in checks if "Its error" in line or line.startswith("Cause:"))
    assert "…" in done.out.splitlines()[-1]  # the line to paste is never broken


def test_marks_that_an_encoding_lacks(run: Run) -> None:
    done = run("doctor", *DEMO, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "  + ok" in done.out
    assert "  - skipped" in done.out


def test_as_a_host(run: Run) -> None:
    done = run("doctor", "--as-host", "--json", *DEMO)
    names = [check["name"] for check in done.json["checks"]]
    assert names[-1] == "host"
    assert done.json["facts"]["host"]["cwd"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--as-host", "http://127.0.0.1:1/"], "--as-host starts a command"),
        (["--paths", *DEMO], "--paths belongs to a URL"),
        ([], "No server to connect to"),
    ],
)
def test_what_cannot_be_meant(run: Run, words: list[str], says: str) -> None:
    done = run("doctor", *words)
    assert done.code == 2
    assert says in done.err


def test_it_can_be_recorded(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "doctor.jsonl"
    assert run("doctor", "--record", str(file), *DEMO).code == 0
    text = file.read_text()
    assert '"connecting"' in text
    assert '"negotiated"' in text
    assert all(json.loads(line) for line in text.splitlines())


# What the other verbs say by themselves.


def test_a_failed_connection_names_its_cause(run: Run) -> None:
    done = run("list", *KEY_ERROR, **WIDE)
    assert done.code == 4
    assert done.out == ""
    sentence, *rest = done.err.splitlines()
    assert sentence.startswith("mcp-inspect: Cannot connect: the server exited with code 1")
    assert any("✗ failed" in line and "WEATHER_KEY" in line for line in rest)
    assert (
        rest[-2] == "Cause: The server needs the environment variable WEATHER_KEY, which is not set for it."
    )
    assert rest[-1].startswith("Next:  mcp-inspect doctor -e WEATHER_KEY=…")
    assert not any("skipped" in line for line in rest)


def test_a_failed_connection_as_data(run: Run) -> None:
    done = run("list", "--json", *KEY_ERROR)
    assert done.code == 4
    assert done.error["cause"]["rule"] == "variable-missing"
    assert len(done.err.splitlines()) == 1


def test_a_server_that_dies_in_a_call(run: Run) -> None:
    done = run("call", "go", *server("exit_mid_call"), **WIDE)
    assert done.code == 4
    assert "after the handshake, while it was asked for tools/call" in done.err
    assert "Cause: " in done.err


def test_a_call_without_an_answer_has_no_cause(run: Run) -> None:
    done = run("call", "go", "--timeout", "3", *server("silent_call"))  # it connects in that time
    assert done.code == 4
    assert "Cause: " not in done.err


def test_a_refused_request_has_no_cause(run: Run) -> None:
    done = run("request", "no/such", *DEMO)
    assert done.code == 5
    assert "Cause: " not in done.err


# A URL.


@pytest.mark.parametrize(
    ("path", "code"), [("unauthorized", 3), ("not-found", 4), ("html-200", 4), ("hang-up", 4)]
)
async def test_a_url_that_does_not_work(path: str, code: int) -> None:
    async with hostile() as server:
        done = await anyio.run_process(
            [*COMMAND, "doctor", "--json", "--timeout", "10", server.url(path)],
            check=False,
            env={**os.environ, **ENV},
        )
    report = json.loads(done.stdout)
    assert done.returncode == code, report
    assert report["transport"] == "http"
    assert report["cause"]["says"]
    assert report["cause"]["next"]
