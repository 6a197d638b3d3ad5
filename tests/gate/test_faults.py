from __future__ import annotations

from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.gate.faults import load, read
from inspector.gate.rule import Action, Rule

FILE = """
# the slow one
[[rule]]
do = "delay 2s"
filter = "tool:add"
every = 2

[[rule]]
do = 'error -32603 "no" times 1 method:resources/read'
on = false
"""


def test_a_file_is_its_rules(tmp_path: Path):
    path = tmp_path / "faults.toml"
    path.write_text(FILE)
    assert load(path) == (
        Rule("tool:add", Action("delay", seconds=2.0), every=2),
        Rule("method:resources/read", Action("error", code=-32603, message="no"), times=1, on=False),
    )
    assert read("") == ()


@pytest.mark.parametrize(
    ("text", "says", "expected"),
    [
        (FILE.replace("delay 2s", "delay 2"), "line 3: 2 is no time, character 7", "500ms"),
        (FILE.replace("tool:add", "tol:add"), "line 3:", ""),
        (FILE.replace("every = 2", "evry = 2"), "line 3: there is no 'evry'", "do, filter"),
        (FILE.replace("every = 2", "every = 0"), "line 3: every is wrong", "from 1 on"),
        (FILE.replace("every = 2", "every = true"), "line 3: every is wrong", "from 1 on"),
        (FILE.replace("on = false", "on = 0"), "line 8: on is wrong", "true or false"),
        (FILE.replace("on = false", 'filter = "x"'), "line 8: there is a filter in `do`", "one of them"),
        ("[[rule]]\nfilter='x'", "line 1: `do` is missing", "delay 500ms"),
        ("[[rule]\n", "is no TOML", "[[rule]]"),
        ("rule = 5", "no list of tables", "[[rule]]"),
        ("rules = []", "has 'rules'", "only [[rule]]"),
        ("rule = [{do='x'}]", "rule 1:", "hold"),
        ("[[rule]]\ndo='drop'\n" * 201, "201 rules", "200"),
    ],
)
def test_an_error_names_the_line_and_what_was_expected(text: str, says: str, expected: str):
    with pytest.raises(UsageError) as wrong:
        read(text, "x.toml")
    assert says in wrong.value.message
    assert expected in wrong.value.next


def test_a_file_that_is_not_there_or_no_text_says_so(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "no.toml")
    (tmp_path / "a").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="no UTF-8"):
        load(tmp_path / "a")
