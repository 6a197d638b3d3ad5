"""The doctor for URLs, on set-ups that are each broken in one way, and on healthy servers.

docs/doctor.md names the set-ups; `test_http_docs.py` holds the two against each other.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from inspector.doctor import diagnose
from inspector.doctor.report import Report
from inspector.journal.journal import Journal
from tests.doctor.http_setup import Bench, Setup
from tests.doctor.http_setups import HTTP_SETUPS


async def examined(setup: Setup, bench: Bench) -> tuple[Report, Journal]:
    """Once more with ten times the patience where it was another cause: on a busy machine time may be up
    before the set-up has come to its fault."""
    patient = replace(setup.options, timeout=10 * setup.options.timeout, probe_timeout=20)
    for options in (setup.options, patient):
        journal = Journal.create()
        with anyio.fail_after(60):
            async with setup.build(bench) as target:
                if setup.then is not None:
                    report = await setup.then(bench, target, journal, options)
                    assert isinstance(report, Report)
                else:
                    report = await diagnose.diagnose(
                        target, journal, options, active=setup.active, paths=setup.paths
                    )
        if report.cause is not None and report.cause.rule == setup.rule:
            break
    return report, journal


@pytest.mark.parametrize("setup", HTTP_SETUPS, ids=lambda setup: setup.name)
async def test_names_the_cause(setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report, journal = await examined(setup, Bench(tmp_path, monkeypatch))
    try:
        assert report.cause is not None, report
        assert report.cause.rule == setup.rule, report.cause
        assert setup.says in report.cause.says, report.cause
        assert setup.next in report.cause.next, report.cause
        assert report.exit_code == (3 if setup.authorization else 4)
        failed = [check.name for check in report.checks if check.state == "failed"]
        assert report.cause.check in failed
        name, words = setup.check
        shown = [
            line for check in report.checks if check.name == name for line in (check.says, *check.evidence)
        ]
        assert not name or any(words in line for line in shown), shown
        assert all(0 <= row < len(journal) for check in report.checks for row in check.rows)
    finally:
        journal.close()
