"""`mcp-inspect config`, and the defaults that it gives options."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from inspector.cli.configured import configured
from inspector.cli.main import main


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine.toml"
    monkeypatch.setenv("MCP_INSPECT_CONFIG", str(path))
    return path


def test_shown_and_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert main(["config"]) == 0
    assert tomllib.loads(capsys.readouterr().out)["defaults"]["timeout"] == 60
    file.write_text('[defaults]\ntimeout = 5\n[keys.main]\nrun = "f12"\n', "utf-8")
    assert main(["config", "show"]) == 0
    shown = tomllib.loads(capsys.readouterr().out)
    assert (shown["defaults"]["timeout"], shown["keys"]) == (5, {"main": {"run": ["f12"]}})
    assert main(["config", "show", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["there"]
    assert document["settings"]["theme"] == "dark"
    assert main(["keys", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["keys"] == ["f12"]


def test_edited_and_checked(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = file.with_name("editor.py")
    adds = "import sys; open(sys.argv[1], 'a').write({!r})"
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    script.write_text(adds.format('theme = "light"\n'), "utf-8")
    assert main(["config", "edit"]) == 0
    assert file.read_text("utf-8").startswith("# mcp-inspect: ")
    assert "is in order" in capsys.readouterr().err
    script.write_text(adds.format("[keys.main]\nrun = 'y'\n"), "utf-8")
    assert main(["config", "edit"]) == 2
    assert "y would be run and copy" in capsys.readouterr().err
    monkeypatch.setenv("VISUAL", f"{sys.executable} -c exit(3)")
    assert main(["config", "edit"]) == 2
    assert "ended with 3" in capsys.readouterr().err


def test_what_means_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "remove"]) == 2
    assert main(["config", "show", "--trace"]) == 2
    assert main(["config", "edit", "--json"]) == 2
    assert not file.exists()
    capsys.readouterr()


def test_defaults_of_options(file: Path) -> None:
    file.write_text(
        '[defaults]\ntimeout = 5\nrecord = false\ntransport = "sse"\nroot = ["/a"]\nno-browser = true\n',
        "utf-8",
    )
    names = ["timeout", "record", "no_record", "transport", "root"]
    assert configured(names, url=True) == {
        "timeout": "5",
        "no_record": True,
        "transport": "sse",
        "root": ["/a"],
    }
    assert configured(names, url=False) == {"timeout": "5", "no_record": True, "root": ["/a"]}
    assert configured(["no_record", "root"], url=False) == {"no_record": False, "root": ["/a"]}


def test_a_line_goes_before_the_configuration(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.cli.conftest import DEMO

    file.write_text('[defaults]\nprotocol = "2025-06-18"\n', "utf-8")
    assert main(["list", "tools", "--json", *DEMO]) == 0
    assert json.loads(capsys.readouterr().out)["protocolVersion"] == "2025-06-18"
    assert main(["list", "tools", "--json", "--protocol", "2025-11-25", *DEMO]) == 0
    assert json.loads(capsys.readouterr().out)["protocolVersion"] == "2025-11-25"
    file.write_text("[defaults]\nprotcol = 1\n", "utf-8")
    assert main(["list", *DEMO]) == 2
    assert "Did you mean protocol?" in capsys.readouterr().err
