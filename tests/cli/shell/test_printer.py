"""What is written of each line: one line whatever the server sent, in order, counted where it is too much."""

from __future__ import annotations

import json

import pytest

from inspector.cli.shell import printer
from inspector.cli.shell.printer import Printer, Ran
from inspector.cli.shell.reader import Given
from inspector.cli.work import Result
from inspector.errors import RequestFailed
from inspector.session.peer import Noticed
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify


def ran(document: bytes, **more: object) -> Ran:
    return Ran(Given(1, "ping"), None, Result(document, lambda: ["a line"], "beside it"), None, 1.25, **more)  # type: ignore[arg-type]


def noticed(text: str) -> Noticed:
    body = json.dumps(
        {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": text}}
    ).encode()
    frame = classify(body)
    return Noticed(Event(0, 0.0, Kind.MESSAGE, Direction.S2C, body=body, frame=frame), frame)


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        (b'{\r\n "a": [1,\n 2.50]\n}', {"a": [1, 2.5]}),
        (b'{"a":"\xff"}', {"a": "\ufffd"}),
        ('{"a":"\u2028\\n"}'.encode(), {"a": "\u2028\n"}),
    ],
)
async def test_one_line_whatever_was_sent(
    capfdbinary: pytest.CaptureFixture[bytes], sent: bytes, written: object
) -> None:
    await Printer(people=False).ran(ran(sent))
    out = capfdbinary.readouterr().out
    assert out.count(b"\n") == 1
    assert b"\r" not in out
    assert json.loads(out) == {"line": 1, "input": "ping", "ok": True, "result": written, "ms": 1.2}


async def test_text_and_what_stands_beside_it(capfd: pytest.CaptureFixture[str]) -> None:
    people = Printer(people=True)
    await people.ran(ran(b"{}"))
    await people.ran(ran(b'{"a":1}', json=True))
    await people.ran(Ran(Given(2, "x"), None, None, RequestFailed("It failed"), 1.0))
    await people.ran(Ran(Given(3, "x"), None, None, RequestFailed("It failed last"), 1.0, last=True))
    assert capfd.readouterr() == ('a line\n{"a":1}\n', "mcp-inspect: beside it\nmcp-inspect: It failed.\n")


async def test_notifications_stand_before_the_answer(capfd: pytest.CaptureFixture[str]) -> None:
    programs = Printer(people=False)
    programs.noticed(noticed("one"))
    programs.noticed(noticed("two"))
    await programs.ran(ran(b"{}"))
    found = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [each["notification"]["params"]["data"] for each in found[:2]] == ["one", "two"]
    assert found[2]["ok"] is True


async def test_too_many_are_counted(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "MOST_HELD", 2)
    for people in (False, True):
        written = Printer(people=people)
        for number in range(5):
            written.noticed(noticed(f"number {number}"))
        await written.ran(ran(b"{}"))
    found = capfd.readouterr().out.splitlines()
    assert json.loads(found[2]) == {"dropped": 3}
    assert found[6] == "← 3 more notifications"
