"""What the app keeps of its look; a file that is wrong is in nobody's way."""

from __future__ import annotations

import json
from pathlib import Path

from inspector.kept.look import Look, look_path


def test_values_are_kept_beside_each_other(tmp_path: Path) -> None:
    file = tmp_path / "new" / "look.json"
    one, other = Look(file), Look(file)
    assert one.get("theme") is None
    one.put("theme", "light")
    other.put("panes", {"wide": {"left": 30}})
    assert Look(file).get("theme") == "light"
    assert Look(file).get("panes") == {"wide": {"left": 30}}
    one.put("theme", None)
    assert "theme" not in json.loads(file.read_text("utf-8"))


def test_a_damaged_file_is_put_aside_and_told_of_once(tmp_path: Path) -> None:
    file = tmp_path / "look.json"
    file.write_text("{", "utf-8")
    file.chmod(0o600)
    told: list[str] = []
    look = Look(file, told.append)
    assert look.get("theme") is None
    look.put("theme", "dark")
    assert len(told) == 1
    assert Look(file).get("theme") == "dark"
    assert (tmp_path / "look.json.damaged").exists()


def test_where_nothing_can_be_written_the_app_goes_on(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file", "utf-8")
    told: list[str] = []
    look = Look(tmp_path / "folder" / "look.json", told.append)
    look.put("theme", "dark")
    assert look.get("theme") == "dark"
    assert len(told) == 1


def test_the_users_own_place() -> None:
    assert look_path().name == "look.json"
