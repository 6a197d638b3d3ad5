from __future__ import annotations

import os
import shlex
import signal
import stat
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from inspector.app.outside import edited, editor_words
from inspector.errors import UsageError


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vi"}, ["code", "--wait"]),
        ({"VISUAL": "  ", "EDITOR": "'/opt/my editor/ed' -n"}, ["/opt/my editor/ed", "-n"]),
        ({"EDITOR": "emacs -nw --eval '(x \"y\")'"}, ["emacs", "-nw", "--eval", '(x "y")']),
    ],
)
def test_the_words_of_the_command(environ: dict[str, str], words: list[str]) -> None:
    assert editor_words(environ, windows=False) == words


def test_on_windows() -> None:
    assert editor_words({}, windows=True) == ["notepad"]
    there = r'"C:\Program Files\Ed\ed.exe" -n'
    assert editor_words({"EDITOR": there}, windows=True) == [r"C:\Program Files\Ed\ed.exe", "-n"]


def test_a_path_with_blanks_needs_no_quotes(tmp_path: Path) -> None:
    path = tmp_path / "my editor"
    path.touch()
    assert editor_words({"EDITOR": str(path)}) == [str(path)]


def test_what_is_usual_or_nothing_at_all(tmp_path: Path) -> None:
    vi = tmp_path / "vi"
    vi.touch(mode=0o755)
    if sys.platform != "win32":
        assert editor_words({"PATH": str(tmp_path)}, windows=False) == [str(vi)]
    with pytest.raises(UsageError, match="no editor"):
        editor_words({"PATH": str(tmp_path / "empty")}, windows=False)
    with pytest.raises(UsageError, match="a quote is not closed"):
        editor_words({"EDITOR": "vi '"}, windows=False)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python program that stands for the editor: what it does with `path` is for each test to say."""
    path = tmp_path / "editor.py"
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(path)]))
    # No terminal is there to be given away, and none is needed.
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)
    return path


def does(program: Path, *lines: str) -> None:
    program.write_text("\n".join(["import pathlib, sys", "path = pathlib.Path(sys.argv[-1])", *lines]))


async def outside(text: str, name: str = "value.txt") -> str:
    app: App[int] = App()
    async with app.run_test():
        return await edited(app, text, name)


@pytest.mark.parametrize("text", ["", "a", "a\n", "a\n\nb", "ä\ud800", "a\r\nb", " "])
async def test_a_text_comes_back_as_it_went(program: Path, text: str) -> None:
    does(program)
    assert await outside(text) == text


async def test_what_was_written_comes_back(program: Path) -> None:
    does(program, "path.write_bytes(b'\\xef\\xbb\\xbfnew\\r\\ntext\\r\\n')")
    assert await outside("old") == "new\ntext"


async def test_an_editor_that_saves_beside_and_renames(program: Path) -> None:
    does(program, "other = path.with_name('other')", "other.write_text('new')", "other.replace(path)")
    assert await outside("old") == "new"


async def test_the_file_is_the_users_alone_and_gone_afterwards(program: Path, tmp_path: Path) -> None:
    does(program, f"open({str(tmp_path / 'facts')!r}, 'w').write(f'{{path}} {{path.stat().st_mode:o}}')")
    assert await outside("secret", "../a b/\x1b[0m.json") == "secret"
    place, _, mode = facts(tmp_path).rpartition(" ")
    assert Path(place).name == "a-b-0m.json"
    assert gone(place)
    if sys.platform != "win32":
        assert stat.S_IMODE(int(mode, 8)) == 0o600


def gone(place: str) -> bool:
    return not os.path.lexists(os.path.dirname(place))


def facts(tmp_path: Path) -> str:
    return (tmp_path / "facts").read_text()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sys.exit(5)", "ended with 5"),
        ("path.unlink()", "left no file"),
        ("path.write_bytes(b'\\xff')", "not UTF-8"),
        ("path.write_bytes(b' ' * 30_000_000)", "too large"),
    ],
)
async def test_an_editor_that_fails_is_told_in_a_sentence(program: Path, line: str, says: str) -> None:
    does(program, line)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(UsageError, match=says):
        await outside("old")
    assert signal.getsignal(signal.SIGINT) is before
