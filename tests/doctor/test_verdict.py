"""Lines to paste, and what is safe to show."""

from __future__ import annotations

import sys

import pytest

from inspector.doctor.verdict import again, joined, safe, shown
from inspector.transport.target import StdioTarget

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="other shells quote otherwise")


def test_the_line_keeps_what_the_target_was_given() -> None:
    target = StdioTarget(("python", "my server.py"), {"KEY": "hush"}, "/srv/x y")
    assert again(target) == "mcp-inspect doctor -e KEY=… --cwd '/srv/x y' -- python 'my server.py'"
    assert again(target, None, "-e", "KEY=…") == (
        "mcp-inspect doctor -e KEY=… --cwd '/srv/x y' -- python 'my server.py'"
    )


def test_the_line_holds_no_secrets() -> None:
    assert "hush" not in again(StdioTarget(("server", "--api-key", "hush")))
    assert "hush" not in joined(["server", "--token=hush"])


def test_the_line_of_a_host() -> None:
    target = StdioTarget(("x",), {"HOME": "/h", "KEY": "v"}, "/", inherit=False)
    assert again(target) == "mcp-inspect doctor --as-host -e KEY=… -- x"


def test_what_is_shown_is_one_safe_line() -> None:
    assert safe("a\nb\x1b[31m") == "a b␛[31m"
    assert shown(["", "  ", "x\u202e"]) == ("x‹U+202E›",)
    assert len(shown(map(str, range(999)))) == 40
