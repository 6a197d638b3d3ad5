"""Words of a shell, formats of printf, literals of Python: exact, and with nothing in them that is obeyed."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.copying.quoting import depth, printf, python, word
from inspector.errors import UsageError
from inspector.wire.visible import visible
from tests.copying.recorded import HOSTILE, VALUES, deep

WORDS = [text for text in HOSTILE if "\0" not in text]
SHELLS = [shell for shell in ("bash", "zsh", "ksh") if shutil.which(shell)]
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"\\!$`%\n\t\r\x1b-@=~#*"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def in_shell(shell: str, line: str) -> bytes:
    return subprocess.run([shell], input=line.encode(), capture_output=True, check=True, timeout=60).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells")
@settings(max_examples=12, deadline=None)
@given(st.lists(TEXT.filter(lambda text: "\0" not in text), min_size=20, max_size=60))
def test_a_shell_reads_back_what_was_quoted(texts: list[str]) -> None:
    every = [*WORDS, *texts]
    for shell in SHELLS:
        out = in_shell(shell, "printf '%s\\0' " + " ".join(map(word, every)))
        assert out.decode() == "".join(f"{text}\0" for text in every)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells")
@settings(max_examples=12, deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=5, max_size=20))
def test_printf_writes_any_bytes(many: list[bytes]) -> None:
    for shell in [*SHELLS, "sh"]:
        assert in_shell(shell, "\n".join(map(printf, many))) == b"".join(many)


@given(st.binary())
def test_bytes_that_are_no_utf_8_are_words_too(raw: bytes) -> None:
    if b"\0" not in raw:
        assert clean(word(raw))


def clean(said: str) -> bool:
    return visible(said) == said


@given(TEXT)
def test_nothing_that_is_quoted_steers_a_terminal(text: str) -> None:
    assert clean(python(text))
    assert clean(printf(text.encode()))
    if "\0" not in text:
        assert clean(word(text))


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_pasted_where_nothing_brackets_it(tmp_path: Path) -> None:
    """Typed into an interactive bash, with its history, its completion, and its keys."""
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "-i"],
        cwd=str(tmp_path),
        env={"PS1": "ready> ", "TERM": "xterm", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        dimensions=(50, 20000),
        timeout=20,
    )
    try:
        shell.sendline("bind 'set enable-bracketed-paste off'; set -o history -o histexpand; echo set''up")
        shell.expect_exact("setup\r\n")
        shell.sendline("touch recalled")
        words = [text for text in WORDS if text]
        shell.sendline("printf '%s\\0' " + " ".join(map(word, words)) + " > said; echo do''ne")
        shell.expect_exact("done\r\n")
    finally:
        shell.close(force=True)
    assert (tmp_path / "said").read_bytes().decode() == "".join(f"{text}\0" for text in words)
    assert {each.name for each in tmp_path.iterdir()} == {"said", "recalled"}


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_word_can_hold_is_said(text: str) -> None:
    with pytest.raises(UsageError):
        word(text)


def read(source: str) -> Any:
    if source.startswith("json.loads("):
        return json.loads(ast.literal_eval(source.removeprefix("json.loads(")[:-1]))
    return ast.literal_eval(source)


@given(JSON)
def test_python_reads_back_any_json(value: Any) -> None:
    source = python(value, 4)
    assert json.dumps(read(source)) == json.dumps(value)
    assert all(map(clean, source.split("\n")))


def test_python_reads_back_what_is_hostile_or_deep() -> None:
    values: tuple[Any, ...] = (VALUES, deep(150), list(HOSTILE), "\ud800")
    for value in values:
        assert read(python(value)) == value


def test_depth_is_counted_up_to_a_limit() -> None:
    assert [depth(each) for each in (1, list[Any](), {"a": [1]}, deep(7))] == [0, 1, 2, 7]
    assert depth(deep(500), 100) == 100
