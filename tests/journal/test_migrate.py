from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.journal import migrate
from inspector.journal.migrate import STEPS, Step, open_current
from inspector.journal.recording import FORMAT

OLDEST = Step(
    "mcp-recording/0",
    header=lambda raw: {**raw, "begun": raw["at"]},
    line=lambda line: line.replace(b'"sort":', b'"type":'),
)
OLDER = Step(
    "mcp-recording/1",
    header=lambda raw: {"started": raw["begun"], "tool": "old"},
    line=lambda line: line.replace(b'"type":', b'"kind":'),
)
EVENTS = b'{"seq":0,"t":0.5,"sort":"stderr","text":"hi"}\n{"seq":1,"t":0.7,"sort":"std'


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.jsonl"
    header = {"format": "mcp-recording/00", "at": "2020-01-01T00:00:00Z"}
    path.write_bytes(json.dumps(header).encode() + b"\n" + EVENTS)
    return path


def test_a_chain_of_steps_opens_an_old_recording_and_leaves_the_file_alone(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspector.journal.journal import Journal

    before = old.read_bytes()
    steps = {"mcp-recording/00": OLDEST, "mcp-recording/0": OLDER}
    monkeypatch.setattr(migrate.open_current, "__defaults__", (steps,))
    journal = Journal.open(old)
    assert (journal.header.format, journal.header.tool) == (FORMAT, "old")
    assert [journal.body(seq) for seq in range(len(journal))] == [b"hi"]
    assert [skipped.says for skipped in journal.skipped] == ["the line is cut short"]
    assert old.read_bytes() == before
    journal.close()


def test_a_chain_with_a_gap_is_told(old: Path) -> None:
    with pytest.raises(UsageError, match="mcp-recording/0, which this version does not know"):
        open_current(old, {"mcp-recording/00": OLDEST})


def test_every_step_that_ships_leads_to_the_present_format() -> None:
    for format in STEPS:
        seen = set()
        while format != FORMAT:
            assert format not in seen
            seen.add(format)
            format = STEPS[format].to
