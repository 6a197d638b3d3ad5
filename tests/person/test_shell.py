"""A person at the shell: typing, Tab, history, Ctrl+C, what comes while they type, and leaving."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

from tests.person.terminal import DEMO, server

if TYPE_CHECKING:
    from tests.person.terminal import Terminal

    Open = Callable[..., Terminal]

CTRL_C, CTRL_D = "\x03", "\x04"
PROMPT = "> *(\n|$)"
LAST = r"> *\s*\Z"  # a prompt, and nothing after it


def test_tab_enter_and_the_line_of_yesterday(open_terminal: Open) -> None:
    shell = open_terminal("shell", *DEMO, cols=80, rows=24)
    shell.until("demo 1.0.0 · 2026-07-28", LAST)
    shell.type(" list\r")  # what Tab asks for itself it waits for no longer than a second
    shell.until("Prompts", LAST)
    shell.press("c", "a", "tab")
    shell.until("demo> call")
    shell.press("e", "c", "tab")
    shell.until("demo> call echo")
    shell.press("t", "tab")
    shell.until("demo> call echo text=")
    shell.type("'hi there' \r")
    shell.until("\nhi there\n", LAST)
    shell.type("prompt review language=\t\t")
    shell.until("language=perl", "language=typescript", again="tab")
    shell.press(CTRL_C)
    shell.until("demo> prompt review language=p?\ndemo> *\\Z|demo> *\\s*\\Z")
    shell.type(" call echo text=hidden\r")
    shell.until("\nhidden\n", LAST)
    shell.type("call echo token=abc\r")
    shell.until("arguments.text is missing")
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)

    again = open_terminal("shell", *DEMO, cols=80, rows=24)
    again.until(LAST)
    again.press("up")
    again.until("demo> call echo text='hi there'")
    again.type("\r")
    again.until("\nhi there\n")
    again.type("exit\r")
    again.ends(0)
    (file,) = Path(os.environ["XDG_STATE_HOME"]).rglob("shell-history")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().splitlines() == [
        "call echo text='hi there' ",
        "call echo text='hi there' ",
        "exit",
    ]


def test_ctrl_c_cancels_the_call_and_not_the_shell(open_terminal: Open, tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    shell = open_terminal("shell", "--record", str(file), "--protocol", "2025-11-25", *DEMO)
    shell.until(LAST)
    shell.type("call countdown steps=1000 seconds=0.05\r")
    shell.until("← progress 2/1000 998 to go")
    shell.press(CTRL_C)
    shell.until("mcp-inspect: Cancelled\\.", LAST)
    shell.type("call echo text=on\r")
    shell.until("\non\n")
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)
    events = [json.loads(line) for line in file.read_text("utf-8").splitlines()[1:]]
    assert "notifications/cancelled" in [event.get("method") for event in events if event.get("dir") == "c2s"]


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("rows", [6, 24])
def test_what_comes_while_one_types_leaves_the_line_alone(open_terminal: Open, fifo: Path, rows: int) -> None:
    shell = open_terminal("shell", *server("late_notice"), str(fifo), cols=80, rows=rows)
    shell.until(PROMPT)
    shell.type("call echo text=AC")
    shell.press("left")
    shell.until("text=AC")
    for number in range(4):
        fifo.write_text(f"news {number}\n")
        shell.until(f"← info: news {number} ␛]0;owned␇‹U\\+202E›")
    shell.type("B" * 20)
    shell.until("> call echo text=AB{20}C")
    assert [line for line in shell.lines if "text=A" in line] == [shell.lines[shell.screen.cursor.y]]
    assert shell.lines[shell.screen.cursor.y][shell.screen.cursor.x :] == "C"
    assert len(re.findall("news [0-9]", shell.text)) == 4
    shell.type("\r")
    shell.until("\nAB{20}C\n", LAST)
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)
    assert b"\x1b]0;owned" not in shell.raw


def test_what_comes_while_a_line_takes_two_rows_waits(open_terminal: Open, fifo: Path) -> None:
    shell = open_terminal("shell", *server("late_notice"), str(fifo), cols=60, rows=24)
    shell.until(PROMPT)
    shell.type("call echo text=" + "x" * 60)
    shell.until("x{20}\n")
    fifo.write_text("news\n")
    shell.type("\r")
    shell.until("← info: news", "x{60}")
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)


def test_a_question_is_put_and_answered_and_given_up(open_terminal: Open) -> None:
    shell = open_terminal("shell", *server("asks_back"))
    shell.until(PROMPT)
    shell.type("call twice\r")
    shell.until("The server asks back: elicitation/create “The first word\\?”", "Word \\(text, required\\):")
    shell.type("so\r")
    shell.until("What follows so\\?(.*\n)+.*Word \\(text, required\\):")
    shell.type("so!\r")
    shell.until("\nso so!\n", LAST)
    shell.type("call greet\r")
    shell.until("Who are you\\?", "  Name: .*required\\):")
    shell.press(CTRL_C)
    shell.until("Cancelled\\.", LAST)
    shell.type("call where\r")
    shell.until("A path or file URI; .*:")
    shell.type("!d\r")
    shell.until("of tools/call where")
    shell.type("info\r")
    shell.until("Capabilities")
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)


def test_a_question_out_of_the_blue_waits_for_enter(open_terminal: Open, fifo: Path) -> None:
    shell = open_terminal("shell", *server("asks_unasked"), str(fifo))
    shell.until(LAST)
    shell.type("pin")
    shell.until("> pin")
    fifo.write_text("Who is there?\n")
    shell.until("The server asks back: elicitation/create “Who is there\\?”", "Press Enter to answer\\.")
    shell.type("g\r")
    shell.until("> ping\n", "name \\(text, required\\):")
    shell.type("Ada\r")
    shell.until("\npong\n", '← info: .*"accept".*"Ada"', LAST)
    fifo.write_text("And now?\n")
    shell.until("And now.*\n.*\nPress Enter")
    shell.type("\r")
    shell.until(r"name \(text, required\):\s*\Z")
    shell.press(CTRL_C)
    shell.until('"action":"cancel"', LAST)
    shell.press(CTRL_D)
    shell.ends(0)


def test_a_script_of_a_person_who_is_there_to_be_asked(open_terminal: Open, tmp_path: Path) -> None:
    (tmp_path / "s.mcp").write_text("call twice\ncall think\n")
    shell = open_terminal("shell", "--file", str(tmp_path / "s.mcp"), *server("asks_back"))
    for question in ("The first word", "What follows so"):
        shell.until(f"{question}\\?.*\n.*\n *Word \\(text, required\\):\\s*\\Z")
        shell.type("so\r")
    shell.until("\nso so", "What the model says.*:\\s*\\Z")
    shell.type("!d\r")
    shell.ends(5)


def test_hostile_names_reach_neither_completion_nor_screen(open_terminal: Open) -> None:
    shell = open_terminal("shell", *server("hostile_names"))
    shell.until("server .*> *(\n|$)")
    shell.type("call \t")
    shell.until("> call go *(\n|$)", again="tab")
    shell.type("\r")
    shell.until("← ␛", "\\[31mred")
    shell.type("list\r")
    shell.until("Prompts 1")
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)
    assert not re.search("\x1b\\]|\x9b|\x1b\\[31m", shell.raw.decode())


def test_a_server_that_dies_ends_the_line_that_is_typed(open_terminal: Open) -> None:
    shell = open_terminal("shell", *server("pid"))
    shell.until(PROMPT)
    shell.type("call go\r")
    shell.until("\n[0-9]+\n")
    found = re.search("\n([0-9]+)\n", shell.text)
    assert found is not None
    shell.type("call ec")
    shell.until("> call ec")
    os.kill(int(found[1]), signal.SIGKILL)
    shell.until("The connection is over: the server was killed by SIGKILL")
    shell.ends(4)


def test_signals_end_it_in_good_order(open_terminal: Open) -> None:
    shell = open_terminal("shell", *DEMO)
    shell.until(LAST)
    shell.type("call ec")
    shell.until("demo> call ec")
    assert shell.child.pid is not None
    os.kill(shell.child.pid, signal.SIGTERM)
    shell.ends(143)

    silent = open_terminal("shell", "--trace", *server("silent"))
    silent.until("probing")
    silent.press(CTRL_C)
    silent.ends(130)

    closed = open_terminal("shell", *DEMO)
    closed.until(LAST)
    closed.hang_up()


def test_a_paste_of_lines_runs_each(open_terminal: Open) -> None:
    shell = open_terminal("shell", "--json", *DEMO)
    shell.until(LAST)
    shell.type("\x1b[200~call echo text=one\ncall echo text=two\x1b[201~\r")
    shell.until('"text":"one"', '"text":"two"')
    shell.until(LAST)
    shell.press(CTRL_D)
    shell.ends(0)
