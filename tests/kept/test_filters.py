from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from inspector.errors import InspectError, UsageError
from inspector.kept.filters import FORMAT, SavedFilters, filters_path


def test_filters_are_kept_under_names_and_forgotten(tmp_path: Path) -> None:
    kept = SavedFilters(tmp_path / "config" / "filters.json")
    assert kept.all() == {}
    kept.put(" slow calls ", "lat:>1s method:tools/call")
    kept.put("errors", "status:error")
    kept.put("errors", "status:*error")
    assert kept.all() == {"slow calls": "lat:>1s method:tools/call", "errors": "status:*error"}
    kept.drop("slow calls")
    kept.drop("slow calls")
    assert list(kept.all()) == ["errors"]
    assert json.loads(kept.path.read_text()) == {"format": FORMAT, "filters": {"errors": "status:*error"}}
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "  ", "a\x1bb", "x" * 61])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="1 to 60"):
        SavedFilters(tmp_path / "filters.json").put(name, "x")


@pytest.mark.parametrize("filters", ["[]", '{"a": 1}'])
def test_a_file_that_was_edited_badly_is_told(tmp_path: Path, filters: str) -> None:
    path = tmp_path / "filters.json"
    path.write_text(f'{{"format": "{FORMAT}", "filters": {filters}}}')
    path.chmod(0o600)
    with pytest.raises(InspectError, match=r"filters\.json"):
        SavedFilters(path).all()


def test_there_is_an_end_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.kept.filters.MOST", 1)
    kept = SavedFilters(tmp_path / "filters.json")
    kept.put("a", "x")
    kept.put("a", "y")
    with pytest.raises(UsageError, match="already"):
        kept.put("b", "x")


def test_they_are_with_the_settings() -> None:
    assert filters_path().name == "filters.json"
    assert SavedFilters().path == filters_path()
