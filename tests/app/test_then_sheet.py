"""The session at a row, as lines to read."""

from __future__ import annotations

import re

from inspector.app.then_sheet import AT_ONCE, MOST_SHOWN, then_entries
from inspector.journal.journal import Journal
from inspector.journal.then import Past
from tests.app.travelled import ASKS, Written, journey, tool


def shown(journal: Journal, row: int) -> list[str]:
    past = Past(journal)
    past.advance(1.0)
    return [
        line.rstrip()
        for entry in then_entries(past.at(row), journal.catalogue, journal)
        for line in entry.whole.splitlines()
    ]


def test_much_was_open() -> None:
    journal, row = journey()
    json = re.compile(r'[{}]|  +["}]')
    assert [line for line in shown(journal, row) if not json.match(line)] == [
        "Session",
        "● connected  since row 3, for 560 ms · connection 1 of 2",
        "  2025-11-25 · weather 1.0",
        "server declares  tools, resources, logging  ~ changed since: logging",
        "client declares  roots, elicitation",
        "  log level  info",
        "In flight 1",
        "→ tools/call forecast  id 7 · for 120 ms",
        "Inbox 1",
        f"! elicitation/create  “{ASKS}”  row 15",
        "Tasks 1",
        "● report b7f1  working  12 of 30 stations",
        "Subscriptions 1",
        "● weather://oslo  honoured · row 10",
        "Lists",
        "Tools 3  ~ 1 changed since  − 1 gone since  + 1 came since",
        "~ forecast  changed since: inputSchema.properties",
        "− report  gone since",
        "+ radar  came since",
        "forecast · alerts · report",
        "Resources 1",
        "weather://oslo",
        "  Templates  not listed yet",
    ]


def test_before_during_and_after() -> None:
    journal, _ = journey()
    nothing = "Nothing in flight, no question, no task, no subscription."
    assert shown(journal, 0)[1] == "○ connecting  since row 0, for 0 ms · connection 1 of 2"
    assert "no question, no task" in shown(journal, 1)[-1].lower()
    lines = shown(journal, 4)
    assert "  Resources  not listed yet" in lines
    closed = next(seq for seq in range(20, len(journal)) if journal.data(seq).get("what") == "closed")
    lines = shown(journal, closed)
    assert lines[1] == f"✗ closed  since row {closed}, for 0 ms · connection 1 of 2 · disconnected"
    assert nothing not in lines  # the task outlives its connection
    assert "Nothing in flight, no question, no subscription." in lines


def test_what_a_server_says_is_made_safe_and_counted() -> None:
    w = Written()
    w.begin({"tools": {}, "\x1b[31m": {}}, "\x1b]0;x\x07")
    w.call("tools/list", {"tools": [tool("\x1b[2J"), {"name": 3}, "odd"]}, more="x")
    w.asks("tools/list")
    for _ in range(MOST_SHOWN + 2):
        w.asks("tools/call", name="\x1b[5m")
    text = "\n".join(shown(w.journal, len(w.journal) - 1))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "␛[2J · (no name) · (no name)" in text
    assert f"In flight {MOST_SHOWN + 3}" in text
    assert f"… {MOST_SHOWN + 3 - AT_ONCE} more" in text
    assert "and 3 more" in text
