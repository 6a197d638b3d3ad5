"""`mcp-inspect keys`: the tables of the app, in three forms."""

from __future__ import annotations

import json

import pytest

from inspector.cli.main import main


def test_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys"]) == 0
    text = capsys.readouterr().out
    assert "Message log\n" in text
    assert "f5 r" in text
    assert main(["keys", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"id": "main.run", "group": "Workbench", "keys": ["f5", "r"]}.items() <= rows[0].items()
    assert main(["keys", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("## Workbench\n")


def test_what_means_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--json", "--markdown"]) == 2
    assert main(["keys", "https://example.com/mcp"]) == 2
    assert main(["keys", "--timeout", "3"]) == 2
    capsys.readouterr()
