"""`demo` without a terminal: a tour that shows something true anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_a_tour(run: Run) -> None:
    done = run("demo")
    assert done.code == 0
    assert done.err == ""
    offers, _, rest = done.out.partition("One call: add a=2 b=40")
    assert "Tools 10" in offers
    assert '{"sum": 42}' in rest
    _, _, trace = rest.partition("What crossed the wire:")
    assert '→ {"jsonrpc":"2.0","id":1,"method":"server/discover"' in trace
    assert "process exited code=0" in trace


def test_in_an_older_version(run: Run) -> None:
    done = run("demo", "--protocol", "2024-11-05")
    assert '"method":"initialize"' in done.out
    assert "demo 1.0.0 · 2024-11-05" in done.out


def test_as_json_and_recorded(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--json", "--record", str(tmp_path / "r"))
    assert done.json["server"]["name"] == "demo"
    assert (tmp_path / "r").exists()
