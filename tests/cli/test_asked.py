"""What a server asks back, on the command line: by file, at the terminal, and declined in the open."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND, server

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SERVER = server("asks_back")
ERAS = pytest.mark.parametrize("protocol", ["auto", "2025-11-25"])


@pytest.fixture
def answers(tmp_path: Path) -> str:
    file = tmp_path / "answers.json"
    document = {"roots": ["file:///a"], "sampling": "Yes.", "elicitation": [{"name": "Ada", "word": "so"}]}
    file.write_text(json.dumps(document))
    return str(file)


@ERAS
def test_a_file_answers(run: Run, answers: str, protocol: str) -> None:
    more = ("--protocol", protocol, "--answers", answers)
    done = run("call", "greet", *more, *SERVER)
    assert done.out.startswith("accept: Person(name='Ada', age=36")
    assert done.err == ""
    assert run("call", "think", *more, *SERVER).out == "The model says: Yes.\n"
    assert run("call", "where", *more, *SERVER).out == "file:///a\n"


def test_standard_input_answers(run: Run) -> None:
    done = run("call", "greet", "--answers", "-", *SERVER, stdin='{"elicitation": "cancel"}')
    assert done.out == "cancel: None\n"


def test_what_no_file_answers_is_declined_in_the_open(run: Run, answers: str) -> None:
    done = run("call", "twice", "--protocol", "2025-11-25", "--answers", answers, *SERVER)
    declined = [line for line in done.err.splitlines() if "declined elicitation/create" in line]
    assert done.code == 5
    assert len(declined) == 1
    assert f"of tools/call twice: {answers} has no answer to it" in declined[0]


def test_where_nobody_is_there_nothing_is_declared(run: Run) -> None:
    done = run("call", "greet", "--trace", *SERVER)
    assert done.code == 5
    assert '"io.modelcontextprotocol/clientCapabilities":{}' in done.err
    assert "--answers FILE or --root PATH answers what is asked back" in done.err.splitlines()[-1]


def test_what_is_asked_all_the_same_is_declined_with_a_line(run: Run) -> None:
    done = run("call", "visit", "--protocol", "2025-11-25", *SERVER)
    assert "declined elicitation/create “Log in there” of tools/call visit: there is no terminal" in done.err


def test_a_result_that_wants_input_is_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"sampling": [], "roots": []}')
    done = run("call", "think", "--json", "--answers", str(tmp_path / "a.json"), *SERVER)
    assert done.code == 5
    assert done.error["message"].endswith("the server wants input that it was not given")
    assert done.error["data"]["resultType"] == "input_required"
    assert "declined sampling/createMessage" in done.err


@pytest.mark.parametrize(("text", "says"), [("[]", "JSON object"), ("{", "is not JSON"), ('{"x":1}', "'x'")])
def test_what_is_no_file_of_answers(run: Run, text: str, says: str) -> None:
    done = run("call", "greet", "--answers", "-", *SERVER, stdin=text)
    assert done.code == 2
    assert says in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@ERAS
def test_a_person_at_the_terminal_answers(protocol: str) -> None:
    import pexpect

    words = [*COMMAND[1:], "call", "twice", "--protocol", protocol, *SERVER]
    child = pexpect.spawn(COMMAND[0], words, encoding="utf-8", timeout=30)
    try:
        child.expect("The server asks back: elicitation/create “The first word\\?” of tools/call twice")
        child.expect("Word \\(text, required\\): ")
        child.sendline("so")
        child.expect("What follows so\\?")
        child.expect("Word \\(text, required\\): ")
        child.sendline("so!")
        child.expect("so so!")
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0
