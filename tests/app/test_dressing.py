"""What the app puts on: the configuration first, then what is remembered; no colours where not wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.app.app import InspectorApp
from inspector.app.arrangement import Shares
from inspector.app.dressing import chosen
from inspector.app.terminal import colourless, without_colours
from inspector.journal.journal import Journal
from inspector.kept.look import Look


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("MCP_INSPECT_CONFIG", str(path))
    return path


def dressed(look: Look, environ: dict[str, str] | None = None) -> InspectorApp:
    dress = chosen(look, environ or {})
    app = InspectorApp(Journal.create(target={}), theme=dress.theme, plain=dress.plain)
    dress.put_on(app)
    return app


def test_the_configuration_goes_first(file: Path, tmp_path: Path) -> None:
    look = Look(tmp_path / "look.json")
    app = dressed(look)
    assert (app.theme, app.remembers_theme, app.panes, app.offers_tour) == ("dark", True, None, True)
    look.put("theme", "light")
    look.put("tour", True)
    assert (dressed(look).theme, dressed(look).offers_tour) == ("light", False)
    look.put("theme", ["no", "theme"])
    assert dressed(look).theme == "dark"
    file.write_text('theme = "colour-blind"\n[layout]\nleft = 50\n[keys.main]\nrun = "f12"\n', "utf-8")
    app = dressed(look)
    assert (app.theme, app.remembers_theme, app.panes) == ("colour-blind", False, Shares(left=50))
    assert app.remapped == {"main.run": ("f12",)}
    file.write_text("tour = false\n", "utf-8")
    assert not dressed(Look(tmp_path / "new.json")).offers_tour


def test_without_colours_what_is_selected_is_reversed(file: Path, tmp_path: Path) -> None:
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert without_colours(environ)
        app = dressed(Look(tmp_path / "look.json"), environ)
        assert (app.theme, app.remembers_theme, app.no_color) == ("terminal", False, True)
        assert app.console.color_system == "standard"  # or attributes would be dropped as well
    assert not without_colours({"TERM": "xterm", "NO_COLOR": ""})


def test_programs_that_are_started_do_not_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for before in (None, "0"):
        monkeypatch.delenv("NO_COLOR", raising=False)
        if before is not None:
            monkeypatch.setenv("NO_COLOR", before)
        with colourless():
            assert os.environ["NO_COLOR"] == "1"
        assert os.environ.get("NO_COLOR") == before
