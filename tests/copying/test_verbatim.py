"""A row as it is."""

from __future__ import annotations

import json

import pytest

from inspector.copying.verbatim import as_json, line
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from tests.copying.recorded import VALUES, deep, journal_of


def test_json_is_every_token_as_it_was_sent() -> None:
    raw = b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1.50,"a":[1E5,"\xe2\x80\xae\xc2\x9b"]}}'
    journal, rows = journal_of({}, raw)
    made = as_json(journal, rows[0])
    assert '"a": 1.50' in made.text
    assert '"\\u202e\\u009b"' in made.text
    assert made.notes == ("Its bytes are odd (duplicate-key): its line is them.",)


def test_json_is_the_same_value() -> None:
    journal, rows = journal_of({}, ("x", VALUES), ("x", {"a": deep(300)}))
    assert json.loads(as_json(journal, rows[0]).text)["params"] == VALUES
    assert json.loads(as_json(journal, rows[1]).text)["params"] == {"a": deep(300)}


def test_the_line_is_the_bytes() -> None:
    raw = b'{"jsonrpc":"2.0","id":1,"method":"\xff",\n"params":{}}'
    journal, rows = journal_of({}, raw)
    made = line(journal, rows[0])
    assert made.octets == raw
    assert "\\xff" in made.text
    assert len(made.notes) == 2
    journal, rows = journal_of({}, ("x", {"é": 1}))
    assert line(journal, rows[0]).notes == ()


def test_rows_that_are_no_message() -> None:
    journal = Journal.create()
    client = journal.append(Kind.CLIENT, data={"what": "connecting"}).seq
    stderr = journal.append(Kind.STDERR, Direction.S2C, b"\x1b[31mred").seq
    broken = journal.append(Kind.MESSAGE, Direction.S2C, b"{").seq
    assert json.loads(as_json(journal, client).text)["what"] == "connecting"
    assert line(journal, stderr).octets == b"\x1b[31mred"
    assert "no terminal" in line(journal, stderr).notes[0]
    for say, row in ((as_json, stderr), (as_json, broken), (line, client)):
        with pytest.raises(UsageError):
            say(journal, row)


def test_what_is_longer_than_the_recording_has() -> None:
    journal = Journal.create()
    seq = journal.append(Kind.STDOUT, Direction.S2C, b"abc", size=9).seq
    assert line(journal, seq).notes == ("The recording has the first 3 bytes of 9.",)
