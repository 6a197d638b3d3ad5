"""docs/doctor.md has a row for every cause at a URL, and names the set-ups that build it."""

from __future__ import annotations

import re
from pathlib import Path

from inspector.doctor.http import examine
from inspector.doctor.http_rules import CHECKS, Rule
from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.transport.target import HttpTarget
from tests.doctor.http_setups import HTTP_SETUPS

DOCS = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text(encoding="utf-8")
SECTION = DOCS.partition("### Causes at a URL")[2]


def rows() -> dict[str, list[str]]:
    """The set-ups of each cause, as the docs have them."""
    found = re.findall(r"^\| `([a-z-]+)` \| .+ \| .+ \| ?(.*?) ?\|$", SECTION, re.MULTILINE)
    return {rule: [name for name in names.split(", ") if name] for rule, names in found}


def test_every_cause_has_its_row_with_its_set_ups() -> None:
    built = {str(rule): [setup.name for setup in HTTP_SETUPS if setup.rule == rule] for rule in Rule}
    assert rows() == built


def test_every_cause_is_built_but_the_one_for_what_has_none() -> None:
    assert {rule for rule, names in rows().items() if not names} == {Rule.UNEXPLAINED}


def test_names_of_set_ups_are_told_apart() -> None:
    names = [setup.name for setup in HTTP_SETUPS]
    assert len(names) == len(set(names)) >= 28


def test_every_check_is_documented() -> None:
    for name in CHECKS:
        assert f"`{name}`" in DOCS, name


def test_what_nothing_explains_is_told_as_it_was() -> None:
    journal = Journal.create()
    target = HttpTarget("http://localhost/mcp")
    report = examine(journal, target, ConnectionFailed("the moon is wrong", next="wait a month"))
    journal.close()
    assert report.cause is not None
    assert (report.cause.rule, report.cause.says) == (Rule.UNEXPLAINED, "the moon is wrong")
    assert report.cause.next == "wait a month"
