"""Broken set-ups, each a real command with a real fault: the cause is named, and the next step fits it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from inspector.doctor.diagnose import diagnose, examine
from inspector.doctor.stdio_rules import Rule
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from tests.doctor.broken.box import Box, Setup
from tests.doctor.broken.code import CODE
from tests.doctor.broken.launch import LAUNCH
from tests.doctor.broken.start import START
from tests.doctor.broken.talk import TALK

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the set-ups are made of POSIX's parts")

SETUPS = (*START, *CODE, *LAUNCH, *TALK)

PATIENT = Options(timeout=30, probe_timeout=30)
HASTY = Options(timeout=0.8, probe_timeout=0.4)
UNHURRIED = Options(timeout=8, probe_timeout=4)
"""Where the machine is too busy for a program to have come to its words by then."""


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.name.replace(" ", "-"))
async def test_the_cause_is_named(setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    if setup.needs and shutil.which(setup.needs) is None:
        pytest.skip(f"there is no {setup.needs}")
    box = Box(tmp_path)
    target = box.target(setup.make(box))
    journal = Journal.create()
    try:
        report = await diagnose(target, journal, HASTY if setup.hangs else PATIENT)
        assert report.cause is not None
        if setup.hangs and report.cause.rule != setup.rule:
            report = await diagnose(target, journal, UNHURRIED)
            assert report.cause is not None
        assert report.cause.rule == setup.rule, report.document()
        assert setup.says in report.cause.says
        assert setup.next in report.cause.next
        assert report.cause.next
        assert report.exit_code == 4
        failed = [check.name for check in report.checks if check.state == "failed"]
        assert report.cause.check in failed
        assert len({check.name for check in report.checks}) == len(report.checks)
        assert "hush" not in str(report.document())
        assert examine(journal, target, None).checks
    finally:
        journal.close()


ELSEWHERE = {
    "cannot-start",  # what no file tells beforehand: `test_stdio.py`
    "host-command-not-found", "host-other-command", "host-relative-path", "host-variable-missing",
    "host-environment",  # `test_host.py`
}  # fmt: skip


def test_every_rule_has_its_set_up() -> None:
    assert {setup.rule for setup in SETUPS} | ELSEWHERE == set(Rule)
