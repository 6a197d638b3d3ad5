"""How a diagnosis is laid out: nothing twice, no mere consequences, lines to paste left whole."""

from __future__ import annotations

import io
from typing import Any

import pytest

from inspector.cli.report import report_lines, short_lines
from inspector.doctor.report import Cause, Check, Report


def check(name: str, state: Any = "ok", says: str = "fine", evidence: tuple[str, ...] = ()) -> Check:
    return Check(name=name, title=name.title(), state=state, says=says, evidence=evidence)


def report(*checks: Check, says: str = "why", next: str = "mcp-inspect list") -> Report:
    failed = next_failed(checks)
    cause = Cause(rule="r", says=says, next=next, check=failed) if failed else None
    return Report(target="server", transport="stdio", checks=checks, cause=cause)


def next_failed(checks: tuple[Check, ...]) -> str:
    return next((each.name for each in checks if each.state == "failed"), "")


def whole(told: Report) -> list[str]:
    return report_lines(told, io.StringIO())


def short(told: Report, sentence: str = "") -> list[str]:
    return short_lines(told, io.StringIO(), sentence)


def test_evidence_stands_once() -> None:
    lines = whole(report(check("a", "failed", evidence=("boom",)), check("b", "failed", evidence=("boom",))))
    assert sum("boom" in line for line in lines) == 1


def test_evidence_that_begins_with_what_was_told_goes_on_after_it() -> None:
    more = check("b", "failed", evidence=("boom", "Traceback", "boom"))
    lines = whole(report(check("a", "failed", evidence=("boom",)), more))
    assert [line.strip() for line in lines if line.startswith("      ")] == ["boom", "Traceback", "boom"]


def test_what_was_skipped_in_a_row_is_one_row() -> None:
    skipped = [check(name, "skipped", "There is no program") for name in ("b", "c")]
    lines = whole(report(check("a", "failed"), *skipped, check("d"), check("e", "skipped", "alone")))
    (row,) = [line for line in lines if "There is no program" in line]
    assert "2 checks" in row
    assert row.endswith("There is no program: B, C")
    assert any("E" in line and line.endswith("alone") for line in lines)


def test_the_short_form_ends_at_the_cause() -> None:
    lines = short(
        report(
            check("a"),
            check("b", "note"),
            check("c", "warning", "odd"),
            check("d", "failed"),
            check("e", "failed"),
        )
    )
    assert [line.split() for line in lines] == [
        ["✓", "ok", "A,", "B"],
        ["!", "warning", "C", "odd"],
        ["✗", "failed", "D", "fine"],
        ["Cause:", "why."],
        ["Next:", "mcp-inspect", "list"],
    ]


def test_the_short_form_says_nothing_twice() -> None:
    told = report(check("a", "failed", "why", evidence=("quoted", "new")))
    lines = short(told, sentence="Cannot connect: quoted")
    assert [line.split() for line in lines] == [
        ["✗", "failed", "A", "why"],
        ["new"],
        ["Next:", "mcp-inspect", "list"],
    ]


def test_the_short_form_leaves_a_long_list_to_the_doctor() -> None:
    searched = tuple(f"searched /{number}" for number in range(9))
    assert not any("searched" in line for line in short(report(check("a", "failed", evidence=searched))))


def test_nothing_is_said_of_what_works() -> None:
    assert short(report(check("a"))) == []


def test_what_works_with_a_warning_says_so() -> None:
    assert whole(report(check("a", "warning")))[-1] == "Works: the server is connected; see the warning: A."


@pytest.mark.parametrize("columns", ["40", "80"])
def test_a_line_to_paste_is_never_broken(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    line = "mcp-inspect doctor -- " + "/a/long/path " * 9
    assert whole(report(check("a", "failed"), next=line))[-1] == f"Next:  {line}"


def test_a_command_within_a_next_step_ends_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    next_step = "Check the spelling of the name; the same resolver is asked by: getent hosts nosuch.invalid"
    *_, first, second, third = whole(report(check("a", "failed"), next=next_step))
    assert first.startswith("Next:  Check the spelling")
    assert second.endswith("by:")
    assert third == "       getent hosts nosuch.invalid"


def test_rows_fit_80_columns_beside_a_long_title(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = whole(report(check("a title of some length indeed", "failed", "words " * 40)))
    assert max(map(len, lines)) <= 80
