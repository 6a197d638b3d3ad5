"""What a copy is, and the table of the forms that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inspector.copying.client_script import script
from inspector.copying.client_test import assertion
from inspector.copying.command import command
from inspector.copying.curl import curl
from inspector.copying.said import Copy
from inspector.copying.verbatim import as_json, line
from inspector.errors import UsageError
from inspector.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class Form:
    """One way of saying a row.

    Attributes:
        title: What people are told that it is.
        make: Says the row of this number; raises `UsageError` where it cannot be said so.
        suffix: Of a file that holds it.
        stem: What such a file is called before the row's number.
    """

    title: str
    make: Callable[[Journal, int], Copy]
    suffix: str
    stem: str = "row-"

    def name(self, row: int) -> str:
        """The name of a file for a row; nothing of it is the server's."""
        return f"{self.stem}{row}{self.suffix}"


FORMS: Mapping[str, Form] = {
    "json": Form("JSON", as_json, ".json"),
    "line": Form("JSON-RPC line", line, ".jsonl"),
    "command": Form("mcp-inspect command", command, ".sh"),
    "curl": Form("curl", curl, ".sh", "curl-"),
    "python": Form("Python, with the mcp package", script, ".py", "row_"),
    "pytest": Form("pytest, asserting this answer", assertion, ".py", "test_row_"),
}


def copied(journal: Journal, seq: int, form: str) -> Copy:
    """Row `seq` of a journal in one of `FORMS`.

    Raises:
        UsageError: It cannot be said so, and why; or there is no such form or row.
    """
    if form not in FORMS:
        raise UsageError(f"There is no form {form!r}", next=f"Use one of {', '.join(FORMS)}")
    if not 0 <= seq < len(journal):
        raise UsageError(f"There is no row {seq}", next="mcp-inspect replay --text FILE shows the rows")
    return FORMS[form].make(journal, seq)
