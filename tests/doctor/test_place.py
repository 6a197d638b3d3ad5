"""Where a command is started, and what a name means there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from inspector.doctor.place import Place, host_cwd, host_env
from inspector.transport.target import StdioTarget


def test_the_surroundings_of_a_target(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OUTER", "1")
    inherited = Place.of(StdioTarget(("x",), {"INNER": "2"}, str(tmp_path)))
    assert (inherited.env["OUTER"], inherited.env["INNER"], inherited.cwd) == ("1", "2", str(tmp_path))
    alone = Place.of(StdioTarget(("x",), {"INNER": "2"}, inherit=False))
    assert alone.env == {"INNER": "2"}
    assert alone.cwd == os.getcwd()
    assert "OUTER" not in repr(inherited)


def test_the_directories_of_path_each_once() -> None:
    path = os.pathsep.join(["/one", "", "/two", "/one"])
    assert Place({"PATH": path}, "/").directories == ("/one", ".", "/two")


@pytest.mark.skipif(sys.platform == "win32", reason="programs are named otherwise")
def test_what_a_name_starts(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "server"
    program.parent.mkdir()
    program.write_text("")
    place = Place({"PATH": str(program.parent)}, str(tmp_path))
    assert place.which("server") is None
    program.chmod(0o755)
    assert place.which("server") == str(program)
    assert place.which("./bin/server") == str(program)
    assert place.which("./server") is None
    assert place.at("./bin/../x") == str(tmp_path / "x")


def test_a_host_has_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("SECRET", "hush")
    assert not {"TERM", "SECRET"} & set(host_env())
    assert os.path.isabs(host_cwd())
