"""docs/doctor.md lists every cause of a command, and the set-ups that the tests build for each.

Those of a URL are held against the docs in `test_http_docs.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

from inspector.doctor.stdio_rules import MEANINGS, Rule
from tests.doctor.test_stdio_setups import SETUPS

DOCS = Path(__file__).parents[2] / "docs" / "doctor.md"


def rows() -> list[str]:
    """The table of a command's causes, as it stands in the docs."""
    built = {rule: [setup.name for setup in SETUPS if setup.rule == rule] for rule in Rule}
    return [f"| `{rule}` | {MEANINGS[rule]} | {', '.join(built[rule])} |" for rule in Rule]


def test_every_rule_of_a_command_has_its_row() -> None:
    assert set(MEANINGS) == set(Rule)
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    missing = [row for row in rows() if row not in lines]
    assert not missing, "\n" + "\n".join(missing)


def test_no_row_is_of_a_rule_that_is_gone() -> None:
    text = DOCS.read_text(encoding="utf-8")
    causes = text.partition("### Causes\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", causes, re.MULTILINE) == [rule.value for rule in Rule]
