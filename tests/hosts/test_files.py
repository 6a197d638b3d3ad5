"""One file: JSON, JSON with comments, TOML, or a sentence."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.hosts import files
from inspector.hosts.files import document, plain, read

FILE = Path("settings.json")


def test_comments_and_last_commas() -> None:
    text = '\ufeff{"a": "//x", /* "b": 1, */ "c": [1, 2, ], // end\n "d": "\\"/*", }'
    assert document(FILE, text.encode(), lenient=True) == {"a": "//x", "c": [1, 2], "d": '"/*'}
    assert document(FILE, b" \n") == {}


@given(
    st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_json_without_comments_is_left_alone(value: object) -> None:
    text = json.dumps(value, indent=1)
    assert plain(text) == text


def test_what_never_ends_takes_no_square() -> None:
    unended = '"' + '\\"' * 300_000 + "\\"
    for text in ("/*" * 300_000, '"' + "\\" * 600_001, ",  " * 300_000 + '"', unended):
        assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("x.json", b"\xff{}", "is not UTF-8 at byte 0"),
        ("x.toml", b"a = ", "is not TOML"),
        ("x.json", b'{"a": }', "line 1, column 7"),
    ],
)
def test_what_is_none(name: str, raw: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        document(Path(name), raw, lenient=True)


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(tmp_path / "none") is None
    with pytest.raises(UsageError, match=r"is no file|cannot be read"):
        read(tmp_path)
    (tmp_path / "big").write_bytes(b"12345")
    assert read(tmp_path / "big" / "below") is None
    monkeypatch.setattr(files, "LARGEST", 4)
    with pytest.raises(UsageError, match="is larger than 4 bytes"):
        read(tmp_path / "big")
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "nul\0")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UsageError, match="is no file"):  # and it is not waited for
            read(tmp_path / "pipe")
