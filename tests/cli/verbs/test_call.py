"""`call`: arguments from the line and from a file, results as text and as sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspector.journal.journal import Journal
from tests.cli.conftest import DEMO, server

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_text_becomes_what_the_schema_says(run: Run) -> None:
    done = run("call", "add", "a=2", "b=40", "--json", *DEMO)
    assert done.code == 0
    assert done.json["structuredContent"] == {"sum": 42}
    place = 'place={"latitude":1,"longitude":2}'
    done = run("call", "weather", "city=7", "days=1", "detailed=true", 'alerts:=["frost"]', place, *DEMO)
    assert done.out.splitlines()[0] == "Weather for 7"
    assert done.out.splitlines()[-2:] == ["at 1, 2", "watching for frost"]


def test_exact_json_needs_no_list(run: Run) -> None:
    done = run("call", "add", "a:=2", "b:=0.5", "--trace", *DEMO)
    assert '"arguments":{"a":2,"b":0.5}' in done.err
    assert "tools/list" not in done.err


@pytest.mark.parametrize("source", ["-", "file"])
def test_arguments_of_a_file(run: Run, source: str, tmp_path: Path) -> None:
    text = '{"a": 1, "b": 2}'
    (tmp_path / "args.json").write_text(text)
    file = "-" if source == "-" else str(tmp_path / "args.json")
    done = run("call", "add", "--args", file, "b=40", *DEMO, stdin=text)
    assert done.out == '{"sum": 41}\n'


def test_options_between_the_words(run: Run) -> None:
    done = run("call", "--timeout", "30", "echo", "--protocol=2025-06-18", "text=a b", *DEMO)
    assert done.out == "a b\n"


def test_the_result_as_it_was_sent(run: Run) -> None:
    done = run("call", "go", "--json", *server("nan"))
    assert done.code == 0
    assert "NaN" in done.out


def test_parts_that_are_no_text(run: Run) -> None:
    done = run("call", "picture", *DEMO)
    assert done.out.splitlines()[1:] == [
        "[image image/png, 112 B, 16 x 16 pixels]",
        "[audio audio/wav, 52 B, 1 ms]",
        "[link demo://dot.png dot image/png]",
        "Hello. This text is a resource.",
    ]


def test_a_tool_that_fails(run: Run) -> None:
    done = run("call", "fail", "reason=[/]x", *DEMO)
    assert done.code == 5
    assert done.out == "[/]x\n"
    assert done.err == "mcp-inspect: The tool fail returned an error.\n"


def test_a_tool_that_fails_as_json(run: Run) -> None:
    done = run("call", "fail", "--json", *DEMO)
    assert done.code == 5
    assert done.error["message"] == "The tool fail returned an error: this tool always fails"
    assert done.error["data"]["isError"] is True
    assert done.error["data"]["content"][0]["text"] == "this tool always fails"


def test_a_tool_that_is_not_listed_is_called_all_the_same(run: Run) -> None:
    done = run("call", "nope", "a=1", "--trace", *DEMO)
    assert done.code == 5
    assert '"arguments":{"a":"1"}' in done.err
    assert "Unknown tool: nope (-32602). mcp-inspect list tools shows what there is." in done.err
    assert "Unknown tool: ad (-32602). Did you mean add?" in run("call", "ad", "a=1", *DEMO).err


def test_a_result_that_is_no_object(run: Run) -> None:
    done = run("call", "go", *server("result_string"))
    assert done.code == 0
    assert done.out


def test_progress_may_begin_the_time_anew(run: Run, tmp_path: Path) -> None:
    """A call that is longer than its time, but never silent for so long."""
    words = ("call", "countdown", "steps=17", "seconds=0.25", "--timeout", "4", "--reset-on-progress")
    assert run(*words, "--record", str(tmp_path / "r"), *DEMO).code == 0
    journal = Journal.open(tmp_path / "r")
    (row,) = journal.rows_with_method("tools/call")
    assert journal.event(journal.peer(row)).t - journal.event(row).t > 4
    journal.close()
