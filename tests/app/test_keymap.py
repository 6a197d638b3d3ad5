"""`[keys]` of the configuration: names and keys that there are, and nothing meant twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.app.keymap import keymap
from inspector.errors import UsageError
from inspector.kept.config import Config, read_config


def config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return read_config(path)


def test_keys_are_changed_by_name(tmp_path: Path) -> None:
    text = """
    [keys.main]
    run = ["f12", "ctrl+f5"]
    usual-panes = []
    help = "f1"
    copy = "?"
    search = "#"
    [keys.log]
    pair = "P"
    """
    assert keymap(config(tmp_path, text)) == {
        "main.run": ("f12", "ctrl+f5"),
        "main.usual-panes": (),
        "main.help": ("f1",),
        "main.copy": ("question_mark",),
        "main.search": ("number_sign",),
        "log.pair": ("P",),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[keys.mian]\nrun = 'f12'", "line 1: there is no place called mian. Did you mean main?"),
        ("[keys.main]\nrnu = 'f12'", "line 2: there is no key in main called rnu. Did you mean run?"),
        (
            "[keys.main]\nrun = 'y'",
            "line 2: y would be run and copy (Copy what is selected). Give copy another",
        ),
        ("[keys.main]\ncopy = 'f5'", "line 2: f5 would be copy and run"),
        ("[keys.main]\nrun = 'hyperspace'", "'hyperspace' is no key"),
        ("[keys.main]\nrun = 'foo+r'", "'foo+r' is no key"),
        ("[keys.main]\nrun = 'ctrl+p'", "ctrl+p belongs to the app as a whole"),
        ("[keys.main]\nquit-app = 'Q'", "quit-app works while one types, which Q would be part of"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        keymap(config(tmp_path, text))
    assert says in f"{caught.value.message}. {caught.value.next}"
