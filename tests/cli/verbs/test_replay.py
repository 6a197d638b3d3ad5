"""`replay`: a recording as rows and as lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def recording(run: Run, tmp_path: Path) -> Path:
    file = tmp_path / "session.jsonl"
    assert run("call", "add", "a=2", "b=40", "--record", str(file), *DEMO).code == 0
    return file


def test_rows(run: Run, recording: Path) -> None:
    done = run("replay", str(recording), "--text")
    assert done.code == 0
    rows = done.out.splitlines()
    assert len(rows) == len(recording.read_bytes().splitlines()) - 1
    assert any("→ request" in row and "tools/call" in row and "add" in row for row in rows)
    assert any("demo server ready" in row for row in rows)


def test_lines(run: Run, recording: Path) -> None:
    with recording.open("ab") as file:
        file.write(b'{"seq":99,"t":1.0,"kind":"note","text":"cut sh')
    done = run("replay", str(recording), "--json")
    events = [json.loads(line) for line in done.out.splitlines()]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert events[-1]["client"]["what"] == "closed"
    assert "the line is cut short" in done.err


@pytest.mark.parametrize("how", ["--text", "--json"])
def test_what_is_no_event_is_left_out_and_said(run: Run, recording: Path, how: str) -> None:
    lines = recording.read_bytes().splitlines(keepends=True)
    whole = len(lines) - 1
    lines[3:3] = [b'{"seq":2,"t":0.1,"ki\n', b"what\n"]
    recording.write_bytes(b"".join(lines).rstrip(b"\n"))
    done = run("replay", str(recording), how)
    assert done.code == 0
    assert len(done.out.splitlines()) == whole
    assert done.err.count("are left out, because the line is no event.") == 2


def test_no_terminal(run: Run, recording: Path) -> None:
    done = run("replay", str(recording))
    assert done.code == 2
    assert f"mcp-inspect replay --text {recording}" in done.err


def test_no_recording(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello\n")
    done = run("replay", "--text", str(tmp_path / "x"))
    assert done.code == 2
    assert "no recording" in done.err
    both = run("replay", "--text", "--json", str(tmp_path / "x"))
    assert both.code == 2
    assert "exclude each other" in both.error["message"]


def test_a_filter_says_which_rows_are_printed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "filtered.jsonl"
    run("list", "--record", str(file), *DEMO)
    whole = run("replay", str(file), "--text").out.splitlines()
    lists = run("replay", str(file), "method:*/list kind:request", "--text")
    assert lists.code == 0
    rows = lists.out.splitlines()
    assert rows
    assert rows == [row for row in whole if "/list" in row and " → request" in row]
    found = run("replay", str(file), '$.method == "tools/list" or about:1', "--json").out.splitlines()
    assert any(
        json.loads(line)["message"].get("method") == "tools/list" for line in found if "message" in line
    )
    assert len(found) < len(run("replay", str(file), "--json").out.splitlines())
    assert run("replay", str(file), "nowhere", "--text").out == ""


def test_a_filter_that_is_none_is_pointed_at(run: Run, tmp_path: Path) -> None:
    done = run("replay", str(tmp_path / "none.jsonl"), "foo status:eror", "--text")
    assert done.code == 2
    assert done.out == ""
    line, caret, says = done.err.splitlines()[:3]
    assert line == "foo status:eror"
    assert caret.index("^") == line.index("eror")
    assert "status: knows no eror at character 12 of the filter" in says
    assert "Expected error" in done.err
    error = run("replay", "none.jsonl", "(", "--json").error
    assert error["kind"] == "usage"
    assert error["at"] == 1
