"""The configuration: what it may say is read, all else is an error with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.kept.config import TEMPLATE, Config, config_path, line_of, read_config


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_all_is_as_it_comes(written: Path) -> None:
    config = read_config(written)
    assert config == Config(written)
    assert config.document()["defaults"]["timeout"] == 60


def test_what_it_says(written: Path) -> None:
    written.write_text(
        '\ufefftheme = "light"\ntour = false\n[layout]\nleft = 40\nhidden = [4]\n[defaults]\n'
        'timeout = 2.5\nrecord = false\nroot = ["/a"]\n[keys.main]\nrun = "f9"\nquit-app = []\n',
        "utf-8",
    )
    config = read_config(written)
    assert (config.there, config.theme, config.tour) == (True, "light", False)
    assert config.layout == {"left": 40, "hidden": [4]}
    assert config.defaults == {"timeout": 2.5, "record": False, "root": ["/a"]}
    assert config.keys == {"main": {"run": ("f9",), "quit-app": ()}}
    assert config.document()["keys"] == {"main": {"run": ["f9"], "quit-app": []}}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("theem = 'dark'", 1, "there is no setting theem. Did you mean theme?"),
        ("\n[defaults]\ntimeuot = 3", 3, "there is no setting defaults.timeuot. Did you mean timeout?"),
        ("[default]\ntimeout = 3", 1, "there is no setting default. Did you mean defaults?"),
        ("defaults.timeout = 0", 1, "timeout is a number of seconds above 0, not 0"),
        ("[defaults]\ntimeout = true", 2, "timeout is a number of seconds above 0, not True"),
        (
            "theme = 'pink'",
            1,
            "theme is one of dark, light, terminal, high-contrast, colour-blind, not 'pink'",
        ),
        ("theme = []", 1, "theme is one of"),
        ("tour = 'yes'", 1, "tour is true or false"),
        ("[defaults]\n# protocol\nprotocol = '2020-01-01'", 3, "protocol is one of auto, 2024-11-05"),
        ("[layout]\nhidden = [1,2,3,4]", 2, "hidden is a list of panes, 1 to 4, not all"),
        ("[layout]\nhidden = ['a', []]", 2, "hidden is a list of panes"),
        ("[layout]\nupper = 2", 2, "upper is a number from 0.15 to 0.85"),
        ("layout = 3", 1, "layout is a table. Write [layout] above"),
        ("[redact]\nname = ['x']", 2, "there is no setting redact.name. Did you mean names?"),
        ("[redact]\nnames = ['x']\npaths = ['x']", 3, "'x' is no place in a message"),
        ("[redact]\npatterns = ['(']", 2, "'(' cannot be looked for"),
        ("[recordings]\nkeep-count = -1", 2, "keep-count is a whole number, 0 for no limit, not -1"),
        ("zzz = 1", 1, "There are theme, tour, layout, defaults, redact, recordings, keys"),
        ("[keys]\nrun = 'f5'", 2, "keys.run is a table of names and keys"),
        ("[keys.main]\nrun = 5", 2, "keys.main.run is a key or a list of keys"),
        ("keys = 5", 1, "keys is a table"),
    ],
)
def test_what_it_cannot_say(written: Path, text: str, line: int, says: str) -> None:
    written.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        read_config(written)
    whole = f"{caught.value.message}. {caught.value.next}"
    assert whole.startswith(f"{written}, line {line}: ")
    assert says in whole


def test_what_is_no_such_file(written: Path) -> None:
    for raw in (b"= 3", b"\xff", b"x" * 1_000_001):
        written.write_bytes(raw)
        with pytest.raises(UsageError, match=written.name):
            read_config(written)
    with pytest.raises(UsageError, match="Cannot read"):
        read_config(written.parent)


def test_lines_are_found_however_keys_are_written() -> None:
    text = 'a = 1\n[b]\n"c" = 1\n  d.e = 2\n[b.f]\ng=3'
    assert [line_of(text, where) for where in (["a"], ["b", "c"], ["b", "d", "e"], ["b", "f", "g"])] == [
        1,
        3,
        4,
        6,
    ]
    assert line_of(text, ["b", "f"]) == 5
    assert line_of(text, ["q"]) == 0


def test_the_template_says_what_the_documentation_says(written: Path) -> None:
    """Uncommented, it is a configuration in order, and the one in docs/config.md."""
    lines = [line.removeprefix("# ") for line in TEMPLATE.splitlines() if " = " in line or "# [" in line]
    written.write_text("\n".join(lines), "utf-8")
    read_config(written)
    page = (Path(__file__).parents[2] / "docs" / "config.md").read_text("utf-8")
    (example,) = [part.partition("```")[0] for part in page.split("```toml\n")[1:]]
    assert tomllib.loads(example) == tomllib.loads("\n".join(lines))


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_path().name == "config.toml"
    monkeypatch.setenv("MCP_INSPECT_CONFIG", "/elsewhere/mine.toml")
    assert config_path() == Path("/elsewhere/mine.toml")
