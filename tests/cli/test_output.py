"""JSON for programs stays exact; nothing that steers a terminal gets onto one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.cli.main import main
from inspector.cli.output import escaped, fill_closed, indented, say_failure, table
from inspector.errors import ConnectionFailed, RequestFailed
from tests.cli.conftest import COMMAND

FULL = Path("/dev/full")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_escaped_json_means_the_same(value: object) -> None:
    text = escaped(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ('"\x1b[31m"', r'"\u001b[31m"'),
        ('"\u202ex"', r'"\u202ex"'),
        ('"\x9b"', r'"\u009b"'),
        ('"\U000e0041"', r'"\udb40\udc41"'),
        ('{\r\n\t"a": 1}', '{ \n\t"a": 1}'),
        ('"Ü 😀"', '"Ü 😀"'),
    ],
)
def test_what_is_escaped(raw: str, safe: str) -> None:
    assert escaped(raw) == safe


@given(VALUES)
def test_indented_json_means_the_same(value: object) -> None:
    for compact in (True, False):
        raw = json.dumps(value, indent=None if compact else 1).encode()
        assert json.loads(indented(raw)) == value


def test_indented_json_keeps_every_spelling() -> None:
    raw = b'{"b":1.50,"a":[1e400,12345678901234567890123],"a":{},"c":[],"d":"\\u00fc"}'
    assert indented(raw).split() == [
        "{", '"b":', "1.50,", '"a":', "[", "1e400,", "12345678901234567890123", "],",
        '"a":', "{},", '"c":', "[],", '"d":', '"\\u00fc"', "}",
    ]  # fmt: skip


def test_hostile_depth_costs_no_square() -> None:
    assert len(indented(b"[" * 20_000 + b"]" * 20_000)) < 4_000_000


def test_a_failure_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConnectionFailed("The server said \x1b[31m[/]x\nand died", next="Look at --trace")
    say_failure(error, as_json=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "mcp-inspect: The server said ␛[31m[/]x and died. Look at --trace.\n"


def test_a_failure_in_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_failure(RequestFailed("no\nway", code=-32602, data={"uri": "x"}, status=None), as_json=True)
    _, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert json.loads(err) == {
        "error": {"kind": "request", "message": "no\nway", "next": "", "code": -32602, "data": {"uri": "x"}}
    }


def test_a_table_is_aligned_by_cells_and_clipped() -> None:
    lines = table([("a", "x" * 100), ("日本", "y\x07")], 40)
    assert lines == ["  a     " + "x" * 31 + "…", "  日本  y␇"]


def test_what_is_too_wide_for_its_column_has_a_line_of_its_own() -> None:
    lines = table([("a", "b"), ("long " * 6, "c"), ("l" * 30, "")], 40)
    assert lines == [f"  a{' ' * 21}b", f"  {'long ' * 6}", f"{' ' * 24}c", f"  {'l' * 30}"]


def test_a_table_for_programs_cuts_nothing() -> None:
    assert table([("a", "x" * 500), ("l" * 80, "c")], None) == [
        f"  a{' ' * 61}{'x' * 500}",
        f"  {'l' * 80}  c",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_json_on_a_terminal_steers_nothing() -> None:
    import pexpect

    words = [
        "-m",
        "inspector",
        "call",
        "shout",
        "text=x",
        "--json",
        "--",
        sys.executable,
        "-m",
        "inspector.demo",
    ]
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", dimensions=(24, 500), timeout=60)
    out = child.read()
    child.close()
    assert child.exitstatus == 0
    assert r"[/]x \u001b[31mred\u001b[0m \u202eback to front\u202c" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("line", ["--version", "keys --help", "config show --json"])
def test_a_disk_that_is_full_has_its_sentence(line: str) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *line.split()], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    says = "The result cannot be written to stdout: No space left on device"
    said = f'"message": "{says}"' if "--json" in line else f"mcp-inspect: {says}. Make room, or send it"
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr


@pytest.mark.parametrize(
    "line", ["--version", "--help", "call --help", "keys", "sessions", "servers", "config show --json"]
)
def test_a_result_for_a_closed_stdout_is_a_failure(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it where it was closed before the start
    code = main(line.split())
    sys.stdout.close()
    said = capsys.readouterr().err
    says = "The result cannot be written: stdout is closed"
    assert (code, said.count("\n")) == (1, 1)
    assert (f'"message": "{says}"' if "--json" in line else f"mcp-inspect: {says}. Use > ") in said


def test_closed_streams_get_place_holders(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    fill_closed()
    with sys.stdin, sys.stderr, sys.stdout:
        assert sys.stdin.read() == ""
        assert sys.stderr.write("dropped") == 7
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(sys.stdout.fileno(), b"x")
