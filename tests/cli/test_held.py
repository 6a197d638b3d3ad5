"""What `call` says on stderr of a result that its tool's output schema does not allow; stdout is as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import server

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SERVER = server("wrong_results")


def said(err: str) -> list[str]:
    return [line.removeprefix("mcp-inspect: ") for line in err.splitlines() if "structuredContent" in line]


def test_what_fits_says_nothing(run: Run) -> None:
    done = run("call", "right", "n=1", *SERVER)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_each_mismatch_is_a_line_and_the_payload_is_printed(run: Run, words: tuple[str, ...]) -> None:
    done = run("call", "wrong", "n=1", *words, *SERVER)
    assert done.code == 0
    assert "days" in done.out
    assert "\x1b" not in done.err
    *warnings, advice = said(done.err)
    assert warnings == [
        "warning: structuredContent.days.1 must be number, is string",
        "warning: structuredContent.city is required",
    ]
    assert advice.startswith("note: structuredContent is in no text block as JSON")


def test_missing_structured_content_is_told(run: Run) -> None:
    assert said(run("call", "missing", "n=1", *SERVER).err) == [
        "warning: structuredContent is missing, though the tool declares an output schema"
    ]


def test_an_error_is_exempt(run: Run) -> None:
    done = run("call", "failed", "n=1", *SERVER)
    assert done.code == 5
    assert not said(done.err)


def test_many_mismatches_are_told_in_part(run: Run) -> None:
    lines = run("call", "many", "n=1", *SERVER).err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "mcp-inspect: warning: 41 more mismatches with the output schema"


def test_without_a_listing_nothing_is_asked_for(run: Run) -> None:
    done = run("call", "wrong", "n:=1", "--trace", *SERVER)
    assert "tools/list" not in done.err
    assert not any("warning" in line for line in said(done.err))


def test_a_shell_says_the_same(run: Run) -> None:
    done = run("shell", *SERVER, stdin="list tools\ncall wrong n=1\n")
    assert "structuredContent.city is required" in done.err
