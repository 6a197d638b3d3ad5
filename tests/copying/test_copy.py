"""The table of forms."""

from __future__ import annotations

import pytest

from inspector.copying.copy import FORMS, copied
from inspector.errors import UsageError
from tests.copying.recorded import journal_of


def test_every_form_says_a_call_or_why_not() -> None:
    target = {"argv": ["python", "server.py"]}
    call = ("tools/call", {"name": "say", "arguments": {"a": 1}})
    journal, rows = journal_of(target, call, reply={"result": {"content": []}})
    for form in FORMS:
        if form == "curl":
            with pytest.raises(UsageError):
                copied(journal, rows[0], form)
        else:
            made = copied(journal, rows[0], form)
            assert "say" in made.text
            assert made.octets.decode() == made.text


@pytest.mark.parametrize(("row", "form"), [(99, "json"), (-1, "json"), (0, "cobol")])
def test_no_such_row_or_form(row: int, form: str) -> None:
    journal, _ = journal_of({}, ("ping", None))
    with pytest.raises(UsageError):
        copied(journal, row, form)
