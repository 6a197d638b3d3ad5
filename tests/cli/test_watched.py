"""What `--watch` may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli.main import main
from inspector.cli.watched import watched
from inspector.errors import UsageError


def test_files_and_folders_that_exist(tmp_path: Path) -> None:
    assert watched(None, False) == ()
    file = tmp_path / "a.py"
    file.touch()
    assert watched([str(tmp_path), str(file)], True) == (tmp_path, file)


def test_what_cannot_be_meant(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        watched([str(tmp_path / "gone")], False)
    with pytest.raises(UsageError, match="what follows a restart"):
        watched([], True)


def test_only_the_app_watches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--watch", ".", "--", "true"]) == 2
    assert "--watch" in capsys.readouterr().err
    assert main(["--watch", "/nowhere/at/all", "--", "true"]) == 2
    assert "no such file or folder" in capsys.readouterr().err
