"""`--faults FILE`: rules stand in the way of what a verb sends and gets."""

from __future__ import annotations

from pathlib import Path

from inspector.journal.journal import Journal
from inspector.wire.event import Kind
from tests.cli.conftest import DEMO, Run


def test_a_rule_of_a_file_changes_what_is_called(run: Run, tmp_path: Path):
    faults, kept = tmp_path / "faults.toml", tmp_path / "kept.jsonl"
    rule = 'replace {"params":{"arguments":{"a":40}}}'
    faults.write_text(f"[[rule]]\ndo = '{rule}'\nfilter = 'kind:request tool:add'\n")
    done = run("call", "add", "a=1", "b=2", "--faults", str(faults), "--record", str(kept), *DEMO)
    assert (done.code, done.json) == (0, {"sum": 42})
    journal = Journal.open(kept)
    made = [journal.event(row) for row in range(len(journal)) if journal.made(row)]
    assert [each.by for each in made] == ["rule"]
    rules = [journal.event(row) for row in range(len(journal)) if journal.kind(row) is Kind.CLIENT]
    assert "gate-rules" in [each.what for each in rules]


def test_what_is_no_rule_is_refused_before_anything_is_started(run: Run, tmp_path: Path):
    faults = tmp_path / "faults.toml"
    faults.write_text('[[rule]]\ndo = "drop"\n\n[[rule]]\ndo = "delay tool:add"\n')
    done = run("list", "--faults", str(faults), "--json", "--", "no-such-command")
    assert done.code == 2
    assert "line 4: how long is missing" in done.error["message"]
    assert "500ms" in done.error["next"]
    assert run("list", "--faults", str(tmp_path / "none"), "--json", *DEMO).code == 2
