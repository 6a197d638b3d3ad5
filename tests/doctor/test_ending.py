"""How an end is read: which line names the error, and how far the server had come."""

from __future__ import annotations

import pytest

from inspector.doctor.diagnose import examine
from inspector.doctor.ending import fatal_line, stage
from inspector.doctor.report import Cause
from inspector.doctor.seen import look
from inspector.wire.event import Direction, Kind
from tests.doctor.conftest import TARGET, Tell


def caused(tell: Tell, stderr: str = "", exit: int | None = 1, stdout: str = "") -> Cause:
    report = examine(tell(stderr, stdout, exit), TARGET, None)
    assert report.cause is not None
    return report.cause


CHAINED = """Traceback (most recent call last):
  File "x.py", line 1, in <module>
OSError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "x.py", line 3, in <module>
    raise mine.Trouble("second")
mine.Trouble: second
bye"""
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "x.py", line 1, in <module>
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "x.py", line 2, in main
    | ValueError: inside
    +------------------------------------"""
NODE = """file:///srv/x.js:3
throw new Error("no luck");
      ^

Error: no luck
    at file:///srv/x.js:3:7

Node.js v22.0.0"""


@pytest.mark.parametrize(
    ("stderr", "named"),
    [
        (CHAINED, "mine.Trouble: second"),
        (GROUP, "ValueError: inside"),
        (NODE, "Error: no luck"),
        ("thread 'main' panicked at src/main.rs:2:5:\nno luck", "thread 'main' panicked at src/main.rs:2:5:"),
        ("panic: no luck\n\ngoroutine 1 [running]:", "panic: no luck"),
        ('Exception in thread "main" java.lang.IllegalStateException: no', "Exception in thread"),
        ("Unhandled exception. System.InvalidOperationException: no", "Unhandled exception."),
    ],
)
def test_the_line_that_names_the_error(tell: Tell, stderr: str, named: str) -> None:
    line = fatal_line(look(tell(stderr), TARGET, None))
    assert line is not None
    assert named in line.text
    cause = caused(tell, stderr)
    assert cause.rule == "uncaught-exception"
    assert named in cause.says


def test_no_such_line(tell: Tell) -> None:
    assert fatal_line(look(tell("cannot go on"), TARGET, None)) is None


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (0, "not-a-server"),
        (2, "exited-with-error"),
        (126, "inner-command-missing"),
        (127, "inner-command-missing"),
        (130, "ended-by-signal"),
        (137, "killed"),
        (139, "crashed"),
        (143, "ended-by-signal"),
        (0xC0000005, "crashed"),
        (-1073741819, "crashed"),
        (0xC0000135, "library-missing"),
    ],
)
def test_what_a_code_means(tell: Tell, code: int, rule: str) -> None:
    assert caused(tell, exit=code).rule == rule


def test_a_usage_is_one_wherever_it_is_printed(tell: Tell) -> None:
    assert caused(tell, stdout="Usage: server VERB\n\nverbs: serve").rule == "usage-printed"


def test_how_far_it_had_come(tell: Tell) -> None:
    journal = tell(exit=None)
    assert stage(look(journal, TARGET, None)) == "before it wrote a byte"
    journal.append(Kind.MESSAGE, Direction.C2S, b'{"jsonrpc":"2.0","id":1,"method":"initialize"}')
    journal.append(Kind.STDERR, Direction.S2C, b"up")
    assert stage(look(journal, TARGET, None)) == "before it answered initialize"
    journal.append(Kind.MESSAGE, Direction.S2C, b'{"jsonrpc":"2.0","id":1,"result":{}}')
    assert stage(look(journal, TARGET, None)) == "before the handshake"
    journal.append(Kind.CLIENT, data={"what": "negotiated", "version": "2025-11-25"})
    assert stage(look(journal, TARGET, None)) == "after the handshake"
    journal.append(Kind.MESSAGE, Direction.C2S, b'{"jsonrpc":"2.0","id":2,"method":"tools/list"}')
    assert stage(look(journal, TARGET, None)) == "after the handshake, while it was asked for tools/list"
