"""`list`: entries as the server sent them, and only what it declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import DEMO, server

if TYPE_CHECKING:
    from tests.cli.conftest import Run

ALL = ["tools", "resources", "resourceTemplates", "prompts"]


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
def test_one_document(run: Run, version: str) -> None:
    done = run("list", "--json", "--protocol", version, *DEMO)
    assert done.code == 0
    assert done.err == ""
    assert list(done.json) == ["server", "protocolVersion", "capabilities", *ALL]
    assert done.json["protocolVersion"] == version
    assert done.json["server"]["name"] == "demo"
    assert done.json["tools"][0]["name"] == "echo"
    assert len(done.json["resources"]) == 5  # over two pages


@pytest.mark.parametrize(
    ("section", "key"), [("tools", "tools"), ("templates", "resourceTemplates"), ("prompts", "prompts")]
)
def test_one_section(run: Run, section: str, key: str) -> None:
    done = run("list", section, "--json", *DEMO)
    assert list(done.json) == ["server", "protocolVersion", "capabilities", key]


def test_a_section_is_asked_for_only_where_declared(run: Run) -> None:
    done = run("list", "--json", "--trace", *server("polite"))
    assert list(done.json) == ["server", "protocolVersion", "capabilities", "tools"]
    assert "prompts/list" not in done.err
    done = run("list", "prompts", *server("polite"))
    assert done.code == 0
    assert "the server does not declare prompts" in done.err


def test_text(run: Run) -> None:
    done = run("list", *DEMO)
    lines = done.out.splitlines()
    assert lines[0] == "demo 1.0.0 · 2026-07-28"
    assert lines[2] == "Tools 10"
    assert any(line.split()[:4] == ["review", "language", "code", "[tone]"] for line in lines)
    assert any(line.startswith("  demo://weather/{city}   weather · text/plain") for line in lines)


@pytest.mark.parametrize("words", [["list"], ["call", "go"], ["read", "x"]])
def test_hostile_text_is_made_safe(run: Run, words: list[str]) -> None:
    done = run(*words, *server("hostile_names"))
    assert done.code == 0
    assert "[/]x[bold red]$filter" in done.out
    for hidden in "\x1b\x07\x9b\u202e\u200b\x00\U000e0041":
        assert hidden not in done.out + done.err


def test_exact_bytes_for_programs(run: Run) -> None:
    """What is no legal JSON text is still what the server sent."""
    done = run("list", "tools", "--json", *server("hostile_names"))
    assert done.json["tools"][0]["title"].startswith("\x1b[31mred")


def test_a_terminal_that_knows_only_ascii(run: Run) -> None:
    done = run("list", *DEMO, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert done.out.isascii()
    assert "\\xb7 2026-07-28" in done.out


def test_page_by_page(run: Run) -> None:
    one = run("list", "tools", "--pages", "2", *server("lists"), "endless")
    assert one.code == 0
    assert "tool_0039" in one.out
    assert "tool_0040" not in one.out
    assert "there is more of tools" in one.err
    whole = run("list", "tools", "--pages", "9", *server("lists"), "2")
    assert "tool_0039" in whole.out
    assert whole.err == ""
    document = run("list", "--pages", "1", "--json", *server("lists"), "2").json
    assert list(document["nextCursors"]) == ["tools"]
    params = json.dumps({"cursor": document["nextCursors"]["tools"]})
    after = run("request", "tools/list", params, *server("lists"), "2").json
    assert after["tools"][-1]["name"] == "tool_0039"
    for wrong in ("0", "many", "-1"):
        assert run("list", "--pages", wrong, *server("lists")).code == 2
