"""What a diagnosis says, as values: its exit code and its document."""

from __future__ import annotations

import json

import pytest

from inspector.doctor.report import Cause, Check, Report

CHECK = Check(name="command", title="Command found", state="failed", says="no x", evidence=("searched /bin",))
CAUSE = Cause(rule="command-not-found", says="There is no x", next="install x", check="command")


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (None, 0),
        (CAUSE, 4),
        (Cause(rule="r", says="s", next="n", check="c", authorization=True), 3),
    ],
)
def test_the_exit_code_tells_what_is_missing(cause: Cause | None, code: int) -> None:
    assert Report(target="x", transport="stdio", checks=(CHECK,), cause=cause).exit_code == code


def test_the_document_says_the_same() -> None:
    report = Report(
        target="x", transport="stdio", checks=(CHECK,), cause=CAUSE, facts={"times": {"started": 0.1}}
    )
    assert json.loads(json.dumps(report.document())) == {
        "target": "x",
        "transport": "stdio",
        "cause": {
            "rule": "command-not-found",
            "says": "There is no x",
            "next": "install x",
            "check": "command",
        },
        "checks": [
            {
                "name": "command",
                "title": "Command found",
                "state": "failed",
                "says": "no x",
                "evidence": ["searched /bin"],
                "took": None,
                "rows": [],
            }
        ],
        "facts": {"times": {"started": 0.1}},
    }


def test_the_document_of_what_works() -> None:
    assert Report(target="x", transport="http", checks=()).document()["cause"] is None
