"""Calls with a name: kept by one line, run by another, never with a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspector.cli.argv import Line
from inspector.cli.options import Wanted
from inspector.cli.saved import Asked, asked
from inspector.errors import UsageError
from inspector.kept.calls import SavedCall, SavedCalls
from inspector.transport.target import HttpTarget, StdioTarget
from tests.cli.conftest import DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run

CALL = SavedCall("n", "echo", {"a": 1}, ("python", "s.py"), cwd="/srv")


def test_a_call_is_kept_and_run_again_without_its_server(run: Run, tmp_path: Path) -> None:
    done = run("call", "add", "a=2", "b=40", "--save", "sum", *DEMO)
    assert (done.code, done.out) == (0, '{"sum": 42}\n')
    assert "kept as sum in" in done.err
    assert SavedCalls().get("sum").arguments == {"a": 2, "b": 40}
    again = run("call", "--saved", "sum")
    assert (again.code, again.out, again.err) == (0, '{"sum": 42}\n', "")
    other = run("call", "--saved", "sum", "b=1", "--json", *DEMO)
    assert other.json["structuredContent"] == {"sum": 3}


def test_a_name_that_is_not_there(run: Run) -> None:
    SavedCalls().put(CALL)
    done = run("call", "--saved", "m")
    assert done.code == 2
    assert "calls.json" in done.err
    nothing = run("call", *DEMO)
    assert nothing.code == 2
    assert "a kept call by --saved: n" in nothing.err


def test_secrets_are_not_kept_and_missed_when_it_runs(run: Run) -> None:
    args = json.dumps({"city": "Oslo", "token": "hunter2"})
    done = run("call", "weather", "--args", "-", "--save", "w", *DEMO, stdin=args)
    assert "without what sounds secret: token" in done.err
    assert "hunter2" not in SavedCalls().path.read_text()
    again = run("call", "--saved", "w")
    assert again.code == 0
    assert "not given: token" in again.err
    assert "not given" not in run("call", "--saved", "w", "token=x").err


def test_a_call_that_failed_is_not_kept(run: Run) -> None:
    assert run("call", "no-such-tool", "--save", "x", *DEMO).code == 5
    assert SavedCalls().all() == []


def test_whose_server() -> None:
    SavedCalls().put(CALL)
    named = asked("b=2", ["c=3"], "n")
    assert (named.tool, list(named.words), named.base) == ("echo", ["b=2", "c=3"], {"a": 1})
    assert named.target(Wanted(line=Line(()))) == StdioTarget(("python", "s.py"), {}, "/srv")
    assert named.target(Wanted(line=Line(()), cwd="/x", env=["A=1"])) == StdioTarget(
        ("python", "s.py"), {"A": "1"}, "/x"
    )
    assert named.target(Wanted(line=Line((), command=("other",)))) is None
    with pytest.raises(UsageError):
        named.target(Wanted(line=Line(()), header=["A: b"]))
    at_url = Asked("t", (), {}, SavedCall("n", "t", {}, url="https://example.com/mcp"))
    assert at_url.target(Wanted(line=Line(()))) == HttpTarget("https://example.com/mcp")
    assert Asked("t", (), {}, SavedCall("n", "t", {})).target(Wanted(line=Line(()))) is None
    assert Asked("t", (), {}).target(Wanted(line=Line(()))) is None


def test_what_is_missing() -> None:
    named = Asked("t", (), {}, SavedCall("n", "t", {}, left_out=("token", "login.pw", "keys[0]")))
    assert named.missing({"login": {"pw": 1}}).endswith("token, keys[0]")
    assert named.missing({"login": 1, "token": 1, "keys": []}) == ""
